"""Québec's health insurance number: 4 letters and 8 characters, whose last is a check digit.

3 letters of the surname and 1 of the first name, YY, MM (+50 for women), DD, a sequence character
(1–9, or a letter other than I and O), a check digit. The century is not printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

LENGTH = 12
_WEIGHTS = (1, 3, 7, 9, 1, 7, 1, 3, 4, 5, 7, 6, 9, 1)
_CENTURIES = (2000, 1900, 1800)
_OLDEST = 125
_SEQUENCE = frozenset("123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
_TO_DIGIT = {"O": "0", "I": "1", "S": "5", "B": "8"}
_TO_LETTER = {"0": "O", "1": "I", "5": "S", "8": "B"}
_MOST_SWAPS = 3


@dataclass(frozen=True)
class Correction:
    """A character that looks like another one in a place where it cannot be. Offered, never applied."""

    position: int
    """Its place in the number, from 1, spaces not counted."""
    typed: str
    """The character as typed, upper case."""
    proposed: str
    """What it is likely to be."""
    value: str
    """The whole number corrected."""
    count: int = 1
    """How many characters are corrected in `value`; `position` is the first one's."""


@dataclass(frozen=True)
class RamqReading:
    """What 12 characters are worth as a Québec number."""

    problem: str | None
    """`letters`, `month`, `date`, `sequence`, `shape`, or None."""
    check_ok: bool = False
    """Whether the check digit is right; meaningful when there is no problem."""
    correction: Correction | None = None
    """The number it would be with look-alike characters put right."""


def check_digit(letters: str, born: date, *, woman: bool, sequence: str) -> int:
    """The check digit of RAMQ: EBCDIC codes of the 14 characters, weighted, modulo 10."""
    text = f"{letters}{born.year:04}{'F' if woman else 'M'}{born.month:02}{born.day:02}{sequence}"
    return sum(weight * code for weight, code in zip(_WEIGHTS, text.encode("cp037"), strict=True)) % 10


def read_ramq(typed: str, today: date | None = None) -> RamqReading:
    """Judge 12 upper-case ASCII letters and digits."""
    reading = _judge(typed, today or datetime.now(UTC).date())
    if reading.problem in ("letters", "shape", "sequence"):
        return RamqReading(reading.problem, correction=_correct(typed, today))
    return reading


def _judge(value: str, today: date) -> RamqReading:
    if not value[:4].isalpha():
        return RamqReading("letters")
    if not (value[4:10].isdigit() and value[11].isdigit()):
        return RamqReading("shape")
    if value[10] not in _SEQUENCE:
        return RamqReading("sequence")
    month = int(value[6:8])
    if not (1 <= month <= 12 or 51 <= month <= 62):
        return RamqReading("month")
    births = list(_births(value, today))
    if not births:
        return RamqReading("date")
    expected = {check_digit(value[:4], born, woman=month > 50, sequence=value[10]) for born in births}
    return RamqReading(None, check_ok=int(value[11]) in expected)


def _births(value: str, today: date) -> Iterator[date]:
    """The birth dates, one for each century in which the person could be alive today."""
    for century in _CENTURIES:
        try:
            born = date(century + int(value[4:6]), int(value[6:8]) % 50, int(value[8:10]))
        except ValueError:
            continue
        if born <= today and today.year - born.year <= _OLDEST:
            yield born


def _correct(typed: str, today: date | None) -> Correction | None:
    """Put look-alikes right by position, when that makes a number whose check digit is right."""
    corrected = [
        _TO_LETTER.get(char, char) if place < 4 else _TO_DIGIT.get(char, char) if place != 10 else char
        for place, char in enumerate(typed)
    ]
    if corrected[10] == "I":
        corrected[10] = "1"
    value = "".join(corrected)
    swaps = [place for place in range(LENGTH) if typed[place] != value[place]]
    if not 1 <= len(swaps) <= _MOST_SWAPS or not read_ramq_value(value, today):
        return None
    first = swaps[0]
    return Correction(first + 1, typed[first], value[first], value, len(swaps))


def read_ramq_value(value: str, today: date | None = None) -> bool:
    """Whether this is a Québec number whose shape, date and check digit are all right."""
    return _judge(value, today or datetime.now(UTC).date()).check_ok
