"""What every HTTP answer shares: JSON errors, security headers, the access log, the client's address."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.storage.database import StorageError
from bot.storage.locks import LockTimeoutError

if TYPE_CHECKING:
    from bot.channels.metrics import Metrics
    from bot.runtime import Runtime

RUNTIME: web.AppKey[Runtime] = web.AppKey("runtime")
POLICY: web.AppKey[str] = web.AppKey("policy", str)  # the content policy of our pages
METRICS: web.AppKey[Metrics] = web.AppKey("metrics")

LARGEST_BODY = 64 * 1024  # bytes: 5 000 characters of any script, escaped, and room for metadata
access_log = logging.getLogger("bot.access")
logger = logging.getLogger(__name__)
_LONGEST_ADDRESS = 64

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; frame-ancestors {ancestors}"
)


class ApiError(Exception):
    """An answer that is an error: `{"error": code, "message": …}` with a status."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after

    def response(self) -> web.Response:
        """Give the HTTP answer."""
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else None
        return json_response({"error": self.code, "message": str(self)}, status=self.status, headers=headers)


_STATUS_CODES = {
    400: ("bad_request", "the request can't be understood"),
    404: ("not_found", "there is nothing at this address"),
    405: ("method_not_allowed", "this address does not take this method"),
    413: ("body_too_large", f"a body holds at most {LARGEST_BODY} bytes"),
    415: ("unsupported_media_type", "application/json is expected"),
}


def json_response(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer JSON in UTF-8; a lone surrogate (which UTF-8 can't hold) is escaped."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        body = text.encode()
    except UnicodeEncodeError:
        body = json.dumps(data).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json", charset="utf-8")


async def json_object(request: web.Request) -> dict[str, Any]:
    """Read a JSON object from the body. Raises ApiError 400, 413."""
    if request.content_length is not None and request.content_length > LARGEST_BODY:
        raise _too_large()
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise _too_large() from None
    return parse_object(body)


def _too_large() -> ApiError:
    code, message = _STATUS_CODES[413]
    return ApiError(413, code, message)


def parse_object(body: bytes | str) -> dict[str, Any]:
    """Read a JSON object. Raises ApiError 400; nothing of the body is quoted."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "malformed_json", "the body is not valid JSON") from None
    if not isinstance(data, dict):
        raise ApiError(400, "not_an_object", "the body must be a JSON object")
    return data


def text_field(data: dict[str, Any], name: str, default: str | None = None, *, longest: int | None = None) -> str:
    """Give a string field. Raises ApiError 422 when it is missing (no default), of another type or too long."""
    value = data.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise ApiError(422, "wrong_type", f"{name} must be a string")
    if longest is not None and len(value) > longest:
        raise ApiError(422, "too_long", f"{name} holds at most {longest} characters")
    return value


def object_field(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Give an object field, {} when it is missing. Raises ApiError 422."""
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ApiError(422, "wrong_type", f"{name} must be an object")
    return value


def client_address(request: web.Request) -> str:
    """Give the client's address; behind proxies, the one that the nearest of SOFY_PROXY_HOPS proxies saw.

    Of an IPv6 address the network (/64): it is one subscriber's, who has all of its addresses to choose from.
    """
    hops = request.app[RUNTIME].settings.proxy_hops
    if hops:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        chain = [part.strip() for part in forwarded.split(",") if part.strip()]
        if len(chain) >= hops:
            return _subscriber(chain[-hops])
    return _subscriber(request.remote or "unknown")


def _subscriber(address: str) -> str:
    try:
        read = ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return address[:_LONGEST_ADDRESS]
    if isinstance(read, IPv6Address):
        return str(read.ipv4_mapped or IPv6Network((read, 64), strict=False))
    return str(read)


def is_authorised(request: web.Request) -> bool:
    """Tell whether the request holds the token (`Authorization: Bearer …`, or Rasa's `?token=…`)."""
    expected = request.app[RUNTIME].settings.auth_token
    if expected is None:
        return False
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        given = request.query.get("token", "")
    wanted = expected.get_secret_value().encode()
    return hmac.compare_digest(given.strip().encode("utf-8", "surrogatepass"), wanted)


def back_end_only(handler: Handler) -> Handler:
    """Guard what is not for patients: the token when one is set; without one, demo mode only."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        settings = request.app[RUNTIME].settings
        if settings.auth_token is None:
            if settings.demo:
                return await handler(request)
            raise ApiError(403, "auth_token_not_set", "outside demo mode this answers only with --auth-token set")
        if not is_authorised(request):
            raise ApiError(401, "not_authenticated", "the token is missing or wrong")
        return await handler(request)

    return guarded


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into JSON with the right status; nothing of the request is quoted."""
    try:
        return await handler(request)
    except ApiError as error:
        return error.response()
    except LockTimeoutError:
        return ApiError(503, "busy", "this conversation is busy", retry_after=5).response()
    except StorageError as error:
        logger.error("storage: %s", error)
        return ApiError(503, "storage_unavailable", "the store does not answer", retry_after=5).response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code, message = _STATUS_CODES.get(error.status, ("http_error", error.reason))
        answer = ApiError(error.status, code, message).response()
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception as error:
        frames = error.__traceback__
        while frames is not None and frames.tb_next is not None:
            frames = frames.tb_next
        place = f"{frames.tb_frame.f_code.co_filename}:{frames.tb_lineno}" if frames else "?"
        logger.error("request failed error=%s at=%s", type(error).__name__, place)
        return ApiError(500, "internal_error", "something went wrong here").response()


def content_policy(frame_ancestors: tuple[str, ...]) -> str:
    """Give the content policy of our pages."""
    return _CSP.format(ancestors=" ".join(frame_ancestors) or "'none'")


def security_headers(policy: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Give the signal that puts the security headers on every answer."""

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Server"] = "sofy"

    return add


@web.middleware
async def log_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the route (its pattern: no id, no query string), the status and the time. Never a value."""
    started = time.perf_counter()
    response: web.StreamResponse | None = None
    try:
        response = await handler(request)
        return response
    finally:
        resource = request.match_info.route.resource
        line = {
            "method": request.method if request.method.isalpha() and len(request.method) < 10 else "?",
            "route": resource.canonical if resource is not None else "?",
            "status": response.status if response is not None else 0,
            "ms": round((time.perf_counter() - started) * 1000, 1),
        }
        access_log.info("%s", json.dumps(line))
