"""Several processes over the same listening sockets: the first one is started alone (it brings the schema up to
date), the others once it is ready; one that dies is started again.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import subprocess
import sys
import time

from bot.errors import SofyError

_READY_SECONDS = 60.0
_SHORT_LIFE = 5.0  # a process that dies sooner than this is not started again at once


def supervise(arguments: argparse.Namespace, sockets: list[socket.socket]) -> int:
    """Keep `--workers` processes running until SIGINT or SIGTERM."""
    for listener in sockets:
        listener.set_inheritable(True)
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    workers: list[tuple[subprocess.Popen[bytes], float]] = []
    try:
        for _ in range(arguments.workers):
            workers.append((_start(arguments, sockets), time.monotonic()))
        port = sockets[0].getsockname()[1]
        sys.stdout.write(f"L'assistant est prêt : port {port}, {arguments.workers} processus.\n")
        sys.stdout.flush()
        while not stopping:
            time.sleep(0.2)
            workers = [_revived(worker, arguments, sockets) for worker in workers]
    finally:
        for process, _ in workers:
            process.terminate()
        for process, _ in workers:
            process.wait()
    return 0


def _revived(
    worker: tuple[subprocess.Popen[bytes], float], arguments: argparse.Namespace, sockets: list[socket.socket]
) -> tuple[subprocess.Popen[bytes], float]:
    process, started = worker
    if process.poll() is None:
        return worker
    if time.monotonic() - started < _SHORT_LIFE:
        raise SofyError(f"Un processus s'arrête aussitôt lancé (code {process.returncode}).")
    return _start(arguments, sockets), time.monotonic()


def _start(arguments: argparse.Namespace, sockets: list[socket.socket]) -> subprocess.Popen[bytes]:
    """Start one process and wait until it serves. Its settings come by the environment, never by the command line."""
    reading, writing = os.pipe()
    numbers = [listener.fileno() for listener in sockets]
    command = [sys.executable, "-m", "bot.cli", "run", "--port", str(arguments.port), "--ready-fd", str(writing)]
    command += [part for number in numbers for part in ("--fd", str(number))]
    command += ["--endpoints", arguments.endpoints, "--credentials", arguments.credentials]
    command += ["--demo"] * arguments.demo + ["--debug"] * arguments.debug
    process = subprocess.Popen(command, pass_fds=[*numbers, writing])  # noqa: S603
    os.close(writing)
    try:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if select.select([reading], [], [], 0.2)[0]:
                if os.read(reading, 1):
                    return process
                process.wait()
                raise SofyError("Un processus n'a pas pu démarrer (voir ci-dessus).")
    finally:
        os.close(reading)
    process.terminate()
    process.wait()
    raise SofyError("Un processus met trop de temps à démarrer.")
