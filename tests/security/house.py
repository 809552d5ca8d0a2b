"""What the tests do with the assistant: converse, read what it shows, and search what it leaves."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.cli import main
from bot.dialogue.messages import BotMessage, UserMessage
from bot.runtime import Runtime
from tests.rasa_stand_in import StandInRasa
from tests.security.canaries import search, sweep

ROOT = Path(__file__).resolve().parents[2]
LUCIE = {"email": "lucie.essai@example.com", "nam": "ESSL85531419", "username": "lucie_88", "clinic_query": "info-data"}
SECRET_SLOTS = frozenset({"password", "password_confirmation", "login_password", "activation_code"})


@dataclass
class House:
    """One assistant with everything it writes below `folder`."""

    runtime: Runtime
    client: TestClient[web.Request, web.Application]
    folder: Path
    rasa: StandInRasa | None = None
    """The engine, when it is not the embedded one; what it keeps is below `folder` too."""
    senders: set[str] = field(default_factory=set)

    async def say(self, sender: str, *texts: str, masked: bool = False, page: str = "page-1") -> list[BotMessage]:
        """Send messages as the web chat would; the replies to the last."""
        replies: list[BotMessage] = []
        self.senders.add(sender)
        for text in texts:
            metadata = {"page_session": page} | ({"input": "secret"} if masked else {})
            replies = await self.runtime.service.handle(
                UserMessage(text, sender, "webchat", metadata, payloads=True, masked=masked)
            )
            assert replies, "silence"
        return replies

    async def asked(self, sender: str) -> str | None:
        """The slot that is being asked for."""
        state = await self.runtime.service.state(sender) or {}
        value: str | None = state.get("slots", {}).get("requested_slot")
        return value if (state.get("active_loop") or {}).get("name") else None

    async def go(self, sender: str, until: str, password: str, *, masked: bool = True, **values: str) -> None:
        """Answer until `until` is asked."""
        given = {**LUCIE, "clinic_choice": "1", "password": password, "password_confirmation": password, **values}
        if await self.asked(sender) is None:
            await self.say(sender, "/signup")
        for _ in range(20):
            asked = await self.asked(sender)
            if asked == until or asked is None:
                break
            answer = self.code() if asked == "activation_code" else given.get(asked, "oui")
            await self.say(sender, answer, masked=masked and asked in SECRET_SLOTS)
        assert await self.asked(sender) == until, f"{asked} is asked, not {until}"

    def mails(self) -> list[Path]:
        """The mails sent, oldest first."""
        return sorted((self.folder / "mail").glob("*.eml"))

    def code(self) -> str:
        """The code in the newest mail."""
        message = email.message_from_bytes(self.mails()[-1].read_bytes(), policy=email.policy.default)
        found = re.search(r"(\d{3})\s(\d{3})", str(message["subject"]))
        assert found is not None
        return found[1] + found[2]

    async def shown(self) -> str:
        """All that the assistant shows to whoever asks: trackers, metrics, health, status, error pages, export."""
        pages = ["/metrics", "/health/ready", "/status", "/version", "/nowhere"]
        pages += [f"/conversations/{sender}/tracker" for sender in sorted(self.senders)]
        texts = []
        for page in pages:
            async with self.client.get(page) as answer:
                texts.append(await answer.text())
        states = [await self.runtime.service.state(sender) for sender in self.senders]
        return "\n".join([*texts, *map(repr, states), await asyncio.to_thread(export)])

    async def leaks(self, secrets: Iterable[str], codes: Iterable[str] = ()) -> dict[str, list[str]]:
        """Where one of the secrets shows; empty is good. A code may be in the mail that it was sent by."""
        wanted = (*secrets, *codes)
        found = sweep(self.folder, wanted, besides=self.mails())
        found |= sweep(self.folder / "mail", secrets)
        if hits := search((await self.shown()).encode(), wanted):
            found["shown"] = hits
        return found


def export() -> str:
    """What `sofy export` writes."""
    out, err = io.StringIO(), io.StringIO()
    path = os.environ.get("PATH", "")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert main(["export"]) == 0, err.getvalue()
    os.environ["PATH"] = path
    return out.getvalue() + err.getvalue()
