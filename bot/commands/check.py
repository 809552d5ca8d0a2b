"""`sofy data validate` and `sofy test`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import itertools
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.project import project_root, start_log
from bot.errors import SofyError
from bot.lean import import_rasa_sdk
from bot.model import load_model

if TYPE_CHECKING:
    from bot.testing.core import CoreReport
    from bot.testing.stage import Stage

_KINDS = {
    "rules": "règles",
    "forms": "formulaires",
    "slots": "cases",
    "intents": "intentions",
    "responses": "réponses",
    "actions": "actions",
}
"""What coverage tells apart, as the report calls it."""


def validate(_arguments: argparse.Namespace) -> int:
    """Say everything that is wrong with the project: errors first; only errors make it fail."""
    from bot.dialogue.validation import validate_project  # noqa: PLC0415

    problems = validate_project(project_root())
    for problem in problems:
        kind = "erreur" if problem.severity == "error" else "avertissement"
        sys.stdout.write(f"{kind} : {problem}\n")
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        sys.stderr.write(f"{errors} erreur{'s' * (errors > 1)}.\n")
        return 1
    sys.stdout.write("Aucune erreur dans le projet.\n")
    return 0


def test(arguments: argparse.Namespace) -> int:
    """Run the project's test sentences, its test stories, or both."""
    root = project_root()
    start_log("CRITICAL")  # failures are in the report; a story may well provoke errors
    passed = True
    if arguments.part in {None, "nlu"}:
        from bot.commands.check_nlu import test_nlu  # noqa: PLC0415

        passed &= test_nlu(root, arguments)
    if arguments.part in {None, "core"}:
        passed &= _test_core(root, arguments.stories)
    return 0 if passed else 1


def _test_core(root: Path, stories: Path) -> bool:
    if not stories.exists():
        raise SofyError(f"Il n'y a pas de récits de test dans {stories}.")
    import_rasa_sdk()
    from tqdm import tqdm  # noqa: PLC0415

    from bot.testing.core import run_core_tests  # noqa: PLC0415

    place = stories.resolve()

    async def run() -> CoreReport:
        with (
            tempfile.TemporaryDirectory(prefix="sofy-test-") as folder,
            tqdm(desc="Récits", unit=" récit", disable=None, leave=False) as bar,
        ):

            def progress(done: int, total: int) -> None:
                bar.total, bar.n = total, done
                bar.refresh()

            fresh, close = _fresh_stages(root, Path(folder))
            try:
                return await run_core_tests([place], fresh, root=root, progress=progress)
            finally:
                await close()

    report = asyncio.run(run())
    sys.stdout.write("\n".join([*report.lines(), *_summary(report)]) + "\n")
    return report.passed


def _summary(report: CoreReport) -> list[str]:
    """How many stories went as told, and what none of them exercised."""
    total, failed = len(report.results), len(report.failed)
    lines = [f"Récits : {total}, dont {failed} qui ne se déroulent pas comme écrit."]
    if report.coverage.empty:
        return [*lines, "Chaque règle, formulaire, case, intention, réponse et action est dans au moins un récit."]
    left = ((kind, getattr(report.coverage, name)) for name, kind in _KINDS.items())
    return [
        *lines,
        "Dans aucun récit :",
        *(f"  {kind} ({len(names)}) : {', '.join(names)}" for kind, names in left if names),
    ]


def _fresh_stages(root: Path, folder: Path) -> tuple[Callable[[], Awaitable[Stage]], Callable[[], Awaitable[None]]]:
    """Give what makes a stage over data of its own, and what stops the last one.

    The project's parts are started once on demonstration data; every story then begins with a copy of it.
    """
    from bot.dialogue.engine import Engine  # noqa: PLC0415
    from bot.plugins import load_plugins  # noqa: PLC0415
    from bot.runtime import open_actions, project_endpoints  # noqa: PLC0415
    from bot.testing.stage import Stage  # noqa: PLC0415

    model = load_model(root)
    actions = open_actions(root, model, project_endpoints(root, os.environ))
    plugins = load_plugins(root)
    template = folder / "template.db"
    numbers = itertools.count(1)
    os.environ |= {"SOFY_SECRET_KEY": secrets.token_urlsafe(32), "SOFY_DEMO": "1"}

    def use(database: Path, mails: Path) -> None:
        os.environ["DATABASE_URL"] = f"sqlite+aiosqlite:///{database}"
        os.environ["MAIL_URL"] = f"spool:{mails}"

    async def fresh() -> Stage:
        await plugins.shutdown()
        if not template.exists():
            use(template, folder / "mail")
            with contextlib.redirect_stdout(io.StringIO()):  # what to type in the demo is not for here
                await plugins.startup(os.environ, demo=True)
            await plugins.shutdown()
            template.touch()  # a project without parts of its own has no data
        number = next(numbers)
        database = folder / f"{number}.db"
        shutil.copyfile(template, database)
        use(database, folder / f"mail-{number}")
        rehearsals = await plugins.rehearse(os.environ)
        clock = rehearsals[0].clock if rehearsals else time.time
        return Stage(Engine(model.domain, model.core, model.pipeline.parse, actions, clock=clock), tuple(rehearsals))

    return fresh, plugins.shutdown
