"""What the messaging channels remember: deliveries already taken, one-time links, senders who said STOP.

Everything is looked up by a keyed hash: neither a provider's id, nor a link's token, nor a telephone number can be
read in the database. What a link is for is encrypted, and so is the address of who said STOP: without it a STOP could
not be written again under another key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Connection, Float, Index, LargeBinary, MetaData, Table, delete, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.database import Database
from bot.storage.keyring import Keyring

DELIVERY_SECONDS = 24 * 3600.0
"""How long a delivery is known, and the same one dropped."""
_PURGE_SECONDS = 600.0

metadata = MetaData()
_deliveries = Table(
    "channel_deliveries",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("expires_at", Float, nullable=False),
    Index("ix_channel_deliveries_expires_at", "expires_at"),
)
_links = Table(
    "channel_links",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("conversation", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires_at", Float, nullable=False),
    Index("ix_channel_links_conversation", "conversation"),
)
_refusals = Table(
    "channel_refusals",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("sender", LargeBinary, nullable=False),
    Column("since", Float, nullable=False),
)
_stops = Table(  # of earlier versions: keyed on the conversation's name, which comes from the first key; only read
    "channel_stops",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("since", Float, nullable=False),
)
_STEP = 100


def conversation_names(keyring: Keyring, channel: str, sender: str) -> list[str]:
    """How a sender's conversation is named under each key, the newest first: the address itself is in no name."""
    return [f"{channel}-{each.hex()[:32]}" for each in keyring.hashes(f"sender:{channel}:{sender}")]


