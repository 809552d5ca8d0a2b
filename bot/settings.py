"""Settings, read once from the environment and `.env` where the program starts.

Nothing else in `bot/` reads the environment. Every value that could open a door (keys, tokens, URLs with a
password in them) is a `SecretStr`, so that neither a `repr` nor a traceback shows it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from bot.errors import SofyError

SECRET_KEY_FILE = Path("var/secret.key")
SECRET_KEY_LENGTH = 32
_ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_MASK = "●●●"


class SettingsError(SofyError):
    """A setting is missing or wrong; the message is one French sentence for the person at the terminal."""


def _split(value: object) -> object:
    """Read a comma-separated variable as a tuple of its non-empty parts."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Settings(BaseModel):
    """Everything that an installation can set; the environment variable is the alias of each field."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    demo: bool = False
    database_url: SecretStr = Field(SecretStr("sqlite+aiosqlite:///var/sofy.db"), alias="DATABASE_URL")
    tracker_database_url: SecretStr | None = Field(None, alias="TRACKER_DATABASE_URL")
    redis_url: SecretStr | None = Field(None, alias="REDIS_URL")
    mail_url: SecretStr = Field(SecretStr("spool:var/mail"), alias="MAIL_URL")
    secret_key: SecretStr = Field(alias="SOFY_SECRET_KEY")
    public_url: str = Field("http://localhost:5005", alias="PUBLIC_URL")
    auth_token: SecretStr | None = Field(None, alias="SOFY_AUTH_TOKEN")
    allowed_origins: Words = Field((), alias="SOFY_ALLOWED_ORIGINS")
    frame_ancestors: Words = Field(("'self'",), alias="SOFY_FRAME_ANCESTORS")
    messages_per_minute: int = Field(30, ge=0, alias="SOFY_MESSAGES_PER_MINUTE")
    address_messages_per_minute: int = Field(600, ge=0, alias="SOFY_ADDRESS_MESSAGES_PER_MINUTE")
    total_messages_per_minute: int = Field(30_000, ge=0, alias="SOFY_TOTAL_MESSAGES_PER_MINUTE")
    address_pages_per_minute: int = Field(600, ge=0, alias="SOFY_ADDRESS_PAGES_PER_MINUTE")
    sockets_per_address: int = Field(200, ge=1, alias="SOFY_SOCKETS_PER_ADDRESS")
    proxy_hops: int = Field(0, ge=0, le=5, alias="SOFY_PROXY_HOPS")
    live_conversations: int = Field(500, ge=1, alias="SOFY_LIVE_CONVERSATIONS")
    lock_seconds: float = Field(60.0, gt=0, alias="SOFY_LOCK_SECONDS")
    rasa_url: str | None = Field(None, alias="SOFY_RASA_URL")
    rasa_desk: str = Field("127.0.0.1:5056", alias="SOFY_RASA_DESK")
    rasa_token: SecretStr | None = Field(None, alias="SOFY_RASA_TOKEN")
    log_level: str = Field("INFO", alias="SOFY_LOG_LEVEL")

    @field_validator("database_url", "tracker_database_url")
    @classmethod
    def _async_url(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(async_database_url(value.get_secret_value()))

    @field_validator("redis_url")
    @classmethod
    def _redis_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("redis://hôte:port est attendu")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        for key in value.get_secret_value().split(","):
            if len(key.strip()) < SECRET_KEY_LENGTH:
                raise ValueError(f"chaque clé compte au moins {SECRET_KEY_LENGTH} caractères")
        return value

    @field_validator("public_url")
    @classmethod
    def _http_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("une adresse http:// ou https:// est attendue")
        return value.rstrip("/")

    @field_validator("rasa_url")
    @classmethod
    def _rasa(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "http://-")
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.username is not None:
            raise ValueError("une adresse http:// ou https://, sans mot de passe, est attendue")
        return value

    @field_validator("rasa_desk")
    @classmethod
    def _desk(cls, value: str) -> str:
        host, separator, port = value.rpartition(":")
        if not separator or not host or not port.isdigit() or not 0 <= int(port) <= 65535:
            raise ValueError("adresse:port est attendu, comme 127.0.0.1:5056")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not re.fullmatch(r"https?://[^/\s;,'\"]+", value):
                raise ValueError("des origines comme https://www.clinique.ca sont attendues")
        return values

    @field_validator("frame_ancestors")
    @classmethod
    def _ancestors(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            # The value lands in a header: anything that could end the directive is refused.
            if not re.fullmatch(r"'self'|'none'|https?://[^/\s;,'\"]+", value):
                raise ValueError("'self', 'none' ou des origines comme https://www.clinique.ca sont attendus")
        return values

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
            raise ValueError("DEBUG, INFO, WARNING, ERROR ou CRITICAL est attendu")
        return value.upper()

    @property
    def conversations_url(self) -> SecretStr:
        """Where conversations are stored: TRACKER_DATABASE_URL, else DATABASE_URL."""
        return self.tracker_database_url or self.database_url

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages may talk to the web chat."""
        parts = urlsplit(self.public_url)
        return frozenset({f"{parts.scheme}://{parts.netloc}", *self.allowed_origins})


