import contextlib
import io
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.cli import main
from tests.bot.tiny import write_project

OURS = ("SOFY_", "DATABASE_URL", "TRACKER_DATABASE_URL", "REDIS_URL", "MAIL_URL", "PUBLIC_URL")
SOURCES = Path(__file__).resolve().parents[3]


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


@pytest.fixture
def environment() -> Iterator[None]:
    """The program changes its process: all of it is put back."""
    before, path = dict(os.environ), list(sys.path)
    loggers = [logging.getLogger(name) for name in ("", "bot", "actions")]
    levels, handlers = [logger.level for logger in loggers], list(loggers[0].handlers)
    os.environ.clear()
    os.environ.update(clean_environment() or before)
    yield
    os.environ.clear()
    os.environ.update(before)
    sys.path[:] = path
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def sofy(environment: None) -> Callable[..., Outcome]:
    """Runs `sofy` in this process."""

    def run(*arguments: str) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(list(arguments))
            except SystemExit as stop:
                code = int(stop.code or 0)
        return Outcome(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with a model, to be copied."""
    root = write_project(tmp_path_factory.mktemp("trained"))
    ended = subprocess.run(
        command("train"), cwd=root, env=program_environment(), check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return root


@pytest.fixture
def project(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trained project of the test's own, as current directory."""
    root = shutil.copytree(trained, tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot.cli", *arguments]


def program_environment(**values: str) -> dict[str, str]:
    return {**clean_environment(), "PYTHONPATH": str(SOURCES), **values}


def run_program(root: Path, *arguments: str, typed: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `sofy` to its end as a process of its own."""
    return subprocess.run(
        command(*arguments),
        cwd=root,
        env=program_environment(**environment),
        input=typed,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
