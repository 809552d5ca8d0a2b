"""The portal as the actions see it: one object, opened once per event loop."""

from __future__ import annotations

import asyncio
import time
from weakref import WeakKeyDictionary

from pydantic import SecretStr

from actions.portal import audit
from actions.portal.accounts import Accounts
from actions.portal.clinics import Clinics
from actions.portal.codes import Codes
from actions.portal.core import Clock, Core
from actions.portal.counting import Counting
from actions.portal.counting_database import DatabaseCounting
from actions.portal.database import Database
from actions.portal.drafts import Drafts
from actions.portal.limits import Slowing
from actions.portal.mail import Mailer, mailer_for
from actions.portal.matching import Matching
from actions.portal.passwords import Passwords
from actions.portal.reached import Reached
from actions.portal.settings import PortalSettings, load_settings
from actions.portal.types import (
    ClinicHit,
    CodeResult,
    CreateResult,
    Draft,
    LoginResult,
    MatchResult,
    Profile,
    SearchResult,
    SendResult,
)
from actions.portal.vault import Vault


class Portal:
    """Accounts, clinics, records and codes of the clinic's own server.

    Conversation ids are stored as keyed hashes only. Every method may raise
    `DatabaseUnavailableError`; those that take an account id, also `UnknownAccountError` once it is gone.
    """

    def __init__(self, core: Core, mailer: Mailer, settings: PortalSettings):
        self.core, self.mailer, self.settings = core, mailer, settings
        self._drafts = Drafts(core)
        limits, slowing, reached = settings.limits, Slowing(settings.limits), Reached(core)
        self._accounts = Accounts(core, self._drafts, limits, slowing, reached)
        self._matching = Matching(core, self._accounts, limits, slowing, reached)
        self._codes = Codes(
            core, self._accounts, self._matching, mailer, limits=limits, slowing=slowing, reached=reached
        )
        self.clinics = Clinics(core)

    @classmethod
    async def open(
        cls, settings: PortalSettings, *, clock: Clock = time.time, passwords: Passwords | None = None
    ) -> Portal:
        """Open the database, its schema brought up to date."""
        core = Core(
            Database(settings.database_url),
            Vault(settings.secret_keys),
            clock,
            passwords or Passwords(),
            _counting(settings.redis_url),
        )
        try:
            if await core.db.ensure_schema():
                await audit.start_head(core)
        except BaseException:
            await core.counting.close()
            await core.db.close()
            raise
        return cls(core, mailer_for(settings.mail_url, settings.public_url), settings)

    async def close(self) -> None:
        """Close the connections."""
        await self.core.counting.close()
        await self.core.db.close()

    @property
    def public_url(self) -> str:
        """Where the assistant is reached from outside, without a slash at the end."""
        return self.settings.public_url.rstrip("/")

    # --- drafts, a day long -------------------------------------------------------------------------

    async def save_draft(
        self,
        conv: str,
        *,
        email: str | None = None,
        nam: str | None = None,
        province: str | None = None,
        username: str | None = None,
    ) -> None:
        """Keep what was entered (None leaves a value as it is)."""
        await self._drafts.save(conv, email=email, nam=nam, province=province, username=username)

    async def get_draft(self, conv: str) -> Draft | None:
        """What the conversation entered within the last day."""
        return await self._drafts.get(conv)

    async def drop_draft(self, conv: str) -> None:
        """Forget what the conversation entered."""
        await self._drafts.drop(conv)

    async def hold_nam(self, conv: str, value: str | None) -> None:
        """Keep a number in doubt until the patient has answered; None forgets it."""
        await self._drafts.hold_nam(conv, value)

    async def held_nam(self, conv: str) -> str | None:
        """The number in doubt."""
        return await self._drafts.held_nam(conv)

    async def set_password(self, conv: str, password: SecretStr) -> None:
        """Keep the hash of the chosen password, for an hour, until it is confirmed and the account opened."""
        await self._drafts.set_password(conv, password)

    async def confirm_password(self, conv: str, password: SecretStr) -> bool:
        """Whether this is the chosen password. An account opens only with a confirmed one."""
        return await self._drafts.confirm_password(conv, password)

    async def forget_password(self, conv: str) -> None:
        """Forget the chosen password."""
        await self._drafts.forget_password(conv)

    # --- accounts -----------------------------------------------------------------------------------

    async def username_taken(self, username: str) -> bool:
        """Whether an account has this username, whatever its case."""
        return await self._accounts.username_taken(username)

    async def create_account(
        self,
        conv: str,
        *,
        email: str,
        nam: str,
        province: str,
        username: str,
        terms_version: str,
        privacy_version: str,
    ) -> CreateResult:
        """Open an account, provisional for 7 days, with the draft's confirmed password; ends the draft."""
        return await self._accounts.create(
            conv,
            email=email,
            nam=nam,
            province=province,
            username=username,
            terms_version=terms_version,
            privacy_version=privacy_version,
        )

    async def login(self, login_id: str, password: SecretStr, conv: str, *, address: str | None = None) -> LoginResult:
        """Log in by username or email. `address`, here and below: the patient's, for its limits; kept hashed."""
        return await self._accounts.login(login_id, password, conv, address=address)

    async def profile(self, account_id: str) -> Profile:
        """The email, NAM, province and username of an account."""
        return await self._accounts.profile(account_id)

    async def linked_clinics(self, account_id: str) -> list[ClinicHit]:
        """The clinics linked to an account."""
        return await self.clinics.linked_to(account_id)

    async def change_profile(
        self,
        account_id: str,
        *,
        email: str | None = None,
        nam: str | None = None,
        province: str | None = None,
    ) -> None:
        """Correct a profile; live codes die with it."""
        await self._accounts.change_profile(account_id, email=email, nam=nam, province=province)

    async def drop_provisional(self, account_id: str) -> bool:
        """Delete an account that is not permanent yet; False when it stays."""
        return await self._accounts.drop_provisional(account_id)

    # --- clinics, records, codes --------------------------------------------------------------------

    async def search_clinics(self, query: str) -> SearchResult:
        """Search by name, site, address, city or postal code."""
        return await self.clinics.search(query)

    async def clinic(self, clinic_id: str) -> ClinicHit | None:
        """A clinic by its identifier."""
        return await self.clinics.get(clinic_id)

    async def match_record(
        self, account_id: str, clinic_id: str, conv: str | None = None, *, address: str | None = None
    ) -> MatchResult:
        """Whether exactly one record of the clinic has the account's NAM and email."""
        return await self._matching.match(account_id, clinic_id, conv, address=address)

    async def send_code(
        self, account_id: str, clinic_id: str, conv: str, page_session: str, *, address: str | None = None
    ) -> SendResult:
        """Mail a new code, which kills the one before."""
        return await self._codes.send(account_id, clinic_id, conv, page_session, address=address)

    async def kill_code(self, conv: str, page_session: str | None = None) -> bool:
        """The page was reloaded or left; whether there was a code to kill."""
        return await self._codes.kill(conv, page_session)

    async def check_code(
        self,
        account_id: str,
        clinic_id: str,
        conv: str,
        page_session: str,
        code: SecretStr,
        *,
        address: str | None = None,
    ) -> CodeResult:
        """Check a typed code; the right one links the clinic and makes the account permanent."""
        return await self._codes.check(account_id, clinic_id, conv, page_session, code, address=address)

    async def audit(self, kind: str, **safe_fields: audit.Safe) -> None:
        """Write an event: words, small numbers, booleans and identifiers only (`UnsafeAuditFieldError`)."""
        async with self.core.db.write() as session:
            await audit.add(session, self.core.vault, self.core.clock(), kind, **safe_fields)


