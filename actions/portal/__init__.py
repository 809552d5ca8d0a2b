"""The portal: accounts, clinics, records, codes, mail and audit. Imported lazily: SQLAlchemy is not free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actions.portal.errors import DatabaseUnavailableError, PortalError, UnknownAccountError
from actions.portal.types import (
    ClinicHit,
    CodeResult,
    CreateResult,
    Draft,
    LoginResult,
    MatchResult,
    MatchStatus,
    Profile,
    SearchResult,
    SendResult,
)

if TYPE_CHECKING:
    from actions.portal.portal import Portal as Portal
    from actions.portal.portal import close_portal as close_portal
    from actions.portal.portal import configure as configure
    from actions.portal.portal import get_portal as get_portal

__all__ = [
    "ClinicHit",
    "CodeResult",
    "CreateResult",
    "DatabaseUnavailableError",
    "Draft",
    "LoginResult",
    "MatchResult",
    "MatchStatus",
    "Portal",
    "PortalError",
    "Profile",
    "SearchResult",
    "SendResult",
    "UnknownAccountError",
    "close_portal",
    "configure",
    "get_portal",
]

_LAZY = {"Portal", "close_portal", "configure", "get_portal"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from actions.portal import portal  # noqa: PLC0415

        return getattr(portal, name)
    raise AttributeError(name)
