"""Numbers said in French words, as digits: « soixante-quinze », « quatre-vingt-douze », « double zéro »."""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNITS = {
    "zero": 0, "zeros": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "troi": 3, "quatre": 4, "quatr": 4,
    "katre": 4, "quat": 4, "cinq": 5, "cinque": 5, "sinq": 5, "six": 6, "sis": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")
_REPEATS = {"double": 2, "triple": 3}
NUMBER_WORDS = frozenset(_UNITS) | frozenset(_TENS) | {"cent", "cents", "mille", "double", "triple"}
_MIGHT_HOLD_NUMBER = re.compile(
    r"zero|deux|troi|quat|katre|cinq|sinq|sis|six|sept|huit|neuf|dix|onze|douze|treize|quinze|seize"
    r"|vingt|trente|ante|cent|mille|double"
)
_MOST_READ_ALL_WAYS = 14


def split_words(folded: str) -> list[tuple[str, int, int]]:
    """The runs of letters and digits with their places; one joined to the one before keeps its hyphen."""
    found: list[tuple[str, int, int]] = []
    for match in _WORD.finditer(folded):
        start, end = match.span()
        glued = bool(found) and found[-1][2] == start - 1 and folded[start - 1] == "-"
        found.append(("-" + match[0] if glued else match[0], start, end))
    return found


def might_hold_number(folded: str) -> bool:
    """A cheap test, before any real work: could there be a number in words in this folded text?"""
    return _MIGHT_HOLD_NUMBER.search(folded) is not None


def _word(words: Sequence[str], at: int) -> str:
    return words[at].removeprefix("-") if at < len(words) else ""


def _under_20(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """A number from 0 to 19 at `at`, with the index after it."""
    value = _UNITS.get(_word(words, at))
    if value is None:
        return None
    following = _UNITS.get(_word(words, at + 1), 0)
    if value == 10 and 7 <= following <= 9:
        return 10 + following, at + 2
    return value, at + 1


def _multiplies(words: Sequence[str], at: int) -> bool:
    """Whether the unit at `at` belongs to what follows: the 4 of « quatre-vingts », the 3 of « trois cents »."""
    unit, following = _UNITS.get(_word(words, at)), words[at + 1] if at + 1 < len(words) else ""
    if unit is None or not 2 <= unit <= 9:
        return False
    glued = following.startswith("-") and not words[at].startswith("-")
    if unit == 4 and following.lstrip("-") in ("vingt", "vingts"):
        return glued or following.endswith("s")
    return following.lstrip("-") in ("cent", "cents") and (glued or following.endswith("s"))


def _under_100(words: Sequence[str], at: int) -> tuple[int, int] | None:
    first = _word(words, at)
    value = _TENS.get(first)
    following = at + 1
    if _UNITS.get(first) == 4 and _word(words, following) in ("vingt", "vingts"):
        value, following = 80, at + 2
    if value is None:
        return _under_20(words, at)
    start = following + 1 if _word(words, following) == "et" else following
    rest = None if _multiplies(words, start) else _under_20(words, start)
    most = 19 if value in (60, 80) else 9
    if rest is not None and 0 < rest[0] <= most and (start == following or rest[0] in (1, 11)):
        return value + rest[0], rest[1]
    return value, following


def _under_1000(words: Sequence[str], at: int) -> tuple[int, int] | None:
    hundreds, following = 1, at
    if 2 <= _UNITS.get(_word(words, at), 0) <= 9 and _word(words, at + 1) in ("cent", "cents"):
        hundreds, following = _UNITS[_word(words, at)], at + 1
    if _word(words, following) not in ("cent", "cents"):
        return _under_100(words, at)
    hundreds_follow = _word(words, following + 2) in ("cent", "cents") and _multiplies(words, following + 1)
    rest = None if hundreds_follow else _under_100(words, following + 1)
    if rest is not None and rest[0] > 0:
        return hundreds * 100 + rest[0], rest[1]
    return hundreds * 100, following + 1


def read_number(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The longest number in words at index `at`: its digits and the index after it.

    `words` are folded; one that a hyphen joins to the word before it begins with it (`vingt`, `-deux`).
    « double cinq » reads as `55`.
    """
    repeat = _REPEATS.get(_word(words, at))
    if repeat is not None:
        unit = _UNITS.get(_word(words, at + 1), 10)
        return (str(unit) * repeat, at + 2) if unit < 10 else None
    if _word(words, at) == "mille":
        thousands, following = 1, at
    else:
        found = _under_1000(words, at)
        if found is None:
            return None
        thousands, following = found
        if _word(words, following) != "mille" or thousands == 0:
            return str(thousands), following
    rest = _under_1000(words, following + 1)
    if rest is not None and rest[0] > 0:
        return str(thousands * 1000 + rest[0]), rest[1]
    return str(thousands * 1000), following + 1


def read_digits(words: Sequence[str]) -> str | None:
    """All the words as digits, each number taken as long as it can be; None when one is no number."""
    digits: list[str] = []
    at = 0
    while at < len(words):
        if _word(words, at).isdecimal():
            digits.append(_word(words, at))
            at += 1
            continue
        found = read_number(words, at)
        if found is None:
            return None
        digits.append(found[0])
        at = found[1]
    return "".join(digits)


def _prefixes(words: Sequence[str], at: int) -> set[tuple[str, int]]:
    """Every number that starts at `at`: « quatre vingt deux » is 4, 80 and 82."""
    if _word(words, at).isdecimal():
        return {(_word(words, at), at + 1)}
    longest = read_number(words, at)
    found = {longest} if longest else set()
    for end in range(at + 1, min(len(words), at + 4) + 1):
        number = read_number(words[:end], at)
        if number is not None and len(number[0]) < 3:
            found.add(number)
    return found


def readings(words: Sequence[str], length: int) -> set[str]:
    """Every way to read the words as exactly `length` digits; empty when there are too many words."""
    if len(words) > _MOST_READ_ALL_WAYS:
        return set()
    reached: list[set[str]] = [set() for _ in range(len(words) + 1)]
    reached[0].add("")
    for at in range(len(words)):
        if not reached[at]:
            continue
        for digits, following in _prefixes(words, at):
            reached[following] |= {said + digits for said in reached[at] if len(said + digits) <= length}
    return {said for said in reached[-1] if len(said) == length}
