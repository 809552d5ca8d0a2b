"""The assistant's conversations, as `sofy` lends them to a command (`bot/commands/archive.py`)."""

from __future__ import annotations

import getpass
import re
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from actions.portal.errors import PortalError
from actions.portal.portal import Portal


class Archive(Protocol):
    """The stored conversations."""

    async def purge(self) -> dict[str, int]:
        """Do what endpoints.yml schedules: {anonymization, deletion}."""

    async def erase(self, ids: Iterable[str] = (), values: Collection[str] = ()) -> int:
        """Delete the conversations of these ids, and those in which one of these values was given."""

    async def of(self, values: Collection[str]) -> list[dict[str, Any]]:
        """The conversations in which one of these values was given."""

    async def rekey(self, progress: Callable[[int, int], None]) -> int:
        """Write every turn again under the newest key."""

    async def rekey_stops(self) -> int:
        """Write again, under the newest key, who wants no text messages."""


@asynccontextmanager
async def conversations(args: Namespace) -> AsyncIterator[Archive]:
    """The conversations. Without them a command would say that all is done when half of it is."""
    opened = getattr(args, "conversations", None)
    if opened is None:
        raise PortalError("Les conversations ne sont pas accessibles: lancez la commande par « sofy ».")
    try:
        async with opened() as archive:
            yield archive
    except PortalError:
        raise
    except Exception as error:
        if type(error).__name__ in {"SofyError", "SettingsError"}:  # the assistant's own: one French sentence
            raise PortalError(str(error)) from None
        raise


async def note_access(portal: Portal, command: str) -> None:
    """Write in the access log (the audit trail) that someone on staff looked at a person's data."""
    await portal.audit("accessed", command=command, operator=operator())


def operator() -> str:
    """The user of this machine who runs the command, as an identifier."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)[:100] or "unknown"
