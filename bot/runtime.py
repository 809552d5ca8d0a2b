"""What a running assistant is made of, put together once at the start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.dialogue.action_client import (
    ActionCaller,
    ActionClient,
    ActionFailedError,
    ActionResult,
    HttpActions,
    InProcessActions,
)
from bot.dialogue.engine import Engine
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.responses import Spoken
from bot.dialogue.tracker import Tracker, View
from bot.errors import Problem, ProjectError, SofyError
from bot.housekeeping import Housekeeping
from bot.model import Model, load_model
from bot.plugins import Plugins, load_plugins
from bot.privacy import Privacy, read_rules
from bot.project.domain import Domain
from bot.project.endpoints import Endpoints, read_credentials, read_endpoints
from bot.schedules import read_schedules
from bot.service import ConversationService, Limits, TurnEngine, TurnObserver
from bot.settings import Settings, masked_url
from bot.storage.database import StorageError, open_database
from bot.storage.keeping import ConversationKeeper
from bot.storage.keyring import Keyring
from bot.storage.limits import MemoryRateLimiter, RateLimiter
from bot.storage.locks import LockStore, MemoryLockStore
from bot.storage.trackers import SqlTrackerStore

if TYPE_CHECKING:
    from bot.rasa.client import RasaClient
    from bot.rasa.desk import Desk

Closer = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class RasaSide:
    """What there is besides when Rasa is the engine."""

    client: RasaClient
    desk: Desk

    async def problem(self) -> str | None:
        """Why Rasa cannot serve now, None when it can."""
        return await self.client.problem()


class ActionRunner(ActionClient, ActionCaller, Protocol):
    """Runs custom actions for either engine."""


@dataclass
class Runtime:
    """The parts that channels use."""

    root: Path
    settings: Settings
    model: Model
    service: ConversationService
    plugins: Plugins
    privacy: Privacy
    keyring: Keyring
    version: str
    closers: list[Closer] = field(default_factory=list)
    engine: Engine | None = None
    """The embedded engine; None when Rasa is the engine."""
    rasa: RasaSide | None = None
    housekeeping: Housekeeping | None = None

    async def close(self) -> None:
        """Store what is left, close the stores, stop the project's parts."""
        await self.service.close()
        for close in self.closers:
            await close()
        await self.plugins.shutdown()


def installed_version() -> str:
    """Give the version of the program."""
    try:
        return version("sofy-assistant")
    except PackageNotFoundError:  # run from a folder of sources that was not installed
        return "0"


class DialogueEngine:
    """The dialogue engine as the service uses it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._spoken = Spoken(engine.domain)

    async def handle(self, tracker: Tracker, message: UserMessage) -> list[BotMessage]:
        """Run one turn."""
        return await self._engine.handle(tracker, message)

    def respond(self, name: str, tracker: Tracker, channel: str, **values: Any) -> list[BotMessage]:
        """Say a response of the domain outside of any turn."""
        return self._spoken.respond(name, tracker, channel, values)

    def new_tracker(self, sender_id: str, events: list[dict[str, Any]]) -> Tracker:
        """Make a conversation's tracker from its stored events."""
        return self._engine.tracker(sender_id, events)


async def open_runtime(
    root: Path,
    settings: Settings,
    environ: Mapping[str, str],
    observer: TurnObserver | None = None,
    *,
    endpoints_file: str = "endpoints.yml",
    on_rasa: bool = False,
) -> Runtime:
    """Load the model, start the project's parts and open the stores. Raises SofyError with one French sentence.

    `on_rasa`: the engine is the Rasa server of the settings, and the runtime has the desk that Rasa calls.
    """
    model = load_model(root)
    endpoints = project_endpoints(root, environ, endpoints_file)
    for section, instead in (("tracker_store", "TRACKER_DATABASE_URL"), ("lock_store", "REDIS_URL")):
        if getattr(endpoints, section) is not None:
            raise SofyError(
                f"endpoints.yml : {section} n'est pas pris en charge ici ; réglez {instead} (voir .env.example)."
            )
    try:
        privacy = Privacy(read_rules(endpoints.privacy))
        schedules = read_schedules(endpoints.privacy)
    except ValueError as error:
        raise SofyError(f"endpoints.yml : la clé {error} n'est pas valable.") from None
    actions = open_actions(root, model, endpoints)
    keyring = Keyring(settings.secret_key)
    engine: Engine | None = None
    rasa: RasaSide | None = None
    turns: TurnEngine
    if on_rasa:
        rasa, turns = _open_rasa(settings, model, actions, privacy, keyring)
    else:
        engine = Engine(model.domain, model.core, model.pipeline.parse, actions, personal=privacy.names)
        turns = DialogueEngine(engine)
    plugins = load_plugins(root)
    await plugins.startup(environ, demo=settings.demo)
    try:
        service = await open_service(settings, turns, keyring, observer)
    except BaseException as error:
        await plugins.shutdown()
        if isinstance(error, StorageError):
            where = masked_url(settings.conversations_url.get_secret_value())
            raise SofyError(f"La base de données {where} ne répond pas ou n'est pas accessible ({error}).") from None
        raise
    closers: list[Closer] = [actions.close] if isinstance(actions, HttpActions) else []
    closers += [rasa.client.close] if rasa is not None else []
    keeper = ConversationKeeper(open_database(settings.conversations_url), keyring, privacy)
    housekeeping = Housekeeping(keeper, schedules, plugins, session_minutes=model.domain.session_minutes)
    closers += [housekeeping.stop, keeper.close]
    return Runtime(
        root,
        settings,
        model,
        service,
        plugins,
        privacy,
        keyring,
        installed_version(),
        closers,
        engine,
        rasa,
        housekeeping,
    )


