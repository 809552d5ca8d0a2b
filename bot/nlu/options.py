"""Options of a component: read from `config.yml`, checked, never ignored."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

Options = TypeVar("Options")


class OptionError(ValueError):
    """One option is unknown or has a wrong value."""

    def __init__(self, key: str, problem: str) -> None:
        """Name the option and say what is wrong with it."""
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


def read_options(kind: type[Options], raw: Mapping[str, Any]) -> Options:
    """Make the options dataclass `kind` from a component's keys in `config.yml`.

    Raises:
        OptionError: an unknown key, a missing one, or a value of the wrong type.
    """
    hints = typing.get_type_hints(kind)
    fields = {item.name: item for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in raw:
        if key not in fields:
            raise OptionError(str(key), "unknown option" + _nearest(str(key), list(fields)))
    for key, item in fields.items():
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if required and key not in raw:
            raise OptionError(key, "this option is required")
    return kind(**{key: _checked(key, value, hints[key]) for key, value in raw.items()})


def _nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return f" (did you mean {near[0]}?)"
    return f" (known: {', '.join(known)})" if known else " (this component has none)"


def _checked(key: str, value: Any, wanted: Any) -> Any:
    if typing.get_origin(wanted) in (types.UnionType, typing.Union):
        for choice in typing.get_args(wanted):
            try:
                return _checked(key, value, choice)
            except OptionError:
                continue
        raise OptionError(key, f"expected {_said(wanted)}, not {value!r}")
    if typing.get_origin(wanted) is typing.Literal:
        if value not in typing.get_args(wanted):
            raise OptionError(key, f"expected {_said(wanted)}, not {value!r}")
        return value
    if typing.get_origin(wanted) is list:
        return _checked_list(key, value, typing.get_args(wanted)[0])
    if typing.get_origin(wanted) is dict:
        return _checked_dict(key, value, typing.get_args(wanted)[1])
    return _checked_scalar(key, value, wanted)


def _checked_list(key: str, value: Any, inner: Any) -> list[Any]:
    if not isinstance(value, list):
        raise OptionError(key, f"expected a list, not {value!r}")
    return [_checked(key, item, inner) for item in value]


def _checked_dict(key: str, value: Any, inner: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise OptionError(key, f"expected names and values, not {value!r}")
    return {str(name): _checked(f"{key}.{name}", item, inner) for name, item in value.items()}


def _checked_scalar(key: str, value: Any, wanted: Any) -> Any:
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if wanted is int and isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if wanted is str and isinstance(value, str):
        return str(value)
    if wanted is bool and isinstance(value, bool):
        return value
    if wanted is types.NoneType and value is None:
        return None
    raise OptionError(key, f"expected {_said(wanted)}, not {value!r}")


def _said(wanted: Any) -> str:
    names = {
        float: "a number",
        int: "a whole number",
        str: "a text",
        bool: "true or false",
        types.NoneType: "null",
    }
    if wanted in names:
        return names[wanted]
    if typing.get_origin(wanted) is typing.Literal:
        return " or ".join(str(choice) for choice in typing.get_args(wanted))
    if typing.get_origin(wanted) in (types.UnionType, typing.Union):
        return " or ".join(_said(choice) for choice in typing.get_args(wanted))
    return {list: "a list", dict: "names and values"}.get(typing.get_origin(wanted), str(wanted))
