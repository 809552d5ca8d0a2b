"""The stored conversations, lent as `conversations` to the project's commands (purge, erase, rekey, access-report)."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.commands.project import open_settings
from bot.errors import SofyError
from bot.model import load_model, newest_model
from bot.privacy import Privacy, read_rules
from bot.project.domain import DEFAULT_SESSION_MINUTES
from bot.runtime import project_endpoints
from bot.schedules import Schedule, read_schedules
from bot.settings import SECRET_KEY_FILE, masked_url
from bot.storage.channels import ChannelStore
from bot.storage.database import StorageError, open_database
from bot.storage.keeping import ConversationKeeper
from bot.storage.keyring import Keyring, UnreadableDataError


class Archive:
    """The conversations of one project. Every method raises SofyError with one French sentence."""

    def __init__(
        self, keeper: ConversationKeeper, channels: ChannelStore, schedules: list[Schedule], session_minutes: float
    ) -> None:
        self._keeper, self._channels = keeper, channels
        self._schedules, self._session_minutes = schedules, session_minutes

    async def purge(self) -> dict[str, int]:
        """Do what endpoints.yml schedules, now: how many conversations were anonymized, and deleted."""
        counts = {"anonymization": 0, "deletion": 0}
        for schedule in self._schedules:
            cutoff = schedule.cutoff(time.time(), self._session_minutes)
            work = self._keeper.anonymize if schedule.job == "anonymization" else self._keeper.delete
            counts[schedule.job] = await work(cutoff)
        return counts

    async def erase(self, ids: Iterable[str] = (), values: Collection[str] = ()) -> int:
        """Delete the conversations of these ids, and those in which one of these values was given."""
        return await self._keeper.erase(ids, values)

    async def of(self, values: Collection[str]) -> list[dict[str, Any]]:
        """The conversations in which one of these values was given: what was said in them, by whom, when."""
        return [
            {"conversation": found.name, "began": found.began, "used": found.used, "messages": _said(found.events)}
            for found in await self._keeper.of(values)
        ]

    async def rekey(self, progress: Callable[[int, int], None]) -> int:
        """Write every turn again under the newest key; how many there were."""
        return await self._keeper.rekey(progress)

    async def rekey_stops(self) -> int:
        """Write again, under the newest key, who wants no text messages; how many there were."""
        await self._channels.create_schema()
        return await self._channels.rekey()


def archive_of(root: Path) -> Callable[[], Any]:
    """Give what opens the project's conversations: `async with arguments.conversations() as archive`."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Archive]:
        # The demo's conversations are under the demo's key.
        demo = not os.environ.get("SOFY_SECRET_KEY") and (root / SECRET_KEY_FILE).is_file()
        settings = open_settings(root, demo=demo)
        section = project_endpoints(root, os.environ).privacy
        try:
            privacy, schedules = Privacy(read_rules(section)), read_schedules(section)
        except ValueError as error:
            raise SofyError(f"endpoints.yml : la clé {error} n'est pas valable.") from None
        minutes = load_model(root).domain.session_minutes if newest_model(root) else float(DEFAULT_SESSION_MINUTES)
        try:
            database = open_database(settings.conversations_url)
            keyring = Keyring(settings.secret_key)
            keeper, channels = ConversationKeeper(database, keyring, privacy), ChannelStore(database, keyring)
            try:
                await keeper.create_schema()
                yield Archive(keeper, channels, schedules, minutes)
            finally:
                await keeper.close()
        except StorageError:
            where = masked_url(settings.conversations_url.get_secret_value())
            raise SofyError(f"La base de données {where} ne répond pas.") from None
        except UnreadableDataError:
            raise SofyError(
                "Des conversations sont chiffrées avec une clé qui n'est pas dans SOFY_SECRET_KEY."
            ) from None

    return opened


def _said(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = []
    for event in events:
        if event.get("event") in {"user", "bot"} and event.get("text"):
            lines.append({"at": event.get("timestamp"), "from": event["event"], "text": event["text"]})
        elif event.get("event") == "slot" and event.get("value") is not None:
            lines.append({"at": event.get("timestamp"), "kept": event["name"], "value": event["value"]})
    return lines
