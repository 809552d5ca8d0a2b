"""What test stories may do around a conversation: let time pass, read the mails, have accounts, break things."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from actions.portal.database import Database
from actions.portal.errors import DatabaseUnavailableError, PortalError
from actions.portal.limit_settings import Limits
from actions.portal.passwords import Passwords
from actions.portal.portal import Portal, close_portal, use_portal
from actions.portal.settings import PortalSettings, load_settings

PASSWORD: Final = "Tr0is-Canots!Verts"  # noqa: S105  (of fictional people)
"""The password of the accounts that stories begin with."""
_CODE = re.compile(r"(\d{3})\s?(\d{3})")


class RehearsalError(PortalError):
    """A story asks for what can't be; a French sentence."""


class _OutOfReach(Database):
    """A database that cannot be reached; it never tries."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Fail."""
        raise DatabaseUnavailableError("La base de données ne répond pas.")
        yield  # what makes it a generator

    write = read


@dataclass
class Clock:
    """The time of a story: it starts when the story does, goes on a little at every look, and can be moved."""

    now: float

    def __call__(self) -> float:
        """Seconds since the epoch, never the same twice: mails are told apart by their time."""
        self.now += 0.001
        return self.now


class Rehearsal:
    """The directions that stories may give.

    - `{code}`, `{first code}`: the code in the newest mail, in the oldest one
    - `{seconds N}`, `{minutes N}`, `{hours N}`: time passes
    - `{account USERNAME EMAIL NAM [CLINIC…]}`: somebody has an account, linked to these clinics
    - `{limit NAME NUMBER}`: a limit of `Limits` has another value from here on
    - `{mail fails}`, `{mail works}`, `{portal fails}`, `{portal works}`
    """

    def __init__(self, portal: Portal, clock: Clock, spool: Path) -> None:
        self.clock = clock
        self._portal, self._spool = portal, spool
        self._accounts = 0

    @classmethod
    async def open(
        cls, environ: Mapping[str, str], *, now: float | None = None, passwords: Passwords | None = None
    ) -> Rehearsal:
        """Open the portal of these settings, with a clock of its own (`now`: when the story begins).

        Raises RehearsalError when mails are not spooled: a story has to read them.
        """
        settings = load_settings(environ, demo=True)
        clock = Clock(time.time() if now is None else now)
        spool = spool_folder(settings)
        portal = await Portal.open(settings, clock=clock, passwords=passwords)
        use_portal(portal)
        return cls(portal, clock, spool)

    async def close(self) -> None:
        """Close the portal."""
        use_portal(self._portal)
        await close_portal()

    async def cue(self, direction: str) -> str | None:
        """Do what a direction says. Gives what the patient types in its place; None when it is not one of ours."""
        match direction.split():
            case ["code"]:
                return await asyncio.to_thread(self._code, -1)
            case ["first", "code"]:
                return await asyncio.to_thread(self._code, 0)
            case ["seconds" | "minutes" | "hours" as unit, number]:
                self.clock.now += float(number) * {"seconds": 1, "minutes": 60, "hours": 3600}[unit]
            case ["account", username, address, nam, *clinics]:
                await self._account(username, address, nam, clinics)
            case ["limit", name, number]:
                self._limit(name, int(number))
            case ["mail", "fails"]:
                self._spool.mkdir(exist_ok=True)
                self._spool.rename(self._away)
                self._spool.touch()  # a file where the folder should be
            case ["mail", "works"]:
                self._spool.unlink()
                self._away.rename(self._spool)
            case ["portal", "fails"]:
                use_portal(self._broken())
            case ["portal", "works"]:
                use_portal(self._portal)
            case _:
                return None
        return ""

    @property
    def _away(self) -> Path:
        return self._spool.with_name(f"{self._spool.name}.away")

    def _broken(self) -> Portal:
        core = replace(self._portal.core, db=_OutOfReach(self._portal.settings.database_url))
        return Portal(core, self._portal.mailer, self._portal.settings)

    def _limit(self, name: str, number: int) -> None:
        if name not in {each.name for each in fields(Limits)}:
            raise RehearsalError(f"Il n’y a pas de limite « {name} ».")
        known = self._portal.settings
        settings = replace(known, limits=replace(known.limits, **{name: number}))
        self._portal = Portal(self._portal.core, self._portal.mailer, settings)
        use_portal(self._portal)

    def _code(self, which: int) -> str:
        mails = [message for path in sorted(self._spool.glob("*.eml")) if (message := _read(path))["Subject"]]
        found = _CODE.search(str(mails[which]["Subject"])) if mails else None
        if found is None:
            raise RehearsalError("Aucun code n’a été envoyé dans ce récit.")
        return found[1] + found[2]

    async def _account(self, username: str, address: str, nam: str, clinics: list[str]) -> None:
        portal, self._accounts = self._portal, self._accounts + 1
        conversation = f"rehearsal-{self._accounts}"
        await portal.save_draft(conversation, email=address, nam=nam, username=username)
        await portal.set_password(conversation, SecretStr(PASSWORD))
        await portal.confirm_password(conversation, SecretStr(PASSWORD))
        opened = await portal.create_account(
            conversation,
            email=address,
            nam=nam,
            province="QC" if nam[0].isalpha() else "ON" if len(nam) == 10 else "NB",
            username=username,
            terms_version="-",
            privacy_version="-",
        )
        if opened.account_id is None:
            raise RehearsalError(f"Le compte {username} ne s’ouvre pas ({opened.status}).")
        for clinic in clinics:
            await portal.send_code(opened.account_id, clinic, conversation, "page")
            code = SecretStr(await asyncio.to_thread(self._code, -1))
            checked = await portal.check_code(opened.account_id, clinic, conversation, "page", code)
            if checked.status != "ok":
                raise RehearsalError(f"La clinique {clinic} ne se lie pas au compte {username} ({checked.status}).")


def spool_folder(settings: PortalSettings) -> Path:
    """The folder that mails are written to. Raises RehearsalError when they are really sent."""
    url = urlsplit(settings.mail_url.get_secret_value())
    if url.scheme != "spool":
        raise RehearsalError("Les récits de test lisent les courriels: MAIL_URL doit commencer par « spool: ».")
    return Path(unquote(url.path))


def _read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return message if isinstance(message, EmailMessage) else EmailMessage()
