"""The same conversations through Rasa 3.6.21 and through the embedded runtime, compared turn by turn.

Run by `make parity`. Both engines get a copy of this project with one variation per response (Rasa picks at random)
and a pipeline of Rasa's own components that both have; meaning is given as `/intent` payloads where wording is not the
point. Rasa calls our `actions/` as a stock action server, the runtime in process; each has a database and a mail spool
of its own. Differences that are meant are named in docs/parity.md and here, in `INTENDED`; any other fails.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from ruamel.yaml import YAML

from bench.rasa_environment import find_rasa

ROOT = Path(__file__).parents[1]
KEY = "parity-key-of-at-least-32-characters"
CONFIG = """
recipe: default.v1
language: fr
assistant_id: sofy-parity
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
"""

INTENDED = {
    "secret text": "the runtime logs ●●●● where Rasa keeps what was typed at a secret's question",
}
"""Differences that are meant, by the mark that `compare` gives them."""


@dataclass
class Script:
    """One conversation: what the patient sends, `CODE` standing for the code in the last mail."""

    name: str
    messages: list[str]


@dataclass
class Turn:
    """What came back to one message, and what was logged for it."""

    replies: list[dict[str, Any]]
    actions: list[str]
    slots: dict[str, Any]


@dataclass
class Side:
    """One engine under test."""

    name: str
    url: str
    spool: Path
    turns: dict[str, list[Turn]] = field(default_factory=dict)


def read_scripts(path: Path) -> list[Script]:
    """Read the conversations to play."""
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return [Script(one["name"], [str(text) for text in one["messages"]]) for one in data["conversations"]]


def copy_project(target: Path) -> None:
    """Copy the project with the first variation of each response only."""
    yaml = YAML()
    yaml.width = 10_000
    domain = yaml.load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name in domain["responses"]:
        domain["responses"][name] = [domain["responses"][name][0]]
    with (target / "domain.yml").open("w", encoding="utf-8") as file:
        yaml.dump(domain, file)
    shutil.copytree(ROOT / "data/stories", target / "data/stories")
    nlu = {"version": "3.1", "nlu": [_examples(intent) for intent in domain["intents"]]}
    with (target / "data/nlu.yml").open("w", encoding="utf-8") as file:
        yaml.dump(nlu, file)
    (target / "config.yml").write_text(CONFIG, encoding="utf-8")


def _examples(intent: str) -> dict[str, str]:
    # Words that nobody types: the keyword classifier knows each intent and recognises none in the conversations.
    return {"intent": str(intent), "examples": f"- zz {intent} un\n- zz {intent} deux\n"}


def free_port() -> int:
    """Find a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    """Variables for an assistant whose data lie in `folder`."""
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'portal.db'}",
        "MAIL_URL": f"spool:{folder / 'mail'}",
        "SOFY_SECRET_KEY": KEY,
        "PUBLIC_URL": "http://localhost:5005",
        "SOFY_DEMO": "1",
        "MESSAGES_PER_MINUTE": "0",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


@contextlib.contextmanager
def running(command: Sequence[str], log: Path, **kwargs: Any) -> Iterator[None]:
    """Run a server while the block lasts."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **kwargs)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


async def wait_for(session: aiohttp.ClientSession, url: str, seconds: float, log: Path) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            async with session.get(url) as response:
                if response.status < 500:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.3)
    raise SystemExit(f"{url} does not answer after {seconds:.0f} s; see {log} (--keep)")


def last_code(spool: Path) -> str:
    """Give the code of the newest mail of a spool."""
    newest = max(spool.glob("*.eml"), key=lambda path: path.name)
    found = re.search(rb"(\d{3})(?:=C2=A0|\xc2\xa0| )(\d{3})", newest.read_bytes())
    if found is None:
        raise SystemExit(f"no code in {newest.name}")
    return (found[1] + found[2]).decode()


async def play(session: aiohttp.ClientSession, side: Side, script: Script) -> None:
    """Play one conversation on one engine."""
    turns: list[Turn] = []
    seen = 0
    sender = re.sub(r"\W+", "-", f"parity {script.name}")
    for text in script.messages:
        message = last_code(side.spool) if text == "CODE" else text
        body = {"sender": sender, "message": message, "metadata": {"page_session": "page"}}
        async with session.post(f"{side.url}/webhooks/rest/webhook", json=body) as response:
            replies = await response.json()
        async with session.get(f"{side.url}/conversations/{sender}/tracker?include_events=ALL") as response:
            state = await response.json()
        events = state["events"]
        new, seen = events[seen:], len(events)
        actions = [event["name"] for event in new if event["event"] == "action"]
        turns.append(Turn([_reply(reply) for reply in replies], actions, _slots(state["slots"])))
    side.turns[script.name] = turns


def _reply(reply: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in reply.items() if key != "recipient_id"}
    if "text" in kept:  # how long to wait depends on when it was asked; account ids are random
        kept["text"] = re.sub(r"\d+ (secondes|minutes)", r"N \1", kept["text"])
    return kept


_PRIVATE = {"email", "nam", "login_id", "username", "account_id", "session_started_metadata", "owner_masked"}


def _slots(slots: dict[str, Any]) -> dict[str, Any]:
    """Slots as far as they can be compared: the runtime masks personal values, ids differ."""
    return {name: (value is not None if name in _PRIVATE else value) for name, value in sorted(slots.items())}


def compare(script: Script, ours: list[Turn], theirs: list[Turn]) -> list[str]:
    """Differences between two plays of a conversation, as lines to print."""
    lines: list[str] = []
    for number, (message, one, other) in enumerate(zip(script.messages, ours, theirs, strict=True), 1):
        where = f"{script.name}, message {number} ({message[:40]})"
        if one.replies != other.replies:
            lines.append(f"{where}: replies\n    runtime {_json(one.replies)}\n    Rasa    {_json(other.replies)}")
        if one.actions != other.actions:
            lines.append(f"{where}: actions\n    runtime {one.actions}\n    Rasa    {other.actions}")
        names = one.slots.keys() | other.slots.keys()
        changed = {name for name in names if one.slots.get(name) != other.slots.get(name)}
        if changed:
            shown = {name: (one.slots.get(name), other.slots.get(name)) for name in sorted(changed)}
            lines.append(f"{where}: slots (runtime, Rasa) {shown}")
    return lines


def _json(replies: list[dict[str, Any]]) -> str:
    return json.dumps(replies, ensure_ascii=False)


def sofy(*arguments: str) -> list[str]:
    """The command line of our program."""
    return [sys.executable, "-m", "bot.cli", *arguments]


@dataclass(frozen=True)
class Prepared:
    """Where the two projects and their data are."""

    folder: Path
    project: Path
    ours: Path

    def data(self, side: str) -> Path:
        """The folder of one side's database and mails."""
        return self.folder / f"data-{side}"


