"""What several commands need: the project's folder, its settings, and the log."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from bot.errors import SofyError
from bot.settings import Settings, load_settings

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def project_root() -> Path:
    """Give the current directory. Raises SofyError when it holds no project."""
    root = Path.cwd()
    if not (root / "domain.yml").is_file() and not (root / "domain").is_dir():
        raise SofyError("Ce dossier ne contient pas de projet (domain.yml) : placez-vous dans celui de l'assistant.")
    return root


def open_settings(root: Path, *, demo: bool) -> Settings:
    """Read the settings of the project from `.env` and the environment."""
    return load_settings(root, demo=demo, environ=os.environ)


class PlacesOnly(logging.Formatter):
    """Logs an exception as its kind and the places it went through: its text may quote what a patient typed."""

    def formatException(self, info: Any) -> str:
        """One line per exception of the chain, the first cause last."""
        lines: list[str] = []
        error, seen = info[1], set[int]()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            lines.append(f"{type(error).__name__} at {' < '.join(reversed(places[-8:])) or '?'}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def start_log(level: str) -> None:
    """Log to standard error. Other people's libraries only when something is wrong: they may quote what was said."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlacesOnly(_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    for name in ("bot", "actions"):
        logging.getLogger(name).setLevel(level)
