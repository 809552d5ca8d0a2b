"""The copies of this project that each engine gets, and their training."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bench.parity.scripts import ROOT

KEY = "parity-key-of-at-least-32-characters"
FRONT_ENDPOINTS = "endpoints-front.yml"
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
"""A pipeline that both engines have."""


@dataclass(frozen=True)
class Projects:
    """Where the projects and their data are."""

    folder: Path
    rasa: Path
    """Rasa's copy: it understands payloads only, or asks the runtime what words mean."""
    plain: Path
    """The runtime's copy with the same pipeline."""
    real: Path
    """The runtime's copy with the project's own pipeline and settings."""

    def data(self, name: str) -> Path:
        """A folder of databases and mails."""
        folder = self.folder / f"data-{name}"
        folder.mkdir(exist_ok=True)
        return folder


def prepare(folder: Path, rasa: Path, *, conversations: bool, stories: bool) -> Projects:
    """Copy the project for each engine, validate and train."""
    ready = Projects(folder, folder / "rasa", folder / "plain", folder / "real")
    ready.rasa.mkdir()
    copy_project(ready.rasa)
    (ready.rasa / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    _run([str(rasa), "data", "validate"], ready.rasa, environment(folder))
    print("rasa data validate: accepted", flush=True)
    if conversations:
        shutil.copytree(ready.rasa, ready.plain)
        _add_actions(ready.plain)
        _run(sofy("train"), ready.plain, with_sources(folder))
    if stories:
        shutil.copytree(ready.rasa, ready.real)
        _add_actions(ready.real)
        (ready.real / "data/nlu.yml").unlink()
        shutil.copytree(ROOT / "data/nlu", ready.real / "data/nlu")
        shutil.copy(ROOT / "config.yml", ready.real)
        _run(sofy("train"), ready.real, with_sources(folder))
    print("sofy train: done", flush=True)
    _run([str(rasa), "train", "--quiet"], ready.rasa, environment(folder))
    print("rasa train: done", flush=True)
    return ready


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


def _add_actions(project: Path) -> None:
    shutil.copytree(ROOT / "actions", project / "actions", ignore=shutil.ignore_patterns("__pycache__"))


def import_demo(folder: Path) -> None:
    """Fill the portal's database of a data folder with the demonstration's clinics and patients."""
    files = ("--clinics", "data/demo/clinics.csv", "--patients", "data/demo/patients.csv")
    _run(sofy("import", *files), ROOT, environment(folder))


def write_endpoints(
    project: Path,
    *,
    actions: str | None = None,
    nlu: str | None = None,
    nlg: str | None = None,
    own: bool = False,
    file: str = "endpoints.yml",
) -> None:
    """Write a copy's endpoints: where its actions, NLU and NLG are, and (`own`) the project's own settings."""
    yaml = YAML()
    sections = (yaml.load((ROOT / "endpoints.yml").read_text(encoding="utf-8")) if own else None) or {}
    for name, url in (
        ("action_endpoint", actions and f"{actions}/webhook"),
        ("nlu", nlu),
        ("nlg", nlg and f"{nlg}/nlg"),
    ):
        if url is not None:
            sections[name] = {"url": url}
    with (project / file).open("w", encoding="utf-8") as output:
        yaml.dump(sections, output)


def environment(folder: Path) -> dict[str, str]:
    """Variables for an assistant whose data lie in `folder`; nobody is held back for writing fast."""
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'portal.db'}",
        "MAIL_URL": f"spool:{folder / 'mail'}",
        "SOFY_SECRET_KEY": KEY,
        "PUBLIC_URL": "http://localhost:5005",
        "SOFY_DEMO": "1",
        "SOFY_MESSAGES_PER_MINUTE": "0",
        "SOFY_ADDRESS_MESSAGES_PER_MINUTE": "0",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def with_sources(folder: Path) -> dict[str, str]:
    """The same for our programs when they run in a copy: the runtime is that of this folder."""
    return {**environment(folder), "PYTHONPATH": str(ROOT)}


def sofy(*arguments: str) -> list[str]:
    """The command line of our program."""
    return [sys.executable, "-m", "bot.cli", *arguments]


def _run(command: list[str], folder: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=variables, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
