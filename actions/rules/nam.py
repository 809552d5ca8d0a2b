"""Health insurance numbers (NAM) of Québec, Ontario and New Brunswick, as people type and say them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import islice

from .folding import Folded, align, plain
from .nam_scan import Candidate, digits_only, letter_first, tokens
from .nas import looks_like_sin, luhn
from .numbers import might_hold_number
from .patterns import word_set
from .ramq import LENGTH, Correction, read_ramq
from .spans import Span

__all__ = ["Correction", "NamResult", "find_nams", "mask_nam", "mentions_sin", "parse_nam", "province_in"]

_DIGIT = re.compile(r"\d")
_ONTARIO = re.compile(r"([1-9]\d{9})[A-Z]{0,2}\Z")
_SIN_WORDS = r"(?:nas|nass|n a s|sin|[dl]?assurances? social[es]*|social insurance|securites? social[es]*)"
_SIN = re.compile(rf"\b{_SIN_WORDS}\b")
_NOT_SIN = re.compile(
    r"\b(?:pas|not|non)(?: (?:mon|le|un|son|votre|ma|de|du|my|the|cest|numero|dun))*" rf" {_SIN_WORDS}\b"
)
_PROVINCES = (
    ("ON", re.compile(r"\bont?ario\b|\bohip\b|\bontarien\w*|\bcarte sante\b|\btoronto\b")),
    (
        "NB",
        re.compile(r"\bnouveau ?-?brunsw\w*|\bnew ?brunsw\w*|\bmedicare\b|\bn\.?[ -]?b\b|\bneo ?brunsw\w*|\bmoncton\b"),
    ),
    ("QC", re.compile(r"\bquebec\w*|\bqc\b|\bramq\b|\bramequin\b|\bcarte soleil\b")),
)
_CONTEXT = re.compile(r"\b(?:nam|carte|assurance|maladie|ramq|ohip|medicare|sante|ontario|brunswick)\b")
_PHONE = re.compile(r"\b(?:tel|telephone|cell|cellulaire|appel\w*|rejoin\w*|phone|fax|poste|numero de tel\w*)\b")
_AREA_CODES = word_set(
    """
    204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 460 468 474 506 514
    519 537 548 568 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902
    905 942 800 833 844 855 866 877 888
    """
)
_NOT_LETTERS = frozenset(("MARS", "AOUT", "JUIN", "CODE", "DATE", "POUR", "DANS", "AVEC", "TEL", "CELL", "POSTE"))
_MOST_CANDIDATES = 40  # each may look at the whole message: a bound keeps that linear
_NEGATED = re.compile(r"\bpas\s+(?:le\s+)?\Z")


@dataclass(frozen=True)
class NamResult:
    """What a message gives as a health insurance number."""

    value: str | None = None
    """The canonical number (12 characters, or 10 or 9 digits). Also set, to be kept like a NAM until the
    answer, with the problem `nine_digits`. Never set with the problem `sin`."""
    province: str | None = None
    """`QC`, `ON`, `NB`, or None when it cannot be told."""
    problem: str | None = None
    """`missing`, `length`, `letters`, `month`, `date`, `sequence`, `shape`, `sin`, `nine_digits`, `several`,
    or None: the value can be used (when `check_ok` is false, once the card has been read again)."""
    check_ok: bool = False
    """Whether the check digit is right (always so for New Brunswick, which publishes none)."""
    correction: Correction | None = None
    """A look-alike character to offer to put right; then `value` is None."""
    sin_like: bool = False
    """Whether these 9 digits could also be a NAS."""


def parse_nam(text: str, province: str | None = None, *, today: date | None = None) -> NamResult:
    """Read the one health insurance number of a message; `province` is the card's, when it is known."""
    folded = align(text)
    found = tokens(folded)
    letters = [
        one
        for one in islice(letter_first(folded, found), _MOST_CANDIDATES)
        if not _is_negated(folded, one) and not _is_word_then_number(one)
    ]
    said = province_in(text) or province
    quebec = _best_of([_read_quebec(one, today) for one in letters])
    if quebec is not None and (quebec.value or quebec.correction or quebec.problem == "several"):
        return quebec
    numbers = [one for one in islice(digits_only(folded, found), _MOST_CANDIDATES) if not _is_negated(folded, one)]
    others = _best_of([_read_digits(one, said, text) for one in numbers if len(one.value) >= 6])
    if others is not None and (others.problem in (None, "sin", "nine_digits", "several") or quebec is None):
        return others
    if quebec is not None:
        return quebec
    return NamResult(problem="length" if _is_one_token(folded) else "missing")


def find_nams(text: str) -> list[Span]:
    """The health insurance numbers in any text; phone numbers, dates and addresses are none."""
    folded = align(text)
    if _DIGIT.search(folded.text) is None and not might_hold_number(folded.text):
        return []
    found = tokens(folded)
    context = _CONTEXT.search(folded.text) is not None
    spans: list[Span] = []
    for one in islice(letter_first(folded, found), _MOST_CANDIDATES):
        if _is_surely_quebec(one, context=context):
            spans.append(Span(*folded.span(one.start, one.end), "nam", one.value))
    if spans:
        return spans
    for one in islice(digits_only(folded, found), _MOST_CANDIDATES):
        value = _surely_other(folded, one, context=context)
        if value is not None:
            spans.append(Span(*folded.span(one.start, one.end), "nam", value))
    return spans


