"""What the portal's tests share: a clock that moves when told, settings, and shortcuts through the signup."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from pydantic import SecretStr

from actions.portal.importing import import_files
from actions.portal.portal import Portal
from actions.portal.settings import PortalSettings

KEY = "k" * 40
PASSWORD = SecretStr("Soleil!2024")
CLINICS = """clinic_id,clinic_name,site_name,address,city,postal_code
c1,Clinique médicale Info-Data,Info-Data,1 rue Saint-Jean,Laval,H7S 1A1
c2,GMF du Lac,Site Nord,2 rue du Quai,Saint-Jérôme,J7Z 1A4
c2,GMF du Lac,Site Sud,3 rue des Pins,Prévost,J0R 1T0
"""
PATIENTS = """clinic_id,record_number,nam,email,first_name,last_name
c1,1,TEST85031412,lucie@example.com,Lucie,Test
c2,1,TEST85031412,lucie@example.com,Lucie,Test
c1,2,DEMO50010122,omar@example.com,Omar,Demo
c1,3,TREM04121925,twin@example.com,Anne,Trem
c1,4,TREM04121925,twin@example.com,Anne,Trem
c1,5,TEST85531416,,Sans,Courriel
"""


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def settings_for(url: str, folder: Path, *, mail_url: str | None = None, key: str = KEY) -> PortalSettings:
    return PortalSettings(
        database_url=SecretStr(url),
        mail_url=SecretStr(mail_url or f"spool:{folder}/mail"),
        secret_keys=tuple(SecretStr(each) for each in key.split(",")),
        public_url="https://sofy.example",
    )


class World:
    def __init__(self, portal: Portal, clock: Clock, folder: Path):
        self.portal, self.clock, self.folder = portal, clock, folder

    async def load(self, clinics: str = CLINICS, patients: str = PATIENTS) -> None:
        (self.folder / "clinics.csv").write_text(clinics, encoding="utf-8")
        (self.folder / "patients.csv").write_text(patients, encoding="utf-8")
        report = await import_files(
            self.portal.core, clinics=self.folder / "clinics.csv", patients=self.folder / "patients.csv"
        )
        assert report.done, report.errors
        await self.portal.clinics.refresh(now=True)

    async def sign_up(
        self,
        conv: str = "conv",
        *,
        email: str = "lucie@example.com",
        nam: str = "TEST85031412",
        username: str = "lucie_88",
    ) -> str:
        await self.portal.set_password(conv, PASSWORD)
        assert await self.portal.confirm_password(conv, PASSWORD)
        result = await self.create(conv, email=email, nam=nam, username=username)
        assert result.account_id is not None, result.status
        return result.account_id

    async def create(self, conv: str, *, email: str, nam: str, username: str):
        return await self.portal.create_account(
            conv,
            email=email,
            nam=nam,
            province="QC",
            username=username,
            terms_version="2024-1",
            privacy_version="2024-2",
        )

    async def send(self, account: str, clinic: str = "c1", conv: str = "conv", page: str = "page") -> str:
        """Ask for a code and read it in the mail."""
        before = set(self._files())
        result = await self.portal.send_code(account, clinic, conv, page)
        assert result.status == "sent", result
        (new,) = set(self._files()) - before
        return str(_message(new)["Subject"])[:7].replace(" ", "")

    async def check(self, account: str, code: str, clinic: str = "c1", conv: str = "conv", page: str = "page"):
        return await self.portal.check_code(account, clinic, conv, page, SecretStr(code))

    async def link(self, account: str, clinic: str = "c1", conv: str = "conv") -> None:
        result = await self.check(account, await self.send(account, clinic, conv), clinic, conv)
        assert result.status == "ok", result

    def mails(self) -> list[EmailMessage]:
        """The mails sent, oldest first."""
        return [_message(file) for file in self._files()]

    def _files(self) -> list[Path]:
        return sorted((self.folder / "mail").glob("*.eml"))


def _message(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=default)


def other_than(code: str, *, but: int = 1) -> str:
    """A wrong code."""
    return f"{(int(code) + but) % 1_000_000:06d}"
