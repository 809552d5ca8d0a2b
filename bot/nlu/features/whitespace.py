"""Rasa's WhitespaceTokenizer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlu.component import Component
from bot.nlu.message import Message, Token
from bot.nlu.options import OptionError

# Rasa's expression, alternative by alternative; `++` (no giving back) only where it cannot change the match.
_NOT_WORD = re.compile(
    r"[^\w#@&]+(?=\s|$)"  # up to a space or the end
    r"|(\s|^)[^\w#@&]+(?=[^0-9\s])"  # after a space or the start, not before a number
    r"|(?<=[^0-9\s])[^\w._~:/?#\[\]()@!$&*+,;=-]++(?=[^0-9\s])"  # inside, but not in numbers and addresses
)
_EMOJI = re.compile(
    "[\U0001f600-\U0001f64f\U0001f300-\U0001f5ff\U0001f680-\U0001f6ff\U0001f1e0-\U0001f1ff"
    "\u2702-\u27b0\u24c2-\U0001f251\u200d]+"
)


@dataclass(frozen=True, slots=True)
class WhitespaceOptions:
    """Options of WhitespaceTokenizer."""

    intent_tokenization_flag: bool = False
    """Only false: intents of several labels are not built."""
    intent_split_symbol: str = "_"
    """Has an effect in Rasa only with the flag above."""
    token_pattern: str | None = None
    """Expression that cuts each token further."""


class WhitespaceTokenizer(Component[WhitespaceOptions]):
    """Cuts at white space and drops punctuation around words, as Rasa does."""

    name = "WhitespaceTokenizer"
    options_type = WhitespaceOptions

    def check(self) -> None:
        """Refuse multi-intent labels; compile the pattern."""
        if self.options.intent_tokenization_flag:
            raise OptionError("intent_tokenization_flag", "multi-intents are not supported here")
        try:
            self._pattern = re.compile(self.options.token_pattern) if self.options.token_pattern else None
        except re.error as error:
            raise OptionError("token_pattern", f"not a regular expression: {error}") from error

    def process(self, message: Message) -> None:
        """Set the tokens."""
        message.tokens = list(self._tokens(message.text))

    def _tokens(self, text: str) -> list[Token]:
        cleaned = (_EMOJI.sub("", word) for word in _NOT_WORD.sub(" ", text).split())
        words = [word for word in cleaned if word] or ([text] if text else [])
        found: list[Token] = []
        position = 0
        for word in words:
            start = text.find(word, position)
            if start < 0:  # an emoji was cut out of the middle of it
                continue
            position = start + len(word)
            found.extend(self._cut(word, start))
        return found

    def _cut(self, word: str, start: int) -> list[Token]:
        if self._pattern is None:
            return [Token(word, start, start + len(word))]
        return [
            Token(part.group(), start + part.start(), start + part.end())
            for part in self._pattern.finditer(word)
            if part.group()
        ]
