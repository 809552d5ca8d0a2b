"""`sofy run` as a process: started, spoken to over REST, killed, and its memory searched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.security.canaries import forms_of
from tests.security.house import ROOT

OURS = ("SOFY_", "DATABASE_URL", "TRACKER_DATABASE_URL", "REDIS_URL", "MAIL_URL", "PUBLIC_URL")
CHUNK = 1 << 20


def copy_project(folder: Path) -> Path:
    """A copy of the project with its model: a process there writes nothing elsewhere."""
    for name in ("domain.yml", "config.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder)
    for name in ("data/demo", "actions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "models").mkdir()
    shutil.copy(max((ROOT / "models").glob("*.zip")), folder / "models")
    return folder


@dataclass
class Process:
    """A server that runs."""

    url: str
    popen: subprocess.Popen[bytes]

    def post(self, message: str, sender: str = "a", *, masked: bool = False, timeout: float = 20) -> Any:
        body = {"sender": sender, "message": message, "metadata": {"input": "secret"} if masked else {}}
        request = urllib.request.Request(f"{self.url}/webhooks/rest/webhook", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.load(answer)

    def text(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return str(error.read().decode())

    def asked(self, sender: str = "a") -> str | None:
        slots = json.loads(self.text(f"/conversations/{sender}/tracker")).get("slots", {})
        value: str | None = slots.get("requested_slot")
        return value

    def found_in_memory(self, secrets: tuple[str, ...]) -> dict[str, int]:
        """How often each secret is in the memory that the process can read; memory that is free included."""
        needles = {secret: list(dict.fromkeys(forms_of(secret))) for secret in secrets}
        longest = max(len(form) for forms in needles.values() for form in forms)
        found: dict[str, int] = {}
        for content in _memory(self.popen.pid, longest):
            for secret, forms in needles.items():
                if count := sum(content.count(form) for form in forms):
                    found[secret] = found.get(secret, 0) + count
        return found


def _memory(pid: int, overlap: int) -> Iterator[bytes]:
    with (
        open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps,
        open(f"/proc/{pid}/mem", "rb", 0) as mem,
    ):
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            for at in range(start, end, CHUNK):
                try:
                    mem.seek(at)
                    yield mem.read(min(CHUNK + overlap, end - at))
                except (OSError, ValueError):
                    break


@contextmanager
def running(project: Path, log: Path, *arguments: str, **values: str) -> Iterator[Process]:
    """Run the server in `project`; its log is added to `log`. It is killed at the end, if it still runs."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environ |= {"PYTHONPATH": str(ROOT), "SOFY_MESSAGES_PER_MINUTE": "0", **values}
    with log.open("ab") as err:
        popen = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run", "--demo", "--debug", "--port", "0", *arguments],
            cwd=project,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=err,
        )
    try:
        assert popen.stdout is not None
        for line in popen.stdout:
            if found := re.search(rb"port (\d+)", line):
                yield Process(f"http://127.0.0.1:{int(found[1])}", popen)
                return
        raise AssertionError(log.read_text(encoding="utf-8"))
    finally:
        popen.kill()
        popen.communicate()
