"""What is played: the conversations of `bench/parity.yml`, and every story test of `tests/stories`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.errors import ProjectError
from bot.project.domain import Domain
from bot.project.domain_reader import read_domain
from bot.project.project import read_test_stories
from bot.project.stories import ActionStep, Story
from bot.testing.core import SILENT, turns_of, written

ROOT = Path(__file__).parents[2]
CONVERSATIONS = ROOT / "bench/parity.yml"
STORIES = ROOT / "tests/stories"


@dataclass(frozen=True)
class Message:
    """What the patient sends, stage directions included (`bot/testing/stage.py`)."""

    text: str
    metadata: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] | None = None
    """The actions that the story tells of for this message; None when nothing is told."""


@dataclass(frozen=True)
class Script:
    """One conversation to play on both engines."""

    name: str
    messages: tuple[Message, ...]
    before: dict[str, Any] = field(default_factory=dict)
    """The story's metadata: what is there before its first message."""
    staged: bool = False
    """Whether the portal's clock is the script's own."""

    @property
    def sender(self) -> str:
        """The conversation's id, the same on both engines."""
        return re.sub(r"\W+", "-", f"parity {self.name}")


def read_conversations(path: Path = CONVERSATIONS) -> list[Script]:
    """Read the conversations that are written for this comparison; `CODE` is the code in the last mail."""
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return [Script(one["name"], tuple(map(_message, one["messages"]))) for one in data["conversations"]]


def _message(text: object) -> Message:
    return Message("{code}" if text == "CODE" else str(text), {"page_session": "page"})


def read_stories(paths: Iterable[Path] = (STORIES,), domain: Domain | None = None) -> list[Script]:
    """Read story tests (Rasa's format) as conversations, in their order. Raises ProjectError."""
    return [story_script(story) for story in read_test_stories(paths, domain or project_domain(), ROOT)]


def story_script(story: Story) -> Script:
    """What the patient sends in a story, and which actions the story tells of for each message."""
    messages = tuple(
        Message(
            written(spoken),
            spoken.metadata,
            tuple(step.name for step in steps if isinstance(step, ActionStep) and step.name not in SILENT),
        )
        for spoken, steps in turns_of(story.steps)
    )
    return Script(story.name, messages, story.metadata, staged=True)


def project_domain() -> Domain:
    """Read this project's domain. Raises ProjectError."""
    problems: list[Any] = []
    domain = Domain(read_domain(ROOT, problems).data)
    if problems:
        raise ProjectError(problems)
    return domain
