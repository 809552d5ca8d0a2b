"""Where in a message there may be a health insurance number, however it is typed or dictated.

A message is cut into tokens (runs of letters and digits, and numbers in words); candidates are
neighbours among them. Every candidate looks at a bounded number of tokens: the scan is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .folding import Folded
from .numbers import NUMBER_WORDS, read_number, split_words
from .patterns import word_set
from .ramq import LENGTH

_GAP = re.compile(r"[\s.,/:_·•*()-]{0,4}(?:['\"]\s?)?\Z")
_JOINERS = word_set(
    """
    et puis ensuite apres espace tiret trait d union point virgule
    """
)
_LETTER_NAMES = {"ixe": "x", "zed": "z", "zede": "z", "ygrec": "y"}
_LOOKALIKES = frozenset("oisbl0123456789")
_EXPIRY = re.compile(r"(?:20\d\d(?:0[1-9]|1[0-2])|\d\d(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])\d\d|20[2-4]\d)\Z")
_MOST_DIGITS = 24


@dataclass(frozen=True)
class Token:
    """A run of letters and digits, or a number in words already turned into digits."""

    text: str
    start: int
    end: int
    spoken: bool = False

    @property
    def digit_like(self) -> bool:
        """Whether it may be part of a number's digits, look-alikes included."""
        if len(self.text) > 2 * LENGTH or self.text[0] not in _LOOKALIKES:
            return False
        if len(self.text) >= LENGTH and self.text[:4].isalpha():  # « le BOUS02531290 » is not « LE » and digits
            return False
        return any(map(str.isdecimal, self.text))


@dataclass(frozen=True)
class Candidate:
    """Characters that may be a number, and how they were laid out."""

    value: str
    """Upper-case letters and digits."""
    start: int
    end: int
    groups: tuple[int, ...]
    """The lengths of the groups it was typed in: `(4, 4, 4)`."""
    spoken: bool = False


def tokens(folded: Folded) -> list[Token]:
    """The tokens of a folded text, numbers in words read as digits, « X comme Xavier » as X."""
    words = split_words(folded.text)
    found = [Token(word.removeprefix("-"), start, end) for word, start, end in words]
    said = [word for word, _, _ in words]
    result: list[Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        if token.text in NUMBER_WORDS:
            number = read_number(said, at)
            if number is not None:
                digits, following = number
                result.append(Token(digits, token.start, found[following - 1].end, spoken=True))
                at = following
                continue
        if token.text in _LETTER_NAMES:
            token = Token(_LETTER_NAMES[token.text], token.start, token.end)
        if said[at : at + 2] == ["double", "v"]:
            token, at = Token("w", token.start, found[at + 1].end), at + 1
        if len(token.text) == 1 and at + 2 < len(found) and said[at + 1] == "comme":
            token, at = Token(token.text, token.start, found[at + 2].end), at + 2
        result.append(token)
        at += 1
    return result


def letter_first(folded: Folded, found: list[Token]) -> Iterator[Candidate]:
    """Candidates that begin with letters, as Québec's do: `TREM 0412 1925`, `T R E M zéro quatre…`."""
    at = 0
    while at < len(found):
        block = _letters(folded, found, at)
        candidate, following = (None, at + 1) if block is None else _take(folded, found, at, *block)
        if candidate is not None:
            yield candidate
        at = max(following, at + 1)


def _letters(folded: Folded, found: list[Token], at: int) -> tuple[str, int] | None:
    """The letters at a token (4 of them, or what stands for them), and the index after them."""
    token = found[at]
    if token.spoken or len(token.text) > 2 * LENGTH:
        return None
    if len(token.text) > 1:
        joined = at + 1 < len(found) and len(token.text) == 3 and len(found[at + 1].text) == 1
        if joined and token.text.isalpha() and found[at + 1].text.isalpha() and _alone(folded, token.start):
            return token.text + found[at + 1].text, at + 2
        mixed = not token.text.isalpha() and not token.text.isdecimal()
        short = 2 <= len(token.text) <= 6 and token.text.isalpha()
        lookalike = len(token.text) == 4 and sum(map(str.isdecimal, token.text)) <= 2
        return (token.text, at + 1) if mixed or short or lookalike else None
    single: list[str] = []
    for one in found[at : at + 4]:
        if len(one.text) != 1 or one.spoken or (single and not _near(folded, found[at + len(single) - 1], one)):
            break
        single.append(one.text)
    return ("".join(single), at + 4) if len(single) == 4 and any(map(str.isalpha, single)) else None


def _alone(folded: Folded, start: int) -> bool:
    return not folded.text[:start].strip() if start < 8 else False


def _near(folded: Folded, left: Token, right: Token) -> bool:
    return right.start - left.end <= 6 and _GAP.match(folded.text, left.end, right.start) is not None


def _take(folded: Folded, found: list[Token], at: int, letters: str, following: int) -> tuple[Candidate | None, int]:
    """Add the digits that follow the letters; stop at 12 characters, leave an expiry date out."""
    value, groups, spoken = letters, [len(letters)], False
    last = found[following - 1]
    while following < len(found) and len(value) < LENGTH:
        token = found[following]
        if token.text in _JOINERS and spoken:
            following += 1
            continue
        lookalikes = len(token.text) <= 4 and _LOOKALIKES.issuperset(token.text) and len(value) >= 4
        sequence = len(value) == LENGTH - 2 and len(token.text) <= 2
        if not (token.digit_like or lookalikes or sequence) or not (spoken or _near(folded, last, token)):
            break
        value += token.text
        groups.append(len(token.text))
        spoken = spoken or token.spoken
        last, following = token, following + 1
    if len(value) > LENGTH and _EXPIRY.match(value[LENGTH:]):
        value = value[:LENGTH]
    digits = sum(map(str.isdecimal, value))
    if digits < 4 or not any(map(str.isalpha, value[:6])):
        return None, following if digits else at + 1
    return Candidate(value.upper(), found[at].start, last.end, tuple(groups), spoken), following


def digits_only(folded: Folded, found: list[Token]) -> Iterator[Candidate]:
    """Candidates that are digits, with Ontario's version letters when they follow."""
    at = 0
    while at < len(found):
        start = at
        run: list[Token] = []
        while at < len(found) and _continues(folded, run, found[at]):
            run.append(found[at])
            at += 1
        if not run:
            at += 1
            continue
        yield _candidate(folded, found, start, at, run)


def _continues(folded: Folded, run: list[Token], token: Token) -> bool:
    if not token.text.isdecimal():
        digits = token.text.rstrip("abcdefghijklmnopqrstuvwxyz")
        return not run and digits.isdecimal() and len(digits) >= 9
    if not run:
        return True
    return (
        run[-1].text.isdecimal()
        and ((token.spoken and run[-1].spoken) or _near(folded, run[-1], token))
        and sum(len(one.text) for one in run) < _MOST_DIGITS
    )


def _candidate(folded: Folded, found: list[Token], start: int, at: int, run: list[Token]) -> Candidate:
    value = "".join(token.text for token in run)
    end = run[-1].end
    version = found[at] if at < len(found) else None
    if version is not None and version.text.isalpha() and value.isdecimal() and len(value) == 10:
        glued = folded.text[end : version.start].strip(" ") == "-"
        upper = len(version.text) <= 2 and version.text not in _JOINERS and version.end == len(folded.text.rstrip(" ."))
        if glued or upper:
            value, end = value + version.text, version.end
    groups = tuple(len(token.text) for token in run)
    return Candidate(value.upper(), run[0].start, end, groups, any(token.spoken for token in run))
