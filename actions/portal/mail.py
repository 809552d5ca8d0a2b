"""Handing mails over: to a folder (one ``.eml`` file each) or to an SMTP server."""

from __future__ import annotations

import asyncio
import os
import secrets
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.policy import default as default_policy
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

from actions.portal.errors import MailError
from actions.portal.letters import Letter

SMTP_TIMEOUT_SECONDS = 10


class Mailer(Protocol):
    """Something that takes mails."""

    async def send(self, to: str, letter: Letter, sent_at: float) -> None:
        """Hand one mail over; `MailError` when it cannot."""

    async def check(self) -> None:
        """Whether mails can be handed over now; `MailError` when not."""

    async def erase(self, to: str) -> int:
        """Delete the mails kept for this address; how many there were."""


def mailer_for(mail_url: SecretStr, public_url: str) -> Mailer:
    """The mailer of ``MAIL_URL``; the sender is its ``from`` parameter, else no-reply@ the public host."""
    url = urlsplit(mail_url.get_secret_value())
    options = {name: values[-1] for name, values in parse_qs(url.query).items()}
    sender = options.get("from") or f"no-reply@{urlsplit(public_url).hostname or 'localhost'}"
    if url.scheme == "spool":
        return SpoolMailer(Path(unquote(url.path)), sender)
    return SmtpMailer(
        host=url.hostname or "",
        port=url.port or (465 if url.scheme == "smtps" else 587),
        username=unquote(url.username) if url.username else None,
        password=SecretStr(unquote(url.password)) if url.password else None,
        starttls=options.get("starttls") in {"1", "true", "yes"},
        tls=url.scheme == "smtps",
        sender=sender,
    )


class SpoolMailer:
    """Writes mails to a folder; a mail is there whole or not at all, and file names sort by time."""

    def __init__(self, folder: Path, sender: str):
        self._folder, self._sender = folder, sender

    async def send(self, to: str, letter: Letter, sent_at: float) -> None:
        """Write one ``.eml`` file."""
        content = compose(self._sender, to, letter, sent_at).as_bytes(policy=SMTP)
        stamp = datetime.fromtimestamp(sent_at, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{stamp}-{secrets.token_hex(4)}.eml"
        try:
            await asyncio.to_thread(self._write, name, content)
        except OSError as error:
            raise MailError("Le courriel n’a pas pu être écrit: vérifiez le dossier de MAIL_URL.") from error

    async def check(self) -> None:
        """Make sure that the folder is there and can be written to."""
        try:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise MailError("Le dossier de MAIL_URL ne peut pas être créé.") from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise MailError("Le dossier de MAIL_URL n’est pas accessible en écriture.")

    async def erase(self, to: str) -> int:
        """Delete the files of this recipient."""
        return await asyncio.to_thread(self._erase, to.casefold())

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{name}.tmp"
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / name)
        finally:
            draft.unlink(missing_ok=True)

    def _erase(self, to: str) -> int:
        erased = 0
        for file in self._folder.glob("*.eml"):
            message = message_from_bytes(file.read_bytes(), policy=default_policy)
            if str(message["To"]).casefold() == to:
                file.unlink()
                erased += 1
        return erased


class SmtpMailer:
    """Speaks SMTP, with STARTTLS or TLS from the start, one connection per mail."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str | None,
        password: SecretStr | None,
        starttls: bool,
        tls: bool,
        sender: str,
    ):
        self._host, self._port = host, port
        self._username, self._password = username, password
        self._starttls, self._tls, self._sender = starttls, tls, sender

    async def send(self, to: str, letter: Letter, sent_at: float) -> None:
        """Send one mail."""
        import aiosmtplib  # noqa: PLC0415  (the spool, which every trial uses, does without)

        try:
            await aiosmtplib.send(
                compose(self._sender, to, letter, sent_at),
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password.get_secret_value() if self._password else None,
                start_tls=self._starttls,
                use_tls=self._tls,
                timeout=SMTP_TIMEOUT_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError):
            # The original may quote the recipient or the server's answer: it stays out of logs and traces.
            raise MailError("Le serveur de courriel n’a pas accepté le message (voir MAIL_URL).") from None

    async def check(self) -> None:
        """Nothing to check without sending: a mail server may come and go."""

    async def erase(self, to: str) -> int:
        """Nothing is kept here."""
        return 0


def compose(sender: str, to: str, letter: Letter, sent_at: float) -> EmailMessage:
    """The mail: plain text first, simple HTML beside it."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(sent_at, UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr-CA"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
