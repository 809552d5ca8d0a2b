"""What every part of the portal works with: the database, the keys, the clock, the password hasher, what counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.counting import Counting
from actions.portal.counting_database import DatabaseCounting
from actions.portal.database import Database
from actions.portal.passwords import Passwords
from actions.portal.vault import Vault

Clock = Callable[[], float]
"""Seconds since the epoch."""


@dataclass(frozen=True)
class Core:
    """Composed once, by ``Portal.open``."""

    db: Database
    vault: Vault
    clock: Clock
    passwords: Passwords = field(default_factory=Passwords)
    counting: Counting = field(default_factory=DatabaseCounting)

    def conv_index(self, conv: str) -> str:
        """The keyed hash under which a conversation is known here; its id itself is stored nowhere."""
        return self.vault.mac("conversation", conv)

    def conv_indexes(self, conv: str) -> list[str]:
        """The same under every key, the newest first."""
        return self.vault.macs("conversation", conv)

    def address_index(self, address: str | None) -> str | None:
        """The keyed hash under which a network address is counted; it is stored nowhere itself."""
        return None if address is None else self.vault.mac("address", address)

    @staticmethod
    def is_writing(session: AsyncSession) -> bool:
        """Whether this session came from ``Database.write``."""
        return bool(session.info.get("write"))
