"""What the messaging channels remember: deliveries already taken, one-time links, senders who said STOP.

Everything is looked up by a keyed hash: neither a provider's id, nor a link's token, nor a telephone number can be
read in the database. What a link is for is encrypted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Connection, Float, Index, LargeBinary, MetaData, Table, delete, select
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
_stops = Table(
    "channel_stops",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("since", Float, nullable=False),
)


class ChannelStore:
    """Three small tables beside the conversations'. Every method raises StorageError when the database is down."""

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

    async def drop_links(self, conversation: str) -> None:
        """Use up every link of a conversation."""
        statement = delete(_links).where(_links.c.conversation.in_(self._keys("links of", conversation)))
        await self._database.run(lambda connection: connection.execute(statement), "drop links")

    # -- STOP

    async def stop(self, sender: str) -> None:
        """Send nothing more to a sender."""
        row = {"key": self._keys("stop", sender)[0], "since": self._clock()}
        await self._database.run(lambda connection: _insert_once(connection, _stops, row), "note a STOP")

    async def start(self, sender: str) -> None:
        """Write to a sender again."""
        statement = delete(_stops).where(_stops.c.key.in_(self._keys("stop", sender)))
        await self._database.run(lambda connection: connection.execute(statement), "note a START")

    async def stopped(self, sender: str) -> bool:
        """Tell whether a sender wants no messages."""
        query = select(_stops.c.since).where(_stops.c.key.in_(self._keys("stop", sender)))
        found = await self._database.run(lambda connection: connection.execute(query).first(), "look for a STOP")
        return found is not None

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
