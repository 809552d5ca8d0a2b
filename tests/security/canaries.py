"""Values that must be nowhere, and the search for them."""

from __future__ import annotations

import base64
import json
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

GOOD = "Canari-4Lune!Jaune"
"""A password that follows the rules."""
OTHER = "Canari-7Pluie!Bleue"
"""Another one: the confirmation that does not match, the login that is wrong."""
ODD = (
    "canarisanschiffre",
    "Canari-1",
    "CANARI-22-MAJUSCULES",
    "/canari-Barre3Oblique!",
    "Canari avec des 4 espaces!",
    "Canari«5»Ünïcode\u2028!",
    "canari.6@example.com",
    "Canari8" * 9,
)
"""Passwords that the rules refuse, each for another reason, and odd ones; refused, they are passwords still."""
STRAY = "Canari-9Egare!Ici"
"""A secret from a masked field when none is asked for any more."""
WRONG_CODES = ("918273", "645 546")
LATE = "Canari-0Tard!Venu"
"""Sent in a turn that is cut off."""
PASSWORDS = (GOOD, OTHER, STRAY, LATE, *ODD)


def forms_of(secret: str) -> Iterator[bytes]:
    """A text as files may hold it: as it is, in JSON, in a URL, in Base64 at any offset, in UTF-16."""
    raw = secret.encode()
    yield raw
    yield json.dumps(secret)[1:-1].encode()
    yield urllib.parse.quote(secret).encode()
    yield secret.encode("utf-16-le")
    for offset in range(3):
        # The characters that depend on the neighbours are cut off.
        coded = base64.b64encode(b"\0" * offset + raw)
        inside = coded[4 if offset else 0 : len(coded) - 4]
        if len(inside) >= 8:  # a shorter one would be found anywhere by chance
            yield inside


def search(content: bytes, secrets: Iterable[str]) -> list[str]:
    """The secrets found."""
    return [secret for secret in secrets if any(form in content for form in forms_of(secret))]


def sweep(folder: Path, secrets: Iterable[str], *, besides: Iterable[Path] = ()) -> dict[str, list[str]]:
    """Every file below a folder that holds one of the secrets; empty is good. `besides` are left out."""
    wanted, skipped = tuple(secrets), set(besides)
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path in skipped:
            continue
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = zlib.decompress(content, 31)
        if hits := search(content, wanted):
            found[str(path.relative_to(folder))] = hits
    return found
