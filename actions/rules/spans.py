"""The one shape in which every `find_*` function reports what it saw in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A value found in a text."""

    start: int
    """Index of its first character in the text as it was typed."""
    end: int
    """Index after its last character."""
    entity: str
    """What it is: `email`, `nam`, `code`."""
    value: str
    """The value in its canonical form (not always the characters of the span)."""