def prepare(folder: Path, rasa: Path) -> Prepared:
    """Copy the project for each engine, import the demo's data, validate and train."""
    ready = Prepared(folder, folder / "rasa", folder / "runtime")
    ready.project.mkdir()
    copy_project(ready.project)
    (ready.project / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    demo = ("import", "--clinics", "data/demo/clinics.csv", "--patients", "data/demo/patients.csv")
    for side in ("runtime", "rasa"):
        ready.data(side).mkdir()
        _run(sofy(*demo), ROOT, environment(ready.data(side)))
    shutil.copytree(ready.project, ready.ours)
    shutil.copytree(ROOT / "actions", ready.ours / "actions", ignore=shutil.ignore_patterns("__pycache__"))
    _run([str(rasa), "data", "validate"], ready.project, environment(folder))
    print("rasa data validate: accepted")
    _run([str(rasa), "train", "--quiet"], ready.project, environment(folder))
    print("rasa train: done")
    _run(sofy("train"), ready.ours, _with_sources(ready.data("runtime")))
    print("sofy train: done")
    return ready


def _run(command: list[str], folder: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=variables, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


@contextlib.asynccontextmanager
async def both(ready: Prepared, rasa: Path, session: aiohttp.ClientSession) -> AsyncIterator[tuple[Side, Side]]:
    """Serve both engines."""
    actions, theirs, ours = (free_port() for _ in range(3))
    endpoints = f'action_endpoint:\n  url: "http://127.0.0.1:{actions}/webhook"\n'
    (ready.project / "endpoints.yml").write_text(endpoints, encoding="utf-8")
    logs = {name: ready.folder / f"{name}.log" for name in ("actions", "rasa", "runtime")}
    action_server = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "-p", str(actions)]
    rasa_server = [str(rasa), "run", "--enable-api", "-i", "127.0.0.1", "-p", str(theirs)]
    our_server = sofy("run", "--demo", "--host", "127.0.0.1", "--port", str(ours))
    with (
        running(action_server, logs["actions"], cwd=ROOT, env=environment(ready.data("rasa"))),
        running(rasa_server, logs["rasa"], cwd=ready.project, env=environment(ready.folder)),
        running(our_server, logs["runtime"], cwd=ready.ours, env=_with_sources(ready.data("runtime"))),
    ):
        await wait_for(session, f"http://127.0.0.1:{ours}/health/ready", 20, logs["runtime"])
        await wait_for(session, f"http://127.0.0.1:{actions}/health", 30, logs["actions"])
        await wait_for(session, f"http://127.0.0.1:{theirs}/status", 120, logs["rasa"])
        yield (
            Side("runtime", f"http://127.0.0.1:{ours}", ready.data("runtime") / "mail"),
            Side("rasa", f"http://127.0.0.1:{theirs}", ready.data("rasa") / "mail"),
        )


def _with_sources(folder: Path) -> dict[str, str]:
    return {**environment(folder), "PYTHONPATH": str(ROOT)}


async def play_all(ready: Prepared, rasa: Path, scripts: list[Script]) -> list[str]:
    """Play the conversations on both engines; the differences."""
    failures: list[str] = []
    async with aiohttp.ClientSession() as session, both(ready, rasa, session) as (ours, theirs):
        for script in scripts:
            await play(session, ours, script)
            await play(session, theirs, script)
            found = compare(script, ours.turns[script.name], theirs.turns[script.name])
            failures += found
            print(f"{'DIFF' if found else 'ok  '} {script.name} ({len(script.messages)} messages)", flush=True)
    return failures


def run(arguments: argparse.Namespace, rasa: Path) -> int:
    """Prepare and play; 1 when there is a difference that is not meant."""
    scripts = [script for script in read_scripts(arguments.scripts) if arguments.only in script.name]
    folder = Path(tempfile.mkdtemp(prefix="sofy-parity-"))
    try:
        failures = asyncio.run(play_all(prepare(folder, rasa), rasa, scripts))
    finally:
        if arguments.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print()
    for line in failures:
        print(line)
    turns = sum(len(script.messages) for script in scripts)
    print(f"{len(scripts)} conversations, {turns} messages, {len(failures)} differences")
    return 1 if failures else 0


def main() -> int:
    """Entry point of `make parity`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=Path, default=ROOT / "bench/parity.yml")
    parser.add_argument("--only", default="", help="play the conversations whose name contains this")
    parser.add_argument("--keep", action="store_true", help="keep the folder with databases and logs")
    arguments = parser.parse_args()
    rasa = find_rasa(print)
    if rasa is None:
        return 0
    return run(arguments, rasa)


if __name__ == "__main__":
    raise SystemExit(main())
