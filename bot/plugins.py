"""Parts that the project in the current directory adds: commands of `sofy`, and what runs beside the server.

They are named by the entry-point group `sofy.plugins`, and used only when their module's file lies in this project:
so that `sofy` in another project's folder does not run this one's code.
"""

from __future__ import annotations

import argparse
import importlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from bot.errors import SofyError

if TYPE_CHECKING:
    from bot.testing.stage import Rehearsal

logger = logging.getLogger(__name__)

GROUP = "sofy.plugins"


class Command(Protocol):
    """A command that a plugin adds to `sofy`."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class Plugin(Protocol):
    """What a plugin module holds."""

    def commands(self) -> Sequence[Command]:
        """Give the commands it adds."""

    def startup(self, settings: Mapping[str, str], demo: bool) -> Awaitable[None]:
        """Prepare (migrations, demo data); called once before serving."""

    def ready(self) -> Awaitable[str | None]:
        """Tell why it can't serve now; None when it can."""

    def shutdown(self) -> Awaitable[None]:
        """Let go of connections."""

    # Optional: `async def rehearse(settings) -> Rehearsal` starts it for one test story (bot/testing/stage.py).


class PluginError(SofyError):
    """A part of the project does not start; one French sentence."""


class Plugins:
    """The plugins of one project, in the order of their names."""

    def __init__(self, plugins: Mapping[str, Plugin]) -> None:
        self._plugins = dict(sorted(plugins.items()))
        self._started: list[Plugin] = []

    def commands(self) -> list[Command]:
        """Give the commands that they add."""
        return [command for plugin in self._plugins.values() for command in plugin.commands()]

    async def startup(self, environ: Mapping[str, str], *, demo: bool) -> None:
        """Start each. Raises PluginError when one can't; those before it are stopped."""
        for name, plugin in self._plugins.items():
            try:
                await plugin.startup(environ, demo)
            except Exception as error:
                await self.shutdown()
                raise PluginError(_sentence(name, plugin, error)) from error
            self._started.append(plugin)

    async def rehearse(self, environ: Mapping[str, str]) -> list[Rehearsal]:
        """Start each for one test story. Gives what they lend to it (`bot.testing.stage.Rehearsal`)."""
        rehearsals: list[Rehearsal] = []
        for name, plugin in self._plugins.items():
            rehearse = getattr(plugin, "rehearse", None)
            try:
                if rehearse is None:
                    await plugin.startup(environ, False)
                else:
                    rehearsals.append(await rehearse(environ))
            except Exception as error:
                await self.shutdown()
                raise PluginError(_sentence(name, plugin, error)) from error
            self._started.append(plugin)
        return rehearsals

    async def problems(self) -> dict[str, str]:
        """Give the reasons of those that can't serve now, by name."""
        found: dict[str, str] = {}
        for name, plugin in self._plugins.items():
            try:
                reason = await plugin.ready()
            except Exception as error:
                reason = type(error).__name__
            if reason is not None:
                found[name] = reason
        return found

    async def maintain(self) -> None:
        """Let each that has `maintain()` delete what is past its time; called every hour by the server."""
        for name, plugin in self._plugins.items():
            maintain: Callable[[], Awaitable[None]] | None = getattr(plugin, "maintain", None)
            try:
                if maintain is not None:
                    await maintain()
            except Exception as error:
                logger.error("maintenance of %s not done: %s", name, type(error).__name__)

    def counts(self) -> dict[str, int]:
        """Give what each that has `counts()` has counted since its start: events by kind, for the metrics."""
        totals: dict[str, int] = {}
        for plugin in self._plugins.values():
            counts: Callable[[], Mapping[str, int]] | None = getattr(plugin, "counts", None)
            for kind, number in (counts() if counts is not None else {}).items():
                totals[kind] = totals.get(kind, 0) + number
        return totals

    async def shutdown(self) -> None:
        """Stop those that were started, the last first; one that fails does not keep the others from stopping."""
        while self._started:
            plugin = self._started.pop()
            try:
                await plugin.shutdown()
            except Exception as error:
                logger.error("a plugin did not stop: %s", type(error).__name__)


def _sentence(name: str, plugin: Plugin, error: Exception) -> str:
    """The text of the project's own errors is meant for people; another error's may hold anything."""
    package = str(getattr(plugin, "__name__", "")).split(".")[0]
    if package and type(error).__module__.split(".")[0] == package:
        return str(error)
    return f"La partie « {name} » du projet ne démarre pas ({type(error).__name__})."


def load_plugins(root: Path) -> Plugins:
    """Import the installed plugins whose module lies under `root`."""
    found: dict[str, Plugin] = {}
    for point in entry_points(group=GROUP):
        if _lies_in(point.module, root):
            found[point.name] = cast(Plugin, importlib.import_module(point.module))
    return Plugins(found)


def _lies_in(module: str, root: Path) -> bool:
    # Looked up without importing anything: another project's package must not even be imported.
    package, *rest = module.split(".")
    spec = PathFinder.find_spec(package, [str(root)])
    if spec is None or not rest:
        return spec is not None
    path = Path(root, *module.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
