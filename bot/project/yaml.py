"""YAML with line numbers, read strictly: what is not known is a problem, never skipped in silence."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.errors import Problem, Severity

_VARIABLE = re.compile(r"\$\{(\w+)\}")


class Source:
    """One file being read, and the list its problems go to."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        """`name` is the path that people are shown."""
        self.name = name
        self.problems = problems

    def report(self, message: str, line: int = 0, key: str = "", severity: Severity = "error") -> None:
        """Note a problem in this file."""
        self.problems.append(Problem(message, self.name, line, key, severity))

    def load(self, text: str) -> Any:
        """Parse one YAML document; a syntax error becomes a problem and gives None."""
        parser = YAML(typ="rt", pure=True)
        try:
            return parser.load(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.report(error.problem or "not valid YAML", mark.line + 1 if mark else 0)
        except (YAMLError, ValueError) as error:
            self.report(f"not valid YAML ({type(error).__name__})")
        return None

    def mapping(self, value: Any, line: int, key: str) -> CommentedMap | None:
        """`value` if it is a mapping, else None and a problem (a missing value gives None silently)."""
        if value is None:
            return None
        if isinstance(value, CommentedMap):
            return value
        self.report("a mapping is expected here", line, key)
        return None

    def sequence(self, value: Any, line: int, key: str) -> CommentedSeq | None:
        """`value` if it is a list, else None and a problem (a missing value gives None silently)."""
        if value is None:
            return None
        if isinstance(value, CommentedSeq):
            return value
        self.report("a list is expected here", line, key)
        return None

    def only(self, node: CommentedMap, allowed: Collection[str], key: str = "") -> None:
        """Report every key of `node` that is not in `allowed`."""
        for name in node:
            if name not in allowed:
                path = f"{key}.{name}" if key else str(name)
                self.report("this key is not supported", line_of(node, name), path)

    def entries(self, node: CommentedMap) -> Iterator[tuple[str, Any, int]]:
        """Name, value and line of every entry of a mapping."""
        for name, value in node.items():
            yield str(name), value, line_of(node, name)

    def items(self, node: CommentedSeq) -> Iterator[tuple[Any, int]]:
        """Value and line of every item of a list."""
        for index, value in enumerate(node):
            yield value, item_line(node, index)


def line_of(node: CommentedMap, name: object) -> int:
    """1-based line of a key."""
    try:
        return int(node.lc.key(name)[0]) + 1
    except (KeyError, TypeError, AttributeError):
        return start_line(node)


def item_line(node: CommentedSeq, index: int) -> int:
    """1-based line of a list item."""
    try:
        return int(node.lc.item(index)[0]) + 1
    except (KeyError, TypeError, AttributeError):
        return start_line(node)


def start_line(node: Any) -> int:
    """1-based line at which a mapping or a list starts; 0 when unknown."""
    line = getattr(getattr(node, "lc", None), "line", None)
    return int(line) + 1 if line is not None else 0


def plain(value: Any) -> Any:
    """Ordinary dicts, lists, strings and numbers in place of ruamel's own."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return bool(value) if type(value).__name__ == "ScalarBoolean" else str(value)


def expand(value: Any, source: Source, environment: Mapping[str, str] | None = None, key: str = "") -> Any:
    """Put environment variables in place of `${NAME}` in every string; an unset one is a problem."""
    known = os.environ if environment is None else environment
    if isinstance(value, dict):
        return {name: expand(inner, source, known, f"{key}.{name}" if key else name) for name, inner in value.items()}
    if isinstance(value, list):
        return [expand(inner, source, known, key) for inner in value]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in known:
            source.report(f"the environment variable {name} is not set", key=key)
        return known.get(name, "")

    return _VARIABLE.sub(replace, value)


def yaml_files(folder: Path) -> list[Path]:
    """Every YAML file below a folder, in a stable order; hidden files and folders are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in {".yml", ".yaml"}
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
