"""Text messages as carriers count them: GSM-7 or UCS-2 segments (3GPP TS 23.038 and 23.040).

A message of one segment holds 160 GSM-7 septets or 70 UTF-16 units; in a longer one a header takes room, and each
segment holds 153 or 67. One character outside GSM-7 (ê, ç, ’) makes the whole message UCS-2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

MOST_SEGMENTS = 3

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # two septets each: an escape, then the character
_GSM_SIZES = (160, 153)
_UCS2_SIZES = (70, 67)

# What looks the same, or nearly, and is in GSM-7. Letters with accents stay: they are spelling, not typography.
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": "",
        "\u2060": "",
        "\u00ad": "",
        "–": "-",
        "—": "-",
        "−": "-",
        "‑": "-",
        "•": "*",
        "●": "*",
        "·": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "\t": " ",
    }
)
_QUOTES = re.compile(r"«[ \u00a0\u202f]*|[ \u00a0\u202f]*»")
# The full stop of a numbered line (« 1. ») ends no sentence.
_SENTENCES = re.compile(r"\n+|(?<=[.!?…])(?<!\d\.)[ \u00a0]+(?=\S)|(?<=[.!?…][ \u00a0]»)[ \u00a0]+")
_WORDS = re.compile(r"(?<=\S)\s+")


def is_gsm7(text: str) -> bool:
    """Tell whether every character is in the GSM-7 alphabet or its extension."""
    return all(char in _BASIC or char in _EXTENSION for char in text)


def segments(text: str) -> int:
    """Count the segments that a message is sent in; 0 for an empty one.

    A character of two units is never torn apart: a segment that has room for one only stays a unit short.
    """
    if is_gsm7(text):
        return _packed((2 if char in _EXTENSION else 1 for char in text), *_GSM_SIZES)
    return _packed((2 if ord(char) > 0xFFFF else 1 for char in text), *_UCS2_SIZES)


def _packed(sizes: Iterable[int], single: int, each: int) -> int:
    widths = list(sizes)
    if sum(widths) <= single:
        return 1 if widths else 0
    count, used = 1, 0
    for width in widths:
        if used + width > each:
            count, used = count + 1, 0
        used += width
    return count


@lru_cache(maxsize=512)
def plain_typography(text: str) -> str:
    """Give the text without the typography that makes it UCS-2; as it is, when its letters need UCS-2 anyway."""
    plain = _QUOTES.sub('"', text).translate(_PLAIN)
    return plain if is_gsm7(plain) else text


def in_segments(text: str, most: int = MOST_SEGMENTS) -> list[str]:
    """Cut a text at the ends of sentences into messages of at most `most` segments each; nothing is lost.

    A sentence too long for a message is cut between words, a word too long for one (no address is) anywhere.
    """
    return cut(text, lambda part: segments(plain_typography(part)) <= most, plain_typography)


def in_characters(text: str, longest: int) -> list[str]:
    """Cut a text at the ends of sentences into messages of at most `longest` UTF-16 units each."""
    return cut(text, lambda part: len(part.encode("utf-16-le", "surrogatepass")) <= 2 * longest, str)


def cut(text: str, fits: Callable[[str], bool], dress: Callable[[str], str]) -> list[str]:
    """Cut a text into the fewest parts that fit, at sentence ends where possible."""
    parts: list[str] = []
    rest = text.strip()
    while rest:
        if fits(rest):
            parts.append(rest)
            break
        at = (
            _last_fitting(rest, [found.start() for found in _SENTENCES.finditer(rest)], fits)
            or _last_fitting(rest, [found.start() for found in _WORDS.finditer(rest)], fits)
            or _last_fitting(rest, list(range(1, len(rest))), fits)
            or 1
        )
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [dress(part) for part in parts]


def _last_fitting(text: str, places: list[int], fits: Callable[[str], bool]) -> int:
    """Give the last of these places (in rising order) before which the text fits; 0 for none."""
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if fits(text[: places[middle]].rstrip()):
            low = middle + 1
        else:
            high = middle
    return places[low - 1] if low else 0


def mended(text: str) -> str:
    """Give an incoming text with `@` where a carrier turned it into `¡` (they share a GSM-7 table's place)."""
    return re.sub(r"(?<=\S)¡(?=\S)", "@", text)
