"""`sofy test nlu`: the model on sentences that it was not trained on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import Problem, ProjectError, SofyError
from bot.model import load_model
from bot.nlu.data import Example
from bot.project.nlu_reader import NluCollector, read_nlu
from bot.project.yaml import Source, yaml_files

if TYPE_CHECKING:
    from bot.testing.nlu_measures import Outcome


LAST = Path("-")
"""`--compare` without a name: the last report."""


def test_nlu(root: Path, arguments: argparse.Namespace) -> bool:
    """Measure the held-out sentences and, when asked for, by cross-validation; write the report and sum it up."""
    from bot.testing.nlu import make_report, parse_all, write_report  # noqa: PLC0415
    from bot.testing.nlu_text import summary  # noqa: PLC0415

    model = load_model(root)
    held_out = read_examples(arguments.nlu)
    if not held_out and not arguments.cross_validation:
        raise SofyError(f"Il n'y a pas de phrases de test dans {arguments.nlu}.")
    parts: dict[str, Sequence[Outcome]] = {"held_out": parse_all(model.pipeline, held_out)}
    count = len(held_out)
    if arguments.cross_validation:
        parts["cross_validation"] = _cross_validate(root, arguments.folds)
        count += len(parts["cross_validation"])
    before = _earlier(arguments)
    report = make_report(parts, count)
    written = write_report(report, arguments.out)
    sys.stdout.write("\n".join(summary(report, before)) + "\n")
    sys.stdout.write(f"Rapports : {', '.join(path.as_posix() for path in written)}\n")
    return True  # a measure, not a verdict: as in Rasa, only what can't be run fails


def _earlier(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """The report to compare with: the one named, else the last one, if there is one.

    Raises:
        SofyError: `--compare` was asked for, and there is no report to compare with.
    """
    from bot.testing.nlu import REPORT, last_report, read_report  # noqa: PLC0415

    if arguments.compare is None:
        return last_report(arguments.out)
    named = arguments.out / REPORT if arguments.compare == LAST else arguments.compare
    report = read_report(named)
    if report is None:
        raise SofyError(f"--compare : {named} n'est pas un rapport de « sofy test nlu ».")
    return report


def _cross_validate(root: Path, folds: int) -> Sequence[Outcome]:
    from tqdm import tqdm  # noqa: PLC0415

    from bot.project.project import load_project  # noqa: PLC0415
    from bot.testing.nlu import Folds, cross_validate  # noqa: PLC0415

    project = load_project(root)
    with tqdm(desc="Validation croisée", unit=" partie", disable=None, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.refresh()

        return cross_validate(project.config.pipeline, project.nlu, Folds(folds), progress)


def read_examples(place: Path) -> list[Example]:
    """Read test sentences in Rasa's NLU format from a file or a folder. Raises ProjectError."""
    problems: list[Problem] = []
    collector = NluCollector()
    for path in yaml_files(place) if place.is_dir() else [place] if place.is_file() else []:
        source = Source(path.as_posix(), problems)
        node = source.mapping(source.load(path.read_text(encoding="utf-8")), 1, "")
        if node is not None:
            source.only(node, {"version", "nlu"})
            read_nlu(node, source, collector)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ProjectError(errors)
    return list(collector.data().examples)
