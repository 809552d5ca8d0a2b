"""Text folded for comparison: case, accents, apostrophes, widths, spaces.

Folding works one character at a time, so it is linear whatever the input (the standard library's
normalization is not, on long runs of combining marks), and every folded character knows where it was.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_APOSTROPHES = dict.fromkeys("'’‘‛ʼʻʹ′＇`´ˈꞌ", "'")
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_OTHERS = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d"}
_OTHERS |= {"。": ".", "…": "...", "“": '"', "”": '"', "„": '"'}
_MOST_CACHED = 20_000


def _fold_once(char: str) -> str:
    known = _APOSTROPHES.get(char) or _DASHES.get(char) or _OTHERS.get(char)
    if known is not None:
        return known
    category = unicodedata.category(char)
    if char.isspace() or category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category in ("Mn", "Me", "Cf", "Cs"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())


class _Table(dict[str, str]):
    """Character → its folded form, filled as characters are met, bounded against hostile input."""

    def __missing__(self, char: str) -> str:
        folded = char
        while (again := "".join(map(_fold_once, folded))) != folded:
            folded = again
        if len(self) < _MOST_CACHED:
            self[char] = folded
        return folded


_TABLE = _Table({chr(code): _fold_once(chr(code)) for code in range(128)})
_JOINED_ELISION = re.compile(r"\b([cdjlmnst]|qu) (?=[aeiouyh])")
_NOT_WORD = re.compile(r"[^\w@#$%+']+")


@dataclass(frozen=True)
class Folded:
    """A folded text whose every character knows where it was in the text as typed."""

    text: str
    _origins: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded characters `start:end` (not empty) are in the text as typed."""
        if self._origins is None:
            return start, end
        return self._origins[start], self._origins[end - 1] + 1


def align(text: str) -> Folded:
    """Fold case, accents, apostrophes, widths; keep every space; remember the positions."""
    if text.isascii() and text.isprintable():
        # The one ASCII character that folding changes beside the case is the backquote.
        return Folded(text.lower().replace("`", "'"))
    pieces = [_TABLE[char] for char in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and "" not in pieces:
        return Folded(folded)
    origins = tuple(index for index, piece in enumerate(pieces) for _ in piece)
    return Folded(folded, origins)


def fold(text: str) -> str:
    """Fold case, accents, apostrophes (all to `'`), widths, and runs of spaces; idempotent."""
    return " ".join(align(text).text.split())


def plain(text: str) -> str:
    """Words only, for comparing what people say: folded, no apostrophes, no punctuation.

    `C’est ça!`, `cest ca` and `c est ça` all become `cest ca`.
    """
    words = " ".join(_NOT_WORD.sub(" ", fold(text)).replace("'", "").split())
    return _JOINED_ELISION.sub(r"\1", words)
