# ruff: noqa: E402, I001, T201
"""Plays the scenarios on Rasa 3.6.21 and writes `recorded.json`.

Run from the repository with a Python that has Rasa: `python tests/conformance/record.py [name …]`
"""

import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from scenarios import SCENARIOS, config_of, data_of


def short(event):
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
    if kind == "bot":
        return f"bot {event['text']}"
    return kind


class Scripted:
    def __init__(self, answers):
        self.answers = {name: list(calls) for name, calls in answers.items()}

    def next(self, name):
        calls = self.answers[name]
        return calls.pop(0) if len(calls) > 1 else calls[0]


async def play(scenario, folder):
    import ruamel.yaml
    from rasa.core.actions import action as actions
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.shared.core.events import deserialise_events
    from rasa.model_training import train

    (folder / "data").mkdir()
    (folder / "domain.yml").write_text(scenario["domain"])
    intents = [
        name if isinstance(name, str) else next(iter(name))
        for name in ruamel.yaml.YAML(typ="safe").load(scenario["domain"])["intents"]
    ]
    nlu = "nlu:\n" + "".join(f"- intent: {name}\n  examples: |\n    - zz {name}\n    - yy {name}\n" for name in intents)
    (folder / "data" / "nlu.yml").write_text(nlu)
    (folder / "data" / "rules.yml").write_text(data_of(scenario))
    config = {
        "recipe": "default.v1",
        "language": "en",
        "assistant_id": "x",
        "pipeline": [{"name": "WhitespaceTokenizer"}, {"name": "KeywordIntentClassifier"}],
        "policies": config_of(scenario),
    }
    (folder / "config.yml").write_text(json.dumps(config))
    result = train(str(folder / "domain.yml"), str(folder / "config.yml"), [str(folder / "data")], str(folder))
    agent = Agent.load(result.model)
    scripted = Scripted(scenario.get("actions", {}))

    async def run(self, output_channel, nlg, tracker, domain):
        answer = scripted.next(self.name())
        if answer == "reject":
            raise actions.ActionExecutionRejection(self.name())
        if answer == "fail":
            raise RuntimeError("fail")
        answer = answer if isinstance(answer, dict) else {"events": answer, "responses": []}
        answer = json.loads(json.dumps(answer))
        messages = await self._utter_responses(answer["responses"], output_channel, nlg, tracker)
        return messages + deserialise_events(answer["events"])

    actions.RemoteAction.run = run
    turns, started, last = [], [0], []
    processor = agent.processor
    get, save = processor.get_tracker, processor.save_tracker

    async def get_tracker(conversation):
        tracker = await get(conversation)
        started[0] = len(tracker.events)
        return tracker

    async def save_tracker(tracker):
        last[:] = [tracker]
        await save(tracker)

    processor.get_tracker, processor.save_tracker = get_tracker, save_tracker
    for text in scenario["messages"]:
        channel = CollectingOutputChannel()
        await agent.handle_message(UserMessage(text, channel, "user"))
        tracker = last[0]
        events = [event.as_dict() for event in tracker.events]
        said = [{k: v for k, v in m.items() if k != "recipient_id"} for m in channel.messages]
        slots = {k: v for k, v in tracker.current_slot_values().items() if k != "session_started_metadata"}
        turns.append(
            {
                "said": said,
                "events": [short(e) for e in events[started[0] :]],
                "slots": slots,
                "loop": tracker.active_loop_name,
            }
        )
    return turns


def main():
    logging.disable(logging.CRITICAL)
    path = HERE / "recorded.json"
    recorded = json.loads(path.read_text()) if path.exists() else {}
    wanted = sys.argv[1:]
    for scenario in SCENARIOS:
        if wanted and scenario["name"] not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                recorded[scenario["name"]] = asyncio.run(play(scenario, Path(folder)))
            except BaseException as error:
                recorded[scenario["name"]] = {"error": str(error)[:300]}
        print(
            scenario["name"],
            "recorded" if isinstance(recorded[scenario["name"]], list) else recorded[scenario["name"]],
            flush=True,
        )
        path.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
