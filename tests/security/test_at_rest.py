"""What the files say without the key (nothing), and what the staff's commands do to all of them together."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from bot.cli import main
from bot.storage.channels import ChannelStore
from bot.storage.database import open_database
from bot.storage.keyring import Keyring
from tests.security.canaries import GOOD, forms_of, sweep
from tests.security.conftest import KEY
from tests.security.house import LUCIE, House

NEW = "another key for the security tests that is long enough"
PERSONAL = (
    "lucie.essai@example.com",
    "lucie.essai",
    "ESSL85531419",
    "ESSL 8553 1419",
    "lucie_88",
    "Lucie",
    "514 555-0199",
    "514-555-0199",
    "TEST85031412",
    "marc.fictif@example.com",
    "FICM72110210",
)


class Outcome(NamedTuple):
    code: int
    out: str


@pytest.fixture
def sofy() -> Callable[..., Outcome]:
    """Runs a command of `sofy` over the house's files."""

    def run(*words: str) -> Outcome:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(list(words))
        return Outcome(code, out.getvalue())

    return run


async def _talked(house: House) -> None:
    await house.go("a", "activation_code", GOOD)
    await house.say("a", "mon téléphone est le 514 555-0199, appelez Lucie")
    await house.say("a", house.code(), masked=True)
    await house.say("b", "/signup", "mon courriel est marc.fictif@example.com et mon NAM TEST 8503 1412")


def _databases(folder: Path) -> dict[str, list[str]]:
    found = sweep(folder, PERSONAL, besides=[*(folder / "mail").glob("*"), folder / "everything.log"])
    return {name: hits for name, hits in found.items() if "db" in name}


async def test_without_the_key_the_databases_say_nothing(house: House) -> None:
    await _talked(house)
    names = {path.name for path in house.folder.glob("*.db*")}
    assert {"portal.db", "conversations.db"} <= names
    assert any(name.endswith("-wal") for name in names), "the journals are looked into as well"
    assert _databases(house.folder) == {}
    for name in ("portal.db", "conversations.db"):
        with sqlite3.connect(house.folder / name) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    assert _databases(house.folder) == {}


async def test_the_log_has_no_personal_value(house: House) -> None:
    await _talked(house)
    log = (house.folder / "everything.log").read_bytes()
    assert [value for value in PERSONAL if any(form in log for form in list(forms_of(value))[:3])] == []


async def test_another_key_for_everything(
    house: House, sofy: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    await _talked(house)
    url = house.runtime.settings.conversations_url
    before = ChannelStore(open_database(url), Keyring(SecretStr(KEY)))
    await before.create_schema()
    await before.stop("twilio", "+15145550199")
    await before.close()
    monkeypatch.setenv("SOFY_SECRET_KEY", f"{NEW},{KEY}")
    code, out = await asyncio.to_thread(sofy, "rekey")
    assert code == 0, out
    assert "Comptes: 1 réécrit" in out
    assert "Tours de conversation: 0" not in out
    assert "Numéros qui ont dit STOP: 1 réécrit" in out
    after = ChannelStore(open_database(url), Keyring(SecretStr(NEW)))
    assert await after.stopped("twilio", "+15145550199")
    await after.close()
    monkeypatch.setenv("SOFY_SECRET_KEY", NEW)
    for words in (("export",), ("links", "--email", LUCIE["email"], "--json"), ("audit", "verify")):
        code, out = await asyncio.to_thread(sofy, *words)
        assert code == 0, out
    monkeypatch.setenv("SOFY_SECRET_KEY", KEY)
    code, out = await asyncio.to_thread(sofy, "export")
    assert code == 1
    assert "clé" in out
    monkeypatch.setenv("SOFY_SECRET_KEY", KEY)


async def test_one_person_is_reported_then_erased(house: House, sofy: Callable[..., Outcome]) -> None:
    await _talked(house)
    code, out = await asyncio.to_thread(sofy, "access-report", "--email", LUCIE["email"])
    assert code == 0, out
    report = json.loads(out)
    assert report["accounts"][0]["nam"] == LUCIE["nam"]
    assert {each["document"] for each in report["accounts"][0]["consents"]} == {"terms", "privacy"}
    assert len(report["conversations"]) == 1
    assert GOOD not in out
    code, out = await asyncio.to_thread(sofy, "erase", "--email", LUCIE["email"])
    assert code == 0, out
    assert "Conversations: 1" in out
    assert "Comptes: 1" in out
    report = json.loads((await asyncio.to_thread(sofy, "access-report", "--email", LUCIE["email"])).out)
    assert report["accounts"] == report["conversations"] == report["signups"] == []
    assert await house.runtime.service.state("a") is None
    assert await house.runtime.service.state("b") is not None
    code, out = await asyncio.to_thread(sofy, "erase", "--conversation", "b")
    assert (code, "Conversations: 1" in out) == (0, True), out
    assert await house.runtime.service.state("b") is None
    code, out = await asyncio.to_thread(sofy, "audit", "list", "--accesses")
    assert out.count("command=access_report") == 2
    assert (await asyncio.to_thread(sofy, "audit", "verify")).code == 0


async def test_purge_and_the_register(house: House, sofy: Callable[..., Outcome], tmp_path: Path) -> None:
    await _talked(house)
    with sqlite3.connect(house.folder / "conversations.db") as connection:
        connection.execute("UPDATE tracker_conversations SET updated_at = updated_at - 90000 WHERE id = 1")
        connection.execute("UPDATE tracker_conversations SET updated_at = updated_at - 3000000 WHERE id = 2")
    connection.close()
    code, out = await asyncio.to_thread(sofy, "purge")
    assert code == 0, out
    assert "1 anonymisée(s), 1 supprimée(s)" in out or "2 anonymisée(s), 1 supprimée(s)" in out
    assert [value for value in PERSONAL[:3] if value in (await asyncio.to_thread(sofy, "export")).out] == []
    given = {
        "information": "courriels",
        "circumstances": "=envoi à la mauvaise adresse",
        "occurred": "2026-03-01",
        "known": "2026-03-02",
        "persons": "3",
        "risk": "faible sensibilité",
        "serious": "oui",
        "measures": "rappel du courriel",
    }
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    code, out = await asyncio.to_thread(sofy, "incident", "add", *words[:-2])
    assert code == 1
    assert "--measures" in out
    code, out = await asyncio.to_thread(sofy, "incident", "add", *words)
    assert code == 0, out
    assert "avis au ministre" in out
    assert "envoi" in (await asyncio.to_thread(sofy, "incident", "list")).out
    assert "'=envoi" in (await asyncio.to_thread(sofy, "incident", "export")).out
    [row] = json.loads((await asyncio.to_thread(sofy, "incident", "export", "--format", "json")).out)
    assert row["persons"] == "3"
    assert sweep(tmp_path, ["mauvaise adresse"], besides=[tmp_path / "everything.log"]) == {}


@pytest.fixture(autouse=True)
def _restored() -> object:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
