"""Functions of the project, named by dotted path in `config.yml`."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.nlu.options import OptionError

_PACKAGE = "actions."


def import_function(path: str, key: str) -> Callable[..., Any]:
    """Import a function of the current project's `actions` package; nothing else may be named.

    Raises:
        OptionError: it is elsewhere, or does not exist.
    """
    module_name, _, name = path.rpartition(".")
    if not (module_name + ".").startswith(_PACKAGE):
        raise OptionError(key, f"{path} is not in the project's actions package")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise OptionError(key, f"{path}: {error}") from error
    origin = Path(module.__file__ or "").resolve()
    if not origin.is_relative_to(Path.cwd().resolve()):
        raise OptionError(key, f"{path} is not in the current project")
    function = getattr(module, name, None)
    if not callable(function):
        raise OptionError(key, f"{path}: there is no such function")
    return function  # type: ignore[no-any-return]
