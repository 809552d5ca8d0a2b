"""The staff's commands, as typed: what they print, their exit codes, and never a traceback."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from actions import plugin
from actions.portal.portal import Portal
from actions.portal.settings import load_settings
from tests.actions.portal.world import CLINICS, KEY, PATIENTS, Clock, World


class NoConversations:
    """What `sofy` lends: the stored conversations; here there are none."""

    async def __aenter__(self) -> NoConversations:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def purge(self) -> dict[str, int]:
        return {"anonymization": 0, "deletion": 0}

    async def erase(self, ids: object = (), values: object = ()) -> int:
        return 0

    async def of(self, values: object) -> list[object]:
        return []

    async def rekey(self, progress: object) -> int:
        return 0

    async def rekey_stops(self) -> int:
        return 0


ROOT = Path(__file__).parents[3]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Path:
    """A project's folder with an empty, migrated database."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "MAIL_URL", "PUBLIC_URL", "SOFY_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOFY_SECRET_KEY", KEY)
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "sofy.db")
    (tmp_path / "clinics.csv").write_text(CLINICS, encoding="utf-8")
    (tmp_path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def sofy(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: (exit code, stdout, stderr)."""
    assert folder.is_dir()

    def run(*words: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        subparsers = parser.add_subparsers(required=True)
        for command in plugin.commands():
            subparser = subparsers.add_parser(command.name, help=command.help)
            command.add_arguments(subparser)
            subparser.set_defaults(run=command.run, conversations=NoConversations)
        capsys.readouterr()
        args = parser.parse_args(words)
        code = args.run(args)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return run


@pytest.fixture
def imported(sofy: Run) -> Run:
    assert sofy("import", "--clinics", "clinics.csv", "--patients", "patients.csv", "--quiet")[0] == 0
    return sofy


def _as_patient(folder: Path, *, clinics: tuple[str, ...] = ("c1",)) -> None:
    """Sign Lucie up and link her to the clinics."""

    async def go() -> None:
        portal = await Portal.open(load_settings(), clock=(clock := Clock()))
        try:
            world = World(portal, clock, folder / "var")
            account = await world.sign_up()
            for clinic in clinics:
                await world.link(account, clinic)
        finally:
            await portal.close()

    asyncio.run(go())


class TestImport:
    def test_says_what_was_done(self, sofy: Run) -> None:
        code, out, err = sofy("import", "--clinics", "clinics.csv", "--patients", "patients.csv")
        assert code == 0
        assert "Cliniques: 2 ajouté(s)" in out
        assert "Dossiers: 6 ajouté(s)" in out
        assert "patients.csv, ligne 6: doublon" in err
        code, out, _ = sofy("import", "--patients", "patients.csv")
        assert "0 ajouté(s), 0 modifié(s), 6 inchangé(s)" in out

    def test_reports_every_bad_line_and_fails(self, sofy: Run, folder: Path) -> None:
        with (folder / "patients.csv").open("a") as file:
            file.write("nowhere,8,TEST85031412,a@b.ca,A,B\nc1,9,,a@b.ca,A,B\n")
        code, out, err = sofy("import", "--clinics", "clinics.csv", "--patients", "patients.csv")
        assert code == 1
        assert out == ""
        assert "patients.csv, ligne 8:" in err
        assert "patients.csv, ligne 9:" in err
        assert "Rien n’a été importé: 2 erreur(s)" in err
        assert "Dossiers importés                          0" in sofy("stats")[1]

    def test_a_bad_file_of_clinics_does_not_blame_the_patients(self, sofy: Run, folder: Path) -> None:
        (folder / "clinics.csv").write_text("nothing,useful\n")
        code, _, err = sofy("import", "--clinics", "clinics.csv", "--patients", "patients.csv", "--quiet")
        assert code == 1
        assert err.count("\n") == 2
        assert "clinic_id" in err

    def test_needs_a_file(self, sofy: Run) -> None:
        code, _, err = sofy("import")
        assert (code, err.count("\n")) == (1, 1)


class TestLinks:
    def test_json_is_exactly_this(self, imported: Run, folder: Path) -> None:
        assert imported("links", "--email", "nobody@example.com", "--json") == (0, "[]\n", "")
        _as_patient(folder, clinics=("c1", "c2"))
        code, out, _ = imported("links", "--email", "LUCIE@example.com", "--json")
        assert code == 0
        assert json.loads(out) == [
            {
                "username": "lucie_88",
                "nam_masked": "TEST •••• ••12",
                "verified": True,
                "clinics": ["c1", "c2"],
            }
        ]

    def test_text(self, imported: Run, folder: Path) -> None:
        assert "Aucun compte" in imported("links", "--email", "nobody@example.com")[1]
        _as_patient(folder, clinics=())
        out = imported("links", "--email", "lucie@example.com")[1]
        assert "lucie_88 (provisoire)" in out
        assert "TEST8503" not in out

    def test_what_is_no_email(self, imported: Run) -> None:
        code, out, err = imported("links", "--email", "lucie", "--json")
        assert (code, out) == (1, "")
        assert "courriel" in err


def test_duplicates(imported: Run) -> None:
    code, out, _ = imported("duplicates")
    assert code == 0
    assert "Clinique médicale Info-Data (c1): TREM •••• ••25" in out
    assert "dossiers 3, 4 (même courriel: bloque l’inscription)" in out
    assert "1 NAM en double" in out


class TestInvite:
    def test_sends_the_same_mail_to_anyone(self, imported: Run, folder: Path) -> None:
        assert imported("invite", "--clinic", "c1", "--email", "someone@example.com")[0] == 0
        (mail,) = (folder / "var" / "mail").glob("*.eml")
        content = mail.read_text()
        assert "someone@example.com" in content
        assert "action=3Dsignup" in content
        assert "action=3Dlogin" in content.replace("=\n", "")

    def test_an_unknown_clinic(self, imported: Run) -> None:
        code, _, err = imported("invite", "--clinic", "nowhere", "--email", "a@example.com")
        assert (code, err.count("\n")) == (1, 1)

    def test_a_folder_that_cannot_be_written(
        self, imported: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "blocked").write_text("")
        monkeypatch.setenv("MAIL_URL", "spool:blocked/mail")
        code, _, err = imported("invite", "--clinic", "c1", "--email", "a@example.com")
        assert (code, err.count("\n")) == (1, 1)
        assert "MAIL_URL" in err


class TestErase:
    def test_leaves_nothing_and_gives_a_receipt(self, imported: Run, folder: Path) -> None:
        _as_patient(folder)
        code, out, _ = imported("erase", "--email", "lucie@example.com")
        assert code == 0
        assert "Reçu d’effacement" in out
        assert "Comptes: 1 (liens: 1, codes: 1)" in out
        assert "Copies de courriels effacées: 1" in out
        assert "Dossiers importés conservés: 2" in out
        assert "lucie@" not in out
        assert imported("links", "--email", "lucie@example.com", "--json")[1] == "[]\n"
        assert list((folder / "var" / "mail").glob("*.eml")) == []

    def test_the_records_too(self, imported: Run) -> None:
        assert "Dossiers importés: 2" in imported("erase", "--email", "lucie@example.com", "--records")[1]
        assert "Dossiers importés                          4" in imported("stats")[1]

    def test_when_there_is_nothing(self, imported: Run) -> None:
        code, out, _ = imported("erase", "--email", "nobody@example.com")
        assert code == 0
        assert "ni compte, ni inscription" in out


def test_stats(imported: Run, folder: Path) -> None:
    _as_patient(folder)
    code, out, _ = imported("stats", "--days", "3650")
    assert code == 0
    assert "Comptes confirmés                          1" in out
    assert "Journal d’audit                       intact" in out
    numbers = json.loads(imported("stats", "--json", "--days", "3650")[1])
    assert (numbers["records"], numbers["links"], numbers["event:clinic_linked"]) == (6, 1, 1)
    assert numbers["audit_broken_at"] is None
    assert imported("stats", "--days", "0")[0] == 1


def test_purge_deletes_what_is_past_its_time_and_no_more(imported: Run, folder: Path) -> None:
    async def fill() -> None:
        for age_days, conv in ((8, "old"), (0, "new")):
            clock = Clock()
            clock.now = time.time() - age_days * 24 * 3600
            portal = await Portal.open(load_settings(), clock=clock)
            world = World(portal, clock, folder / "var")
            await world.send(await world.sign_up(conv, username=f"someone_{conv}"), conv=conv)
            await portal.save_draft(f"{conv}2", email="a@b.ca")
            await portal.close()

    asyncio.run(fill())
    code, out, _ = imported("purge")
    assert code == 0
    assert "1 brouillon(s), 1 compte(s) provisoire(s)" in out
    links = json.loads(imported("links", "--email", "lucie@example.com", "--json")[1])
    assert [account["username"] for account in links] == ["someone_new"]


class TestTrouble:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DATABASE_URL", "postgresql+asyncpg://u:s3cr3t@127.0.0.1:9/x"),
            ("DATABASE_URL", "sqlite+aiosqlite:////proc/nowhere/sofy.db"),
            ("DATABASE_URL", "sqlite+aiosqlite:///clinics.csv"),
            ("DATABASE_URL", "s3cr3t"),
            ("SOFY_SECRET_KEY", ""),
            ("MAIL_URL", "ftp://s3cr3t"),
        ],
    )
    def test_is_one_french_sentence(self, sofy: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        for words in (["stats"], ["purge"], ["links", "--email", "a@example.com", "--json"]):
            code, out, err = sofy(*words)
            assert (code, out, err.count("\n")) == (1, "", 1)
            assert "s3cr3t" not in err

    def test_another_key_than_the_data_s(self, imported: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOFY_SECRET_KEY", "z" * 40)
        code, _, err = imported("duplicates")
        assert code == 1
        assert "SOFY_SECRET_KEY" in err

    def test_a_bug_is_a_sentence_too(self, sofy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        async def broken(*_: object) -> dict[str, int]:
            raise ZeroDivisionError

        monkeypatch.setattr("actions.staff.purge.purge", broken)
        code, _, err = sofy("purge")
        assert code == 1
        assert "ZeroDivisionError" in err


def test_the_program_itself_ends_when_the_database_is_no_database(folder: Path) -> None:
    code = "import sys; from actions.plugin import commands\nfrom argparse import Namespace\n"
    code += "sys.exit(next(c for c in commands() if c.name == 'duplicates').run(Namespace()))"
    environ = {**os.environ, "DATABASE_URL": "sqlite+aiosqlite:///clinics.csv", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, timeout=30, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1


def test_help_is_french_and_light() -> None:
    code = (
        "import sys; from actions.plugin import commands\n"
        "from argparse import ArgumentParser\n"
        "for c in commands(): c.add_arguments(ArgumentParser())\n"
        "heavy = {'sqlalchemy', 'pydantic', 'cryptography', 'alembic', 'tqdm', 'rapidfuzz'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert [command.name for command in plugin.commands()] == [
        "import",
        "duplicates",
        "links",
        "invite",
        "stats",
        "purge",
        "erase",
        "access-report",
        "rekey",
        "audit",
        "incident",
    ]
