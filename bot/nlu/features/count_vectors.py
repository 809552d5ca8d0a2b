"""Rasa's CountVectorsFeaturizer: bags of words or of character n-grams."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from bot.nlu.component import Component, State, Training, text_array, words_of
from bot.nlu.features.ngrams import char_ngrams, counted, word_bound_ngrams, word_ngrams
from bot.nlu.message import Message
from bot.nlu.options import OptionError

_NUMBER = re.compile(r"\b[0-9]+\b")
_SPACES = re.compile(r"\s\s+")


@dataclass(frozen=True, slots=True)
class CountVectorsOptions:
    """Options of CountVectorsFeaturizer, with Rasa's defaults."""

    analyzer: Literal["word", "char", "char_wb"] = "word"
    """Words, characters, or characters inside words."""
    token_pattern: str = r"(?u)\b\w\w+\b"  # noqa: S105
    """What a word is (analyzer `word`)."""
    strip_accents: Literal["ascii", "unicode"] | None = None
    """Whether accents are taken off."""
    stop_words: list[str] | None = None
    """Words left out."""
    min_df: int | float = 1
    """Least number (or share) of examples an n-gram must be in."""
    max_df: int | float = 1.0
    """Greatest number (or share)."""
    min_ngram: int = 1
    """Shortest n-gram."""
    max_ngram: int = 1
    """Longest n-gram."""
    max_features: int | None = None
    """Keep only so many n-grams, the most frequent."""
    lowercase: bool = True
    """Whether case is folded."""
    OOV_token: str | None = None
    """Word that stands for words not seen in training (analyzer `word`)."""
    OOV_words: list[str] = field(default_factory=list)
    """Words treated as unseen in training."""
    use_lemma: bool = True
    """Uses lemmas where a tokenizer makes them: none here does."""
    alias: str | None = None
    """A name for the component."""


class CountVectorsFeaturizer(Component[CountVectorsOptions]):
    """Counts the n-grams of the tokens."""

    name = "CountVectorsFeaturizer"
    options_type = CountVectorsOptions

    def check(self) -> None:
        """Check the n-gram range and the pattern."""
        options = self.options
        if not 1 <= options.min_ngram <= options.max_ngram:
            raise OptionError("min_ngram", "expected 1 <= min_ngram <= max_ngram")
        if options.OOV_words and options.OOV_token is None:
            raise OptionError("OOV_words", "has no effect without OOV_token")
        try:
            self._word = re.compile(options.token_pattern)
        except re.error as error:
            raise OptionError("token_pattern", f"not a regular expression: {error}") from error
        self._stop = frozenset(options.stop_words or ())
        self._unseen = frozenset(self._folded(word) for word in options.OOV_words)
        self._oov = None if options.OOV_token is None else self._folded(options.OOV_token)
        self._vocabulary: dict[str, int] = {}
        self._known_words: frozenset[str] = frozenset()

    def train(self, training: Training) -> None:
        """Learn the vocabulary."""
        texts = [self._prepared(message) for message in training.messages]
        if self._oov is not None and self.options.analyzer == "word":
            seen = {word for text in texts for word in self._word.findall(text)}
            self._known_words = frozenset(seen - self._unseen)
        seen_in: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for text in texts:
            ngrams = self._ngrams(text)
            total.update(ngrams)
            seen_in.update(set(ngrams))
        self._vocabulary = self._chosen(seen_in, total, len(texts))

    def process(self, message: Message) -> None:
        """Add the counts of the message."""
        message.features.append(counted(self._ngrams(self._prepared(message)), self._vocabulary))

    def state(self) -> State:
        """The vocabulary, in order of column."""
        return State(
            values={"known_words": sorted(self._known_words)},
            arrays={"vocabulary": text_array(list(self._vocabulary))},
        )

    def restore(self, state: State) -> None:
        """Take the vocabulary back."""
        self._vocabulary = {ngram: at for at, ngram in enumerate(words_of(state.arrays["vocabulary"]))}
        self._known_words = frozenset(state.values["known_words"])

    def _prepared(self, message: Message) -> str:
        words = [token.text for token in message.words or message.tokens]
        return self._folded(" ".join(_NUMBER.sub("__NUMBER__", word) for word in words)).replace("\0", "")

    def _folded(self, text: str) -> str:
        if self.options.lowercase:
            text = text.lower()
        if self.options.strip_accents is not None:
            text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        if self.options.strip_accents == "ascii":
            text = text.encode("ascii", "ignore").decode()
        return text

    def _ngrams(self, text: str) -> list[str]:
        low, high = self.options.min_ngram, self.options.max_ngram
        if self.options.analyzer == "char":
            return char_ngrams(_SPACES.sub(" ", text), low, high)
        if self.options.analyzer == "char_wb":
            return word_bound_ngrams(text.split(), low, high)
        words = [word for word in self._word.findall(text) if word not in self._stop]
        if self._known_words and self._oov is not None:
            words = [word if word in self._known_words else self._oov for word in words]
        return word_ngrams(words, low, high)

    def _chosen(self, seen_in: Counter[str], total: Counter[str], texts: int) -> dict[str, int]:
        least, most = (
            bound if isinstance(bound, int) else bound * texts for bound in (self.options.min_df, self.options.max_df)
        )
        kept = [ngram for ngram, count in seen_in.items() if least <= count <= most]
        if self.options.max_features is not None:
            kept = sorted(kept, key=lambda ngram: (-total[ngram], ngram))[: self.options.max_features]
        return {ngram: at for at, ngram in enumerate(sorted(kept))}
