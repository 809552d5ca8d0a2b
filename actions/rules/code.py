"""The access code sent by email: 6 digits, however a patient types, pastes or says them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import SecretStr

from .folding import Folded, align
from .numbers import NUMBER_WORDS, might_hold_number, read_digits, readings, split_words
from .patterns import words_pattern
from .spans import Span

LENGTH = 6
_QUANTITY = words_pattern(r"""
    \b\d{1,4}(?:_?000)?_?(?:
        h(?:_?\d\d)?(?![a-z0-9]) | (?:min | minutes? | sec | secondes? | heures? | jours? | mois | ans?)\b
        | (?:fois | essais? | tentatives? | codes? | cour+iels? | emails? | chiffres? | messages? | cliniques?)\b
        | (?:er | re | e | eme | ieme)\b | % | \$ )
    | \b\d{1,2}:\d\d(?::\d\d)?\b
    | \b(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\b | \b\d\d?/\d\d?/(?:\d{4}|\d\d)\b
    | \b\d{1,2}_(?:janvier | fevrier | mars | avril | mai | juin | juillet | aout | septembre | octobre
        | novembre | decembre)(?:_\d{4})?\b
    | \(?\b\d{3}\)?[ .-]?\d{3}[ .-]\d{4}\b
    | \b[a-z]\d[a-z]_?\d[a-z]\d\b
    | \S{1,64}@\S{1,64} | \bhttps?://\S{1,200}
""")
_RUN = re.compile(r"(?<![^\W_])\d+(?:[ .\-·_*]{1,3}\d+)*(?![^\W_])")
_LOOKALIKE = re.compile(r"(?<![^\W_])(?=[a-z]*\d)[0-9oilsb]{6}(?![^\W_])")
_LOOKALIKE_HALVES = re.compile(r"(?<![^\W_])([0-9oil]{3})[ -]([0-9oil]{3})(?![^\W_])")
_TO_DIGIT = str.maketrans("oilsb", "01158")
_SKIPPED = frozenset(("et", "puis", "ensuite", "tiret", "espace", "virgule", "point", "trait", "union"))
_AFTER_ET = ("un", "une", "onze")
_DIGIT = re.compile(r"\d")
_FEWEST_SPOKEN = 3
_GROUPS = ((6,), (3, 3), (2, 2, 2), (1,) * 6)


@dataclass(frozen=True)
class CodeReading:
    """What a message gives as an access code."""

    code: SecretStr | None
    """The one 6-digit code of the message; None when there is none or more than one."""
    has_digits: bool
    """Whether there was something like a code: with no code, it is a wrong one (too short, ambiguous…)."""


def read_code(text: str) -> CodeReading:
    """Read the answer to « quel est le code ? »; a quantity, a time, a phone number are no code."""
    folded = _QUANTITY.sub(_blank, align(text).text)
    runs = [match[0] for match in _RUN.finditer(folded)]
    spoken, said_something = _spoken(folded)
    for found in (
        {run for run in runs if len(run) == LENGTH and run.isdecimal()},
        {digits for run in runs if len(digits := _DIGITS_ONLY.sub("", run)) == LENGTH},
        set(_lookalikes(folded)),
        spoken,
    ):
        if len(found) == 1:
            return CodeReading(SecretStr(found.pop()), has_digits=True)
        if found:
            return CodeReading(None, has_digits=True)
    return CodeReading(None, has_digits=said_something or _DIGIT.search(folded) is not None)


def find_codes(text: str) -> list[Span]:
    """The 6-digit codes in any text: `123456`, `123 456`, `1 2 3 4 5 6`; written in digits only."""
    folded = align(text)
    if _DIGIT.search(folded.text) is None:
        return []
    spans = []
    for match in _RUN.finditer(_QUANTITY.sub(_blank, folded.text)):
        groups = tuple(len(group) for group in _DIGIT_GROUP.findall(match[0]))
        if groups not in _GROUPS or _is_something_else(folded, match.start(), match.end()):
            continue
        if groups == (2, 2, 2) and (" " not in match[0] or _is_date(match[0])):
            continue
        digits = _DIGITS_ONLY.sub("", match[0])
        spans.append(Span(*folded.span(match.start(), match.end()), "code", digits))
    return spans


def format_code(code: str) -> str:
    """A code as it is shown: `123 456`."""
    return f"{code[:3]} {code[3:]}"


_DIGITS_ONLY = re.compile(r"\D+")
_DIGIT_GROUP = re.compile(r"\d+")
_STREET = re.compile(
    r" ?,? ?(?:\$|(?:rue|boul|boulevard|av|avenue|ch|chemin|rang|route|rte|place|cote|dollars?|piastres?)\b)"
)
_BEFORE = re.compile(r"(?:\$|n[o°]|#|poste|dossier|apt?|app|local|bureau|casier|numero de dossier) ?:? ?\Z")


def _blank(match: re.Match[str]) -> str:
    return "|".ljust(len(match[0]), " ")


def _lookalikes(folded: str) -> list[str]:
    """`12345O`: letters that look like digits, where more than half are digits."""
    found = [match[0] for match in _LOOKALIKE.finditer(folded)]
    found += [match[1] + match[2] for match in _LOOKALIKE_HALVES.finditer(folded)]
    return [one.translate(_TO_DIGIT) for one in found if sum(map(str.isdecimal, one)) >= 4]


def _spoken(folded: str) -> tuple[set[str], bool]:
    """The codes said in words, and whether several numbers were said in a row."""
    if not might_hold_number(folded):
        return set(), False
    found: set[str] = set()
    something = False
    for run in _spoken_runs(folded):
        digits = read_digits(run) or ""
        ways = {digits} if len(digits) == LENGTH else readings(run, LENGTH)
        found |= ways
        something = something or len(digits) >= _FEWEST_SPOKEN
    return found, something


def _spoken_runs(folded: str) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for said, _, _ in split_words(folded):
        word = said.removeprefix("-")
        if word in NUMBER_WORDS or word.isdecimal():
            runs[-1].append(said)
        elif word in _SKIPPED and runs[-1]:
            if word == "et":
                runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    cleaned = [_without_loose_et(run) for run in runs if run]
    return [run for run in cleaned if any(word.removeprefix("-") in NUMBER_WORDS for word in run)]


def _without_loose_et(run: list[str]) -> list[str]:
    """Keep « et » only where it is part of a number: « vingt et un »."""
    following = [*run[1:], ""]
    return [
        word
        for word, after in zip(run, following, strict=True)
        if word.strip("-") != "et" or after.strip("-") in _AFTER_ET
    ]


def _is_date(run: str) -> bool:
    first, second, third = (int(group) for group in _DIGIT_GROUP.findall(run))
    return (1 <= second <= 12 or 51 <= second <= 62) and (1 <= first <= 31 or 1 <= third <= 31)


def _is_something_else(folded: Folded, start: int, end: int) -> bool:
    after = folded.text[end : end + 14]
    return bool(_STREET.match(after) or _BEFORE.search(folded.text[max(0, start - 20) : start]))
