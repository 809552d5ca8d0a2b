"""Short answers, read in the light of a question: yes or no."""

from __future__ import annotations

import re

from .answer_words import (
    ACCEPTS,
    FILLERS,
    NO_PHRASES,
    NO_WORDS,
    NOT_BEFORE_MORE,
    QUESTION,
    REFUSES,
    SENTENCE_OPENINGS,
    THANKS,
    UNSURE,
    YES_PHRASES,
    YES_WORDS,
)
from .folding import plain
from .patience import wants_patience

_YES_EMOJI = re.compile("[👍👌✅✔🆗🙆☑💯🤝]")
_NO_EMOJI = re.compile("[👎❌🚫✖🙅⛔]")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_BUT = re.compile(r"\b(?:mais|sauf|par contre|seulement|but|except)\b")
_LONGEST = 12
_LONGEST_AFTER_WORD = 30


def is_yes(text: str) -> bool | None:
    """Whether a short answer is yes or no; None when it is neither, unclear, or in truth a question."""
    if len(text) > 400:
        return None
    if "?" in text or wants_patience(text):
        return None
    emoji = _emoji(text)
    said = _STRETCHED.sub(r"\1", plain(text).replace("-", " "))
    if not said:
        return emoji
    if said in THANKS:
        return None
    if QUESTION.search(said) or UNSURE.search(said):
        return None
    return _read(said, emoji)


def _read(said: str, emoji: bool | None) -> bool | None:
    words = said.split()
    kept = [word for word in words if word not in FILLERS]
    core = " ".join(kept)
    for phrase in (said, core):
        if phrase in NO_PHRASES:
            return False
        if phrase in YES_PHRASES:
            return True
    if not kept:
        return emoji
    if len(words) <= _LONGEST:
        if REFUSES.search(said):
            return False
        if ACCEPTS.search(core) and not _BUT.search(core):
            return True
    return _read_words(kept, core)


def _read_words(kept: list[str], core: str) -> bool | None:
    """Judge by the first word, unless what follows says otherwise."""
    yes, no = kept[0] in YES_WORDS, kept[0] in NO_WORDS
    rest = kept[1:]
    following = " ".join(rest)
    if all(word in YES_WORDS for word in kept):
        return True
    if all(word in NO_WORDS for word in kept):
        return False
    if len(kept) > _LONGEST_AFTER_WORD:
        return None
    if no:
        return None if any(word in ("oui", "ouais", "ok") for word in rest[:2]) else False
    if yes and kept[0] not in NOT_BEFORE_MORE:
        if following in NO_PHRASES or _BUT.search(core) or any(word in NO_WORDS for word in rest[:3]):
            return None
        return None if rest[0] == "pas" and following not in YES_PHRASES else True
    for size in (5, 4, 3, 2):
        opening = " ".join(kept[:size])
        if len(kept) > size and len(kept) <= 8 and not _BUT.search(core):
            if opening in NO_PHRASES:
                return False
            if opening in SENTENCE_OPENINGS:  # « je veux parler à quelqu'un », « je pense que je fais une crise »
                continue
            if opening in YES_PHRASES and size >= 2 and not any(word in NO_WORDS | {"pas"} for word in kept[size:]):
                return True
    return None


def _emoji(text: str) -> bool | None:
    yes, no = _YES_EMOJI.search(text) is not None, _NO_EMOJI.search(text) is not None
    return None if yes == no else yes
