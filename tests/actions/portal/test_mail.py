"""Mails: whole files in a folder, or a real SMTP conversation."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from actions.portal.errors import MailError
from actions.portal.letters import Letter, code_letter, invitation_letter
from actions.portal.mail import SpoolMailer, mailer_for

LETTER = code_letter("123 456", "Clinique <Été> & fils", 10)
AT = 1_800_000_000.0


class _Inbox:
    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return self.answer


@pytest.fixture
def smtp() -> Iterator[tuple[_Inbox, int]]:
    inbox = _Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        auth_require_tls=False,
        authenticator=lambda _s, _se, _e, _m, data: AuthResult(
            success=(data.login, data.password) == (b"clinic@x", b"p@ss"), handled=False
        ),
    )
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


class TestSmtp:
    async def test_delivers_plain_text_and_html(self, smtp: tuple[_Inbox, int]) -> None:
        inbox, port = smtp
        mailer = mailer_for(SecretStr(f"smtp://127.0.0.1:{port}"), "https://sofy.example")
        await mailer.check()
        await mailer.send("lucie@example.com", LETTER, AT)
        (envelope,) = inbox.envelopes
        mail = message_from_bytes(envelope.content, policy=default)
        assert envelope.rcpt_tos == ["lucie@example.com"]
        assert mail["From"] == "no-reply@sofy.example"
        assert mail["Subject"] == "123 456 est votre code d’accès Sofy"
        plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert rich is not None
        assert plain.get_content().splitlines()[0] == "123 456"
        assert "Clinique &lt;Été&gt; &amp; fils" in rich.get_content()
        assert await mailer.erase("lucie@example.com") == 0

    async def test_logs_in_and_takes_the_sender_from_the_url(self, smtp: tuple[_Inbox, int]) -> None:
        inbox, port = smtp
        url = f"smtp://clinic%40x:p%40ss@127.0.0.1:{port}?from=portail@clinique.ca"
        await mailer_for(SecretStr(url), "https://sofy.example").send("a@b.ca", LETTER, AT)
        assert inbox.envelopes[0].mail_from == "portail@clinique.ca"

    @pytest.mark.parametrize("login", ["clinic%40x:wrong@", ""])
    async def test_a_refusal_is_one_error_that_quotes_nothing(self, smtp: tuple[_Inbox, int], login: str) -> None:
        inbox, port = smtp
        inbox.answer = "554 no such user lucie@example.com"
        mailer = mailer_for(SecretStr(f"smtp://{login}127.0.0.1:{port}"), "https://sofy.example")
        with pytest.raises(MailError) as caught:
            await mailer.send("lucie@example.com", LETTER, AT)
        assert "lucie" not in str(caught.value)
        assert "wrong" not in str(caught.value)

    async def test_starttls_is_not_skipped_when_the_server_has_none(self, smtp: tuple[_Inbox, int]) -> None:
        inbox, port = smtp
        mailer = mailer_for(SecretStr(f"smtp://127.0.0.1:{port}?starttls=1"), "https://sofy.example")
        with pytest.raises(MailError):
            await mailer.send("a@b.ca", LETTER, AT)
        assert inbox.envelopes == []

    async def test_nobody_listens(self) -> None:
        with pytest.raises(MailError):
            await mailer_for(SecretStr("smtp://127.0.0.1:9"), "https://s.example").send("a@b.ca", LETTER, AT)


class TestSpool:
    async def test_files_are_whole_named_by_time_and_readable(self, tmp_path: Path) -> None:
        mailer = mailer_for(SecretStr(f"spool:{tmp_path}/a/mail"), "http://localhost:5005")
        await mailer.check()
        await asyncio.gather(*(mailer.send(f"p{n}@b.ca", LETTER, AT + n) for n in range(8)))
        files = sorted((tmp_path / "a" / "mail").iterdir())
        assert [message_from_bytes(f.read_bytes(), policy=default)["To"] for f in files] == [
            f"p{n}@b.ca" for n in range(8)
        ]
        assert all(file.suffix == ".eml" for file in files)

    async def test_erases_the_mails_of_one_person(self, tmp_path: Path) -> None:
        mailer = SpoolMailer(tmp_path, "s@b.ca")
        for to in ("Lucie@b.ca", "lucie@b.ca", "omar@b.ca"):
            await mailer.send(to, LETTER, AT)
        assert await mailer.erase("LUCIE@b.ca") == 2
        assert await mailer.erase("omar@b.ca") == 1

    async def test_a_folder_that_cannot_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        mailer = SpoolMailer(tmp_path / "file" / "mail", "s@b.ca")
        with pytest.raises(MailError):
            await mailer.check()
        with pytest.raises(MailError):
            await mailer.send("a@b.ca", LETTER, AT)

    async def test_a_header_cannot_be_smuggled_in(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"linefeed|newline"):
            await SpoolMailer(tmp_path, "s@b.ca").send("a@b.ca\nBcc: x@y.ca", LETTER, AT)


class TestLetters:
    def test_the_invitation_is_the_same_for_everybody_and_links_to_both_doors(self) -> None:
        letter = invitation_letter("https://sofy.example", "gmf 1&2", "GMF\r\nduLac")
        assert "https://sofy.example/?clinic=gmf+1%262&action=signup" in letter.text
        assert "https://sofy.example/?clinic=gmf+1%262&action=login" in letter.text
        assert "action=signup" in letter.html
        for words in ("M’inscrire", "Me connecter"):
            assert words in letter.text
            assert words in letter.html
        assert "\n" not in letter.subject

    def test_a_letter_does_not_show_itself(self) -> None:
        assert "123" not in repr(LETTER)
        assert isinstance(LETTER, Letter)
