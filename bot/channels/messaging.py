"""Which messaging channels there are, and how they join the application."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.channels.base import ChannelSettingsError, MessagingChannel
from bot.channels.exchange import Exchange, SendObserver
from bot.channels.facebook import FacebookChannel
from bot.channels.links import SecretLinks
from bot.channels.outbox import Outbox
from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.runtime import Runtime
from bot.settings import Settings
from bot.storage.channels import ChannelStore
from bot.storage.database import open_database

CHANNELS: tuple[type[MessagingChannel], ...] = (TwilioChannel, FacebookChannel, TelegramChannel)
WITHOUT_SETTINGS = frozenset({"rest"})
EXCHANGE: web.AppKey[Exchange] = web.AppKey("exchange")


def open_channels(credentials: Mapping[str, Mapping[str, Any]], settings: Settings) -> list[MessagingChannel]:
    """Make the channels that credentials.yml names. Raises ChannelSettingsError, before anything is served."""
    known = {kind.name: kind for kind in CHANNELS}
    unknown = sorted(set(credentials) - set(known) - WITHOUT_SETTINGS)
    if unknown:
        raise ChannelSettingsError(f"credentials.yml : le canal {unknown[0]} n'est pas pris en charge.")
    return [kind(credentials[name], settings) for name, kind in known.items() if name in credentials]


def add_channels(
    app: web.Application,
    runtime: Runtime,
    channels: Sequence[MessagingChannel],
    *,
    observer: SendObserver | None = None,
    outbox: Outbox | None = None,
) -> Exchange | None:
    """Add the channels' webhooks and the pages of their links; None when there is no channel."""
    if not channels:
        return None
    store = ChannelStore(open_database(runtime.settings.conversations_url), runtime.keyring)
    exchange = Exchange(runtime, channels, store, outbox=outbox, observer=observer)
    links = SecretLinks(exchange, runtime.settings.public_url)
    for channel in channels:
        app.router.add_routes(channel.routes(functools.partial(exchange.receive, channel)))
    app.router.add_routes(links.routes())
    app[EXCHANGE] = exchange
    app.on_startup.append(lambda _app: exchange.open())
    app.on_shutdown.append(lambda _app: exchange.close())
    return exchange
