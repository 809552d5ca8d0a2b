"""Email addresses said aloud: « lucie point tremblay arobase gmail point com »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from .email_domains import PROVIDERS, likely_domain
from .folding import Folded
from .numbers import NUMBER_WORDS, read_number
from .patterns import word_set, words_pattern

_AT = words_pattern(r"""
    [(\[](?:at|arobase)[)\]]
    | (?<![a-z0-9])(?: arr?ob+as+(?:e|es|ses?)? | arobaze? | a_rob+ase? | (?:a|at)_commer[cs]iale?
    | (?:le_)?a_en_?rond | a_rond | a_encercle | at_sign | at )(?![a-z0-9])
""")
_HINT = re.compile(r"rob|commer|rond|encercl|\bat\b")
_PIECE = re.compile(r"[a-z0-9]+|[._+-]|[^\sa-z0-9._+-]")
_CONNECTORS = tuple(
    (tuple(phrase.split()), char)
    for char, phrases in (
        ("_", "barre en bas | barre d en bas | tiret en bas | trait en bas | barre de soulignement"),
        ("_", "trait de soulignement | tiret du bas | barre basse | tiret bas | trait bas | souligne"),
        ("_", "underscore | under score"),
        ("-", "trait d union | tiret | dash | moins"),
        (".", "point | dot | ponit"),
        ("+", "plus"),
    )
    for phrase in phrases.split("|")
)
_IGNORED = frozenset(("tout", "attache", "attaches", "colle", "collee", "minuscule", "minuscules", "ensemble", "en"))
_INTRODUCERS = word_set(
    """
    est cest adresse courriel couriel courriels email imel mail courrier cest ces c'est voici mets
    mettez inscrivez ecris ecrivez a ecrire prends prenez utilise utilisez envoie envoyez plutot
    mais non oui ou alors donc euh ben bon pas sera serait avec ait et bonjour allo salut voila
    correction correct que sur par le la mon ma dit dis is my address ce ca de il agit jai
    """
)
_ELIDED = frozenset("cl")
"""« c lucie point roy … »: a word, unless letters are being spelled."""
_HYPHEN_IN_NUMBER = re.compile(
    r"(?:(?<=vingt)|(?<=trente)|(?<=rante)|(?<=uante)|(?<=xante)|(?<=uatre)|(?<=dix)|(?<=cent)|(?<=et))-(?=[a-z])"
)
_SAID_IN_BRACKETS = re.compile(r"[(\[](dot|point)[)\]]")
_MOST_ADDRESSES = 40
_MOST_PIECES = 24
_ENDINGS = word_set(
    """
    com ca net org fr qc info me biz edu gov gouv io eu us be ch co uk
    """
)


@dataclass(frozen=True)
class Spoken:
    """An address said aloud, as characters."""

    local: str
    domain: str
    start: int
    end: int
    sure: bool
    """False when several words before the at sign were joined: to be offered, not applied."""


@dataclass(frozen=True)
class _Piece:
    text: str
    start: int
    end: int


def find_spoken(folded: Folded) -> list[Spoken]:
    """Every address said aloud in a folded text."""
    text = folded.text
    if _HINT.search(text) is None:
        return []
    found = []
    for match in islice(_AT.finditer(text), _MOST_ADDRESSES):
        near = max(0, match.start() - 200)
        left = _left(text[near : match.start()].rstrip(" ,"), near)
        domain = _domain(text[match.end() : match.end() + 120], match.end())
        if left is None or domain is None:
            continue
        local, start, sure = left
        name, end = domain
        if match[0] == "at" and not ("." in name or name in PROVIDERS):
            continue
        found.append(Spoken(local, name, start, end, sure))
    return found


def _pieces(text: str, offset: int) -> list[_Piece]:
    """Words, with connectors and numbers in words turned into their characters."""
    typed = text
    text = _SAID_IN_BRACKETS.sub(r" \1 ", _HYPHEN_IN_NUMBER.sub(" ", text)).replace("d'", "d ")
    raw = [_Piece(match[0], match.start() + offset, match.end() + offset) for match in _PIECE.finditer(text)]
    words = [piece.text for piece in raw]
    glued = ["-" + word if start > 0 and typed[start - 1] == "-" else word for word, start in _places(raw, offset)]
    result: list[_Piece] = []
    at = 0
    while at < len(raw):
        length, said = _connector(words, at)
        if not length and words[at] in NUMBER_WORDS:
            number = read_number(glued, at)
            if number is not None:
                said, length = number[0], number[1] - at
        length = length or 1
        result.append(_Piece(said or words[at], raw[at].start, raw[at + length - 1].end))
        at += length
    return result


def _places(raw: list[_Piece], offset: int) -> list[tuple[str, int]]:
    return [(piece.text, piece.start - offset) for piece in raw]


def _connector(words: list[str], at: int) -> tuple[int, str]:
    for phrase, char in _CONNECTORS:
        if tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase), char
    return 0, ""


def _left(text: str, offset: int) -> tuple[str, int, bool] | None:
    """The local part that ends at the at sign, where it begins, and whether that is sure."""
    pieces = _pieces(text, offset)[-_MOST_PIECES:]
    taken: list[_Piece] = []
    sure = True
    for piece in reversed(pieces):
        if piece.text in _IGNORED and (taken or piece.text != "en"):
            continue
        joint = not taken or taken[-1].text in "._+-" or piece.text in "._+-"
        if piece.text not in "._+-" and not piece.text.isalnum():
            break
        if not joint and (piece.text in _INTRODUCERS or (piece.text in _ELIDED and len(taken[-1].text) > 1)):
            break
        if not joint:
            numbers = piece.text.isdecimal() or taken[-1].text.isdecimal()
            spelled = len(piece.text) == 1 and len(taken[-1].text) == 1
            sure = sure and (numbers or spelled)
        taken.append(piece)
    while taken and taken[-1].text in "._+-":
        taken.pop()
    local = "".join(piece.text for piece in reversed(taken))
    return (local, taken[-1].start, sure) if local and len(local) <= 64 else None


def _domain(text: str, offset: int) -> tuple[str, int] | None:
    """The domain that begins at the at sign, and where it ends."""
    pieces = _pieces(text, offset)[:_MOST_PIECES]
    labels: list[str] = [""]
    end = offset
    for place, piece in enumerate(pieces):
        if piece.text == ".":
            if not labels[-1] or not _more(pieces, place):
                break
            labels.append("")
            continue
        if piece.text == "-" and labels[-1]:
            labels[-1] += piece.text
            continue
        if not piece.text.isalnum():
            break
        if labels[-1] and not labels[-1].endswith("-") and not _joins(labels, piece.text):
            if len(labels) == 1 and piece.text in _ENDINGS and labels[0] in PROVIDERS:
                labels.append(piece.text)
                end = piece.end
            break
        labels[-1] += piece.text
        end = piece.end
    domain = ".".join(filter(None, labels)).strip("-")
    if not domain or (len(labels) == 1 and likely_domain(domain) is None and domain not in PROVIDERS):
        return None
    return domain, end


def _more(pieces: list[_Piece], place: int) -> bool:
    return place + 1 < len(pieces) and pieces[place + 1].text.isalnum()


def _joins(labels: list[str], word: str) -> bool:
    """Whether a word goes on with a label: « g mail », « hot mail », « video tron », « c a »."""
    joined = labels[-1] + word
    if len(labels) == 1:
        return joined in PROVIDERS or (len(labels[-1]) == 1 and len(word) == 1) or joined == "gmail"
    return joined in _ENDINGS and len(labels[-1]) == 1 and len(word) == 1
