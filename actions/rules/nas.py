"""The Canadian social insurance number (NAS), which people type in place of the health number."""

from __future__ import annotations

_LENGTH = 9


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def looks_like_sin(digits: str) -> bool:
    """Whether these 9 digits could be a NAS: Luhn, and a first digit that is given out (not 0 or 8)."""
    if len(digits) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    return digits[0] not in "08" and luhn(digits)
