"""The real assistant for simulated patients: service, engine, actions, SQLite stores, mail spool."""

from __future__ import annotations

import csv
import email
import email.policy
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher, Type
from pydantic import SecretStr

from actions.portal.importing import import_files
from actions.portal.passwords import Passwords
from actions.portal.portal import Portal, close_portal, use_portal
from actions.portal.settings import PortalSettings
from bot.dialogue.action_client import InProcessActions
from bot.dialogue.engine import Engine
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.tracker import Tracker
from bot.model import Model, is_up_to_date, load_model, train_project
from bot.privacy import Privacy, read_rules
from bot.project.project import load_endpoints
from bot.runtime import DialogueEngine
from bot.service import ConversationService
from bot.storage.database import open_database
from bot.storage.keyring import Keyring
from bot.storage.limits import MemoryRateLimiter
from bot.storage.locks import MemoryLockStore
from bot.storage.trackers import SqlTrackerStore
from tests.simulation.patients import DEMO, Patient

ROOT = Path(__file__).parents[2]
KEY = SecretStr("a key for the simulation, long enough to be one")
TAKEN = ("lucie_tremblay", "marcgagnon", "portail2026")
"""Usernames that somebody has already."""
_CODE = re.compile(r"(\d{3})\s(\d{3})")


@dataclass
class Clock:
    """Seconds since the epoch, moved by the patients."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """One assistant with its clinics; patients come one after the other."""

    model: Model
    service: ConversationService
    store: SqlTrackerStore
    keyring: Keyring
    portal: Portal
    spool: Path
    clock: Clock
    _mailboxes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def send(self, message: UserMessage, *, own_button: bool = False) -> list[BotMessage]:
        """One message of a patient."""
        return await self.service.handle(message, address="192.0.2.1", own_buttons=own_button)

    def codes(self, address: str) -> list[str]:
        """The codes in a mailbox, oldest first."""
        for path in sorted(self.spool.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found = _CODE.search(str(mail["subject"]))
            if found:
                self._mailboxes[str(mail["to"]).casefold()].append(found[1] + found[2])
            path.unlink()
        return self._mailboxes[address.casefold()]

    def live(self, conversation: str) -> Tracker:
        """The conversation as it is in memory: for the judge, patients do not see it."""
        return self.service._live[conversation].tracker

    async def stored(self, patients: Sequence[Patient]) -> AsyncIterator[tuple[Patient, list[dict[str, Any]]]]:
        """Everything stored of each conversation, older sessions too."""
        known = {self.keyring.hashes(one.conversation)[0].hex()[:16]: one for one in patients}
        async for name, events in self.store.conversations():
            if name in known:
                yield known[name], events


def load_trained() -> Model:
    """The project's model; trained when the files are newer."""
    if not is_up_to_date(ROOT):
        train_project(ROOT)
    return load_model(ROOT)


@asynccontextmanager
async def open_world(
    model: Model, actions: InProcessActions, patients: Sequence[Patient], folder: Path, *, real_hashing: bool = False
) -> AsyncIterator[World]:
    """An assistant whose clinics have a record of each of these patients."""
    clock, spool = Clock(), folder / "mail"
    settings = PortalSettings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{folder / 'portal.db'}"),
        mail_url=SecretStr(f"spool:{spool}"),
        secret_keys=(KEY,),
    )
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
    portal = await Portal.open(settings, clock=clock, passwords=Passwords(None if real_hashing else cheap))
    use_portal(portal)
    keyring = Keyring(KEY)
    store = SqlTrackerStore(
        open_database(SecretStr(f"sqlite+aiosqlite:///{folder / 'conversations.db'}")), keyring, clock
    )
    references = count(1)
    engine = Engine(
        model.domain,
        model.core,
        model.pipeline.parse,
        actions,
        personal=Privacy(read_rules(load_endpoints(ROOT, {}).privacy)).names,
        seed=1,
        clock=clock,
        new_id=lambda: f"ref{next(references):05}",
    )
    service = ConversationService(DialogueEngine(engine), store, MemoryLockStore(), MemoryRateLimiter(clock))
    try:
        await store.create_schema()
        await _fill(portal, patients, folder)
        spool.mkdir(exist_ok=True)
        yield World(model, service, store, keyring, portal, spool, clock)
    finally:
        await service.close()
        await close_portal()


async def _fill(portal: Portal, patients: Sequence[Patient], folder: Path) -> None:
    records = folder / "patients.csv"
    with records.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("clinic_id", "record_number", "nam", "email", "first_name", "last_name"))
        for one in patients:
            for site in filter(None, (one.site, one.second_clinic)):
                writer.writerow((site.clinic_id, f"R-{one.number}", one.nam, one.email, one.first, one.last))
    report = await import_files(portal.core, clinics=DEMO / "clinics.csv", patients=records)
    assert report.done, report.errors[:5]
    for number, name in enumerate(TAKEN):
        conversation, secret = f"someone-{number}", SecretStr("Trois-Canots!77")
        await portal.set_password(conversation, secret)
        assert await portal.confirm_password(conversation, secret)
        await portal.create_account(
            conversation,
            email=f"{name}@example.org",
            nam=f"70000000{number}",
            province="NB",
            username=name,
            terms_version="1",
            privacy_version="1",
        )
