"""Stored conversations anonymized, deleted, erased, and written again under another key."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.privacy import Privacy, PrivacyRule
from bot.storage.database import open_database
from bot.storage.keeping import ConversationKeeper
from bot.storage.keyring import Keyring, UnreadableDataError
from bot.storage.trackers import ConflictError, SqlTrackerStore

OLD, NEW = "o" * 40, "n" * 40
PRIVACY = Privacy([PrivacyRule("email", "redact", "•", 1, 3), PrivacyRule("nam", "mask")])


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(folder: Path, clock: Clock, keys: str = OLD) -> tuple[SqlTrackerStore, ConversationKeeper]:
    database, keyring = open_database(SecretStr(f"sqlite+aiosqlite:///{folder}/t.db")), Keyring(SecretStr(keys))
    return SqlTrackerStore(database, keyring, clock), ConversationKeeper(database, keyring, PRIVACY)


def given(email: str) -> list[dict[str, Any]]:
    text = f"mon courriel est {email}"
    return [
        {"event": "user", "text": text, "parse_data": {"text": text, "entities": []}},
        {"event": "slot", "name": "email", "value": email},
    ]


async def filled(store: SqlTrackerStore, clock: Clock) -> None:
    await store.create_schema()
    clock.now = 1000.0
    head = await store.append("lucie", None, given("lucie@example.com"), new_session=True)
    await store.append("lucie", head, given("lucie@example.com"), new_session=False)
    clock.now = 5000.0
    await store.append("omar", None, given("omar@example.com"), new_session=True)


async def test_what_is_old_is_masked_and_nobody_goes_on_with_it(tmp_path: Path, clock: Clock) -> None:
    store, keeper = opened(tmp_path, clock)
    await filled(store, clock)
    before = await store.load("lucie")
    assert await keeper.anonymize(4000.0) == 1
    assert await keeper.anonymize(4000.0) == 0
    texts = {name: str(events) for name, events in [each async for each in store.conversations()]}
    assert sum("lucie@" in text for text in texts.values()) == 0
    assert sum("omar@" in text for text in texts.values()) == 1
    head, events = await store.load("lucie") or (None, None)
    assert events == []
    assert before is not None
    with pytest.raises(ConflictError):  # a turn that was running does not write over it
        await store.append("lucie", before[0], given("lucie@example.com"), new_session=False)
    head = await store.append("lucie", head, [{"event": "session_started"}], new_session=True)
    assert (await store.load("lucie")) == (head, [{"event": "session_started"}])
    await store.close()


async def test_what_is_older_is_deleted(tmp_path: Path, clock: Clock) -> None:
    store, keeper = opened(tmp_path, clock)
    await filled(store, clock)
    clock.now = 6000.0
    old = await store.append("anne", None, given("anne@example.com"), new_session=True)
    assert await keeper.delete(900.0) == 0
    assert await keeper.delete(1000.0) == 1
    assert await store.head("lucie") is None
    clock.now = 9000.0
    await store.append("anne", old, [{"event": "session_started"}], new_session=True)
    assert await keeper.delete(6000.0) == 1
    [(_, events)] = [each async for each in store.conversations()]
    assert events == [{"event": "session_started"}]
    await store.close()


async def test_erased_by_value_or_by_id(tmp_path: Path, clock: Clock) -> None:
    store, keeper = opened(tmp_path, clock)
    await filled(store, clock)
    assert [found.used for found in await keeper.of(["LUCIE@example.com "])] == [1000.0]
    assert await keeper.erase(values=["nobody@example.com"]) == 0
    assert await keeper.erase(values=["LUCIE@example.com"]) == 1
    assert await keeper.erase(ids=["omar", "nobody"]) == 1
    assert [each async for each in store.conversations()] == []
    await store.close()


async def test_another_key(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.keeping._STEP", 2)
    store, _ = opened(tmp_path, clock)
    await filled(store, clock)
    await store.close()
    store, keeper = opened(tmp_path, clock, f"{NEW},{OLD}")
    steps: list[tuple[int, int]] = []
    assert await keeper.rekey(lambda *step: steps.append(step)) == 3
    assert steps == [(2, 3), (3, 3)]
    assert await keeper.rekey() == 0
    head, _events = await store.load("lucie") or (None, [])
    await store.append("lucie", head, [], new_session=False)
    await store.close()
    store, keeper = opened(tmp_path, clock, NEW)
    assert await store.load("lucie") is not None, "its next turn moved it to the new key"
    assert len([each async for each in store.conversations()]) == 2
    await store.close()
    store, keeper = opened(tmp_path, clock, "x" * 40)
    with pytest.raises(UnreadableDataError):
        await keeper.rekey()
    await store.close()
