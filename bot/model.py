"""The trained model: one zip of plain data (JSON and NumPy arrays), made by `sofy train`, loaded in milliseconds."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialogue.core import Core
from bot.dialogue.payloads import parse_payload
from bot.errors import SofyError
from bot.nlu.pipeline import Pipeline
from bot.project.domain import Domain

FORMAT = 3
FOLDER = "models"
_NLU = "nlu/"
_LARGEST = 200 * 1024 * 1024  # bytes unpacked: a damaged or hostile file must not fill the memory

Progress = Callable[[int, int, str], None]
CODE_KINDS = frozenset({".py", ".tsv", ".txt", ".npy"})


class ModelError(SofyError):
    """There is no model, or it can't be read or written; one French sentence."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model ready to answer."""

    path: Path
    fingerprint: str
    domain: Domain
    core: Core
    pipeline: Pipeline

    def parse(self, text: str) -> dict[str, Any]:
        """Give what a message means, in Rasa's shape; `/intent{…}` is read as such."""
        return parse_payload(text, self.domain) or self.pipeline.parse(text).as_dict()


def newest_model(root: Path) -> Path | None:
    """Give the newest model file of a project; names sort by time."""
    return max((root / FOLDER).glob("*.zip"), key=lambda path: path.name, default=None)


def load_model(root: Path, path: Path | None = None) -> Model:
    """Load a model (the project's newest unless `path` says which). Raises ModelError."""
    path = path or newest_model(root)
    if path is None:
        raise ModelError("Aucun modèle n'a été entraîné : lancez « sofy train ».")
    try:
        files = _read(path)
        manifest = json.loads(files["manifest.json"])
        if manifest["format"] != FORMAT:
            raise ModelError(f"Le modèle {path.name} vient d'une autre version : lancez « sofy train ».")
        nlu = {name.removeprefix(_NLU): body for name, body in files.items() if name.startswith(_NLU)}
        return Model(
            path=path,
            fingerprint=str(manifest["fingerprint"]),
            domain=Domain.from_json(json.loads(files["domain.json"])),
            core=Core.from_json(json.loads(files["core.json"])),
            pipeline=Pipeline.from_files(nlu),
        )
    except ModelError:
        raise
    except Exception as error:
        # Whatever a damaged file makes the readers raise, the remedy is the same.
        raise ModelError(
            f"Le modèle {path.name} ne se lit pas ({type(error).__name__}) : lancez « sofy train »."
        ) from error


def _read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST:
            raise ModelError(f"Le modèle {path.name} est trop gros pour être le nôtre.")
        return {name: archive.read(name) for name in archive.namelist()}


def fingerprint(root: Path) -> str:
    """Hash what a model is made from: domain, config, training data, and this format."""
    digest = hashlib.sha256(f"{FORMAT} {_code_version()}".encode())
    for path in _sources(root):
        body = path.read_bytes()
        digest.update(f"\0{path.relative_to(root).as_posix()}\0{len(body)}\0".encode())
        digest.update(body)
    return digest.hexdigest()[:32]


def _sources(root: Path) -> list[Path]:
    folders = [root / "data", root / "domain"]
    found = {path for folder in folders for kind in ("*.yml", "*.yaml") for path in folder.rglob(kind)}
    found |= {root / name for name in ("domain.yml", "config.yml")}
    return sorted(path for path in found if path.is_file())


def _code_version() -> str:
    # Training code, with its tables of spellings and word vectors, is part of what makes a model.
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for part in ("nlu", "dialogue", "project"):
        for path in sorted((folder / part).rglob("*")):
            if path.suffix in CODE_KINDS:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def is_up_to_date(root: Path) -> bool:
    """Tell whether the newest model was made from the project's files as they are."""
    path = newest_model(root)
    if path is None:
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        return bool(manifest["format"] == FORMAT and manifest["fingerprint"] == fingerprint(root))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return False  # can't be read: train again


def train_project(root: Path, progress: Progress | None = None) -> Path:
    """Read and check the project, train, and write the model at once. Raises ProjectError, NluError, ModelError."""
    from bot.dialogue.training import train  # noqa: PLC0415  (training code: `sofy run` never loads it)
    from bot.project.project import load_project  # noqa: PLC0415

    mark = fingerprint(root)
    project = load_project(root)
    core = train(project)
    pipeline = Pipeline.train(project.config.pipeline, project.nlu, list(project.domain.intents), progress)
    files = {
        "domain.json": _json(project.domain.to_json()),
        "core.json": _json(core.to_json()),
        **{_NLU + name: body for name, body in pipeline.to_files().items()},
    }
    return write_model(root, files, mark)


def write_model(root: Path, files: dict[str, bytes], mark: str) -> Path:
    """Write a model file atomically: it is there whole or not at all. Raises ModelError."""
    now = datetime.now(UTC)
    manifest = {"format": FORMAT, "fingerprint": mark, "created": now.isoformat(timespec="seconds")}
    folder = root / FOLDER
    target = folder / f"{now:%Y%m%d-%H%M%S}.zip"
    draft: str | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in {"manifest.json": _json(manifest), **files}.items():
                archive.writestr(name, body)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        raise ModelError(f"Le modèle ne peut pas être écrit dans {FOLDER}/ ({error.strerror}).") from None
    return target


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
