"""Servers with the messaging channels: over an engine that echoes, and over the whole assistant."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port
from pydantic import SecretStr

from actions.portal.portal import Portal, close_portal, use_portal
from bot.app import make_app
from bot.channels.base import MessagingChannel
from bot.channels.exchange import Exchange
from bot.channels.messaging import EXCHANGE, open_channels
from bot.dialogue.action_client import InProcessActions
from bot.dialogue.engine import Engine
from bot.model import Model
from bot.plugins import Plugins
from bot.privacy import Privacy, read_rules
from bot.project.domain import Domain
from bot.project.project import load_endpoints
from bot.runtime import DialogueEngine, Runtime, open_service
from bot.settings import settings_from
from bot.storage.keyring import Keyring
from tests.bot.channels.messaging.providers import CREDENTIALS, PHONES, Phone, ProviderApi
from tests.bot.fakes import KEY, EchoEngine, runtime_over
from tests.conftest import ROOT
from tests.conftest import settings as portal_settings

WORDS = {
    "utter_choose_number": "Répondez {first} ou {last}.",
    "utter_choose_one": "Répondez 1.",
    "utter_secret_link": "Ouvrez {link}",
    "utter_secret_label": "Votre réponse",
    "utter_only_text": "Du texte seulement.",
    "utter_too_fast": "Trop vite.",
    "utter_too_busy": "Beaucoup de monde.",
    "utter_channel_trouble": "Un problème.",
    "utter_sms_help": "Aide du texto.",
    "utter_sms_stopped": "C'est fini.",
    "utter_sms_started": "Bon retour.",
}


@dataclass
class Pauses:
    """Stands for asyncio.sleep: nobody waits, and what was asked is known."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class World:
    """A server with every messaging channel, and the providers' API."""

    client: Any
    exchange: Exchange
    api: ProviderApi
    public_url: str
    pauses: Pauses
    runtime: Runtime
    folder: Path

    def phone(self, kind: str = "sms", address: str | None = None) -> Any:
        make, usual = PHONES[kind]
        phone: Phone = make(self.client, self.exchange, self.api, self.public_url, address or usual)
        return phone

    def channel(self, name: str) -> MessagingChannel:
        return self.exchange.channels[name]


@asynccontextmanager
async def provider_api() -> AsyncIterator[tuple[ProviderApi, str]]:
    provider = ProviderApi()
    async with TestServer(provider.app()) as server:
        yield provider, str(server.make_url("")).rstrip("/")


@pytest.fixture
async def api() -> AsyncIterator[tuple[ProviderApi, str]]:
    async with provider_api() as opened:
        yield opened


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine()


Serve = Callable[..., Awaitable[World]]


async def _serve(
    api: tuple[ProviderApi, str], folder: Path, make: Callable[[Any], Awaitable[Runtime]], **values: str
) -> tuple[World, TestClient[Any, Any]]:
    provider, api_url = api
    port = unused_port()
    public_url = f"http://127.0.0.1:{port}"
    options = {name: {**section, "api_url": api_url} for name, section in CREDENTIALS.items()}
    options["twilio"] |= {key: values.pop(key) for key in ("trust_forwarded",) if key in values}
    given = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db",
        "SOFY_SECRET_KEY": KEY,
        "PUBLIC_URL": public_url,
        "SOFY_MESSAGES_PER_MINUTE": "0",
        "SOFY_ADDRESS_MESSAGES_PER_MINUTE": "0",
        **values,
    }
    settings = settings_from(given, demo=True)
    runtime = await make(settings)
    app = make_app(runtime, messaging=open_channels(options, settings))
    pauses = Pauses()
    exchange = app[EXCHANGE]
    exchange.outbox._sleep = pauses
    client: TestClient[Any, Any] = TestClient(TestServer(app, port=port))
    await client.start_server()
    await exchange.idle()
    return World(client, exchange, provider, public_url, pauses, runtime, folder), client


@pytest.fixture
async def serve(api: tuple[ProviderApi, str], engine: EchoEngine, tmp_path: Path) -> AsyncIterator[Serve]:
    """Opens the channels over the echo engine; the arguments are settings."""
    clients: list[TestClient[web.Request, web.Application]] = []

    async def make(settings: Any) -> Runtime:
        runtime = await runtime_over(engine, settings, tmp_path)
        responses = {name: [{"text": text}] for name, text in WORDS.items()}
        runtime.model = cast(
            Model, SimpleNamespace(**{**vars(runtime.model), "domain": Domain({"responses": responses})})
        )
        return runtime

    async def start(**values: str) -> World:
        world, client = await _serve(api, tmp_path, make, **values)
        clients.append(client)
        return world

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
async def world(serve: Serve) -> World:
    return await serve()


@asynccontextmanager
async def whole_assistant(
    api: tuple[ProviderApi, str], model: Model, actions: InProcessActions, demo_portal: Path, folder: Path
) -> AsyncIterator[World]:
    """The channels over the whole assistant: model, actions, portal, mail spool."""
    shutil.copy(demo_portal, folder / "portal.db")
    use_portal(await Portal.open(portal_settings(folder)))

    async def make(settings: Any) -> Runtime:
        privacy = Privacy(read_rules(load_endpoints(ROOT, {}).privacy))
        engine = Engine(model.domain, model.core, model.pipeline.parse, actions, personal=privacy.names)
        keyring = Keyring(SecretStr(KEY))
        service = await open_service(settings, DialogueEngine(engine), keyring)
        return Runtime(ROOT, settings, model, service, Plugins({}), privacy, keyring, "0", engine=engine)

    world, client = await _serve(api, folder, make)
    yield world
    await client.close()
    await close_portal()


@pytest.fixture
async def assistant(
    api: tuple[ProviderApi, str], model: Model, project_actions: InProcessActions, demo_portal: Path, tmp_path: Path
) -> AsyncIterator[World]:
    async with whole_assistant(api, model, project_actions, demo_portal, tmp_path) as world:
        yield world
