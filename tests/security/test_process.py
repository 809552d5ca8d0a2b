"""The real program, killed in the middle of a turn, and the memory that it has when it is idle."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from bot.model import is_up_to_date, train_project
from tests.security.canaries import GOOD, LATE, ODD, OTHER, PASSWORDS, STRAY, search, sweep
from tests.security.house import LUCIE, ROOT
from tests.security.process import Process, copy_project, running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    if not is_up_to_date(ROOT):
        train_project(ROOT)
    folder = tmp_path / "project"
    folder.mkdir()
    return copy_project(folder)


def go(server: Process, until: str, sender: str = "a") -> None:
    answers = {**LUCIE, "password": GOOD, "password_confirmation": GOOD}
    if server.asked(sender) is None:
        server.post("/signup", sender)
    for _ in range(12):
        asked = server.asked(sender)
        if asked == until or asked is None:
            break
        server.post(answers.get(asked, "oui"), sender, masked=asked.startswith("password"))
    assert server.asked(sender) == until


def test_killed_in_the_middle_of_a_turn(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(project, log) as server:
        server.post("bonjour")
        go(server, "password")
        for pause in (0.002, 0.02):
            thread = threading.Thread(target=_cut_off, args=(server, LATE))
            thread.start()
            time.sleep(pause)  # as far into the turn as the machine got: any point will do
        server.popen.send_signal(signal.SIGKILL)
        server.popen.wait()
        thread.join()
    assert sweep(tmp_path, PASSWORDS) == {}
    with running(project, log) as server:
        assert server.asked() in {"password", "password_confirmation"}
        for secret in (*ODD, OTHER):
            server.post(secret, masked=True)
        shown = server.text("/conversations/a/tracker") + server.text("/metrics")
        assert search(shown.encode(), PASSWORDS) == []
    assert sweep(tmp_path, PASSWORDS) == {}


def _cut_off(server: Process, secret: str) -> None:
    with contextlib.suppress(OSError):
        server.post(secret, masked=True)


def test_what_is_not_even_http(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(project, log) as server:
        port = int(server.url.rpartition(":")[2])
        for request in (
            f"GET /{GOOD} HTTP/9.9\r\n\r\n",
            f"GET / HTTP/1.1\r\n{GOOD}: \x01{GOOD}\r\nbad header {GOOD}\r\n\r\n",
            f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: {GOOD}\r\n\r\n{GOOD}",
            f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n{GOOD}",
            f"{GOOD}\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + GOOD * 2000 + "\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(request.encode())
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda c=connection: c.recv(65536), b""))
            assert search(answer, PASSWORDS) == [], answer
    assert sweep(tmp_path, PASSWORDS) == {}


SCRUBBED = {
    "PYTHONMALLOC": "pymalloc_debug",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
}
"""Memory is overwritten as it is freed: what is found is still held by something."""


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="no /proc")
def test_memory_of_the_idle_process(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(project, log, **SCRUBBED) as server:
        go(server, "password")
        for secret in ODD:
            server.post(secret, masked=True)
            if server.asked() == "password_confirmation":
                server.post(OTHER, masked=True)
                server.post(OTHER, masked=True)
        go(server, "terms_accepted")
        server.post(STRAY, masked=True)
        server.post("/login", "b")
        server.post(LUCIE["email"], "b")
        server.post(OTHER, "b", masked=True)
        for number in range(5):
            server.post("bonjour", f"other-{number}")
        assert server.found_in_memory(("bot.service",)) != {}, "the search does not see the process's memory"
        found = server.found_in_memory(PASSWORDS)
    assert found == {}
