"""Serves both engines, and the action servers that they call."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from bench.parity.cues import SpoolCues, StageCues
from bench.parity.meaning import Meanings
from bench.parity.players import Side
from bench.parity.projects import (
    FRONT_ENDPOINTS,
    Projects,
    environment,
    import_demo,
    sofy,
    with_sources,
    write_endpoints,
)
from bench.parity.scripts import ROOT, project_domain
from bot.privacy import Privacy, read_rules
from bot.project.project import load_endpoints


def free_port() -> int:
    """Find a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


@contextlib.asynccontextmanager
async def serve_conversations(
    ready: Projects, rasa: Path, session: aiohttp.ClientSession
) -> AsyncIterator[tuple[Side, Side]]:
    """Serve the runtime with its actions in process, and Rasa with a stock action server; each reads payloads."""
    actions, theirs, ours = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    own, other = ready.data("runtime"), ready.data("rasa")
    for folder in (own, other):
        import_demo(folder)
    write_endpoints(ready.rasa, actions=actions)
    stock = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "-p", _port(actions)]
    logs = _logs(ready, "conversations", "actions", "rasa", "runtime")
    with (
        running(stock, logs["actions"], cwd=ROOT, env=environment(other)),
        running(_rasa(rasa, theirs), logs["rasa"], cwd=ready.rasa, env=environment(ready.folder)),
        running(_runtime(ours), logs["runtime"], cwd=ready.plain, env=with_sources(own)),
    ):
        await wait_for(session, f"{ours}/health/ready", 60, logs["runtime"])
        await wait_for(session, f"{actions}/health", 60, logs["actions"])
        await wait_for(session, f"{theirs}/status", 180, logs["rasa"])
        yield (
            Side("runtime", ours, SpoolCues(own / "mail"), logs=(logs["runtime"],)),
            Side("rasa", theirs, SpoolCues(other / "mail"), logs=(logs["rasa"], logs["actions"])),
        )


@contextlib.asynccontextmanager
async def serve_stories(
    ready: Projects, rasa: Path, session: aiohttp.ClientSession
) -> AsyncIterator[tuple[Side, Side]]:
    """Serve both engines with a staged action server each.

    Words mean on both sides what the runtime's model says.
    """
    staged, other_staged, theirs, ours, nlu = (f"http://127.0.0.1:{free_port()}" for _ in range(5))
    write_endpoints(ready.real, actions=staged, own=True)
    write_endpoints(ready.rasa, actions=other_staged, nlu=nlu)
    meanings = Meanings(session, ours, project_domain())
    logs = _logs(ready, "stories", "stage-runtime", "stage-rasa", "rasa", "runtime")
    with (
        running(_stage(ready, staged, "runtime"), logs["stage-runtime"], cwd=ROOT, env=environment(ready.folder)),
        running(_stage(ready, other_staged, "rasa"), logs["stage-rasa"], cwd=ROOT, env=environment(ready.folder)),
        running(_rasa(rasa, theirs), logs["rasa"], cwd=ready.rasa, env=environment(ready.folder)),
        running(_runtime(ours), logs["runtime"], cwd=ready.real, env=with_sources(ready.data("beside"))),
    ):
        await wait_for(session, f"{ours}/health/ready", 60, logs["runtime"])
        await wait_for(session, f"{staged}/health", 60, logs["stage-runtime"])
        await wait_for(session, f"{other_staged}/health", 60, logs["stage-rasa"])
        await wait_for(session, f"{theirs}/status", 180, logs["rasa"])
        # What the runtime's answer hides of personal values is hidden in Rasa's by the same rules.
        privacy = Privacy(read_rules(load_endpoints(ROOT).privacy))
        async with meanings.served(nlu):
            yield (
                Side("runtime", ours, StageCues(session, staged), logs=(logs["runtime"], logs["stage-runtime"])),
                Side(
                    "rasa",
                    theirs,
                    StageCues(session, other_staged),
                    privacy.mask_state,
                    meanings.coming,
                    (logs["rasa"], logs["stage-rasa"]),
                ),
            )


@contextlib.asynccontextmanager
async def serve_fronted(
    ready: Projects, rasa: Path, session: aiohttp.ClientSession
) -> AsyncIterator[tuple[Side, Side]]:
    """Serve the runtime with its own engine, and the runtime with Rasa for its engine (docs/rasa.md)."""
    staged, other_staged, theirs, ours, front, desk = (f"http://127.0.0.1:{free_port()}" for _ in range(6))
    write_endpoints(ready.real, actions=staged, own=True)
    write_endpoints(ready.real, actions=other_staged, own=True, file=FRONT_ENDPOINTS)
    write_endpoints(ready.rasa, actions=desk, nlu=desk, nlg=desk)
    logs = _logs(ready, "fronted", "stage-runtime", "stage-front", "rasa", "runtime", "front")
    behind = ["--rasa", theirs, "--endpoints", FRONT_ENDPOINTS]
    at_desk = {"SOFY_RASA_DESK": desk.removeprefix("http://")}
    with (
        running(_stage(ready, staged, "runtime-again"), logs["stage-runtime"], cwd=ROOT, env=environment(ready.folder)),
        running(_stage(ready, other_staged, "front"), logs["stage-front"], cwd=ROOT, env=environment(ready.folder)),
        running([*_rasa(rasa, theirs), "--debug"], logs["rasa"], cwd=ready.rasa, env=environment(ready.folder)),
        running(_runtime(ours), logs["runtime"], cwd=ready.real, env=with_sources(ready.data("beside-front"))),
        running(
            [*_runtime(front), *behind], logs["front"], cwd=ready.real, env=with_sources(ready.data("front")) | at_desk
        ),
    ):
        await wait_for(session, f"{staged}/health", 60, logs["stage-runtime"])
        await wait_for(session, f"{other_staged}/health", 60, logs["stage-front"])
        await wait_for(session, f"{ours}/health/ready", 60, logs["runtime"])
        await wait_for(session, f"{theirs}/status", 180, logs["rasa"])
        await wait_for(session, f"{front}/health/ready", 60, logs["front"])
        yield (
            Side("runtime", ours, StageCues(session, staged), logs=(logs["runtime"], logs["stage-runtime"])),
            Side(
                "rasa behind",
                front,
                StageCues(session, other_staged),
                logs=(logs["front"], logs["stage-front"]),
                blind=(logs["rasa"],),
            ),
        )


def _stage(ready: Projects, url: str, side: str) -> list[str]:
    return [sys.executable, "-m", "bench.parity.stage", _port(url), str(ready.data(f"stage-{side}"))]


def _rasa(program: Path, url: str) -> list[str]:
    return [str(program), "run", "--enable-api", "-i", "127.0.0.1", "-p", _port(url)]


def _runtime(url: str) -> list[str]:
    return sofy("run", "--demo", "--host", "127.0.0.1", "--port", _port(url))


def _port(url: str) -> str:
    return url.rsplit(":", 1)[1]


def _logs(ready: Projects, play: str, *names: str) -> dict[str, Path]:
    return {name: ready.folder / f"{play}-{name}.log" for name in names}
