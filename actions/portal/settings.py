"""The portal's settings: read once from the environment (and ``.env``), never printed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from actions.portal.errors import SettingsError
from actions.portal.limit_settings import Limits, read_limits

DEFAULT_DATABASE_URL = "sqlite+aiosqlite:///var/sofy.db"
DEFAULT_MAIL_URL = "spool:var/mail"
DEFAULT_PUBLIC_URL = "http://localhost:5005"
KEY_FILE = Path("var/secret.key")
DATABASE_SCHEMES = ("sqlite+aiosqlite", "postgresql+asyncpg")
REDIS_SCHEMES = ("redis", "rediss", "unix")
MAIL_SCHEMES = ("spool", "smtp", "smtps")
KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """Where the data, the mails and the keys are. URLs may hold passwords, hence the secret types."""

    database_url: SecretStr
    mail_url: SecretStr
    secret_keys: tuple[SecretStr, ...]
    """Newest first: the first encrypts, all of them decrypt."""
    public_url: str = DEFAULT_PUBLIC_URL
    redis_url: SecretStr | None = None
    """Where limits are counted, so that several processes count together; None: in the database."""
    limits: Limits = field(default_factory=Limits)


def load_settings(
    environ: Mapping[str, str] | None = None, *, demo: bool | None = None, trial: bool = False
) -> PortalSettings:
    """Read the settings.

    Args:
        environ: variables to read; by default the environment over the current directory's ``.env``.
        demo: make a key when there is none; by default what ``SOFY_DEMO`` says.
        trial: make one also when the database is SQLite (staff trying the program before its first start).

    Raises:
        SettingsError: a variable is missing or makes no sense (French sentence, no value in it).
    """
    variables = _environment() if environ is None else environ
    is_demo = variables.get("SOFY_DEMO", "") in {"1", "true"} if demo is None else demo
    database_url = _database_url(variables)
    is_demo = is_demo or (trial and database_url.startswith("sqlite"))
    return PortalSettings(
        database_url=SecretStr(database_url),
        mail_url=SecretStr(_mail_url(variables)),
        secret_keys=_secret_keys(variables.get("SOFY_SECRET_KEY", ""), is_demo),
        public_url=(variables.get("PUBLIC_URL") or DEFAULT_PUBLIC_URL).rstrip("/"),
        redis_url=_redis_url(variables),
        limits=read_limits(variables),
    )


def _environment() -> dict[str, str]:
    from dotenv import dotenv_values  # noqa: PLC0415  (kept out of the start of `sofy --help`)

    from_file = {name: value for name, value in dotenv_values(Path.cwd() / ".env").items() if value is not None}
    return {**from_file, **os.environ}


def _database_url(variables: Mapping[str, str]) -> str:
    url = variables.get("DATABASE_URL") or DEFAULT_DATABASE_URL
    scheme = url.partition("://")[0]
    scheme = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }.get(scheme, scheme)
    if "://" not in url or scheme not in DATABASE_SCHEMES:
        raise SettingsError("DATABASE_URL doit commencer par « sqlite+aiosqlite:// » ou « postgresql+asyncpg:// ».")
    return f"{scheme}://{url.partition('://')[2]}"


def _mail_url(variables: Mapping[str, str]) -> str:
    url = variables.get("MAIL_URL") or DEFAULT_MAIL_URL
    try:
        parts = urlsplit(url)
        usable = bool(parts.path if parts.scheme == "spool" else parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
        parts = urlsplit("")
    if parts.scheme not in MAIL_SCHEMES or not usable:
        raise SettingsError(
            "MAIL_URL doit être de la forme « spool:dossier » ou « smtp://utilisateur:motdepasse@serveur:port »."
        )
    return url


def _redis_url(variables: Mapping[str, str]) -> SecretStr | None:
    url = variables.get("REDIS_URL", "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in REDIS_SCHEMES and bool(parts.hostname or parts.path)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("REDIS_URL doit être de la forme « redis://serveur:port/0 ».")
    return SecretStr(url)


def _secret_keys(value: str, demo: bool) -> tuple[SecretStr, ...]:
    keys = [part.strip() for part in value.split(",") if part.strip()]
    if not keys and KEY_FILE.is_file():
        # `make run` made it: the staff commands typed beside it must find the same data.
        keys = [_read_key_file()]
    if not keys and demo:
        keys = [_make_key_file()]
    if not keys:
        raise SettingsError(
            "SOFY_SECRET_KEY n’est pas définie: mettez-y une longue valeur aléatoire "
            "(par exemple « openssl rand -base64 48 »), dans l’environnement ou dans le fichier .env. "
            "Pour un simple essai, SOFY_DEMO=1 en crée une."
        )
    if any(len(key) < KEY_LENGTH for key in keys):
        raise SettingsError(f"SOFY_SECRET_KEY: chaque clé compte au moins {KEY_LENGTH} caractères.")
    return tuple(SecretStr(key) for key in keys)


def _read_key_file() -> str:
    try:
        key = KEY_FILE.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Le fichier {KEY_FILE} est illisible.") from error
    if not key:
        raise SettingsError(f"Le fichier {KEY_FILE} est vide: remettez-y la clé, sans quoi les données sont perdues.")
    return key


def _make_key_file() -> str:
    """Create the demo's key, or read the one that another process created first."""
    key = secrets.token_urlsafe(48)
    draft = KEY_FILE.with_name(f".{KEY_FILE.name}.{secrets.token_hex(4)}")
    try:
        KEY_FILE.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(key + "\n")
        try:
            os.link(draft, KEY_FILE)  # fails when the file exists: the first one wins, whole
        except FileExistsError:
            return _read_key_file()
        finally:
            draft.unlink()
    except OSError as error:
        raise SettingsError(f"Impossible d’écrire {KEY_FILE}: vérifiez les droits du dossier.") from error
    return key
