"""Errors that are shown to people: what is wrong with a project, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


class SofyError(Exception):
    """Base of every error this program raises on purpose; its text may be shown as it is."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a project file."""

    message: str
    """What is wrong and, where it helps, what to do."""
    file: str = ""
    """Path relative to the project, or empty when no single file is to blame."""
    line: int = 0
    """Line in that file, 1-based; 0 when unknown."""
    key: str = ""
    """Key in question, dotted from the top of the file: `slots.email.type`."""
    severity: Severity = "error"
    """An error keeps the project from being trained; a warning does not."""

    def __str__(self) -> str:
        """`file:line: key: message`, without the parts that are unknown."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.message) if part)


class ProjectError(SofyError):
    """The project cannot be used; `problems` says why, all at once."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        """Keep the problems (at least one)."""
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def file(self) -> str:
        """File of the first problem."""
        return self.problems[0].file

    @property
    def line(self) -> int:
        """Line of the first problem."""
        return self.problems[0].line

    @property
    def key(self) -> str:
        """Key of the first problem."""
        return self.problems[0].key
