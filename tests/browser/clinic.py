"""The whole assistant in this process, on the demo's data: for the browser's tests and for the pictures."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from actions.portal.portal import Portal, close_portal, use_portal
from bot.app import make_app
from bot.channels.mailbox import read_spool
from bot.dialogue.action_client import InProcessActions
from bot.dialogue.engine import Engine
from bot.model import Model
from bot.plugins import Plugins
from bot.privacy import Privacy, read_rules
from bot.project.project import load_endpoints
from bot.runtime import DialogueEngine, Runtime, open_service
from bot.settings import settings_from
from bot.storage.keyring import Keyring
from tests.bot.fakes import KEY
from tests.conftest import ROOT, settings

EMAIL, NAM, USERNAME, PASSWORD = "lucie.essai@example.com", "ESSL 8553 1419", "lucie_88", "Tr0is-Canots!Verts"


@dataclass(frozen=True)
class Clinic:
    """A served assistant."""

    url: str
    server: TestServer
    portal: Portal
    mail: Path

    def code(self) -> str:
        """The newest code that was mailed."""
        found = re.search(r"\d{3} \d{3}", read_spool(self.mail)[0]["text"])
        assert found is not None
        return found[0]


@asynccontextmanager
async def open_clinic(model: Model, actions: InProcessActions, folder: Path, port: int) -> AsyncIterator[Clinic]:
    """Serve `folder`'s portal.db (and a mail folder there) on a port of 127.0.0.1."""
    url = f"http://127.0.0.1:{port}"
    portal = await Portal.open(replace(settings(folder), public_url=url))
    use_portal(portal)
    environ = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/conversations.db",
        "SOFY_SECRET_KEY": KEY,
        "MAIL_URL": "spool:mail",
        "PUBLIC_URL": url,
        "SOFY_MESSAGES_PER_MINUTE": "0",
    }
    given = settings_from(environ, demo=True)
    privacy = Privacy(read_rules(load_endpoints(ROOT, {}).privacy))
    engine = Engine(model.domain, model.core, model.pipeline.parse, actions, personal=privacy.names)
    keyring = Keyring(SecretStr(KEY))
    service = await open_service(given, DialogueEngine(engine), keyring)
    runtime = Runtime(folder, given, model, service, Plugins({}), privacy, keyring, "0", [], engine)
    async with TestServer(make_app(runtime), host="127.0.0.1", port=port) as server:
        yield Clinic(url, server, portal, folder / "mail")
    await close_portal()
