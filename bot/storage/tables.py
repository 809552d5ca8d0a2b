"""The two tables of conversations: one row per conversation, one per turn."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table

metadata = MetaData()

_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only for INTEGER

conversations = Table(
    "tracker_conversations",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("key", LargeBinary(32), nullable=False, unique=True),  # keyed hash of the conversation's id
    Column("version", Integer, nullable=False),  # number of the last turn
    Column("session", Integer, nullable=False),  # number of the first turn of the current session
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("ix_tracker_conversations_updated_at", "updated_at"),
)

turns = Table(
    "tracker_turns",
    metadata,
    Column("conversation_id", _ID, ForeignKey(conversations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created_at", Float, nullable=False),
    Column("events", LargeBinary, nullable=False),  # encrypted, redacted Rasa events
)
