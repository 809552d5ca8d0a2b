"""Another key: everything is written again, nobody notices, and the older key can go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from actions.portal import Portal, audit, rekey
from actions.portal.admin import audit_broken_at, erase, links
from actions.portal.importing import import_files
from actions.portal.settings import PortalSettings
from tests.actions.portal.world import KEY, PASSWORD, PATIENTS, Clock, World, settings_for

NEW = "n" * 40


async def _open(settings: PortalSettings, key: str, clock: Clock, folder: Path) -> World:
    other = settings_for(settings.database_url.get_secret_value(), folder, key=key)
    world = World(await Portal.open(other, clock=clock), clock, folder)
    await world.portal.clinics.refresh(now=True)
    return world


async def test_only_the_new_key_is_needed_afterwards(
    world: World, settings: PortalSettings, clock: Clock, tmp_path: Path
) -> None:
    account = await world.sign_up()
    await world.link(account)
    await world.load(patients=PATIENTS + "c2,,DEMO50010122,omar@example.com,Omar,Demo\n")
    omar = await world.sign_up("omar", email="omar@example.com", nam="DEMO50010122", username="omar_50")
    await world.link(omar, "c2", "omar")  # the record without a number
    await world.portal.change_profile(account, email="lucie.b@example.com")
    await world.portal.save_draft("draft", email="anne@example.com", nam="TREM04121925")
    both = await _open(settings, f"{NEW},{KEY}", clock, tmp_path)
    steps: list[tuple[str, int, int]] = []
    counts = await rekey.rekey(both.portal.core, lambda *step: steps.append(step))
    assert counts == {"records": 7, "accounts": 2, "drafts": 1, "incidents": 0}
    assert ("records", 7, 7) in steps
    assert sum((await rekey.rekey(both.portal.core)).values()) == 0
    assert (await both.portal.get_draft("draft")).email == "anne@example.com"
    await both.portal.close()
    clock.advance(rekey.OLD_KEY_SECONDS + 1)

    alone = await _open(settings, NEW, clock, tmp_path)
    assert (await alone.portal.login("lucie@example.com", PASSWORD, "x")).status == "ok"
    assert (await alone.portal.login("OMAR_50", PASSWORD, "y")).status == "ok"
    assert (await alone.portal.profile(account)).email == "lucie.b@example.com"
    assert (await alone.portal.match_record(omar, "c1")).status == "one"
    assert [each.clinics for each in await links(alone.portal.core, "omar@example.com")] == [["c2"]]
    assert await audit_broken_at(alone.portal.core) is None
    (tmp_path / "again.csv").write_text(PATIENTS + "c2,,DEMO50010122,omar@example.com,Omar,Demo\n", encoding="utf-8")
    report = await import_files(alone.portal.core, clinics=None, patients=tmp_path / "again.csv")
    assert (report.records.unchanged, report.records.touched) == (7, 0)
    assert (await erase(alone.portal.core, "omar@example.com", records=False)).counts["accounts"] == 1
    await alone.portal.close()


async def test_stopped_half_way_it_goes_on(
    world: World, settings: PortalSettings, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekey, "_STEP", 2)
    both = await _open(settings, f"{NEW},{KEY}", clock, tmp_path)

    class Stopped(Exception):
        pass

    def stop(what: str, done: int, _total: int) -> None:
        if (what, done) == ("records", 4):
            raise Stopped

    with pytest.raises(Stopped):
        await rekey.rekey(both.portal.core, stop)
    assert (await rekey.rekey(both.portal.core))["records"] == 2
    account = await both.sign_up()
    assert (await both.portal.match_record(account, "c1")).status == "one"
    await both.portal.close()


async def test_what_is_altered_under_the_old_key_shows_still(
    world: World, settings: PortalSettings, clock: Clock, tmp_path: Path
) -> None:
    await world.portal.audit("thing", n=1)
    both = await _open(settings, f"{NEW},{KEY}", clock, tmp_path)
    await rekey.rekey(both.portal.core)
    await both.portal.audit("thing", n=2)
    await both.portal.close()
    alone = await _open(settings, NEW, clock, tmp_path)
    core = alone.portal.core
    assert await audit_broken_at(core) is None
    await _below_the_triggers(core, "UPDATE audit_events SET fields = '{\"n\": 7}' WHERE id = 2")
    assert await audit_broken_at(core) == 1  # nobody can vouch any more for what the old key wrote
    await alone.portal.close()


async def test_with_neither_key_nothing_opens(world: World, settings: PortalSettings, tmp_path: Path) -> None:
    from actions.portal.errors import SettingsError

    other = await _open(settings, "x" * 40, world.clock, tmp_path)
    with pytest.raises(SettingsError, match="ne se déchiffrent pas"):
        await rekey.rekey(other.portal.core)
    await other.portal.close()


async def _below_the_triggers(core: Any, statement: str) -> None:
    async with core.db.write() as session:
        if core.db.dialect == "sqlite":
            await session.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
            await session.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        else:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(statement))


class TestCut:
    async def _trail(self, portal: Portal) -> audit.Verdict:
        for number in range(4):
            await portal.audit("thing", n=number)
        return await self._verify(portal)

    async def _verify(self, portal: Portal, seen: str | None = None) -> audit.Verdict:
        async with portal.core.db.read() as session:
            return await audit.verify(session, portal.core.vault, seen)

    async def test_whole(self, portal: Portal) -> None:
        verdict = await self._trail(portal)
        assert verdict.whole
        assert verdict.events == 4
        assert (await self._verify(portal, verdict.head)).whole

    @pytest.mark.parametrize(
        "cut",
        ["DELETE FROM audit_events WHERE id = 4", "DELETE FROM audit_events", "DELETE FROM audit_head"],
    )
    async def test_the_end_is_missing(self, portal: Portal, cut: str) -> None:
        await self._trail(portal)
        await _below_the_triggers(portal.core, cut)
        verdict = await self._verify(portal)
        assert verdict.cut
        assert verdict.broken_at is None

    async def test_the_middle_is_missing(self, portal: Portal) -> None:
        await self._trail(portal)
        await _below_the_triggers(portal.core, "DELETE FROM audit_events WHERE id = 2")
        assert (await self._verify(portal)).broken_at == 3

    async def test_rolled_back_to_a_copy(self, portal: Portal) -> None:
        """Who puts an older copy back whole is seen only by a head that was kept elsewhere."""
        await self._trail(portal)
        async with portal.core.db.read() as session:
            row = (await session.execute(text("SELECT events, mac FROM audit_head"))).one()
        await portal.audit("thing", n=5)
        seen = (await self._verify(portal)).head
        await _below_the_triggers(portal.core, "DELETE FROM audit_events WHERE id = 5")
        await _below_the_triggers(portal.core, f"UPDATE audit_head SET events = {row[0]}, mac = '{row[1]}'")
        assert (await self._verify(portal)).whole
        assert (await self._verify(portal, seen)).cut


def test_every_table_with_a_sealed_column_is_rekeyed() -> None:
    from sqlalchemy import LargeBinary

    from actions.portal.models import Base

    sealed = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(isinstance(column.type, LargeBinary) for column in table.columns)
    }
    assert sealed == {table.__tablename__ for _, table, _ in rekey._TABLES}


async def test_a_code_sent_before_is_good_afterwards(
    world: World, settings: PortalSettings, clock: Clock, tmp_path: Path
) -> None:
    account = await world.sign_up()
    code = await world.send(account)
    both = await _open(settings, f"{NEW},{KEY}", clock, tmp_path)
    await rekey.rekey(both.portal.core)
    assert (await both.check(account, code)).status == "ok"
    await both.portal.close()
