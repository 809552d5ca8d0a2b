"""Keys for what is stored: one secret (or several, newest first) gives an encryption key and a hash key each."""

from __future__ import annotations

import base64
import hmac
import json
import zlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr


class UnreadableDataError(Exception):
    """Stored data was written with a key that is not among those given, or was damaged."""


class Keyring:
    """Encrypts with the first key, decrypts with any, so that keys can be rotated without downtime."""

    def __init__(self, secret: SecretStr) -> None:
        keys = [key.strip().encode() for key in secret.get_secret_value().split(",") if key.strip()]
        if not keys:
            raise ValueError("no key")
        # Each use has a key of its own: what is learned of one says nothing of the others.
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"events"))) for key in keys])
        self._newest = Fernet(base64.urlsafe_b64encode(_derive(keys[0], b"events")))
        self._hash_keys = [_derive(key, b"conversation") for key in keys]
        self._token_keys = [_derive(key, b"session-token") for key in keys]

    def __repr__(self) -> str:
        return "Keyring(●●●)"

    def seal(self, value: Any) -> bytes:
        """Encrypt a JSON value."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self._fernet.encrypt(zlib.compress(text.encode("utf-8", "surrogatepass"), 1))

    def open(self, token: bytes) -> Any:
        """Decrypt what `seal` gave. Raises UnreadableDataError."""
        try:
            text = zlib.decompress(self._fernet.decrypt(token)).decode("utf-8", "surrogatepass")
        except (InvalidToken, zlib.error) as error:
            raise UnreadableDataError("stored with another key, or damaged") from error
        return json.loads(text)

    def is_current(self, token: bytes) -> bool:
        """Tell whether the newest key encrypted this."""
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            return False
        return True

    def hashes(self, conversation_id: str) -> list[bytes]:
        """Hash a conversation's id with every key, the newest first: an id may be a phone number."""
        text = conversation_id.encode("utf-8", "surrogatepass")
        return [hmac.digest(key, text, "sha256") for key in self._hash_keys]

    def sign(self, text: str) -> str:
        """Sign a session id that this server issues."""
        return _mark(self._token_keys[0], text)

    def signed(self, text: str, signature: str) -> bool:
        """Tell whether this server issued `text`; takes the same time for any wrong signature."""
        given = signature.encode("utf-8", "surrogatepass")
        matches = [hmac.compare_digest(_mark(key, text).encode(), given) for key in self._token_keys]
        return any(matches)


def _derive(key: bytes, use: bytes) -> bytes:
    return hmac.digest(key, b"sofy/bot/v1/" + use, "sha256")


def _mark(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()
