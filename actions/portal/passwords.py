"""Argon2id with OWASP's parameters, in a thread, a few at a time (each takes 19 MiB).

The C library is called directly, not through `PasswordHasher`: that one leaves copies of the password in memory that
is free, where they stay for as long as nothing else needs the room.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final

from _argon2_cffi_bindings import ffi, lib  # type: ignore[import-untyped]
from argon2 import PasswordHasher, Type
from argon2.exceptions import HashingError
from argon2.low_level import ARGON2_VERSION
from pydantic import SecretStr

_AT_ONCE: Final = 4
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32


class Passwords:
    """Hashes and checks passwords for one event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """`hasher`: with other parameters than OWASP's, for tests that hash by the thousand."""
        self._cost = hasher or PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: SecretStr) -> str:
        """The Argon2id hash of a password, in the usual form (`$argon2id$v=19$m=…`)."""
        async with self._slots:
            return await asyncio.to_thread(self._hash, password)

    async def verify(self, password_hash: str | None, password: SecretStr) -> bool:
        """Whether the password is right; without a hash to check it says no after the same time."""
        if password_hash is None:
            if self._decoy is None:
                self._decoy = await self.hash(SecretStr("a password that nobody has"))
            await self._verify(self._decoy, password)
            return False
        return await self._verify(password_hash, password)

    async def _verify(self, password_hash: str, password: SecretStr) -> bool:
        async with self._slots:
            return await asyncio.to_thread(_matches, password_hash, password)

    def _hash(self, password: SecretStr) -> str:
        cost = (self._cost.time_cost, self._cost.memory_cost, self._cost.parallelism)
        salt = ffi.new("uint8_t[]", os.urandom(_SALT_BYTES))
        size = lib.argon2_encodedlen(*cost, _SALT_BYTES, _HASH_BYTES, Type.ID.value) + 1
        encoded = ffi.new("char[]", size)
        with _Wiped(password) as (text, length):
            given = (text, length, salt, _SALT_BYTES, ffi.NULL, _HASH_BYTES, encoded, size)
            outcome = lib.argon2_hash(*cost, *given, Type.ID.value, ARGON2_VERSION)
        if outcome != lib.ARGON2_OK:
            raise HashingError("Argon2id failed")
        return bytes(ffi.string(encoded)).decode("ascii")


def _matches(password_hash: str, password: SecretStr) -> bool:
    with _Wiped(password) as (text, length):
        encoded = ffi.new("char[]", password_hash.encode())
        return bool(lib.argon2_verify(encoded, text, length, Type.ID.value) == lib.ARGON2_OK)


class _Wiped:
    """A password as C takes it; the copy is overwritten when the block ends."""

    def __init__(self, password: SecretStr) -> None:
        raw = password.get_secret_value().encode()
        self._length = len(raw)
        self._text = ffi.new("uint8_t[]", raw)

    def __enter__(self) -> tuple[Any, int]:
        return self._text, self._length

    def __exit__(self, *_: object) -> None:
        ffi.memmove(self._text, bytes(self._length), self._length)
