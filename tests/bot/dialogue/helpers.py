"""Tiny projects for tests: YAML strings in, a conversation out."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from typing import Any

from bot.dialogue.action_client import ActionFailedError, ActionRejectedError, ActionResult
from bot.dialogue.core import Core
from bot.dialogue.engine import Engine
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.payloads import parse_payload
from bot.dialogue.tracker import Tracker, View
from bot.dialogue.training import compile_core
from bot.errors import Problem
from bot.project.config import Config, read_config_text
from bot.project.domain import Domain
from bot.project.domain_reader import DomainFiles, read_domain_text
from bot.project.stories import Story, StoryReader
from bot.project.yaml import Source

RULES_ONLY = "policies:\n- name: RulePolicy\n"
WITH_STORIES = "policies:\n- name: RulePolicy\n- name: MemoizationPolicy\n"

Handler = Callable[[View], Any]


class Actions:
    """Custom actions as Python functions: view -> (events, responses), or an exception to raise."""

    def __init__(self, **handlers: Any) -> None:
        self.handlers: dict[str, Any] = dict(handlers)
        self.calls: list[str] = []
        self.seen: list[dict[str, Any]] = []

    async def run(self, name: str, tracker: View, domain: Domain) -> ActionResult:
        self.calls.append(name)
        self.seen.append(tracker.current_state())
        handler = self.handlers.get(name)
        if handler is None:
            raise ActionFailedError(f"{name}: no such action")
        result = handler(tracker) if callable(handler) else handler
        if isinstance(result, Awaitable):
            result = await result
        if isinstance(result, Exception):
            raise result
        events, responses = result if isinstance(result, tuple) else (result, [])
        return ActionResult([dict(event) for event in events], [dict(response) for response in responses])


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def event(kind: str, **parts: Any) -> dict[str, Any]:
    return {"event": kind, "timestamp": None, **parts}


def say(text: str, **parts: Any) -> dict[str, Any]:
    return {"text": text, **parts}


def reject() -> Exception:
    return ActionRejectedError("rejected")


def fail() -> Exception:
    return ActionFailedError("it broke")


class Meaning:
    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def as_dict(self) -> dict[str, Any]:
        return self._data


def read(domain: str, data: str = "", config: str = RULES_ONLY) -> tuple[Domain, Config, list[Story], list[Problem]]:
    """Read a project from strings."""
    problems: list[Problem] = []
    files = DomainFiles()
    read_domain_text(textwrap.dedent(domain), Source("domain.yml", problems), files)
    parsed = Domain(files.data)
    settings = read_config_text(config, Source("config.yml", problems))
    source = Source("data/rules.yml", problems)
    node = source.load(textwrap.dedent(data)) if data.strip() else None
    stories = StoryReader(source, parsed).read(node) if node is not None else []
    return parsed, settings, stories, problems


def compiled(domain: str, data: str = "", config: str = RULES_ONLY) -> tuple[Domain, Core, list[Problem]]:
    parsed, settings, stories, problems = read(domain, data, config)
    core = compile_core(parsed, settings, stories, problems)
    return parsed, Core.from_json(core.to_json()), problems


class Chat:
    """A conversation with a tiny project; messages are `/intent{…}` or words that the project's `words` explain."""

    def __init__(
        self,
        domain: str,
        data: str = "",
        *,
        config: str = RULES_ONLY,
        actions: Actions | None = None,
        words: dict[str, Any] | None = None,
        allow: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        self.domain, self.core, problems = compiled(domain, data, config)
        unexpected = [str(problem) for problem in problems if not any(word in problem.message for word in allow)]
        assert not unexpected, unexpected
        self.actions = actions or Actions()
        self.words = words or {}
        self.parsed: list[str] = []
        self.now = 1_000_000.0
        self.engine = Engine(
            self.domain, self.core, self.parse, self.actions, clock=lambda: self.now, new_id=lambda: "ref1", **options
        )
        self.tracker: Tracker = self.engine.tracker("user")

    def parse(self, text: str) -> Meaning:
        self.parsed.append(text)
        known = self.words.get(text, {"name": None, "confidence": 0.0})
        if isinstance(known, str):
            known = {"name": known, "confidence": 0.9}
        entities = known.pop("entities", []) if isinstance(known, dict) and "entities" in known else []
        return Meaning({"text": text, "intent": known, "entities": entities, "intent_ranking": [known]})

    async def send(self, text: str, **options: Any) -> list[BotMessage]:
        self.now += 1
        return await self.engine.handle(self.tracker, UserMessage(text, "user", **options))

    async def say(self, text: str, **options: Any) -> list[str | None]:
        return [message.text for message in await self.send(text, **options)]

    def reload(self) -> None:
        """Continue from the stored events."""
        stored = list(self.tracker.events)
        before = (self.tracker.state.slots, self.tracker.state.loop, list(self.tracker.history.states()))
        self.tracker = self.engine.tracker("user", stored)
        assert before == (self.tracker.state.slots, self.tracker.state.loop, list(self.tracker.history.states()))

    @property
    def slots(self) -> dict[str, Any]:
        return self.tracker.state.slots

    def log(self, since: int = 0) -> list[str]:
        """The events in short: `user greet`, `utter_x`, `slot a=1`, …"""
        answer = []
        for item in self.tracker.events[since:]:
            kind = item["event"]
            if kind == "action":
                answer.append(str(item["name"]))
            elif kind == "user":
                answer.append(f"user {item['parse_data']['intent'].get('name')}")
            elif kind == "slot":
                answer.append(f"slot {item['name']}={item['value']}")
            elif kind == "active_loop":
                answer.append(f"loop {item['name']}")
            elif kind == "action_execution_rejected":
                answer.append(f"rejected {item['name']}")
            elif kind == "bot":
                answer.append(f"bot {item['text']}")
            elif kind != "user_featurization":
                answer.append(kind)
        return answer


__all__ = ["Actions", "Chat", "compiled", "event", "fail", "parse_payload", "read", "reject", "say", "slot"]
