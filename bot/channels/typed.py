"""A password typed where none is asked for: it is hidden before anything reads it."""

from __future__ import annotations

import re

HIDDEN = "●●●●"
_SHORTEST = 6
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*[.,;:?!…]*")
_NUMBER = re.compile(r"\d{1,2}[.,;:?!%]*")


def hide_password(text: str) -> str:
    """Give the text if it can be a command or a question, else a mask of fixed length.

    At the question of a password that is asked by link: one word of letters (a command), or words that are all words
    or short numbers, are let through to be understood; anything that mixes letters, digits and signs is not.
    """
    tokens = text.split()
    if len(tokens) == 1:
        return text if _WORD.fullmatch(text) else HIDDEN
    return text if all(_harmless(token) for token in tokens) else HIDDEN


def _harmless(token: str) -> bool:
    core = token.strip("«»\"'’()“”.,;:?!…")
    return len(core) < _SHORTEST or bool(_WORD.fullmatch(core) or _NUMBER.fullmatch(core))
