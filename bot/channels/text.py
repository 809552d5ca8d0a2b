"""Conversations in plain text: numbered choices, and what a short answer to them means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialogue.messages import BotMessage
from bot.dialogue.responses import eligible, interpolate_text
from bot.project.domain import Domain

Button = Mapping[str, Any]

# Words that a title and an answer share without meaning the title.
_EMPTY = frozenset(
    [
        "a",
        "ai",
        "au",
        "aux",
        "avec",
        "ce",
        "cela",
        "cet",
        "cette",
        "ca",
        "c",
        "d",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "est",
        "et",
        "eux",
        "il",
        "ils",
        "j",
        "je",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "lui",
        "m",
        "ma",
        "me",
        "mes",
        "moi",
        "mon",
        "n",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "où",
        "par",
        "pas",
        "pour",
        "qu",
        "que",
        "qui",
        "s",
        "sa",
        "se",
        "ses",
        "son",
        "sur",
        "t",
        "ta",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "y",
        "svp",
        "merci",
    ]
)
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9}
_ORDINALS = {"premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4}
_DIGITS = re.compile(r"(?:(?:le|la|numero|no|n|choix|option|reponse)\s+)*#?\s*\(?(\d{1,2})\)?")
_WORD = re.compile(r"[a-z0-9@]+")

STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "optout", "revoke", "end", "quit", "cancel", "arret", "arrett", "arrete"}
    | {"desabonner", "desabonnement"}
)
START_WORDS = frozenset({"start", "unstop", "debut", "demarrer", "depart", "commencer", "reprendre"})
HELP_WORDS = frozenset({"help", "info", "aide"})


def fold(text: str) -> str:
    """Give a text in lower case, without accents and punctuation, one space between words."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_WORD.findall(letters))


def keyword(text: str) -> str | None:
    """Give "stop", "start" or "help" when the whole message is one of the words that carriers reserve."""
    word = fold(text)
    return "stop" if word in STOP_WORDS else "start" if word in START_WORDS else "help" if word in HELP_WORDS else None


def chosen(text: str, buttons: Sequence[Button]) -> str | None:
    """Give the payload of the choice that an answer means: its number, its title, or words of one title alone."""
    if not buttons:
        return None
    folded = fold(text)
    titles = [fold(str(button.get("title", ""))) for button in buttons]
    if folded and titles.count(folded) == 1:
        return _payload(buttons[titles.index(folded)])
    number = _number(folded)
    if number is not None:
        return _payload(buttons[number - 1]) if 1 <= number <= len(buttons) else None
    said = set(folded.split()) - _EMPTY
    if not said:
        return None
    alike = [index for index, title in enumerate(titles) if said <= set(title.split())]
    return _payload(buttons[alike[0]]) if len(alike) == 1 else None


def _payload(button: Button) -> str:
    return str(button.get("payload") or button.get("title", ""))


def _number(folded: str) -> int | None:
    found = _DIGITS.fullmatch(folded)
    if found:
        return int(found[1])
    words = [word for word in folded.split() if word not in {"le", "la", "numero", "choix", "option"}]
    return (_NUMBERS.get(words[0]) or _ORDINALS.get(words[0])) if len(words) == 1 else None


class Words:
    """The domain's responses that a channel says by itself, outside of any turn (always the first variation)."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain

    def say(self, name: str, channel: str, **values: object) -> str:
        """Give the text of a response for a channel; "" when the domain has none of this name."""
        variations = self._domain.responses.get(name) or []
        candidates = eligible(variations, channel, {}) if variations else []
        text = variations[candidates[0]].get("text") if candidates else None
        return interpolate_text(str(text), values, name) if text else ""

    def choices(self, count: int, channel: str) -> str:
        """Say how to answer a list of choices: « Répondez 1, 2 ou 3 »."""
        if count < 2:
            return self.say("utter_choose_one", channel) if count else ""
        first = ", ".join(str(number) for number in range(1, count))
        return self.say("utter_choose_number", channel, first=first, last=count)


def numbered(replies: Sequence[BotMessage], words: Words, channel: str) -> str:
    """Give a turn's messages as one text, its choices numbered throughout; custom payloads have no text."""
    lines: list[str] = []
    count = 0
    for reply in replies:
        text = reply.text or (reply.image if isinstance(reply.image, str) else "") or ""
        if text:
            lines.append(text)
        for button in reply.buttons or ():
            count += 1
            line = f"{count}. {button.get('title', '')}"
            if line not in text.split("\n"):  # a list of clinics has its numbers already
                lines.append(line)
    how = words.choices(count, channel)
    return "\n".join([*lines, how] if how else lines)
