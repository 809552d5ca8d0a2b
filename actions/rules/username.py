"""Usernames: the portal's rule, the one in a sentence, and free ones to propose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .email import same_email
from .folding import fold, plain
from .usual_words import SENTENCE_WORDS, SHORT_WORDS

_SHORTEST = 6
_LONGEST = 30
_ALLOWED = re.compile(r"[A-Za-z0-9_@]+\Z")
_WRAPPING = "«»\"“”'‘’()[]<>:;, \u00a0\u202f"
_QUOTED = re.compile(r"[«\"“]\s{0,3}([^\s«»\"“”]{1,64})\s{0,3}[»\"”]")
_SPOKEN_LINE = re.compile(
    r"\s+(?:barre (?:d')?en bas|tiret (?:en |du )?bas|trait (?:en )?bas|barre basse|under ?score)\s+",
    re.IGNORECASE,
)
_SPOKEN_AT = re.compile(r"\s+(?:arr?obas(?:e|se)?|a commercial)\s+", re.I)
_SAME_AS_EMAIL = re.compile(
    r"\b(?:mon|ma|le|la|l) ?(?:meme )?(?:adresse )?(?:courriel|couriel|email|imel|mail|adresse)\b"
    r"|\b(?:meme|pareil)\b.{0,20}\b(?:courriel|couriel|email|imel|mail|adresse)\b"
)
_NAM = re.compile(r"[a-z]{4}[\W_]*\d{2}[\W_]*\d{2}[\W_]*\d{2}[\W_]*[a-z\d]\W*\d|\d(?:[\W_]?\d){8,11}")
_MOST_READ = 5000


def find_username(sentence: str, email: str | None) -> str | None:
    """The username that a message gives, or None when no token, or more than one, can be one.

    A message of a single token is that token, whatever it looks like: `check_username` says what is wrong.
    """
    sentence = sentence[:_MOST_READ].strip()
    spoken = _SPOKEN_AT.sub("@", _SPOKEN_LINE.sub("_", sentence))
    tokens = [bare for token in spoken.split() if (bare := _bare(token))]
    if len(tokens) <= 1:
        return spoken.strip(_WRAPPING).rstrip(".") or None
    if email and any(same_email(token, email) for token in tokens):
        return email
    quoted = {match[1] for match in _QUOTED.finditer(spoken)}
    if len(quoted) == 1:
        return _bare(quoted.pop())
    possible = list(dict.fromkeys(token for token in tokens if _can_be(token, email)))
    marked = [token for token in possible if _is_marked(token)]
    if len(marked) == 1:
        return marked[0]
    if len(possible) == 1 and all(token in possible or _is_ordinary(token) for token in tokens):
        return possible[0]
    if email and not possible and _SAME_AS_EMAIL.search(plain(sentence)):
        return email
    return None


def check_username(value: str, email: str | None) -> list[str]:
    """What is wrong with a username: `length`, `characters`; the email itself is always right."""
    if email and same_email(value, email):
        return []
    problems = []
    if not _SHORTEST <= len(value) <= _LONGEST:
        problems.append("length")
    if not _ALLOWED.match(value):
        problems.append("characters")
    return problems


def suggestions(typed: str) -> Iterator[str]:
    """Valid usernames built from what was typed (never from a health number in it), best first."""
    text = _NAM.sub(" ", fold(typed[:200]))
    if "@" in text.strip("@ "):
        text = text.strip().partition("@")[0]
    base = re.sub(r"_{2,}", "_", re.sub(r"[^a-z0-9]+", "_", text)).strip("_")[: _LONGEST - 4].rstrip("_")
    if len(base) < 2:
        base = f"patient_{base}".rstrip("_")
    candidates = [base, base.replace("_", ""), "_".join(reversed(base.split("_")))]
    candidates += [f"{base}{joint}{number}" for number in _numbers() for joint in ("_", "")]
    seen = {fold(typed)}
    for one in candidates:
        if one not in seen and not check_username(one, None):
            seen.add(one)
            yield one


def _numbers() -> Iterator[int]:
    """Numbers that look like nobody's birth year."""
    yield from (7, 22, 11, 33, 44, 77, 88, 101, 202, 303, 404, 505, 707, 808)
    yield from range(110, 1000, 7)


def _bare(token: str) -> str:
    bare = token.strip(_WRAPPING)
    return bare.rstrip(".!?") if _ALLOWED.match(bare.rstrip(".!?")) else bare.rstrip(".")


def _can_be(token: str, email: str | None) -> bool:
    return fold(token).replace("'", "") not in SENTENCE_WORDS and not check_username(token, email)


def _is_ordinary(token: str) -> bool:
    """Whether a token is a word of the sentence around a username (« lucie tremblay » has none)."""
    word = fold(token).replace("'", "")
    return word in SENTENCE_WORDS or word in SHORT_WORDS or not any(map(str.isalnum, word))


def _is_marked(token: str) -> bool:
    """Whether a token cannot be an ordinary word: a digit, `_`, `@`, a capital inside."""
    return (
        any(char.isdecimal() or char in "_@" for char in token) or token[1:] != token[1:].lower() != token[1:].upper()
    )