def _counting(redis_url: SecretStr | None) -> Counting:
    if redis_url is None:
        return DatabaseCounting()
    # Its constructor loads the client, 8 MB that an installation without Redis does without.
    from actions.portal.counting_redis import RedisCounting  # noqa: PLC0415

    return RedisCounting(redis_url)


_portals: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future[Portal]] = WeakKeyDictionary()
_settings: PortalSettings | None = None


def configure(settings: PortalSettings | None) -> None:
    """Decide the settings of the portals opened from now on (None: read the environment again)."""
    global _settings  # noqa: PLW0603  (the composition root's one variable)
    _settings = settings


async def get_portal() -> Portal:
    """This event loop's portal, opened at the first call (again by the next one, when it failed)."""
    loop = asyncio.get_running_loop()
    opening = _portals.get(loop)
    if opening is None or (opening.done() and (opening.cancelled() or opening.exception() is not None)):
        opening = asyncio.ensure_future(Portal.open(_settings or load_settings()))
        _portals[loop] = opening
    return await asyncio.shield(opening)


def use_portal(portal: Portal) -> None:
    """Make an open portal this event loop's; `close_portal` closes it."""
    loop = asyncio.get_running_loop()
    opened: asyncio.Future[Portal] = loop.create_future()
    opened.set_result(portal)
    _portals[loop] = opened


async def close_portal() -> None:
    """Close this event loop's portal, if it has one."""
    opening = _portals.pop(asyncio.get_running_loop(), None)
    if opening is not None and not (opening.done() and opening.exception() is not None):
        await (await opening).close()
