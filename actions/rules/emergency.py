"""Words of danger to life or of suicide. Recall comes first: 911 said once too often harms nobody."""

from __future__ import annotations

import re

from .emergency_words import DANGER, HARMLESS, SUICIDE
from .folding import fold
from .patterns import words_pattern

_MOST_READ = 20_000
# Someone else's violence before suicide: « il veut me tuer » is not « je veux me tuer ».
_KINDS = (
    ("danger", words_pattern(rf"\b(?:{DANGER['violence']})\b")),
    ("suicide", words_pattern(rf"\b(?:{SUICIDE})\b")),
    ("danger", words_pattern(rf"\b(?:{'|'.join(DANGER.values())})\b")),
)
_HARMLESS = words_pattern(rf"\b(?:{HARMLESS})\b")
_GLUED = words_pattern(r"""
    \b(j)(?=[bcdfghklmnpqrstvwxz])
    | \b(j|d|l|m|s|n)(?=etouf|ambulance|epilep|asthme|exister|enlev|oter|ouvr|acte|air\b|agon|evanou|accouch|appel
        |en_finir|ai_)
""")
_NOT_WORD = re.compile(r"[\W_]+")
_STRETCHED = re.compile(r"(\w)\1{2,}")


def danger_kind(text: str) -> str | None:
    """`danger` (to life: 911), `suicide`, or None."""
    said = " ".join(_HARMLESS.sub(" ", _words(text)).split())
    return next((kind for kind, pattern in _KINDS if pattern.search(said)), None)


def _words(text: str) -> str:
    """Folded words only; an elision is a word of its own (`d'air` and `dair` are `d air`)."""
    said = _STRETCHED.sub(r"\1", _NOT_WORD.sub(" ", fold(text[:_MOST_READ])))
    return " ".join(_GLUED.sub(r"\1\2 ", said).split())
