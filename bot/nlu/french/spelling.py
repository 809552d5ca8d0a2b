"""Spellings of text messages and of joual, as standard words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from bot.nlu.french.fold import pieces
from bot.nlu.french.phrases import Phrases
from bot.nlu.message import Token

_TABLE_FILE = "spellings.tsv"
_STRETCHED = re.compile(r"(.)\1{2,}")
_ELIDED = {"j": "je", "l": "le", "d": "de", "c": "ce", "m": "me", "s": "se", "t": "te", "qu": "que", "k": "que"}
_GLUED = re.compile(r"(qu|[jldcmstkn])([a-z]{3,})")
_PLAIN_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Spellings:
    """What is written and what it stands for; both are runs of folded words."""

    table: dict[str, tuple[str, ...]]
    """Written words joined by a space → standard words (none: the words say nothing)."""
    phrases: Phrases = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the table."""
        object.__setattr__(self, "phrases", Phrases(self.table))

    @classmethod
    def of(cls, lines: Iterable[str], name: str = _TABLE_FILE) -> Spellings:
        """Read `written<TAB>standard` lines; blank ones and those that start with # say nothing.

        Raises:
            ValueError: a line is not of that form, or writes the same thing a second time.
        """
        table: dict[str, tuple[str, ...]] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            written, separator, standard = line.rstrip("\n").partition("\t")
            for one in written.split("|"):
                key = " ".join(piece.text for piece in pieces(one))
                if not separator or not key or key in table:
                    raise ValueError(f"{name}:{number}: expected new written words, a tab, standard words")
                table[key] = tuple(piece.text for piece in pieces(standard))
        return cls(table)

    @classmethod
    def shipped(cls) -> Spellings:
        """The reviewed table that comes with the program."""
        text = files("bot.nlu.french").joinpath(_TABLE_FILE).read_text(encoding="utf-8")
        return cls.of(text.splitlines())

    def standard(self, words: Sequence[Token], known: frozenset[str]) -> list[Token]:
        """The standard words for `words`; `known` are words that need no repair.

        A standard word has the place of what was written for it.
        """
        calm = [Token(_calm(word.text, known), word.start, word.end) for word in words]
        found: list[Token] = []
        at = 0
        while at < len(calm):
            taken = self.phrases.at(calm, at)
            if taken:
                key, used = taken
                start, end = calm[at].start, calm[at + used - 1].end
                found.extend(Token(word, start, end) for word in self.table[key])
                at += used
            else:
                found.extend(self._single(calm[at], known))
                at += 1
        return found

    def _single(self, word: Token, known: frozenset[str]) -> list[Token]:
        text = word.text
        if text in _ELIDED:
            return [Token(_ELIDED[text], word.start, word.end)]
        if text[0].isdigit() and len(text) > _PLAIN_DIGITS:
            return [Token(f"__{min(len(text), 12)}chiffres__", word.start, word.end)]
        glued = _GLUED.fullmatch(text) if text not in known else None
        if glued is None or glued[2] not in known:
            return [word]
        first = Token(_ELIDED.get(glued[1], glued[1]), word.start, word.end)
        return [first, Token(glued[2], word.start, word.end)]


def _calm(word: str, known: frozenset[str]) -> str:
    """Three equal letters or more become one (`nooon`), or two where that is a known word."""
    if not _STRETCHED.search(word) or word[0].isdigit():
        return word
    double = _STRETCHED.sub(r"\1\1", word)
    return double if double in known else _STRETCHED.sub(r"\1", word)