def async_database_url(url: str) -> str:
    """Name the asynchronous driver in a database URL that leaves it out; refuse other databases."""
    scheme, separator, rest = url.partition("://")
    scheme = _ASYNC_DRIVERS.get(scheme, scheme)
    if not separator or scheme not in _ASYNC_DRIVERS.values():
        raise ValueError("sqlite+aiosqlite:///… ou postgresql+asyncpg://… est attendu")
    return f"{scheme}{separator}{rest}"


def masked_url(url: str) -> str:
    """Give a URL as it may be shown: without its password, its query or its fragment."""
    plain = url.split("?", 1)[0].split("#", 1)[0]
    scheme, separator, rest = plain.partition("://")
    account, at, host = rest.rpartition("@")
    user, colon, _password = account.partition(":")
    return f"{scheme}{separator}{user}{colon}{_MASK if colon else ''}{at}{host}" if separator else plain


def load_settings(root: Path, *, demo: bool, environ: MutableMapping[str, str] = os.environ) -> Settings:
    """Read `.env` of the project, then the environment (which wins), and check every value.

    In demo mode a missing SOFY_SECRET_KEY is made once, kept in var/secret.key and put into `environ`, where the
    project's actions find it too. Raises SettingsError with one French sentence.
    """
    _read_dotenv(root / ".env", environ)
    if demo:
        environ["SOFY_DEMO"] = "1"
        if not environ.get("SOFY_SECRET_KEY"):
            environ["SOFY_SECRET_KEY"] = demo_secret_key(root / SECRET_KEY_FILE)
    if not environ.get("SOFY_SECRET_KEY"):
        raise SettingsError(
            "Il manque SOFY_SECRET_KEY, la clé qui chiffre les données : mettez-la dans .env "
            "(voir .env.example), ou essayez l'assistant avec --demo."
        )
    return settings_from(environ, demo=demo)


def settings_from(environ: Mapping[str, str], *, demo: bool) -> Settings:
    """Check the variables of `environ`; an empty one counts as not set."""
    values: dict[str, Any] = {name: value for name, value in environ.items() if value != ""}
    try:
        return Settings.model_validate({**values, "demo": demo})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"Le réglage {name} n'est pas valable : {reason}.") from None


def _read_dotenv(path: Path, environ: MutableMapping[str, str]) -> None:
    if not path.is_file():
        return
    from dotenv import dotenv_values  # noqa: PLC0415  (only where there is a .env: start-up is counted in ms)

    try:
        values = dotenv_values(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Le fichier .env ne se lit pas ({type(error).__name__}).") from None
    for name, value in values.items():
        if value is not None:
            environ.setdefault(name, value)


def demo_secret_key(path: Path) -> str:
    """Give the key of the demo, made at the first start in a file that only its owner can read (0600)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(SECRET_KEY_LENGTH))
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(f"Le fichier {path} ne peut être ni lu ni écrit ({reason}).") from None


def _write_once(path: Path, text: str) -> None:
    # Written aside, then linked: of two processes that start together one wins, and neither reads half a key.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
