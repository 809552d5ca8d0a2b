"""The same conversations through Rasa 3.6.21 and through the embedded runtime, compared turn by turn.

Run by `make parity`. First the conversations of `bench/parity.yml`, whose meaning is given as `/intent` payloads: the
runtime has its actions in process, Rasa calls a stock action server. Then every story test of `tests/stories`, in
patients' own words: both call a staged action server, and Rasa asks the runtime's model what words mean. Last, the
story tests on the runtime with Rasa for its engine (docs/rasa.md). Both engines
get one variation per response (Rasa picks at random). Differences that are meant are named in docs/parity.md and in
`bench/parity/comparing.py`; any other fails.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.parity.comparing import OTHERWISE, Difference, Turn, compare, otherwise
from bench.parity.players import Complaints, PlayError, Side, play
from bench.parity.projects import Projects, prepare
from bench.parity.scripts import CONVERSATIONS, STORIES, Script, read_conversations, read_stories
from bench.parity.servers import serve_conversations, serve_fronted, serve_stories
from bench.rasa_environment import find_rasa

Serve = Callable[[Projects, Path, aiohttp.ClientSession], AbstractAsyncContextManager[tuple[Side, Side]]]


@dataclass
class Report:
    """How a run went."""

    messages: int = 0
    different: int = 0
    failures: list[str] = field(default_factory=list)
    intended: list[Difference] = field(default_factory=list)

    def note(self, script: Script, found: Sequence[Difference]) -> bool:
        """Add what was found in a script; whether something fails."""
        failures = [each.text for each in found if each.mark is None]
        self.messages += len(script.messages)
        self.different += len(failures)
        self.failures += failures
        self.intended += [each for each in found if each.mark is not None]
        return bool(failures)

    def lines(self) -> list[str]:
        """The differences; those that are meant are told first, and do not fail."""
        return [*(f"intended ({each.mark}): {each.text}" for each in self.intended), *self.failures]


async def play_all(ready: Projects, rasa: Path, serve: Serve, scripts: Sequence[Script], report: Report) -> None:
    """Play scripts on both engines, one after the other, and note the differences."""
    async with aiohttp.ClientSession() as session, serve(ready, rasa, session) as (ours, theirs):
        for number, script in enumerate(scripts, 1):
            complaints = Complaints((ours, theirs))
            turns = await _play_on_both(session, (ours, theirs), script)
            if isinstance(turns, PlayError):
                found = [Difference(str(turns))]
            else:
                found = compare(script, *turns)
                if script.name not in OTHERWISE:
                    found += otherwise(script, turns[0])
            failed = report.note(script, found)
            if failed:
                report.failures += [f"  logged meanwhile: {line}" for line in complaints.lines()]
            verdict = "DIFF" if failed else "ok  "
            print(f"{verdict} {number}/{len(scripts)} {script.name} ({len(script.messages)} messages)", flush=True)
        if theirs.blind:
            leaks = theirs.leaks()
            print(f"secrets, addresses and numbers typed: {len(theirs.typed)}, seen by Rasa: {len(leaks)}", flush=True)
            report.failures += [f"Rasa saw what was typed: {text}" for text in leaks]


async def _play_on_both(
    session: aiohttp.ClientSession, sides: tuple[Side, Side], script: Script
) -> tuple[list[Turn], list[Turn]] | PlayError:
    """Play a script on both sides at once: they have servers of their own. Both have ended when this returns."""
    now = time.time()
    plays = (play(session, side, script, now) for side in sides)
    one, other = await asyncio.gather(*plays, return_exceptions=True)
    for outcome in (one, other):
        if isinstance(outcome, PlayError):
            return outcome
        if isinstance(outcome, BaseException):
            raise outcome
    assert isinstance(one, list)
    assert isinstance(other, list)
    return one, other


def run(arguments: argparse.Namespace, rasa: Path) -> int:
    """Prepare and play; 1 when there is a difference that is not meant."""
    conversations = _chosen(read_conversations(arguments.scripts), arguments) if arguments.conversations else []
    stories = _chosen(read_stories([arguments.tests]), arguments) if arguments.stories else []
    behind = _chosen(read_stories([arguments.tests]), arguments) if arguments.behind else []
    report = Report()
    folder = Path(tempfile.mkdtemp(prefix="sofy-parity-"))
    started = time.monotonic()
    try:
        ready = prepare(folder, rasa, conversations=bool(conversations), stories=bool(stories or behind))
        if conversations:
            asyncio.run(play_all(ready, rasa, serve_conversations, conversations, report))
        if stories:
            asyncio.run(play_all(ready, rasa, serve_stories, stories, report))
        if behind:
            asyncio.run(play_all(ready, rasa, serve_fronted, behind, report))
    finally:
        if arguments.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print()
    for line in report.lines():
        print(line)
    minutes = (time.monotonic() - started) / 60
    print(
        f"{len(conversations)} conversations, {len(stories)} story tests, {len(behind)} with Rasa behind, "
        f"{report.messages} messages on each engine, "
        f"{report.different} differ ({len(report.intended)} more are meant to), {minutes:.1f} minutes"
    )
    return 1 if report.failures else 0


def _chosen(scripts: Sequence[Script], arguments: argparse.Namespace) -> list[Script]:
    return [script for script in scripts if arguments.only in script.name]


def main() -> int:
    """Entry point of `make parity`."""
    parser = argparse.ArgumentParser(prog="python -m bench.parity", description=__doc__)
    parser.add_argument("--scripts", type=Path, default=CONVERSATIONS, help="the conversations in payloads")
    parser.add_argument("--tests", type=Path, default=STORIES, help="the story tests: a file or a folder")
    parser.add_argument("--only", default="", help="play what has this in its name")
    parser.add_argument("--conversations", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--stories", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument(
        "--behind", action=argparse.BooleanOptionalAction, default=True, help="Rasa behind our channels"
    )
    parser.add_argument("--keep", action="store_true", help="keep the folder with databases and logs")
    arguments = parser.parse_args()
    rasa = find_rasa(print)
    if rasa is None:
        return 0
    return run(arguments, rasa)


if __name__ == "__main__":
    raise SystemExit(main())
