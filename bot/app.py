"""The HTTP application: routes, middlewares, and what starts and stops with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels import api, mailbox, pages, rest, webchat
from bot.channels.http import (
    LARGEST_BODY,
    METRICS,
    POLICY,
    RUNTIME,
    answer_errors,
    content_policy,
    log_access,
    security_headers,
)
from bot.channels.metrics import Metrics
from bot.channels.webchat import WEBCHAT, WebChat
from bot.runtime import Runtime

if TYPE_CHECKING:
    from bot.channels.base import MessagingChannel


def make_app(
    runtime: Runtime,
    metrics: Metrics | None = None,
    *,
    rest_channel: bool = True,
    messaging: Sequence[MessagingChannel] = (),
) -> web.Application:
    """Make the application over a runtime that is open; it closes the runtime when it stops."""
    app = web.Application(middlewares=[log_access, answer_errors], client_max_size=LARGEST_BODY)
    app[RUNTIME] = runtime
    app[METRICS] = metrics or Metrics()
    app[METRICS].watch(runtime.plugins.counts)
    app[WEBCHAT] = WebChat(runtime)
    app.router.add_routes([*api.routes(), *webchat.routes(), *pages.routes()])
    if rest_channel:
        app.router.add_routes(rest.routes())
    if messaging:  # loaded only for who has them: 3 MB
        from bot.channels.messaging import add_channels  # noqa: PLC0415

        add_channels(app, runtime, messaging, observer=app[METRICS])
    if runtime.settings.demo:
        app.router.add_routes(mailbox.routes())
    app[POLICY] = content_policy(runtime.settings.frame_ancestors)
    app.on_response_prepare.append(security_headers(app[POLICY]))
    app.on_shutdown.append(_say_goodbye)
    app.cleanup_ctx.append(_close_runtime)
    return app


async def _say_goodbye(app: web.Application) -> None:
    await app[WEBCHAT].close()


async def _close_runtime(app: web.Application) -> AsyncIterator[None]:
    housekeeping = app[RUNTIME].housekeeping
    if housekeeping is not None:
        housekeeping.start()
    yield
    await app[RUNTIME].close()
