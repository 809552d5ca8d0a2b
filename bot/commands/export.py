"""`sofy export`: conversations for review, without secrets and with personal values masked."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

from bot.commands.project import open_settings, project_root
from bot.errors import SofyError
from bot.privacy import Privacy, read_rules
from bot.runtime import project_endpoints
from bot.settings import SECRET_KEY_FILE, Settings, masked_url
from bot.storage.database import StorageError, open_database
from bot.storage.keyring import Keyring, UnreadableDataError
from bot.storage.trackers import SqlTrackerStore


def export(arguments: argparse.Namespace) -> int:
    """Write one JSON object per line: `{conversation, events}` (the id is a short keyed hash)."""
    root = project_root()
    # The demo's conversations are under the demo's key.
    demo = not os.environ.get("SOFY_SECRET_KEY") and (root / SECRET_KEY_FILE).is_file()
    settings = open_settings(root, demo=demo)
    try:
        privacy = Privacy(read_rules(project_endpoints(root, os.environ).privacy))
    except ValueError as error:
        raise SofyError(f"endpoints.yml : la clé {error} n'est pas valable.") from None
    try:
        with _output(arguments.out) as file:
            count = asyncio.run(_write(settings, privacy, file))
    except StorageError:
        where = masked_url(settings.conversations_url.get_secret_value())
        raise SofyError(f"La base de données {where} ne répond pas.") from None
    except UnreadableDataError:
        raise SofyError("Des conversations sont chiffrées avec une clé qui n'est pas dans SOFY_SECRET_KEY.") from None
    sys.stderr.write(f"{count} conversation{'s' * (count > 1)} exportée{'s' * (count > 1)}.\n")
    return 0


def _output(path: Path | None) -> TextIO | nullcontext[TextIO]:
    if path is None:
        return nullcontext(sys.stdout)
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise SofyError(f"Le fichier {path} ne peut pas être écrit ({error.strerror}).") from None


async def _write(settings: Settings, privacy: Privacy, file: TextIO) -> int:
    store = SqlTrackerStore(open_database(settings.conversations_url), Keyring(settings.secret_key))
    count = 0
    try:
        await store.create_schema()
        async for name, events in store.conversations():
            line = {"conversation": name, "events": privacy.mask_events(events)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    finally:
        await store.close()
    return count
