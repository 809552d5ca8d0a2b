"""The identity of a web chat: issued and signed here, so that no client can choose or guess one.

A session lives as long as the browser's tab (sessionStorage); a page lives as long as one page load. Both are
random and carry this server's signature; nothing of them is stored. No cookie is used: a request that another site
makes a browser send holds no session.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.storage.keyring import Keyring

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class WebSession:
    """One chat in one page load."""

    token: str
    page_token: str
    conversation_id: str
    page_id: str
    known: bool  # the client came back with a session it was given before
    same_page: bool  # ... and the page has not been loaded again since


def open_session(keyring: Keyring, token: object, page_token: object) -> WebSession:
    """Go on with the session of `token`, else issue one; a forged or foreign token gets a new session."""
    session_id = _verified(keyring, "session", token)
    known = session_id is not None
    session_id = session_id or secrets.token_urlsafe(18)
    page_id = _verified(keyring, f"page:{session_id}", page_token)
    same_page = page_id is not None
    page_id = page_id or secrets.token_urlsafe(12)
    return WebSession(
        token=_signed(keyring, "session", session_id),
        page_token=_signed(keyring, f"page:{session_id}", page_id),
        conversation_id=f"web-{session_id}",
        page_id=page_id,
        known=known,
        same_page=same_page,
    )


def _signed(keyring: Keyring, use: str, value: str) -> str:
    return f"{value}.{keyring.sign(f'{use}:{value}')}"


def _verified(keyring: Keyring, use: str, token: object) -> str | None:
    if not isinstance(token, str) or len(token) > _LONGEST:
        return None
    value, _, signature = token.rpartition(".")
    return value if value and keyring.signed(f"{use}:{value}", signature) else None
