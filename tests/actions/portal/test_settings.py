"""Settings: read once, checked, never shown; keys, kept where only their owner reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from actions.portal.errors import SettingsError
from actions.portal.settings import KEY_FILE, load_settings
from actions.portal.vault import Vault

KEY = "a" * 40


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults() -> None:
    settings = load_settings({"SOFY_SECRET_KEY": KEY})
    assert settings.database_url.get_secret_value() == "sqlite+aiosqlite:///var/sofy.db"
    assert settings.mail_url.get_secret_value() == "spool:var/mail"
    assert settings.public_url == "http://localhost:5005"


def test_the_environment_goes_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text(f"SOFY_SECRET_KEY={KEY}\nPUBLIC_URL=https://file.example/\nMAIL_URL=spool:x\n")
    monkeypatch.setenv("MAIL_URL", "spool:elsewhere")
    settings = load_settings()
    assert settings.public_url == "https://file.example"
    assert settings.mail_url.get_secret_value() == "spool:elsewhere"


def test_nothing_secret_is_shown() -> None:
    settings = load_settings(
        {
            "SOFY_SECRET_KEY": KEY,
            "DATABASE_URL": "postgres://u:s3cr3t@h/d",
            "MAIL_URL": "smtp://u:s3cr3t@h:25?starttls=1",
        }
    )
    assert settings.database_url.get_secret_value() == "postgresql+asyncpg://u:s3cr3t@h/d"
    assert "s3cr3t" not in repr(settings)
    assert KEY not in repr(settings)
    assert KEY not in repr(Vault(settings.secret_keys))


@pytest.mark.parametrize(
    "wrong",
    [
        {"SOFY_SECRET_KEY": ""},
        {"SOFY_SECRET_KEY": "s3cr3t"},
        {"SOFY_SECRET_KEY": f"{KEY},s3cr3t"},
        {"DATABASE_URL": "mysql://u:s3cr3t@h/d"},
        {"DATABASE_URL": "s3cr3t"},
        {"MAIL_URL": "ftp://u:s3cr3t@h"},
        {"MAIL_URL": "spool:"},
        {"MAIL_URL": "smtp://"},
        {"MAIL_URL": "smtp://u:s3cr3t@h:port"},
    ],
)
def test_what_makes_no_sense_is_refused_without_quoting_it(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"SOFY_SECRET_KEY": KEY, **wrong})
    assert "s3cr3t" not in str(caught.value)


def test_a_demo_makes_its_key_once_and_the_staff_find_it(folder: Path) -> None:
    made = load_settings({"SOFY_DEMO": "1"})
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (folder / "var").iterdir()] == ["secret.key"]
    assert load_settings({}, demo=True).secret_keys == load_settings({}).secret_keys == made.secret_keys


def test_an_empty_key_file_is_an_error_not_a_new_key(folder: Path) -> None:
    (folder / "var").mkdir()
    (folder / KEY_FILE).write_text("\n")
    with pytest.raises(SettingsError, match="vide"):
        load_settings({}, demo=True)


class TestVault:
    OLD, NEW = SecretStr("o" * 40), SecretStr("n" * 40)

    def test_rotation_reads_the_old_and_writes_the_new(self) -> None:
        old, both, new = Vault([self.OLD]), Vault([self.NEW, self.OLD]), Vault([self.NEW])
        assert both.open(old.seal({"nam": "x"})) == {"nam": "x"}
        assert new.open(both.seal({"nam": "x"})) == {"nam": "x"}
        assert both.macs("email", "a") == [new.mac("email", "a"), old.mac("email", "a")]
        assert both.matches("email", "a", old.mac("email", "a"))
        with pytest.raises(SettingsError, match="ancienne clé"):
            new.open(old.seal({"nam": "x"}))

    def test_one_value_hashes_differently_for_each_purpose(self) -> None:
        vault = Vault([self.NEW])
        assert vault.mac("email", "a") != vault.mac("nam", "a")
        assert not vault.matches("email", "a", vault.mac("nam", "a"))


def test_a_trial_gets_a_key_for_sqlite_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError):
        load_settings({"DATABASE_URL": "postgresql://localhost/x"}, trial=True)
    assert not KEY_FILE.exists()
    assert load_settings({}, trial=True).secret_keys == load_settings({}).secret_keys
