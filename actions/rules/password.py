"""The portal's password rules, all checked at once. Nothing here keeps or shows what it was given."""

from __future__ import annotations

import re

from .common_passwords import COMMON
from .folding import align

_SHORTEST = 10
_LONGEST = 40
_LEET = str.maketrans("@4083!1$5+7", "aaobeiisstt")
_LEET_L = str.maketrans("@4083!1$5+7", "aaobeilsstt")
_NOT_LETTER = re.compile(r"[^a-z]+")
_EDGES = re.compile(r"^[^a-z]+|[^a-z@$]+$")
_NOT_ALNUM = re.compile(r"[\W_]+")
_SHORTEST_LOCAL = 4
_MOST_READ = 1000
_SEQUENCES = ("01234567890123456789", "98765432109876543210")


def check_password(secret: str, *, username: str | None, email: str | None, nam: str | None) -> list[str]:
    """The rules that a password does not meet, in the order of the guide; empty when it is fine.

    `digit`, `lower`, `upper`, `special`, `space`, `length`, `personal` (it holds the username, the email's
    local part or the NAM's letters), `common`.
    """
    unmet = []
    if not any(char.isdecimal() for char in secret):
        unmet.append("digit")
    if not any(char.islower() for char in secret):
        unmet.append("lower")
    if not any(char.isupper() for char in secret):
        unmet.append("upper")
    if not any(_is_special(char) for char in secret):
        unmet.append("special")
    if any(char.isspace() for char in secret):
        unmet.append("space")
    if not _SHORTEST <= len(secret) <= _LONGEST:
        unmet.append("length")
    folded = align(secret[:_MOST_READ]).text
    if _is_personal(folded, username, email, nam):
        unmet.append("personal")
    if _is_common(folded):
        unmet.append("common")
    return unmet


def _is_special(char: str) -> bool:
    return char.isprintable() and not char.isalnum() and not char.isspace()


def _is_personal(folded: str, username: str | None, email: str | None, nam: str | None) -> bool:
    forbidden = []
    if username:
        forbidden.append(align(username).text)
    if email:
        forbidden += [part for part in [align(email).text.rpartition("@")[0]] if len(part) >= _SHORTEST_LOCAL]
    if nam:
        number = align(nam).text.replace(" ", "").replace("-", "")
        forbidden.append(number[:4] if number[:4].isalpha() else number)
    squeezed = _NOT_ALNUM.sub("", folded)
    for one in filter(None, forbidden):
        close = _NOT_ALNUM.sub("", one)
        if one in folded or (len(close) >= _SHORTEST_LOCAL and close in squeezed):
            return True
    return False


def _is_common(folded: str) -> bool:
    core = _EDGES.sub("", folded)
    kept = {_NOT_LETTER.sub("", folded)}
    kept |= {_NOT_LETTER.sub("", text.translate(table)) for text in (core, folded) for table in (_LEET, _LEET_L)}
    if any(_is_listed(letters) for letters in kept):
        return True
    digits = "".join(filter(str.isdecimal, folded))
    ordered = len(digits) >= 6 and (any(digits in run for run in _SEQUENCES) or len(set(digits)) == 1)
    return ordered and len(_NOT_LETTER.sub("", folded)) <= 4


def _is_listed(letters: str) -> bool:
    """Whether the letters are a common password, once or repeated."""
    if letters in COMMON:
        return True
    for times in (2, 3):
        size, rest = divmod(len(letters), times)
        if size >= 3 and not rest and letters == letters[:size] * times and letters[:size] in COMMON:
            return True
    return False
