"""Measures the running assistant: time to ready, memory, time of a turn, and whether it stays flat.

    python -m bench.load [--turns 300] [--clients 8] [--out FILE]

Starts `sofy run --demo` on the trained project with a database of its own, speaks to it over loopback HTTP, and
prints a table (JSON with --out). Passwords are left out: hashing one is meant to be slow.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parents[1]
# In and out of a form, with questions in between: what patients say, none of it slow on purpose.
SAID = (
    "bonjour",
    "je veux m'inscrire",
    "c'est quoi le NAM",
    "essai.charge@example.com",
    "pourquoi vous demandez ça",
    "je me suis trompé de courriel",
    "autre.charge@example.com",
    "il reste combien d'étapes",
    "revenir en arrière",
    "annuler",
    "oui",
    "merci",
)


@dataclass(frozen=True)
class Server:
    """A running assistant."""

    url: str
    pid: int
    ready_seconds: float


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Start the assistant on data of its own; the time to ready is from the command to the first answer."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/load.db",
        "MAIL_URL": f"spool:{folder}/mail",
        "SOFY_SECRET_KEY": "only for this measurement and never elsewhere",
        "SOFY_MESSAGES_PER_MINUTE": "0",
        "SOFY_ADDRESS_MESSAGES_PER_MINUTE": "0",
        "SOFY_LOG_LEVEL": "WARNING",
    }
    sofy = [str(Path(sys.executable).with_name("sofy"))]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*sofy, "run", "--demo", "--port", "0"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None:
            raise RuntimeError("no output to read")
        for line in process.stdout:
            if found := re.search(r"\(port (\d+)\)", line):
                ready = time.perf_counter() - started
                yield Server(f"http://127.0.0.1:{found[1]}", process.pid, ready)
                break
        else:
            raise SystemExit("the assistant did not start")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    return int(found[1]) / 1024 if found else float("nan")


async def say(session: aiohttp.ClientSession, server: Server, sender: str, text: str) -> float:
    """One turn; gives its milliseconds."""
    started = time.perf_counter()
    async with session.post(f"{server.url}/webhooks/rest/webhook", json={"sender": sender, "message": text}) as answer:
        replies = await answer.json()
    elapsed = (time.perf_counter() - started) * 1000
    if answer.status != 200 or not replies:
        raise SystemExit(f"{answer.status} for {text!r}: {replies}")
    return elapsed


async def converse(session: aiohttp.ClientSession, server: Server, sender: str, turns: int) -> list[float]:
    """One conversation, turn after turn."""
    return [await say(session, server, sender, SAID[turn % len(SAID)]) for turn in range(turns)]


def quantile(times: Sequence[float], share: float) -> float:
    """The time that this share of the turns did not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def measure(server: Server, turns: int, clients: int) -> dict[str, Any]:
    """Warm up; one long conversation; then several at once."""
    async with aiohttp.ClientSession() as session:
        await converse(session, server, "warm-up", 2 * len(SAID))
        idle = resident_megabytes(server.pid)
        alone = await converse(session, server, "long", turns)
        started = time.perf_counter()
        together = await asyncio.gather(
            *(converse(session, server, f"client-{number}", 4 * len(SAID)) for number in range(clients))
        )
        seconds = time.perf_counter() - started
    window = min(60, turns // 3)
    whole = window - window % len(SAID) or window  # whole rounds of the same messages: like is compared with like
    count = sum(len(times) for times in together)
    return {
        "ready_s": round(server.ready_seconds, 2),
        "resident_mb": round(idle, 1),
        "resident_after_load_mb": round(resident_megabytes(server.pid), 1),
        "turn_median_ms": round(statistics.median(alone), 2),
        "turn_p95_ms": round(quantile(alone, 0.95), 2),
        "first_turns_median_ms": round(statistics.median(alone[:whole]), 2),
        "last_turns_median_ms": round(statistics.median(alone[-whole:]), 2),
        "turns": turns,
        "clients": clients,
        "turns_per_second": round(count / seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        figures = asyncio.run(measure(server, arguments.turns, arguments.clients))
    for name, value in figures.items():
        print(f"{name:24} {value}")
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
