"""The program as a process: started, spoken to, stopped."""

import json
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .conftest import command, program_environment, run_program


@contextmanager
def served(project: Path, *arguments: str, **environment: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    process = subprocess.Popen(
        command("run", "--port", "0", *arguments),
        cwd=project,
        env=program_environment(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        seen = []
        for line in process.stdout:
            seen.append(line)
            if found := re.search(r"port (\d+)", line):
                yield f"http://127.0.0.1:{found[1]}", process
                break
        else:
            assert process.stderr is not None
            pytest.fail("".join(seen) + process.stderr.read())
    finally:
        process.terminate()
        process.communicate(timeout=20)


def post(url: str, body: dict[str, Any], **headers: str) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def get(url: str, **headers: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return json.load(answer)


def test_a_secret_is_nowhere(project: Path) -> None:
    with served(project, "--demo", SOFY_LOG_LEVEL="DEBUG") as (url, process):
        hook = f"{url}/webhooks/rest/webhook"
        assert post(hook, {"sender": "lucie", "message": "/ask_password"})[1]["custom"]["input"] == "secret"
        body = {"sender": "lucie", "message": "Canari-Mot2passe!", "metadata": {"input": "secret"}}
        assert post(hook, body)[0]["text"] == "C’est noté."
        tracker = get(f"{url}/conversations/lucie/tracker")
        assert tracker["slots"]["password"] is True
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0
    assert "Canari" not in out + err + json.dumps(tracker)
    for path in (project / "var").rglob("*"):
        if path.is_file():
            assert b"Canari" not in path.read_bytes()
    assert (project / "var/secret.key").stat().st_mode & 0o777 == 0o600


def test_outside_demo_with_a_token(project: Path) -> None:
    with served(project, "--auth-token", "s3cret-token", SOFY_SECRET_KEY="k" * 40) as (url, _process):
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(f"{url}/status")
        assert caught.value.code == 401
        caught.value.close()
        assert get(f"{url}/status", Authorization="Bearer s3cret-token")["model_file"]
        assert get(f"{url}/status?token=s3cret-token")["model_file"]


def test_the_database_is_out_of_reach(project: Path) -> None:
    address = "postgresql://sofy:hunter22@127.0.0.1:1/sofy"
    ended = run_program(project, "run", "--demo", "--port", "0", TRACKER_DATABASE_URL=address)
    assert ended.returncode == 1
    [line] = ended.stderr.strip().splitlines()
    assert line.startswith("La base de données postgresql+asyncpg://sofy:●●●@127.0.0.1:1/sofy ne répond pas")


def test_an_unwritable_folder(project: Path) -> None:
    (project / "var").write_text("in the way", encoding="utf-8")
    ended = run_program(project, "run", "--demo", "--port", "0")
    assert ended.returncode == 1
    assert "var/secret.key ne peut être ni lu ni écrit" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_shell_and_export(project: Path) -> None:
    talk = "bonjour\n1\nCanari-Mot2passe!\nau revoir\n/stop\n"
    ended = run_program(project, "shell", "--debug", typed=talk)
    assert ended.returncode == 0, ended.stderr
    assert "1. Un secret" in ended.stdout
    assert "C’est noté." in ended.stdout
    assert "[intention] greet" in ended.stdout
    assert "[règle] greet" in ended.stdout
    assert "Canari" not in ended.stdout + ended.stderr
    ended = run_program(project, "export")
    [line] = ended.stdout.strip().splitlines()
    texts = [event["text"] for event in json.loads(line)["events"] if event["event"] == "user"]
    assert texts == ["bonjour", "/ask_password", "●●●●", "au revoir"]
    assert "1 conversation exportée" in ended.stderr


STORIES = """
version: "3.1"
stories:
- story: bonjour et secret
  steps:
  - user: "bonjour"
    intent: greet
  - action: utter_greet
  - user: "/ask_password"
    intent: ask_password
  - action: secret_form
  - active_loop: secret_form
"""


def test_stories(project: Path) -> None:
    folder = project / "tests/stories"
    folder.mkdir(parents=True)
    (folder / "test_stories.yml").write_text(STORIES, encoding="utf-8")
    ended = run_program(project, "test", "core")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (folder / "test_stories.yml").write_text(STORIES.replace("utter_greet", "utter_bye"), encoding="utf-8")
    ended = run_program(project, "test", "core")
    assert ended.returncode == 1
    assert "test_stories.yml:8" in ended.stdout


def test_two_processes_share_a_conversation(project: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=1).close()
    except OSError:
        pytest.skip("no Redis on 127.0.0.1:6379")
    environment = {"REDIS_URL": "redis://127.0.0.1:6379/14", "SOFY_MESSAGES_PER_MINUTE": "0"}
    with served(project, "--demo", "--workers", "2", **environment) as (url, process):
        hook = f"{url}/webhooks/rest/webhook"
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: post(hook, {"sender": "c", "message": "bonjour"}), range(24)))
        assert all(answer[0]["text"] for answer in answers)
        events = get(f"{url}/conversations/c/tracker")["events"]
        assert sum(event["event"] == "user" for event in events) == 24
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0
