"""Where one test story is played: an engine on fresh data, and what may happen around the conversation.

Stage directions stand in braces, in the words of a user (`{minutes 11} {code}`) or, for what is there before the
story begins, in its `metadata: {given: […]}`. Rasa's own readers take both for plain text and plain metadata.
`{masked}` (typed in a masked field) and `{name=value}` (metadata of this message and those after it, such as
`{page_session=2}`) are understood everywhere; the rest is the project's, see `Rehearsal`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from bot.dialogue.engine import Engine

GIVEN = "given"
"""Key of a story's metadata: the directions that hold before its first message."""
_CUE = re.compile(r"\{(\w[^{}\"]*)\} ?")


class CueError(Exception):
    """A direction that nobody knows, or that can't be done now."""


class Prompter(Protocol):
    """Does what directions say."""

    async def cue(self, direction: str) -> str | None:
        """Make something happen. Gives what the user types in its place (perhaps nothing); None: not known here."""


class Rehearsal(Prompter, Protocol):
    """What a part of the project lends to its test stories (see `Plugins.rehearse`)."""

    @property
    def clock(self) -> Callable[[], float]:
        """Tell the time of the story, in seconds since the epoch."""


class Directions:
    """Reads one story's words and does what their directions say, wherever the story is played."""

    def __init__(self, prompters: Iterable[Prompter] = ()) -> None:
        """Take those who may know a direction; the first who does is the one."""
        self._prompters = tuple(prompters)
        self._metadata: dict[str, Any] = {}

    async def prepare(self, metadata: dict[str, Any]) -> None:
        """Do what a story tells of before its first message. Raises CueError."""
        for direction in metadata.get(GIVEN, ()):
            await self._cue(str(direction))

    async def read(self, text: str) -> tuple[str, dict[str, Any], bool]:
        """Do what a text's directions say. Gives what the user types, its metadata, and whether the field is masked.

        Raises CueError.
        """
        parts: list[str] = []
        at, masked = 0, False
        for found in _CUE.finditer(text):
            direction = found[1].strip()
            typed = ""
            if direction == "masked":
                masked = True
            elif "=" in direction:
                name, _, value = direction.partition("=")
                self._metadata[name.strip()] = value.strip()
            else:
                typed = await self._cue(direction)
            parts += [text[at : found.start()], typed]
            at = found.end() if not typed else found.end() - found[0].endswith(" ")
        return "".join([*parts, text[at:]]), dict(self._metadata), masked

    async def _cue(self, direction: str) -> str:
        for prompter in self._prompters:
            try:
                typed = await prompter.cue(direction)
            except Exception as error:  # it is the story that asks for what can't be: the others go on
                raise CueError(f"{{{direction}}}: {error}") from error
            if typed is not None:
                return typed
        raise CueError(f"{{{direction}}} is not known")


class Stage(Directions):
    """An engine for one story, and what the project's parts lend to it."""

    def __init__(self, engine: Engine, rehearsals: Iterable[Rehearsal] = ()) -> None:
        """Take an engine that has seen nothing of the story yet."""
        super().__init__(rehearsals)
        self.engine = engine
