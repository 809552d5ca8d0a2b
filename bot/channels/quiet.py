"""Runs the application so that nothing of a malformed request is answered or logged.

aiohttp quotes the line that it could not read, in its answer and (with the traceback) in its log: what was meant for a
masked field may be in it.
"""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

logger = logging.getLogger(__name__)


class _QuietHandler(RequestHandler):
    """One connection."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that could not be read; the connection ends."""
        logger.warning("request not read status=%s error=%s", status, type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        answer = web.json_response(
            {"error": "bad_request", "message": "the request can't be understood"},
            status=status,
            headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Server": "sofy"},
        )
        answer.force_close()
        return answer


class _QuietServer(web.Server):
    """Makes quiet connections."""

    def __call__(self) -> RequestHandler:
        return _QuietHandler(self, loop=self._loop, **self._kwargs)


class QuietRunner(web.AppRunner):
    """An application runner whose connections quote nothing; there is no access log but our own."""

    def __init__(self, app: web.Application) -> None:
        super().__init__(app, access_log=None)

    async def _make_server(self) -> web.Server:
        usual = await super()._make_server()
        return _QuietServer(
            usual.request_handler, request_factory=usual.request_factory, loop=usual._loop, **usual._kwargs
        )