def _open_rasa(
    settings: Settings, model: Model, actions: ActionRunner, privacy: Privacy, keyring: Keyring
) -> tuple[RasaSide, TurnEngine]:
    # Imported only where it is used: most servers do without.
    from bot.rasa.client import RasaClient  # noqa: PLC0415
    from bot.rasa.desk import Desk  # noqa: PLC0415
    from bot.rasa.engine import RasaEngine  # noqa: PLC0415
    from bot.rasa.sealing import Sealing  # noqa: PLC0415
    from bot.rasa.tickets import Tickets  # noqa: PLC0415

    if settings.rasa_url is None:
        raise SofyError("Il manque SOFY_RASA_URL, l'adresse du serveur Rasa (voir .env.example).")
    client, tickets, sealing = RasaClient(settings.rasa_url), Tickets(), Sealing(keyring, model.domain)
    desk = Desk(model.domain, actions, tickets, sealing, token=settings.rasa_token)
    engine = RasaEngine(model.domain, model.pipeline.parse, client, tickets, sealing, personal=privacy.names)
    return RasaSide(client, desk), engine


def project_endpoints(root: Path, environ: Mapping[str, str], file: str = "endpoints.yml") -> Endpoints:
    """Read endpoints.yml (and nothing else of the project: the model has the rest). Raises ProjectError."""
    problems: list[Problem] = []
    endpoints = read_endpoints(root, problems, environ, file)
    if problems:
        raise ProjectError(problems)
    return endpoints


def project_channels(
    root: Path, environ: Mapping[str, str], file: str = "credentials.yml"
) -> dict[str, dict[str, Any]]:
    """Read credentials.yml: the channels' names and options. Raises ProjectError."""
    problems: list[Problem] = []
    channels = read_credentials(root, problems, environ, file)
    if problems:
        raise ProjectError(problems)
    return channels


def open_actions(root: Path, model: Model, endpoints: Endpoints) -> ActionRunner:
    """Give what runs the project's custom actions: a server, this process, or nothing."""
    if endpoints.action_endpoint is not None:
        return HttpActions(endpoints.action_endpoint)
    if not model.domain.custom_actions:
        return NoActions()
    return InProcessActions.from_package("actions", root)


class NoActions:
    """For a project that has no custom action."""

    async def run(self, name: str, tracker: View, domain: Domain) -> ActionResult:
        """Nothing can be run."""
        raise ActionFailedError(f"{name}: the project has no custom actions")

    async def call(self, name: str, body: Mapping[str, Any]) -> ActionResult:
        """Nothing can be run."""
        raise ActionFailedError(f"{name}: the project has no custom actions")


async def open_service(
    settings: Settings, engine: TurnEngine, keyring: Keyring, observer: TurnObserver | None = None
) -> ConversationService:
    """Open the stores and give the service over them. Raises StorageError when the database is out of reach."""
    store = SqlTrackerStore(open_database(settings.conversations_url), keyring)
    try:
        await store.create_schema()
    except BaseException:
        await store.close()
        raise
    locks, limiter = _open_locks(settings, keyring)
    limits = Limits(
        per_conversation=settings.messages_per_minute,
        per_address=settings.address_messages_per_minute,
        total=settings.total_messages_per_minute,
        pages_per_address=settings.address_pages_per_minute,
        live_conversations=settings.live_conversations,
    )
    return ConversationService(engine, store, locks, limiter, limits=limits, observer=observer)


def _open_locks(settings: Settings, keyring: Keyring) -> tuple[LockStore, RateLimiter]:
    if settings.redis_url is None:
        return MemoryLockStore(settings.lock_seconds), MemoryRateLimiter()
    # Imported only where it is used: the client costs 20 MB and 0.1 s.
    from bot.storage.redis_limits import RedisRateLimiter  # noqa: PLC0415
    from bot.storage.redis_locks import RedisLockStore, connect_redis  # noqa: PLC0415

    client = connect_redis(settings.redis_url)
    locks = RedisLockStore(client, keyring, wait_seconds=settings.lock_seconds)
    return locks, RedisRateLimiter(client, keyring)
