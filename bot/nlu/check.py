"""Checks `pipeline:` of `config.yml` as a whole."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import Problem
from bot.nlu.build import RASA_DEFAULT, component_of, short_name
from bot.nlu.options import OptionError
from bot.nlu.registry import COMPONENTS, REFUSED
from bot.project.yaml import line_of, plain, start_line


def plain_config(config: Sequence[Any] | None) -> list[dict[str, Any]]:
    """A checked pipeline in plain types: every entry a dict; Rasa's default one when there is none."""
    return [dict(plain({"name": entry} if isinstance(entry, str) else entry)) for entry in config or RASA_DEFAULT]


def check_config(config: Sequence[Any] | None, file: str = "config.yml") -> list[Problem]:
    """Everything that is wrong with a pipeline; lines are named when it was read by ruamel.yaml."""
    if config is not None and (isinstance(config, str) or not isinstance(config, Sequence)):
        return [Problem("a list of components is expected here", file, 0, "pipeline")]
    problems = [_problem(at, entry, file) for at, entry in enumerate(config or ())]
    return [problem for problem in problems if problem is not None]


def _problem(at: int, entry: Any, file: str) -> Problem | None:
    key = f"pipeline[{at}]"
    if isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        return Problem("a component needs a name", file, start_line(entry), key)
    name = short_name(str(entry["name"]))
    if name not in COMPONENTS:
        return Problem(_unknown(name), file, line_of(entry, "name"), f"{key}.name")  # type: ignore[arg-type]
    try:
        component_of(plain(entry))
    except OptionError as error:
        line = line_of(entry, error.key.partition(".")[0])  # type: ignore[arg-type]
        return Problem(f"{name}: {error.problem}", file, line, f"{key}.{error.key}")
    return None


def _unknown(name: str) -> str:
    if name in REFUSED:
        return f"{name} is not supported: {REFUSED[name]}"
    near = difflib.get_close_matches(name, COMPONENTS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(COMPONENTS))}"
    return f"there is no component {name} ({hint})"
