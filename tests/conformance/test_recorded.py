"""This engine against Rasa 3.6.21, conversation by conversation: same messages, same events, same slots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.action_client import ActionRejectedError
from bot.dialogue.events import Event
from tests.bot.dialogue.helpers import Actions, Chat
from tests.conformance.scenarios import SCENARIOS, config_of, data_of

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))


def short(event: Event) -> str:
    kind = event["event"]
    if kind == "action":
        return f"{event['name']} {event['policy']} {event['confidence']} {event['hide_rule_turn']}"
    if kind == "user":
        return f"user {event['parse_data']['intent'].get('name')}"
    if kind == "slot":
        return f"slot {event['name']}={json.dumps(event['value'])}"
    if kind in {"active_loop", "followup"}:
        return f"{kind} {event['name']}"
    if kind == "action_execution_rejected":
        return f"rejected {event['name']}"
    return f"bot {event['text']}" if kind == "bot" else str(kind)


def scripted(answers: dict[str, list[Any]]) -> Actions:
    calls = {name: list(given) for name, given in answers.items()}

    def handler(name: str) -> Any:
        def run(_: Any) -> Any:
            answer = calls[name].pop(0) if len(calls[name]) > 1 else calls[name][0]
            if answer == "reject":
                return ActionRejectedError(name)
            return (answer["events"], answer["responses"]) if isinstance(answer, dict) else answer

        return run

    return Actions(**{name: handler(name) for name in calls})


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
async def test_as_rasa(scenario: dict[str, Any]) -> None:
    recorded = RECORDED[scenario["name"]]
    chat = Chat(
        scenario["domain"],
        data_of(scenario),
        config=json.dumps({"policies": config_of(scenario)}),
        actions=scripted(scenario.get("actions", {})),
        allow=("a tie",),
    )
    seen = 0
    for text, expected in zip(scenario["messages"], recorded, strict=True):
        said = [message.as_rest("user") for message in await chat.send(text)]
        for message in said:
            del message["recipient_id"]
        events = [short(event) for event in chat.tracker.events[seen:]]
        slots = {name: value for name, value in chat.slots.items() if name != "session_started_metadata"}
        actual = {"said": said, "events": events, "slots": slots, "loop": chat.tracker.active_loop}
        assert actual == expected, text
        seen = len(chat.tracker.events)
        chat.reload()
