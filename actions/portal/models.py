"""The tables. Times are seconds since the epoch; ``*_index`` columns are keyed hashes (blind indexes)."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

HEAD = "0003"
"""The newest migration: what ``alembic_version`` must say (a test holds it against the folder)."""

Mac = String(64)


class Base(DeclarativeBase):
    """Base of the tables."""


class Clinic(Base):
    """A clinic, or a GMF with all of its sites."""

    __tablename__ = "clinics"
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class Site(Base):
    """A place of a clinic."""

    __tablename__ = "sites"
    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)


class Record(Base):
    """A patient's record in a clinic; ``person`` is {nam, email, first_name, last_name}, sealed."""

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("clinic_id", "record_key", "occurrence"),
        Index("ix_records_match", "clinic_id", "nam_index", "email_index"),
        Index("ix_records_email_index", "email_index"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.id"))
    record_key: Mapped[str] = mapped_column(String(200))
    occurrence: Mapped[int]
    """0, then 1, 2 … for lines of one file that share a record number: none of them is lost."""
    nam_index: Mapped[str] = mapped_column(Mac)
    email_index: Mapped[str | None] = mapped_column(Mac)
    content_mac: Mapped[str] = mapped_column(Mac)
    person: Mapped[bytes] = mapped_column(LargeBinary)


class Account(Base):
    """A patient's account, provisional until ``verified_at``; ``person`` is {email, nam, username}, sealed.

    ``pending`` holds a verified account's new email or NAM until a code proves the mailbox.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        Index(
            # On PostgreSQL the migration says the same; said here, it would load that dialect at every start.
            "uq_accounts_verified_email",
            "email_index",
            unique=True,
            sqlite_where=text("verified_at IS NOT NULL"),
        ),
        Index(
            "uq_accounts_verified_nam",
            "nam_index",
            unique=True,
            sqlite_where=text("verified_at IS NOT NULL"),
        ),
        Index("ix_accounts_email_index", "email_index"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    username_index: Mapped[str] = mapped_column(Mac, unique=True)
    email_index: Mapped[str] = mapped_column(Mac)
    nam_index: Mapped[str] = mapped_column(Mac)
    person: Mapped[bytes] = mapped_column(LargeBinary)
    pending: Mapped[bytes | None] = mapped_column(LargeBinary)
    province: Mapped[str] = mapped_column(String(2))
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Double)
    expires_at: Mapped[float | None] = mapped_column(Double, index=True)
    verified_at: Mapped[float | None] = mapped_column(Double)


class Consent(Base):
    """What was accepted, in which version, when."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    document: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(50))
    accepted_at: Mapped[float] = mapped_column(Double)


class Link(Base):
    """An account linked to a clinic's record."""

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("account_id", "clinic_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.id"), index=True)
    record_key: Mapped[str] = mapped_column(String(200))
    linked_at: Mapped[float] = mapped_column(Double)


class SignupDraft(Base):
    """What a conversation entered so far, for a day; ``fields`` is sealed, the password a hash, for less."""

    __tablename__ = "signup_drafts"
    conv_index: Mapped[str] = mapped_column(Mac, primary_key=True)
    email_index: Mapped[str | None] = mapped_column(Mac, index=True)
    fields: Mapped[bytes] = mapped_column(LargeBinary)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_confirmed: Mapped[bool]
    password_expires_at: Mapped[float | None] = mapped_column(Double)
    expires_at: Mapped[float] = mapped_column(Double, index=True)


class ActivationCode(Base):
    """A code that was sent, kept as a keyed hash; at most one is live per account and clinic."""

    __tablename__ = "activation_codes"
    __table_args__ = (
        Index(
            "uq_activation_codes_live",
            "account_id",
            "clinic_id",
            unique=True,
            sqlite_where=text("state = 'live'"),
        ),
        Index("ix_activation_codes_account_clinic", "account_id", "clinic_id", "sent_at"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    clinic_id: Mapped[str] = mapped_column(ForeignKey("clinics.id"))
    conv_index: Mapped[str] = mapped_column(Mac, index=True)
    page_index: Mapped[str] = mapped_column(Mac)
    email_index: Mapped[str] = mapped_column(Mac, index=True)
    nam_index: Mapped[str] = mapped_column(Mac)
    record_key: Mapped[str] = mapped_column(String(200))
    code_mac: Mapped[str] = mapped_column(Mac)
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int]
    sent_at: Mapped[float] = mapped_column(Double, index=True)
    expires_at: Mapped[float] = mapped_column(Double)


class AuditEvent(Base):
    """One line of the audit trail: only ever added, chained to the one before by a keyed hash, no values."""

    __tablename__ = "audit_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float] = mapped_column(Double, index=True)
    kind: Mapped[str] = mapped_column(String(40))
    fields: Mapped[str] = mapped_column(Text)
    previous_mac: Mapped[str] = mapped_column(Mac, unique=True)
    mac: Mapped[str] = mapped_column(Mac)


for _verb in ("update", "delete"):
    # For new SQLite files; every other database gets its triggers from the migrations.
    _refuse = f"""CREATE TRIGGER audit_no_{_verb} BEFORE {_verb} ON audit_events
        BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END"""
    event.listen(AuditEvent.__table__, "after_create", DDL(_refuse).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]


class AuditHead(Base):
    """One row: how many events the trail has, and a keyed hash of that with the last event's: cutting it shows."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    events: Mapped[int]
    mac: Mapped[str] = mapped_column(Mac)


class Incident(Base):
    """A line of the register of confidentiality incidents; ``body`` is sealed."""

    __tablename__ = "incidents"
    id: Mapped[int] = mapped_column(primary_key=True)
    recorded_at: Mapped[float] = mapped_column(Double)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Throttle(Base):
    """How many tries failed lately for a conversation, an email or a NAM (keyed hash)."""

    __tablename__ = "throttles"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[float] = mapped_column(Double)
    last_at: Mapped[float] = mapped_column(Double, index=True)


class CountedUse(Base):
    """Something that was done and is limited by time: a code mailed, a match failed (``key``: a keyed hash)."""

    __tablename__ = "counted_uses"
    __table_args__ = (Index("ix_counted_uses_key_at", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100))
    mark: Mapped[str] = mapped_column(String(32))
    """The same in all rows of one use, so that it can be taken back."""
    at: Mapped[float] = mapped_column(Double)
    expires_at: Mapped[float] = mapped_column(Double, index=True)


class Counter(Base):
    """Numbers that other processes watch: ``clinics`` goes up whenever the clinics change."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
