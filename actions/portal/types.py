"""What the portal takes and gives: plain dataclasses, free of any database import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CreateStatus = Literal["created", "username_taken", "no_password"]
LoginStatus = Literal["ok", "wrong", "slowed", "busy"]
SearchStatus = Literal["too_short", "common_only", "none", "found"]
MatchStatus = Literal["one", "none", "several", "already_linked", "slowed", "busy"]
SendStatus = Literal["sent", "too_soon", "hourly", "daily", "mail_failed", "no_match", "busy"]
CodeStatus = Literal["ok", "wrong", "superseded", "expired", "dead", "other_page", "none", "owned", "slowed"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a patient entered and may come back to within a day. Never a secret, only whether one is set."""

    email: str | None = None
    nam: str | None = None
    province: str | None = None
    username: str | None = None
    has_password: bool = False
    """A password was chosen in this conversation and has not been forgotten since."""
    password_confirmed: bool = False
    """The same password was then typed a second time."""

    def __repr__(self) -> str:
        return f"Draft(has_password={self.has_password}, password_confirmed={self.password_confirmed})"


@dataclass(frozen=True, slots=True)
class CreateResult:
    """Outcome of opening an account."""

    status: CreateStatus
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class LoginResult:
    """Outcome of a login; ``wait_seconds`` is set when it is slowed, or too many fail everywhere (« busy »)."""

    status: LoginStatus
    account_id: str | None = None
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account holds. Email and NAM are in clear here: mask them before they are shown."""

    email: str
    nam: str
    province: str
    username: str
    verified: bool

    def __repr__(self) -> str:
        return f"Profile(province={self.province!r}, verified={self.verified})"


@dataclass(frozen=True, slots=True)
class ClinicHit:
    """A clinic, with the one of its sites that matched (or its first)."""

    clinic_id: str
    name: str
    site: str
    address: str
    city: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Outcome of a clinic search: at most 5 hits, best first; ``total`` counts all the clinics found."""

    status: SearchStatus
    hits: list[ClinicHit]
    total: int = 0


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Outcome of looking for a record; ``wait_seconds`` is set when it was not looked for (« slowed », « busy »)."""

    status: MatchStatus
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class SendResult:
    """Outcome of asking for a code; ``wait_seconds`` says when a next one may be asked for.

    « busy »: the clinic, or all together, have had as many codes as they may within the hour.
    """

    status: SendStatus
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class CodeResult:
    """Outcome of a typed code. ``owner_username_masked`` comes with ``owned`` only."""

    status: CodeStatus
    tries_left: int = 0
    owner_username_masked: str | None = None
    wait_seconds: int = 0