def mask_nam(value: str) -> str:
    """The only form in which a number is shown: `TEST •••• ••12`, `•••• ••• •17`, `••• ••• •89`."""
    if len(value) == LENGTH and value[:4].isalpha():
        return f"{value[:4]} •••• ••{value[-2:]}"
    if len(value) == 10 and value.isdecimal():
        return f"•••• ••• •{value[-2:]}"
    if len(value) == 9 and value.isdecimal():
        return f"••• ••• •{value[-2:]}"
    return "••••"


def mentions_sin(text: str) -> bool:
    """Whether the message speaks of a NAS (and not to say that it is none)."""
    said = plain(text)
    return len(_SIN.findall(said)) > len(_NOT_SIN.findall(said))


def province_in(text: str) -> str | None:
    """The province that the message names: `QC`, `ON`, `NB`; None when none or several."""
    said = align(text).text
    named = [code for code, pattern in _PROVINCES if pattern.search(said)]
    return named[0] if len(named) == 1 else None


def _is_one_token(folded: Folded) -> bool:
    typed = folded.text.strip()
    return 3 <= len(typed) <= 20 and " " not in typed and any(map(str.isdecimal, typed))


def _is_word_then_number(one: Candidate) -> bool:
    """« mon NAM est 800 030 287 »: a word of three letters, then the nine or ten digits of another province."""
    digits = one.value[3:]
    apart = len(one.groups) > 1 and one.groups[0] == 3 and one.groups[1] >= 3
    return apart and one.value[:3].isalpha() and digits.isdecimal() and len(digits) in (9, 10)


def _is_negated(folded: Folded, one: Candidate) -> bool:
    return _NEGATED.search(folded.text[max(0, one.start - 12) : one.start]) is not None


def _best_of(results: list[NamResult]) -> NamResult | None:
    """The one result there is: usable ones first, then offers, then problems."""
    for group in (
        [one for one in results if one.value],
        [one for one in results if one.correction],
    ):
        if group:
            return (
                group[0] if len({one.value or one.correction for one in group}) == 1 else NamResult(problem="several")
            )
    return results[0] if results else None


def _read_quebec(one: Candidate, today: date | None) -> NamResult:
    value = one.value
    letters = len(value) - len(value.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if len(value) != LENGTH:
        return NamResult(province="QC", problem="length" if letters == 4 else "letters")
    reading = read_ramq(value, today)
    if reading.problem is None:
        return NamResult(value, "QC", check_ok=reading.check_ok)
    return NamResult(None, "QC", reading.problem, correction=reading.correction)


def _read_digits(one: Candidate, province: str | None, text: str) -> NamResult:
    digits = one.value
    ontario = _ONTARIO.match(digits)
    if ontario is not None:
        check_ok = luhn(ontario[1])
        phone = one.groups == (3, 3, 4) and (not check_ok or digits[:3] in _AREA_CODES)
        if (phone and province is None) or (not check_ok and province in ("QC", "NB")):
            return NamResult(problem="letters" if province == "QC" else "length" if province == "NB" else "shape")
        return NamResult(ontario[1], "ON", check_ok=check_ok)
    if len(digits) == 9 and digits.isdecimal():
        return _read_nine(digits, province, text)
    if province == "QC" or (province is None and len(digits) == 8):
        return NamResult(province=province, problem="letters")
    return NamResult(
        province=province,
        problem="shape" if len(digits.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == 10 else "length",
    )


def _read_nine(digits: str, province: str | None, text: str) -> NamResult:
    if province in ("QC", "ON") or mentions_sin(text):
        return NamResult(province=province, problem="sin", sin_like=True)
    sin_like = looks_like_sin(digits)
    if province == "NB":
        return NamResult(digits, "NB", check_ok=True, sin_like=sin_like)
    return NamResult(digits, None, "nine_digits", sin_like=sin_like)


def _is_surely_quebec(one: Candidate, *, context: bool) -> bool:
    if len(one.value) != LENGTH:
        return False
    reading = read_ramq(one.value)
    if reading.problem is not None:
        return False
    if one.value[:4] in _NOT_LETTERS and not context:
        return reading.check_ok and one.groups == (LENGTH,)
    return reading.check_ok or context or one.groups in ((12,), (4, 8), (4, 4, 4))


def _surely_other(folded: Folded, one: Candidate, *, context: bool) -> str | None:
    ontario = _ONTARIO.match(one.value)
    if ontario is not None and luhn(ontario[1]) and (one.groups == (4, 3, 3) or _is_no_phone(folded, one, context)):
        return ontario[1]
    nine = len(one.value) == 9 and one.value.isdecimal()
    if nine and province_in(folded.text) == "NB" and not mentions_sin(folded.text):
        return one.value
    return None


def _is_no_phone(folded: Folded, one: Candidate, context: bool) -> bool:
    """Whether 10 digits not laid out as on the card are surely Ontario's: said so, or a message by themselves."""
    if one.groups == (3, 3, 4) or _PHONE.search(folded.text):
        return False
    alone = not folded.text[: one.start].strip() and not folded.text[one.end :].strip(" .!")
    return context or (alone and one.value[:3] not in _AREA_CODES)
