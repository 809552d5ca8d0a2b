"""What a patient makes of the assistant's messages: only of what is on the screen.

A text is recognised by the domain's own sentences (turned into patterns): that stands for understanding French, and
does not break each time a sentence is reworded. Names of responses that travel beside the text are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.dialogue.messages import BotMessage
from bot.project.domain import Domain

_PLACE = re.compile(r"{(\w+)}")
_ASK = re.compile(r"utter_ask_(?P<slot>\w+?)(?:_(?:again|new|one|many|open))?\Z")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LIST_LINE = re.compile(r"- |\d+\. ")
ENDS = frozenset(
    {
        "utter_cancelled",
        "utter_cancelled_later",
        "utter_cancelled_empty",
        "utter_terms_refused",
        "utter_closing",
        "utter_account_exists",
        "utter_login_slowed",
        "utter_match_slowed",
        "utter_need_account",
        "utter_session_expired",
        "utter_goodbye",
    }
)
"""After these nothing is being asked."""
_ROWS = {"Courriel": "email_masked", "NAM": "nam_masked", "Nom d’utilisateur": "username_shown"}
"""The lines of the summary's table in the web chat."""


@dataclass(frozen=True)
class Line:
    """One text, understood: the responses it may be, and the values it shows."""

    text: str
    names: frozenset[str]
    shown: Mapping[str, str]

    @property
    def asks(self) -> str | None:
        """The slot that it asks for."""
        found = {match["slot"] for name in self.names if (match := _ASK.match(name))}
        return found.pop() if found else None


@dataclass(frozen=True)
class Reading:
    """One turn of the assistant, as read."""

    lines: Sequence[Line]
    buttons: Sequence[Mapping[str, Any]]
    secret: str | None
    messages: Sequence[BotMessage] = field(repr=False, default=())

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that was said."""
        return frozenset(name for line in self.lines for name in line.names)

    @cached_property
    def asks(self) -> list[str]:
        """The slots asked for in this turn, in order."""
        return [line.asks for line in self.lines if line.asks is not None]

    @cached_property
    def shown(self) -> dict[str, str]:
        """The values shown, by the name of their place."""
        found = {name: value for line in self.lines for name, value in line.shown.items()}
        for message in self.messages:
            for row in (message.custom or {}).get("summary", ()):
                found[_ROWS[row["name"]]] = row["value"]
        return found

    @cached_property
    def text(self) -> str:
        """The texts together."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def sentences(self) -> set[str]:
        """The sentences, without the lines of lists."""
        rows = (row for line in self.lines for row in line.text.split("\n") if not _LIST_LINE.match(row))
        parts = (part.strip() for row in rows for part in _SENTENCE.split(row))
        return {part for part in parts if len(part.split()) >= 3}

    def has(self, *names: str) -> bool:
        """Whether one of these was said."""
        return not self.names.isdisjoint(names)


class Reader:
    """Reads turns."""

    def __init__(self, domain: Domain) -> None:
        self._patterns: list[tuple[str, re.Pattern[str]]] = []
        for name, variations in domain.responses.items():
            for variation in variations:
                for part in (variation.get("text") or "").split("\n\n"):
                    if part.strip():
                        self._patterns.append((name, _pattern(part.strip())))
        self._known: dict[str, Line] = {}

    def read(self, messages: Iterable[BotMessage]) -> Reading:
        """Read one turn."""
        said = list(messages)
        secret = next((one.custom["slot"] for one in reversed(said) if one.custom and "slot" in one.custom), None)
        return Reading(
            lines=[self._line(one.text) for one in said if one.text is not None],
            buttons=[button for one in said for button in one.buttons or ()],
            secret=secret,
            messages=said,
        )

    def _line(self, text: str) -> Line:
        if text not in self._known:
            found = [(name, match) for name, pattern in self._patterns if (match := pattern.fullmatch(text.strip()))]
            # The sentence with the fewest characters filled in is the one meant.
            least = min((_filled(match) for _, match in found), default=0)
            best = [(name, match) for name, match in found if _filled(match) == least]
            shown = {key: value for _, match in best for key, value in match.groupdict().items()}
            self._known[text] = Line(text, frozenset(name for name, _ in best), shown)
        return self._known[text]


def _pattern(text: str) -> re.Pattern[str]:
    parts, end, seen = [], 0, set()
    for place in _PLACE.finditer(text):
        parts.append(re.escape(text[end : place.start()]))
        parts.append(r".+?" if place[1] in seen else rf"(?P<{place[1]}>.+?)")
        seen.add(place[1])
        end = place.end()
    return re.compile("".join([*parts, re.escape(text[end:])]), re.DOTALL)


def _filled(match: re.Match[str]) -> int:
    return sum(len(value or "") for value in match.groupdict().values())
