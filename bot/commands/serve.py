"""`sofy run`: one process, or several over the same sockets."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.project import open_settings, project_root, start_log
from bot.errors import SofyError
from bot.lean import import_aiohttp, import_rasa_sdk, pause_collector, release_unused_memory
from bot.model import newest_model
from bot.settings import Settings

if TYPE_CHECKING:
    from aiohttp.web import AppRunner

    from bot.channels.base import MessagingChannel
    from bot.runtime import Runtime

logger = logging.getLogger(__name__)

_BACKLOG = 512
_GRACE_SECONDS = 10.0
_DEFAULT_FILES = {"endpoints.yml", "credentials.yml"}  # a project may do without them


def serve(arguments: argparse.Namespace) -> int:
    """Serve the project in the current directory until told to stop."""
    pause_collector()
    root = project_root()
    settings = _settings(arguments, root)
    start_log("DEBUG" if arguments.debug else settings.log_level)
    if newest_model(root) is None:
        raise SofyError("Aucun modèle n'a été entraîné : lancez « sofy train ».")
    for file in (arguments.endpoints, arguments.credentials):
        if file not in _DEFAULT_FILES and not (root / file).is_file():
            raise SofyError(f"Le fichier {file} n'existe pas.")
    if arguments.workers > 1 and settings.redis_url is None:
        raise SofyError("Plusieurs processus (--workers) partagent leurs verrous par Redis : réglez REDIS_URL.")
    if arguments.workers > 1 and settings.rasa_url is not None:
        raise SofyError("Avec Rasa comme moteur, un seul processus : ôtez --workers.")
    sockets = _given(arguments.fd) if arguments.fd else bind(arguments.host, arguments.port, demo=settings.demo)
    try:
        if arguments.workers > 1:
            from bot.commands.workers import supervise  # noqa: PLC0415

            return supervise(arguments, sockets)
        asyncio.run(_serve(root, settings, sockets, arguments))
    finally:
        for listener in sockets:
            listener.close()
    return 0


def _settings(arguments: argparse.Namespace, root: Path) -> Settings:
    # What the command line says is put where the settings are read: the project's actions find it there too.
    os.environ.setdefault("PUBLIC_URL", "")
    if not os.environ["PUBLIC_URL"]:
        del os.environ["PUBLIC_URL"]
        if arguments.port != 5005 and not _in_dotenv(root, "PUBLIC_URL"):
            os.environ["PUBLIC_URL"] = f"http://localhost:{arguments.port}"
    if arguments.auth_token:
        os.environ["SOFY_AUTH_TOKEN"] = arguments.auth_token
    if arguments.rasa:
        os.environ["SOFY_RASA_URL"] = arguments.rasa
    if arguments.cors:
        os.environ["SOFY_ALLOWED_ORIGINS"] = ",".join(arguments.cors)
    return open_settings(root, demo=arguments.demo)


def _in_dotenv(root: Path, name: str) -> bool:
    path = root / ".env"
    if not path.is_file():
        return False
    from dotenv import dotenv_values  # noqa: PLC0415

    return bool(dotenv_values(path).get(name))


def bind(host: str | None, port: int, *, demo: bool) -> list[socket.socket]:
    """Listen. By default on this machine only in demo mode, else on all addresses. Raises SofyError."""
    hosts = [host] if host else ["127.0.0.1", "::1"] if demo else ["0.0.0.0"]  # noqa: S104
    sockets: list[socket.socket] = []
    for name in hosts:
        try:
            sockets.append(_listen(name, port))
        except OSError as error:
            if sockets:
                continue  # a machine without IPv6
            raise SofyError(_why(error, name, port)) from None
    return sockets


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno in {48, 98}:  # EADDRINUSE on macOS, Linux
        return f"Le port {port} est déjà pris : arrêtez l'autre programme, ou choisissez-en un autre avec --port."
    if error.errno == 13:
        return f"Le port {port} est réservé : choisissez-en un à partir de 1024 avec --port."
    return f"L'adresse {host}:{port} n'est pas utilisable ({error.strerror})."


def _given(numbers: list[int]) -> list[socket.socket]:
    return [socket.socket(fileno=number) for number in numbers]


def _messaging(channels: Mapping[str, dict[str, object]], settings: Settings) -> Sequence[MessagingChannel]:
    if set(channels) <= {"rest"}:
        return ()
    from bot.channels.messaging import open_channels  # noqa: PLC0415  (3 MB that most servers do without)

    return open_channels(channels, settings)


async def _serve(root: Path, settings: Settings, sockets: list[socket.socket], arguments: argparse.Namespace) -> None:
    read_certificates = import_aiohttp()
    import_rasa_sdk()
    from aiohttp import web  # noqa: PLC0415

    from bot.app import make_app  # noqa: PLC0415
    from bot.channels.metrics import Metrics  # noqa: PLC0415
    from bot.channels.quiet import QuietRunner  # noqa: PLC0415
    from bot.runtime import open_runtime, project_channels  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    channels = project_channels(root, os.environ, arguments.credentials)
    messaging = _messaging(channels, settings)
    metrics = Metrics()
    desk_socket = _desk_socket(settings)
    runtime = await open_runtime(
        root, settings, os.environ, metrics, endpoints_file=arguments.endpoints, on_rasa=settings.rasa_url is not None
    )
    app = make_app(runtime, metrics, rest_channel="rest" in channels, messaging=messaging)
    runner = QuietRunner(app)
    await runner.setup()
    for listener in sockets:
        await web.SockSite(runner, listener, shutdown_timeout=_GRACE_SECONDS).start()
    desk = await _open_desk(runtime, desk_socket)
    release_unused_memory()
    _say_ready(settings, sockets, arguments.ready_fd)
    await asyncio.to_thread(read_certificates)
    await stop.wait()
    logger.info("stopping")
    await runner.cleanup()
    if desk is not None:  # last: the turns that are going on need it
        await desk.cleanup()


def _desk_socket(settings: Settings) -> socket.socket | None:
    """Listen for Rasa, when it is the engine. Raises SofyError: another machine is answered only with a token."""
    if settings.rasa_url is None:
        return None
    host, _, port = settings.rasa_desk.rpartition(":")
    host = host.strip("[]")
    if host not in {"127.0.0.1", "::1", "localhost"} and settings.rasa_token is None:
        raise SofyError(f"SOFY_RASA_DESK ({settings.rasa_desk}) est hors de cette machine : réglez SOFY_RASA_TOKEN.")
    try:
        return _listen(host, int(port))
    except OSError as error:
        raise SofyError(
            f"SOFY_RASA_DESK : l'adresse {settings.rasa_desk} n'est pas libre ({error.strerror})."
        ) from None


async def _open_desk(runtime: Runtime, listener: socket.socket | None) -> AppRunner | None:
    if listener is None or runtime.rasa is None:
        return None
    from aiohttp import web  # noqa: PLC0415

    runner = web.AppRunner(runtime.rasa.desk.app(), access_log=None)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    return runner


def _say_ready(settings: Settings, sockets: list[socket.socket], ready_fd: int | None) -> None:
    if ready_fd is not None:
        os.write(ready_fd, b"1")
        os.close(ready_fd)
        return
    port = sockets[0].getsockname()[1]
    lines = [f"L'assistant est prêt : {settings.public_url}  (port {port})"]
    if settings.rasa_url is not None:
        lines.append(f"Moteur : Rasa, à {settings.rasa_url} ; il trouve ses actions à {settings.rasa_desk}.")
    if settings.demo:
        lines.append(f"Courriels de la démonstration : {settings.public_url}/demo/mailbox")
    elif settings.auth_token is None:
        lines.append("Sans --auth-token, le canal REST et l'API restent fermés.")
    lines.append("Ctrl+C pour arrêter.")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
