"""Conversations in a SQL database: encrypted events, one row per turn, the current session loaded alone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.storage.database import Database, StorageError
from bot.storage.keyring import Keyring
from bot.storage.tables import conversations, metadata, turns

Events = list[dict[str, Any]]

# Built once: putting a statement together takes as long as running it.
_HEAD = select(conversations.c.id, conversations.c.version, conversations.c.session).where(
    conversations.c.key.in_(bindparam("keys", expanding=True))
)
_SESSION = (
    select(turns.c.events)
    .where(turns.c.conversation_id == bindparam("row"), turns.c.number >= bindparam("first"))
    .order_by(turns.c.number)
)
_ADVANCE = (
    update(conversations)
    .where(conversations.c.id == bindparam("row"), conversations.c.version == bindparam("known"))
    .values(
        key=bindparam("new_key"),  # the newest key's hash: the keys may have been rotated since
        version=bindparam("new_version"),
        session=bindparam("new_session"),
        updated_at=bindparam("now"),
    )
)
_BEGIN = insert(conversations).returning(conversations.c.id)
_TURN = insert(turns)
_ALL = select(conversations.c.id, conversations.c.key).order_by(conversations.c.id)


class ConflictError(StorageError):
    """Someone else wrote this conversation since it was read."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stored conversation stands: its row, its last turn and the first turn of its session."""

    row: int
    version: int
    session: int


class SqlTrackerStore:
    """Stores what each turn added. Times are seconds since 1970 (UTC)."""

    def __init__(self, database: Database, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    async def create_schema(self) -> None:
        """Make the tables that are missing. Raises StorageError when the database is out of reach."""
        await self._database.run(metadata.create_all, "create the tables")

    async def head(self, conversation_id: str) -> Head | None:
        """Tell where the stored conversation stands; None when there is none. One indexed query."""
        keys = self._keyring.hashes(conversation_id)
        return await self._database.run(lambda connection: _head(connection, keys), "read a conversation")

    async def load(self, conversation_id: str) -> tuple[Head, Events] | None:
        """Give the events of the current session, oldest first."""
        keys = self._keyring.hashes(conversation_id)

        def work(connection: Connection) -> tuple[Head, Sequence[bytes]] | None:
            head = _head(connection, keys)
            return (head, _events(connection, head.row, head.session)) if head else None

        found = await self._database.run(work, "read a conversation")
        return (found[0], self._opened(found[1])) if found else None

    async def append(self, conversation_id: str, head: Head | None, events: Events, *, new_session: bool) -> Head:
        """Store one turn after `head` (None: the first), all or nothing.

        Raises ConflictError when the conversation has moved on since `head` was read.
        """
        now = self._clock()
        key = self._keyring.hashes(conversation_id)[0]
        sealed = self._keyring.seal(events)

        def work(connection: Connection) -> Head:
            if head is None:
                after = _begin(connection, key, now)
            else:
                after = _advance(connection, head, key, now, new_session=new_session)
            row = {"conversation_id": after.row, "number": after.version, "created_at": now, "events": sealed}
            connection.execute(_TURN, row)
            return after

        return await self._database.run(work, "store a turn")

    async def forget(self, conversation_id: str) -> None:
        """Delete a conversation with all its turns."""
        keys = self._keyring.hashes(conversation_id)
        statement = delete(conversations).where(conversations.c.key.in_(keys))  # its turns go with it (cascade)
        await self._database.run(lambda connection: connection.execute(statement).close(), "forget a conversation")

    async def conversations(self) -> AsyncIterator[tuple[str, Events]]:
        """Give every conversation whole, oldest first: a short form of its hash, and its events."""
        known = await self._database.run(lambda connection: connection.execute(_ALL).all(), "list the conversations")
        for row, key in known:
            sealed = await self._database.run(_whole(row), "read a conversation")
            yield bytes(key).hex()[:16], self._opened(sealed)

    async def check(self) -> None:
        """Raise StorageError when the database does not answer."""
        await self._database.run(lambda connection: connection.execute(select(1)).all(), "answer")

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    def _opened(self, sealed: Sequence[bytes]) -> Events:
        return [event for token in sealed for event in self._keyring.open(token)]


def _head(connection: Connection, keys: list[bytes]) -> Head | None:
    row = connection.execute(_HEAD, {"keys": keys}).first()
    return Head(*row) if row else None


def _events(connection: Connection, row: int, first: int) -> Sequence[bytes]:
    return connection.execute(_SESSION, {"row": row, "first": first}).scalars().all()


def _whole(row: int) -> Callable[[Connection], Sequence[bytes]]:
    return lambda connection: _events(connection, row, 1)


def _begin(connection: Connection, key: bytes, now: float) -> Head:
    row = {"key": key, "version": 1, "session": 1, "created_at": now, "updated_at": now}
    try:
        return Head(connection.execute(_BEGIN, row).scalar_one(), 1, 1)
    except IntegrityError:
        raise ConflictError("the conversation exists already") from None


def _advance(connection: Connection, head: Head, key: bytes, now: float, *, new_session: bool) -> Head:
    version = head.version + 1
    session = version if new_session else head.session
    values: dict[str, Any] = {"row": head.row, "known": head.version, "new_version": version, "new_session": session}
    values |= {"new_key": key, "now": now}
    if connection.execute(_ADVANCE, values).rowcount != 1:
        raise ConflictError("the conversation has moved on")
    return Head(head.row, version, session)
