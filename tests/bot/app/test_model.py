import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.model import ModelError, fingerprint, is_up_to_date, load_model, newest_model, train_project, write_model
from tests.bot.tiny import write_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_project(tmp_path_factory.mktemp("model"))
    train_project(root)
    return root


def test_a_model_answers(project: Path) -> None:
    model = load_model(project)
    assert model.parse("bonjour")["intent"]["name"] == "greet"
    assert model.parse("/bye")["intent"] == {"name": "bye", "confidence": 1.0}
    assert model.domain.secret_slots == {"password"}


def test_it_is_data_only(project: Path) -> None:
    path = newest_model(project)
    assert path is not None
    with zipfile.ZipFile(path) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".json", ".npy"}
        for name in archive.namelist():
            if name.endswith(".npy"):
                import numpy

                numpy.load(io.BytesIO(archive.read(name)), allow_pickle=False)


def test_loading_imports_no_training_library(project: Path) -> None:
    code = (
        "import sys, pathlib\nfrom bot.model import load_model\nload_model(pathlib.Path.cwd()).parse('bonjour')\n"
        "print(sorted({'sklearn', 'scipy', 'matplotlib', 'alembic', 'redis', 'asyncpg'} & set(sys.modules)))"
    )
    sources = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONPATH": str(sources)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True, env=environment
    )
    assert run.stdout.strip() == "[]"


def test_the_fingerprint_is_of_the_files(project: Path) -> None:
    assert is_up_to_date(project)
    before = fingerprint(project)
    extra = project / "data/more.yml"
    extra.write_text("nlu: []\n", encoding="utf-8")
    assert fingerprint(project) != before
    assert not is_up_to_date(project)
    extra.unlink()
    assert fingerprint(project) == before


@pytest.mark.parametrize("body", [b"", b"PK\x05\x06" + b"\0" * 18, b"x" * 1000])
def test_a_file_that_is_no_model(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/20260101-000000.zip").write_bytes(body)
    with pytest.raises(ModelError, match="sofy train"):
        load_model(tmp_path)
    assert not is_up_to_date(tmp_path)


def test_a_model_of_another_version(tmp_path: Path) -> None:
    path = write_model(tmp_path, {}, "mark")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": 99, "fingerprint": "x"}))
    with pytest.raises(ModelError, match="autre version"):
        load_model(tmp_path)


def test_a_pickle_is_refused(project: Path, tmp_path: Path) -> None:
    import numpy

    path = newest_model(project)
    assert path is not None
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    hostile = io.BytesIO()
    numpy.save(hostile, numpy.array([{"a": print}], dtype=object), allow_pickle=True)
    for name in files:
        if name.endswith(".npy"):
            files[name] = hostile.getvalue()
    del files["manifest.json"]
    write_model(tmp_path, files, "mark")
    with pytest.raises(ModelError, match="ne se lit pas"):
        load_model(tmp_path)


def test_a_changed_table_makes_another_model(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint covers the spellings and the vectors, not only the Python beside them."""
    from bot import model

    table = tmp_path / "nlu" / "spellings.tsv"
    table.parent.mkdir()
    table.write_text("chu\tje suis\n", encoding="utf-8")
    monkeypatch.setattr(model, "__file__", str(tmp_path / "model.py"))
    before = fingerprint(project)
    table.write_text("chu\tje suis\njsuis\tje suis\n", encoding="utf-8")
    assert fingerprint(project) != before
