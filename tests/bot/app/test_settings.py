import os
from pathlib import Path

import pytest

from bot.settings import SettingsError, async_database_url, demo_secret_key, load_settings, masked_url, settings_from

KEY = "k" * 32


def test_defaults(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, demo=False, environ={"SOFY_SECRET_KEY": KEY})
    assert settings.database_url.get_secret_value() == "sqlite+aiosqlite:///var/sofy.db"
    assert settings.conversations_url == settings.database_url
    assert settings.messages_per_minute == 30
    assert settings.address_messages_per_minute == 600
    assert settings.total_messages_per_minute == 30_000
    assert settings.address_pages_per_minute == 600
    assert settings.origins == {"http://localhost:5005"}


def test_the_environment_wins_over_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"SOFY_SECRET_KEY={KEY}\nPUBLIC_URL=https://a.example\nREDIS_URL=\n", encoding="utf-8"
    )
    environ = {"PUBLIC_URL": "https://b.example/"}
    settings = load_settings(tmp_path, demo=False, environ=environ)
    assert settings.public_url == "https://b.example"
    assert settings.redis_url is None
    assert environ["SOFY_SECRET_KEY"] == KEY  # where the project's actions look for it


def test_the_demo_makes_its_key_once(tmp_path: Path) -> None:
    first: dict[str, str] = {}
    load_settings(tmp_path, demo=True, environ=first)
    second: dict[str, str] = {}
    load_settings(tmp_path, demo=True, environ=second)
    assert first == second
    assert first["SOFY_DEMO"] == "1"
    assert len(first["SOFY_SECRET_KEY"]) >= 43
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret.key"]
    assert os.stat(tmp_path / "var/secret.key").st_mode & 0o777 == 0o600


def test_of_two_first_starts_one_key_stands(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "var/secret.key"
    with ThreadPoolExecutor(1) as pool:  # one process writes under one draft name
        keys = set(pool.map(lambda _: demo_secret_key(path), range(8)))
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SOFY_SECRET_KEY", f"{KEY},short", "au moins 32 caractères"),
        ("SOFY_PROXY_HOPS", "9", "SOFY_PROXY_HOPS"),
        ("SOFY_TOTAL_MESSAGES_PER_MINUTE", "-1", "SOFY_TOTAL_MESSAGES_PER_MINUTE"),
        ("SOFY_ADDRESS_PAGES_PER_MINUTE", "beaucoup", "SOFY_ADDRESS_PAGES_PER_MINUTE"),
        ("DATABASE_URL", "oracle://x", "sqlite+aiosqlite"),
    ],
)
def test_a_wrong_value_is_one_sentence(name: str, value: str, reason: str) -> None:
    with pytest.raises(SettingsError, match="Le réglage") as caught:
        settings_from({"SOFY_SECRET_KEY": KEY, name: value}, demo=False)
    assert reason in str(caught.value)
    assert "short" not in str(caught.value)


def test_nothing_secret_in_a_repr() -> None:
    values = {
        "SOFY_SECRET_KEY": KEY,
        "SOFY_AUTH_TOKEN": "Canari1",
        "DATABASE_URL": "postgresql://a:Canari2@h/d",
        "REDIS_URL": "redis://:Canari3@h",
        "MAIL_URL": "smtp://u:Canari4@h:25",
    }
    text = repr(settings_from(values, demo=False)) + str(settings_from(values, demo=False))
    assert "Canari" not in text
    assert KEY not in text


def test_urls() -> None:
    assert async_database_url("postgres://h/d") == "postgresql+asyncpg://h/d"
    assert async_database_url("sqlite:///x.db") == "sqlite+aiosqlite:///x.db"
    assert masked_url("redis://:pw@host:6379/0?password=pw") == "redis://:●●●@host:6379/0"
    assert masked_url("smtp://user:p@ss@host:25") == "smtp://user:●●●@host:25"
    assert masked_url("spool:var/mail") == "spool:var/mail"
