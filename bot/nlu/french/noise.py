"""FrenchNoise: copies of training examples with the mistakes people make when they type."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from bot.nlu.component import Component, Training
from bot.nlu.message import Message
from bot.nlu.options import OptionError

_NEIGHBOURS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        [
            "wa",
            "qes",
            "wrd",
            "etf",
            "ryg",
            "tuh",
            "yij",
            "uok",
            "ipl",
            "o",
            "qsz",
            "awdx",
            "sefc",
            "drgv",
            "fthb",
            "gyjn",
            "hukm",
            "jil",
            "ko",
            "asx",
            "zsdc",
            "xdfv",
            "cfgb",
            "vghn",
            "bhjm",
            "njk",
        ],
        strict=True,
    )
)
"""Keys beside each key of a Canadian keyboard."""

_BY_EAR = (
    ("qu", "k"), ("ph", "f"), ("eau", "o"), ("au", "o"), ("ss", "s"), ("ll", "l"), ("mm", "m"), ("nn", "n"),
    ("tt", "t"), ("ai", "é"), ("er", "é"), ("ez", "é"), ("ée", "é"), ("tion", "sion"), ("en", "an"), ("in", "ain"),
    ("ç", "s"), ("c", "k"), ("s", ""),
)  # fmt: skip
"""Ways of writing a sound and what is typed in their place."""

_SILENT_ENDS = "stexdz"
_SHORTEST = 4
_APOSTROPHE = re.compile("['’]")
_NO_APOSTROPHE, _GLUED = 0.5, 0.15


@dataclass(frozen=True, slots=True)
class NoiseOptions:
    """Options of FrenchNoise."""

    share: float = 0.3
    """Share of the examples that get a copy."""
    rate: float = 0.3
    """Share of a copy's words that get a mistake."""


class FrenchNoise(Component[NoiseOptions]):
    """Adds copies with mistakes to the training messages; does nothing to messages that are parsed.

    It stands first in the pipeline, so that the components after it see the copies too.
    """

    name = "FrenchNoise"
    options_type = NoiseOptions

    def check(self) -> None:
        """Both options are shares."""
        for key in ("share", "rate"):
            if not 0 <= getattr(self.options, key) <= 1:
                raise OptionError(key, "expected a number from 0 to 1")

    def train(self, training: Training) -> None:
        """Append the copies; the seed decides which."""
        dice = random.Random(training.seed)  # noqa: S311 - nothing secret about it
        copied = [message for message in training.messages if dice.random() < self.options.share]
        training.messages += [
            Message(mistyped(message.text, dice, self.options.rate), message.intent, made_up=True) for message in copied
        ]

    def process(self, message: Message) -> None:
        """Leave the message as it is."""


def mistyped(text: str, dice: random.Random, rate: float) -> str:
    """`text` with mistakes in about `rate` of its words; words with digits or @ stay as they are."""
    if dice.random() < _NO_APOSTROPHE:
        text = _APOSTROPHE.sub("", text)
    words = [_mistyped_word(word, dice) if dice.random() < rate else word for word in text.split(" ")]
    if len(words) > 2 and dice.random() < _GLUED:
        at = dice.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    return " ".join(words)


def _mistyped_word(word: str, dice: random.Random) -> str:
    if len(word) < _SHORTEST or "@" in word or any(char.isdigit() for char in word):
        return word
    at = dice.randrange(1, len(word) - 1)
    return dice.choices((_dropped, _swapped, _doubled, _missed_key, _by_ear, _ending), (2, 2, 1, 1, 3, 1))[0](
        word, at, dice
    )


def _dropped(word: str, at: int, _: random.Random) -> str:
    return word[:at] + word[at + 1 :]


def _swapped(word: str, at: int, _: random.Random) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _doubled(word: str, at: int, _: random.Random) -> str:
    return word[: at + 1] + word[at:]


def _missed_key(word: str, at: int, dice: random.Random) -> str:
    return word[:at] + dice.choice(_NEIGHBOURS.get(word[at].lower(), word[at])) + word[at + 1 :]


def _by_ear(word: str, _: int, dice: random.Random) -> str:
    for written, heard in dice.sample(_BY_EAR, len(_BY_EAR)):
        place = word.find(written, 1)
        if place > 0:
            return word[:place] + heard + word[place + len(written) :]
    return word


def _ending(word: str, _: int, __: random.Random) -> str:
    return word[:-1] if word[-1] in _SILENT_ENDS else word + "s"