class ChannelStore:
    """A few small tables beside the conversations'. Every method raises StorageError when the database is down."""

    def __init__(self, database: Database, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._purged = 0.0

    async def create_schema(self) -> None:
        """Make the tables that are missing."""
        await self._database.run(metadata.create_all, "create the tables")

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    # -- deliveries

    async def is_new(self, channel: str, delivery: str) -> bool:
        """Take note of a delivery; False when it was known already. Of two at once, one is new."""
        now = self._clock()
        row = {"key": self._keys("delivery", channel, delivery)[0], "expires_at": now + DELIVERY_SECONDS}
        too_old = self._purge_is_due(now)

        def work(connection: Connection) -> bool:
            if too_old:
                for table in (_deliveries, _links):
                    connection.execute(delete(table).where(table.c.expires_at <= now))
            return _insert_once(connection, _deliveries, row)

        return await self._database.run(work, "note a delivery")

    async def forget(self, channel: str, delivery: str) -> None:
        """A delivery could not be taken after all: the provider may try again."""
        statement = delete(_deliveries).where(_deliveries.c.key.in_(self._keys("delivery", channel, delivery)))
        await self._database.run(lambda connection: connection.execute(statement), "forget a delivery")

    # -- links

    async def add_link(self, token: str, conversation: str, body: dict[str, Any], seconds: float) -> None:
        """Make a link that holds for `seconds`."""
        row = {
            "key": self._keys("link", token)[0],
            "conversation": self._keys("links of", conversation)[0],
            "body": self._keyring.seal(body),
            "expires_at": self._clock() + seconds,
        }
        await self._database.run(lambda connection: _insert_once(connection, _links, row), "make a link")

    async def link(self, token: str) -> dict[str, Any] | None:
        """Give what a link is for; None when it is unknown, used or too old."""
        query = select(_links.c.body).where(*self._good(token))
        body = await self._database.run(
            lambda connection: connection.execute(query).scalar_one_or_none(), "read a link"
        )
        return self._opened(body)

    async def take_link(self, token: str) -> dict[str, Any] | None:
        """Use a link up and give what it is for. Of two at once, one gets it."""
        statement = delete(_links).where(*self._good(token)).returning(_links.c.body)
        body = await self._database.run(
            lambda connection: connection.execute(statement).scalar_one_or_none(), "use a link"
        )
        return self._opened(body)

    async def drop_links(self, *conversations: str) -> None:
        """Use up every link of these conversations."""
        keys = [key for each in conversations for key in self._keys("links of", each)]
        statement = delete(_links).where(_links.c.conversation.in_(keys))
        await self._database.run(lambda connection: connection.execute(statement), "drop links")

    # -- STOP

    async def stop(self, channel: str, sender: str) -> None:
        """Send nothing more to a sender (the provider's address of theirs)."""
        row = self._refusal(channel, sender, self._clock())
        known = self._refused(channel, sender)

        def work(connection: Connection) -> None:
            if connection.execute(known).first() is None:
                _insert_once(connection, _refusals, row)

        await self._database.run(work, "note a STOP")

    async def start(self, channel: str, sender: str) -> None:
        """Write to a sender again."""
        statements = (
            delete(_refusals).where(_refusals.c.key.in_(self._sender_keys(channel, sender))),
            delete(_stops).where(_stops.c.key.in_(self._former_keys(channel, sender))),
        )

        def work(connection: Connection) -> None:
            for statement in statements:
                connection.execute(statement)

        await self._database.run(work, "note a START")

    async def stopped(self, channel: str, sender: str) -> bool:
        """Tell whether a sender wants no messages. A STOP under an older key moves to the newest on this occasion."""
        query = self._refused(channel, sender)
        newest = self._sender_keys(channel, sender)[0]

        def work(connection: Connection) -> bool:
            found = connection.execute(query).all()
            if found and newest not in {bytes(key) for key, _ in found}:
                keys = [key for key, _ in found]
                row = self._refusal(channel, sender, min(since for _, since in found))
                _insert_once(connection, _refusals, row)
                for table in (_refusals, _stops):
                    connection.execute(delete(table).where(table.c.key.in_(keys)))
            return bool(found)

        return await self._database.run(work, "look for a STOP")

    async def rekey(self) -> int:
        """Write every STOP again that the newest key did not write, step by step; how many there were.

        Those that an earlier version noted hold no address: they move when their sender writes, or is written to.
        Raises UnreadableDataError when a key is missing.
        """
        written, last = 0, b""
        while True:
            step, changed, last = await self._database.run(self._rewrite(last), "write STOPs again")
            written += changed
            if step < _STEP:
                return written

    def _rewrite(self, last: bytes) -> Callable[[Connection], tuple[int, int, bytes]]:
        statement = select(_refusals).where(_refusals.c.key > last).order_by(_refusals.c.key).limit(_STEP)

        def work(connection: Connection) -> tuple[int, int, bytes]:
            rows = connection.execute(statement.with_for_update()).all()
            old = [row for row in rows if not self._keyring.is_current(row.sender)]
            for row in old:
                channel, sender = self._keyring.open(row.sender)
                connection.execute(delete(_refusals).where(_refusals.c.key == row.key))
                _insert_once(connection, _refusals, self._refusal(channel, sender, row.since))
            return len(rows), len(old), bytes(rows[-1].key) if rows else last

        return work

    def _refusal(self, channel: str, sender: str, since: float) -> dict[str, Any]:
        key = self._sender_keys(channel, sender)[0]
        return {"key": key, "sender": self._keyring.seal([channel, sender]), "since": since}

    def _refused(self, channel: str, sender: str) -> Any:
        """Every row that says STOP for this sender, under whichever key and of whichever version: key, since."""
        return union_all(
            select(_refusals.c.key, _refusals.c.since).where(_refusals.c.key.in_(self._sender_keys(channel, sender))),
            select(_stops.c.key, _stops.c.since).where(_stops.c.key.in_(self._former_keys(channel, sender))),
        )

    def _sender_keys(self, channel: str, sender: str) -> list[bytes]:
        return self._keys("stop of", channel, sender)

    def _former_keys(self, channel: str, sender: str) -> list[bytes]:
        names = conversation_names(self._keyring, channel, sender)
        return [key for name in names for key in self._keys("stop", name)]

    def _keys(self, *parts: str) -> list[bytes]:
        return self._keyring.hashes("channel:" + "\x1f".join(parts))

    def _good(self, token: str) -> tuple[Any, ...]:
        return _links.c.key.in_(self._keys("link", token)), _links.c.expires_at > self._clock()

    def _opened(self, body: bytes | None) -> dict[str, Any] | None:
        opened: dict[str, Any] | None = None if body is None else self._keyring.open(body)
        return opened

    def _purge_is_due(self, now: float) -> bool:
        if now - self._purged < _PURGE_SECONDS:
            return False
        self._purged = now
        return True


def _insert_once(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row; False when its key is there already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1
