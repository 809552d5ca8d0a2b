"""Encryption at rest, blind indexes and keyed hashes, all derived from ``SOFY_SECRET_KEY``."""

from __future__ import annotations

import hmac
import json
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from actions.portal.errors import SettingsError
from actions.rules.email import canonical_email

__all__ = ["Vault", "canonical_email", "canonical_nam", "canonical_username"]


class Vault:
    """Holds the derived keys. With several keys (rotation) the first one writes and all of them read."""

    def __init__(self, keys: Sequence[SecretStr]):
        secrets_ = [key.get_secret_value().encode() for key in keys]
        self._fernet = MultiFernet([Fernet(urlsafe_b64encode(_derive(secret, "data"))) for secret in secrets_])
        self._newest = Fernet(urlsafe_b64encode(_derive(secrets_[0], "data")))
        self._mac_keys = [_derive(secret, "mac") for secret in secrets_]

    def __repr__(self) -> str:
        return f"Vault({len(self._mac_keys)} key(s))"

    def seal(self, fields: dict[str, Any]) -> bytes:
        """Encrypt a JSON-able mapping."""
        return self._fernet.encrypt(json.dumps(fields, ensure_ascii=False).encode())

    def open(self, token: bytes) -> dict[str, Any]:
        """Decrypt what :meth:`seal` made, with any of the keys."""
        try:
            fields: dict[str, Any] = json.loads(self._fernet.decrypt(token))
        except InvalidToken as error:
            raise SettingsError(
                "Les données ne se déchiffrent pas avec SOFY_SECRET_KEY: "
                "remettez l’ancienne clé après la nouvelle, séparées par une virgule."
            ) from error
        return fields

    def is_current(self, token: bytes) -> bool:
        """Whether the newest key encrypted this."""
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            return False
        return True

    def mac(self, purpose: str, value: str) -> str:
        """Keyed hash (hex, 64 characters) of a value under the newest key; purposes never collide."""
        return _mac(self._mac_keys[0], purpose, value)

    def macs(self, purpose: str, value: str) -> list[str]:
        """The keyed hashes under every key, to look up rows that an older key wrote."""
        return [_mac(key, purpose, value) for key in self._mac_keys]

    def matches(self, purpose: str, value: str, mac: str) -> bool:
        """Whether ``mac`` is the keyed hash of ``value`` under any key, in constant time."""
        return any([hmac.compare_digest(each, mac) for each in self.macs(purpose, value)])  # noqa: C419


def canonical_nam(nam: str) -> str:
    """The form in which two NAM are compared: letters and digits, upper case."""
    return "".join(character for character in nam.upper() if character.isalnum())


def canonical_username(username: str) -> str:
    """The form in which two usernames are compared: trimmed and case-folded."""
    return unicodedata.normalize("NFKC", username.strip()).casefold()


def _derive(secret: bytes, purpose: str) -> bytes:
    """HKDF-SHA256 (RFC 5869), one block: the setting is a random key, so no slow derivation is needed."""
    pseudo_random = hmac.digest(b"sofy-portal-v1", secret, "sha256")
    return hmac.digest(pseudo_random, purpose.encode() + b"\x01", "sha256")


def _mac(key: bytes, purpose: str, value: str) -> str:
    return hmac.digest(key, f"{purpose}\x00{value}".encode(), "sha256").hex()
