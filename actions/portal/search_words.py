"""The words of a clinic search: cut, folded, and which of them say nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from actions.rules.text import fold

_WORD: Final = re.compile(r"[^\W_]+")
_SAINTS: Final = frozenset({"st", "ste", "sts", "stes", "sainte", "saints", "saintes"})

_EVERY_CLINIC_TEXT: Final = """
clinique cliniques clinic medical medicale medicales medicaux medecine medecin medecins centre centres
gmf gmfu groupe groupes polyclinique cabinet familial familiale famille sante soins
"""
_SMALL_TEXT: Final = """
de la le les l du des d et a au aux en un une ma mon notre rue avenue av boulevard boul blvd chemin ch
route bureau suite local je cherche veux c est appelle nomme s suis qui que qu dans pres ville qc on nb
svp dr dre
"""
_EVERY_CLINIC: Final = frozenset(_EVERY_CLINIC_TEXT.split())
"""What every clinic is called; by itself it points to none."""
_SMALL: Final = frozenset(_SMALL_TEXT.split())
"""Small words, kinds of streets, and what people say around a name."""


def tokens(text: str) -> list[str]:
    """The words of a text, folded; every spelling of « saint » becomes one."""
    return ["saint" if word in _SAINTS else word for word in _WORD.findall(fold(text))]


def is_common(word: str) -> bool:
    """Whether a word counts for nothing in a search."""
    return word in _EVERY_CLINIC or word in _SMALL


@lru_cache(maxsize=4096)
def is_near_common(word: str) -> bool:
    """Whether a word is a common one, the beginning of one, or a slip away from one (« clinqiue »)."""
    if is_common(word):
        return True
    if len(word) < 4:
        return False
    return any(
        common.startswith(word) or OSA.distance(word, common, score_cutoff=2) <= (1 if len(word) < 7 else 2)
        for common in _EVERY_CLINIC
        if len(common) >= 4
    )
