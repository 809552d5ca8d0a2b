"""What is done to stored conversations besides holding them: anonymized, deleted, written again under another key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from bot.privacy import Privacy
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from bot.storage.tables import conversations, metadata, turns
from bot.storage.trackers import Events

_STEP = 100
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation of someone: its row, a short form of its hash, when it began and was last used, its events."""

    row: int
    name: str
    began: float
    used: float
    events: Events


class ConversationKeeper:
    """Works on all conversations, whoever's they are. Every method raises StorageError when the database is down."""

    def __init__(self, database: Database, keyring: Keyring, privacy: Privacy) -> None:
        self._database, self._keyring, self._privacy = database, keyring, privacy

    async def create_schema(self) -> None:
        """Make the tables that are missing."""
        await self._database.run(metadata.create_all, "create the tables")

    async def delete(self, cutoff: float) -> int:
        """Delete the conversations not used since, and the older sessions of the others; how many were deleted."""
        old_turns = delete(turns).where(
            turns.c.created_at <= cutoff,
            turns.c.conversation_id.in_(
                select(conversations.c.id).where(
                    conversations.c.id == turns.c.conversation_id, turns.c.number < conversations.c.session
                )
            ),
        )

        def work(connection: Connection) -> int:
            gone = connection.execute(delete(conversations).where(conversations.c.updated_at <= cutoff)).rowcount
            connection.execute(old_turns)
            return gone

        return await self._database.run(work, "delete old conversations")

    async def anonymize(self, cutoff: float) -> int:
        """Mask the personal values of conversations not used since; how many there were.

        Masked values are no use to go on with: who comes back begins a new session.
        """
        due = select(conversations.c.id, conversations.c.version).where(
            conversations.c.updated_at <= cutoff, conversations.c.session <= conversations.c.version
        )
        rows = await self._database.run(lambda connection: connection.execute(due).all(), "list the conversations")
        return sum([await self._database.run(self._mask(row, known), "anonymize") for row, known in rows])

    def _mask(self, row: int, known: int) -> Callable[[Connection], bool]:
        stays = (conversations.c.id == row) & (conversations.c.version == known)
        # The version moves on, so that a turn that runs at this moment does not write over it.
        moved = update(conversations).where(stays).values(version=known + 1, session=known + 2)

        def work(connection: Connection) -> bool:
            if connection.execute(moved).rowcount != 1:
                return False
            stored = connection.execute(_turns_of(row)).all()
            opened = [self._keyring.open(events) for _, events in stored]
            masked = self._privacy.mask_events([event for events in opened for event in events])
            for (number, _), events in zip(stored, opened, strict=True):
                part, masked = masked[: len(events)], masked[len(events) :]
                connection.execute(_put(row, number, self._keyring.seal(part)))
            return True

        return work

    async def erase(self, ids: Iterable[str] = (), values: Collection[str] = ()) -> int:
        """Delete the conversations of these ids, and those in which one of these values was given; how many."""
        rows = [found.row for found in await self.of(values)] if values else []
        keys = [key for each in ids for key in self._keyring.hashes(each)]
        chosen = conversations.c.id.in_(rows) | conversations.c.key.in_(keys)
        return await self._database.run(
            lambda connection: connection.execute(delete(conversations).where(chosen)).rowcount, "erase"
        )

    async def of(self, values: Collection[str]) -> list[Found]:
        """The conversations in which one of these values was given to a personal slot. Everything is read for it."""
        wanted = {_plain(value) for value in values}
        columns = select(conversations).order_by(conversations.c.id)
        rows = await self._database.run(lambda connection: connection.execute(columns).all(), "list the conversations")
        found = []
        for row in rows:
            events = await self._events(row.id)
            if any(_plain(value) in wanted for value in self._given(events)):
                found.append(Found(row.id, bytes(row.key).hex()[:16], row.created_at, row.updated_at, events))
        return found

    async def rekey(self, progress: Progress = lambda done, total: None) -> int:
        """Write the turns again that the newest key did not write, step by step; how many there were.

        A conversation's own hash moves to the newest key with its next turn (its id is stored nowhere).
        """
        count = select(func.count()).select_from(turns)
        total = await self._database.run(lambda connection: connection.execute(count).scalar_one(), "count")
        written, done, last = 0, 0, (0, 0)
        while True:
            step, changed, last = await self._database.run(self._rewrite(last), "write conversations again")
            written, done = written + changed, done + step
            progress(done, max(total, done))
            if step < _STEP:
                return written

    def _rewrite(self, last: tuple[int, int]) -> Callable[[Connection], tuple[int, int, tuple[int, int]]]:
        where = turns.c
        after = (where.conversation_id > last[0]) | ((where.conversation_id == last[0]) & (where.number > last[1]))
        statement = select(turns).where(after).order_by(where.conversation_id, where.number).limit(_STEP)

        def work(connection: Connection) -> tuple[int, int, tuple[int, int]]:
            rows = connection.execute(statement.with_for_update()).all()
            old = [row for row in rows if not self._keyring.is_current(row.events)]
            for row in old:
                sealed = self._keyring.seal(self._keyring.open(row.events))
                connection.execute(_put(row.conversation_id, row.number, sealed))
            return len(rows), len(old), (rows[-1].conversation_id, rows[-1].number) if rows else last

        return work

    def masked(self, events: Events) -> Events:
        """Events as staff may read them."""
        return self._privacy.mask_events(events)

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    async def _events(self, row: int) -> Events:
        stored = await self._database.run(lambda connection: connection.execute(_turns_of(row)).all(), "read")
        return [event for _, sealed in stored for event in self._keyring.open(sealed)]

    def _given(self, events: Sequence[Mapping[str, Any]]) -> Iterable[str]:
        for event in events:
            if event.get("event") == "slot" and event.get("name") in self._privacy.names:
                yield from _texts(event.get("value"))


def _turns_of(row: int) -> Any:
    return select(turns.c.number, turns.c.events).where(turns.c.conversation_id == row).order_by(turns.c.number)


def _put(row: int, number: int, sealed: bytes) -> Any:
    return update(turns).where(turns.c.conversation_id == row, turns.c.number == number).values(events=sealed)


def _plain(value: str) -> str:
    return "".join(value.split()).casefold()


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
