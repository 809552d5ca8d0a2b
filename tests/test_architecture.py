"""Imports run one way, secrets have no literal, and patients' sentences live in domain.yml."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = {
    "abc", "bisect", "collections", "dataclasses", "datetime", "enum", "functools", "itertools", "re", "secrets",
    "string", "types", "typing", "unicodedata", "__future__", "math", "operator",
    "email_validator", "pydantic", "rapidfuzz", "stdnum",
}  # fmt: skip

LAYERS = {
    "bot.channels": 5,
    "bot.service": 4,
    "bot.rasa": 3,
    "bot.storage": 3,
    "bot.dialogue": 2,
    "bot.nlu": 1,
}
"""Each may import what is lower, never what is higher. What is not listed (errors, project, settings …) is below
all of them or puts them together (app, cli, commands, runtime, model)."""


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    package = name_of(path).split(".") if path.name == "__init__.py" else name_of(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])


@pytest.mark.parametrize("path", modules("bot"), ids=name_of)
def test_the_runtime_does_not_know_the_actions(path: Path) -> None:
    assert not [name for name in imported(path) if name.split(".")[0] == "actions"]


@pytest.mark.parametrize("path", modules("actions"), ids=name_of)
def test_the_actions_do_not_know_the_runtime(path: Path) -> None:
    assert not [name for name in imported(path) if name.split(".")[0] == "bot"]


@pytest.mark.parametrize("path", modules("actions/rules"), ids=name_of)
def test_the_rules_are_pure(path: Path) -> None:
    for name in imported(path):
        assert name.startswith("actions.rules") or name.split(".")[0] in PURE, name


@pytest.mark.parametrize("path", modules("actions/portal"), ids=name_of)
def test_the_portal_does_not_know_the_conversation(path: Path) -> None:
    for name in imported(path):
        ours = name.split(".")[0] == "actions"
        assert not ours or name.startswith(("actions.portal", "actions.rules")), name
        assert name.split(".")[0] != "rasa_sdk"


@pytest.mark.parametrize("path", modules("bot"), ids=name_of)
def test_layers_of_the_runtime(path: Path) -> None:
    own = layer(name_of(path))
    if own is None:
        return
    for name in imported(path):
        other = layer(name)
        assert other is None or other <= own, f"{name_of(path)} imports {name}"


def layer(name: str) -> int | None:
    return next((level for prefix, level in LAYERS.items() if name == prefix or name.startswith(prefix + ".")), None)


_FRENCH = re.compile(r"\b(?:votre|vous|veuillez|merci|bonjour|désolé|s['’]il)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    "path",
    [path for path in modules("actions") if not {"rules", "staff"} & set(path.relative_to(ROOT).parts)],
    ids=name_of,
)
def test_no_sentence_for_patients_in_python(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    loose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings of attributes
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation | loose:
            spoken = len(node.value.split()) > 3 and "\\b" not in node.value and _FRENCH.search(node.value)
            # What the portal tells operators in its errors is not for patients.
            assert not spoken or "portal" in path.parts, node.value


def test_no_module_is_over_four_hundred_lines() -> None:
    long = {name_of(path): lines for path in [*modules("bot"), *modules("actions")] if (lines := _lines(path)) > 400}
    assert not long


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
