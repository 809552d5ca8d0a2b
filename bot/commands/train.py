"""`sofy train`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bot.commands.project import project_root
from bot.model import is_up_to_date, newest_model, train_project
from bot.nlu.errors import NluError


def train(arguments: argparse.Namespace) -> int:
    """Train the project in the current directory, with a progress bar."""
    root = project_root()
    if arguments.if_needed and is_up_to_date(root):
        say(f"Le modèle est à jour : {_shown(newest_model(root), root)}")
        return 0
    started = time.perf_counter()
    try:
        path = _train(root)
    except NluError as error:
        sys.stderr.write(f"L'entraînement n'a pas abouti : {error}\n")
        return 1
    say(f"Modèle entraîné en {time.perf_counter() - started:.1f} s : {_shown(path, root)}".replace(".", ",", 1))
    return 0


def _train(root: Path) -> Path:
    from tqdm import tqdm  # noqa: PLC0415

    with tqdm(desc="Entraînement", unit=" étape", disable=None, leave=False) as bar:

        def progress(done: int, total: int, name: str) -> None:
            bar.total = total
            bar.n = done
            bar.set_postfix_str(name)
            bar.refresh()

        return train_project(root, progress)


def _shown(path: Path | None, root: Path) -> str:
    return path.relative_to(root).as_posix() if path else "?"


def say(text: str) -> None:
    """Write a line to the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
