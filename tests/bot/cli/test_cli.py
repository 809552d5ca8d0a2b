import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.tiny import FILES, write_project

from .conftest import Outcome, program_environment

Sofy = Callable[..., Outcome]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_is_french(sofy: Sofy, empty: Path) -> None:
    done = sofy("--help")
    assert done.code == 0
    assert done.out.startswith("usage : sofy")
    for name in ("train", "run", "shell", "test", "data", "export"):
        assert name in done.out
    assert "import" not in done.out  # another project's commands are not ours
    assert sofy().code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dance"], "choix inconnu"),
        (["run", "--port", "chat"], "valeur non valable"),
        (["run", "--port", "70000"], "valeur non valable"),
        (["run", "--workers", "0"], "valeur non valable"),
        (["train", "--faster"], "argument inconnu"),
        (["data"], "il manque"),
    ],
)
def test_wrong_usage(sofy: Sofy, empty: Path, arguments: list[str], said: str) -> None:
    done = sofy(*arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_help_imports_nothing_heavy(empty: Path) -> None:
    code = (
        "import sys, bot.cli\nbot.cli.main(['run', '--help']) if False else bot.cli._parser(__import__('pathlib')"
        ".Path.cwd(), []).format_help()\n"
        "heavy = {'numpy', 'aiohttp', 'sqlalchemy', 'pydantic', 'rasa_sdk', 'ruamel', 'asyncio', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=empty, env=program_environment(), capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("arguments", [["train"], ["run", "--demo"], ["shell"], ["export"], ["data", "validate"]])
def test_not_a_project(sofy: Sofy, empty: Path, arguments: list[str]) -> None:
    done = sofy(*arguments)
    assert done.code == 1
    assert done.err == "Ce dossier ne contient pas de projet (domain.yml) : placez-vous dans celui de l'assistant.\n"


@pytest.mark.parametrize("arguments", [["run", "--demo"], ["shell"], ["shell", "nlu"], ["test", "core"]])
def test_no_model(sofy: Sofy, empty: Path, arguments: list[str]) -> None:
    write_project(empty)
    (empty / "tests/stories").mkdir(parents=True)
    done = sofy(*arguments)
    assert done.code == 1
    assert done.err == "Aucun modèle n'a été entraîné : lancez « sofy train ».\n"


def test_a_damaged_model(sofy: Sofy, project: Path) -> None:
    for path in (project / "models").glob("*.zip"):
        path.write_bytes(path.read_bytes()[:-100])
    done = sofy("shell", "nlu")
    assert done.code == 1
    assert "ne se lit pas (BadZipFile) : lancez « sofy train »" in done.err


def test_a_bad_project_file(sofy: Sofy, empty: Path) -> None:
    domain = FILES["domain.yml"].replace("entities: []", "entities: []\n        colours: [red]\n        shapes: []")
    write_project(empty, **{"domain.yml": domain})
    for arguments in (["train"], ["data", "validate"]):
        done = sofy(*arguments)
        assert done.code == 1
        text = done.out + done.err
        assert "domain.yml:4: colours" in text
        assert "domain.yml:5: shapes" in text
        assert "Traceback" not in text
    assert not (empty / "models").exists()


def test_training_is_done_when_needed(sofy: Sofy, project: Path) -> None:
    before = sorted((project / "models").iterdir())
    assert "à jour" in sofy("train", "--if-needed").out
    assert sorted((project / "models").iterdir()) == before
    rules = project / "data/rules.yml"
    rules.write_text(rules.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    done = sofy("train", "--if-needed")
    assert done.code == 0, done.err
    assert "Modèle entraîné" in done.out


def test_models_cannot_be_written(sofy: Sofy, empty: Path) -> None:
    write_project(empty)
    (empty / "models").write_text("in the way", encoding="utf-8")
    done = sofy("train")
    assert done.code == 1
    assert "Le modèle ne peut pas être écrit dans models/" in done.err


def test_no_key_outside_demo(sofy: Sofy, project: Path) -> None:
    done = sofy("run")
    assert done.code == 1
    assert done.err.startswith("Il manque SOFY_SECRET_KEY")
    assert not (project / "var").exists()


def test_port_taken(sofy: Sofy, project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = sofy("run", "--demo", "--port", str(port))
    assert done.code == 1
    assert done.err.startswith(f"Le port {port} est déjà pris")
    assert len(done.err.splitlines()) == 1


def test_workers_need_redis(sofy: Sofy, project: Path) -> None:
    done = sofy("run", "--demo", "--workers", "2")
    assert done.code == 1
    assert "REDIS_URL" in done.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://sofy:hunter22@db/sofy"),
        ("REDIS_URL", "http://x"),
        ("PUBLIC_URL", "sofy.example"),
        ("SOFY_SECRET_KEY", "hunter22"),
        ("SOFY_MESSAGES_PER_MINUTE", "beaucoup"),
        ("SOFY_ALLOWED_ORIGINS", "*"),
        ("SOFY_FRAME_ANCESTORS", "https://a.example; script-src *"),
        ("SOFY_LOG_LEVEL", "LOUD"),
    ],
)
def test_wrong_settings(sofy: Sofy, project: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    done = sofy("run", "--demo", "--port", "0")
    assert done.code == 1
    assert done.err.startswith(f"Le réglage {name} n'est pas valable")
    assert "hunter22" not in done.err


def test_shell_nlu(sofy: Sofy, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("bonjour\n\n/greet\n"))
    done = sofy("shell", "nlu")
    decoder, text, found = json.JSONDecoder(), done.out.strip(), []
    while text:
        one, end = decoder.raw_decode(text)
        found.append(one["intent"]["name"])
        text = text[end:].strip()
    assert found == ["greet", "greet"]


SENTENCES = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - bonjour bonjour
    - salut toi
- intent: bye
  examples: |
    - salut
"""


def test_sentences(sofy: Sofy, project: Path) -> None:
    (project / "tests/nlu").mkdir(parents=True)
    done = sofy("test", "nlu")
    assert (done.code, done.err) == (1, "Il n'y a pas de phrases de test dans tests/nlu.\n")
    (project / "tests/nlu/a.yml").write_text(SENTENCES, encoding="utf-8")
    done = sofy("test", "nlu")
    assert done.code == 0, done.err
    assert "Phrases mises de côté : 3 phrases" in done.out
    assert "1  bye pris pour greet" in done.out
    nothing = sofy("test", "nlu", "--compare", "autre.json")
    assert (nothing.code, nothing.err) == (1, "--compare : autre.json n'est pas un rapport de « sofy test nlu ».\n")
    for compared in (sofy("test", "nlu", "--compare"), sofy("test", "nlu", "--compare", "results/nlu_report.json")):
        assert "(+0,0)" in compared.out, compared.err
    report = json.loads((project / "results/nlu_report.json").read_text(encoding="utf-8"))
    assert report["parts"]["held_out"]["intents"]["greet"]["recall"] == 1.0
    assert (project / "results/nlu_report.png").stat().st_size > 1_000
    done = sofy("test", "nlu", "--cross-validation", "--folds", "2")
    assert done.code == 0, done.err
    assert "Validation croisée : 10 phrases" in done.out
    (project / "tests/nlu/a.yml").write_text("nlu:\n- intention: x\n", encoding="utf-8")
    done = sofy("test", "nlu")
    assert done.code == 1
    assert "tests/nlu/a.yml:2" in done.err


def test_a_file_that_is_not_there(sofy: Sofy, project: Path) -> None:
    done = sofy("run", "--demo", "--endpoints", "elsewhere.yml")
    assert (done.code, done.err) == (1, "Le fichier elsewhere.yml n'existe pas.\n")


def test_bad_endpoints(sofy: Sofy, project: Path) -> None:
    (project / "endpoints.yml").write_text("tracker_store:\n  type: SQL\n", encoding="utf-8")
    done = sofy("run", "--demo", "--port", "0")
    assert done.code == 1
    assert "tracker_store n'est pas pris en charge" in done.err
