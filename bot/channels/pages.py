"""The static files: the demo's clinic page, the chat, the terms and the privacy policy.

What the chat is made of is served under a name that holds a digest of all of it (`/assets/<digest>/…`), to be kept
for a year; `/widget.js` and the pages, which name it, are asked for anew. An older digest still answers, so that a
page opened before an upgrade goes on.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.channels.http import RUNTIME, Handler
from bot.channels.scripts import bundled, lean

WEB_FOLDER = Path(__file__).resolve().parent.parent / "web"
_ASSETS = WEB_FOLDER / "assets"
_CHAT = _ASSETS / "chat" / "chat.js"
_PAGES = {"/conditions": "conditions.html", "/confidentialite": "confidentialite.html"}
_YEAR = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
_ANEW = "no-cache"
_DIGEST = "[0-9a-f]{12}"


@dataclass(frozen=True)
class _File:
    body: bytes
    packed: bytes | None  # gzipped, where that is shorter
    kind: str
    tag: str


def routes() -> list[web.RouteDef]:
    """Give a route per file: only what was there at the start is served, no path comes from a client."""
    answers = [web.get("/", _front)]
    answers += [web.get(path, _document(WEB_FOLDER / name)) for path, name in _PAGES.items()]
    answers.append(web.get("/widget.js", _static(WEB_FOLDER / "widget.js", _SHORT)))
    for file in _asset_files():
        name = file.relative_to(_ASSETS).as_posix()
        answers.append(web.get(f"/assets/{name}", _static(file, _ANEW)))
        answers.append(web.get(f"/assets/{{digest:{_DIGEST}}}/{name}", _static(file, _YEAR)))
    return answers


def page_text(name: str) -> str:
    """Give a page's source, with its assets under their versioned names."""
    return _versioned((WEB_FOLDER / name).read_text(encoding="utf-8"))


@functools.cache
def digest() -> str:
    """Name the present version of the assets."""
    content = hashlib.sha256()
    for file in _asset_files():
        content.update(file.relative_to(_ASSETS).as_posix().encode() + b"\0" + file.read_bytes())
    return content.hexdigest()[:12]


def _asset_files() -> list[Path]:
    return sorted(file for file in _ASSETS.rglob("*") if file.is_file())


def _versioned(text: str) -> str:
    return text.replace('"/assets/', f'"/assets/{digest()}/')


def _load(path: Path) -> _File:
    body = path.read_bytes()
    if path == _CHAT:
        body = bundled(path).encode()
    elif path.suffix == ".js" and path.parent in {WEB_FOLDER, _CHAT.parent}:
        body = lean(_versioned(body.decode())).encode()
    elif path.parent == WEB_FOLDER:
        body = _versioned(body.decode()).encode()
    packed = gzip.compress(body, 9, mtime=0)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    return _File(body, packed if len(packed) < len(body) else None, kind, tag)


def _answer(request: web.Request, file: _File, caching: str, *, public: bool) -> web.Response:
    current = request.match_info.get("digest") in {None, digest()}
    headers = {"ETag": file.tag, "Cache-Control": caching if current else _ANEW, "Vary": "Accept-Encoding"}
    if public:
        # Any clinic's page may load the chat's code; what the chat may do there is for the Origin check to say.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers["Access-Control-Allow-Origin"] = "*"
    if request.headers.get("If-None-Match") == file.tag:
        return web.Response(status=304, headers=headers)
    body = file.body
    if file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = file.packed
        headers["Content-Encoding"] = "gzip"
    charset = "utf-8" if file.kind.startswith("text/") or file.kind.endswith(("javascript", "svg+xml")) else None
    return web.Response(body=body, headers=headers, content_type=file.kind, charset=charset)


def _static(path: Path, caching: str) -> Handler:
    file = _load(path)

    async def serve(request: web.Request) -> web.StreamResponse:
        return _answer(request, file, caching, public=True)

    return serve


def _document(path: Path) -> Handler:
    """Serve a page that the chat also shows in its window, on whichever site it stands."""
    file = _load(path)

    async def serve(request: web.Request) -> web.StreamResponse:
        return _answer(request, file, _ANEW, public=True)

    return serve


_FRONT = _load(WEB_FOLDER / "index.html")


async def _front(request: web.Request) -> web.StreamResponse:
    """Serve the demo's clinic page; outside demo mode one plain line."""
    if request.app[RUNTIME].settings.demo:
        return _answer(request, _FRONT, _ANEW, public=False)
    return web.Response(text="Assistant d’inscription Sofy : en service.\n")
