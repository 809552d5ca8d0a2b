from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.storage.database import StorageError, open_database
from bot.storage.keyring import Keyring, UnreadableDataError
from bot.storage.trackers import ConflictError, Events, SqlTrackerStore


def said(text: str) -> Events:
    return [{"event": "user", "text": text}, {"event": "action", "name": "action_listen"}]


async def test_unknown_conversation(store: SqlTrackerStore) -> None:
    assert await store.load("nobody") is None
    assert await store.head("nobody") is None


async def test_turns_come_back_in_order(store: SqlTrackerStore) -> None:
    head = None
    for number in range(12):
        head = await store.append("c", head, said(f"message {number} é 🙂 \ud800"), new_session=False)
    assert head is not None
    assert head.version == 12
    loaded = await store.load("c")
    assert loaded is not None
    assert loaded[0] == head == await store.head("c")
    assert [e["text"] for e in loaded[1] if e["event"] == "user"] == [f"message {n} é 🙂 \ud800" for n in range(12)]


async def test_only_the_current_session_is_loaded(store: SqlTrackerStore) -> None:
    head = await store.append("c", None, said("old"), new_session=True)
    head = await store.append("c", head, said("older session"), new_session=False)
    head = await store.append("c", head, said("new"), new_session=True)
    head = await store.append("c", head, said("newer"), new_session=False)
    loaded = await store.load("c")
    assert loaded is not None
    assert [e["text"] for e in loaded[1] if e["event"] == "user"] == ["new", "newer"]
    everything = [events async for _key, events in store.conversations()]
    assert len(everything[0]) == 8


async def test_conversations_do_not_mix(store: SqlTrackerStore) -> None:
    await store.append("a", None, said("of a"), new_session=False)
    await store.append("b", None, said("of b"), new_session=False)
    for name in "ab":
        loaded = await store.load(name)
        assert loaded is not None
        assert loaded[1][0]["text"] == f"of {name}"


async def test_a_stale_writer_is_refused(store: SqlTrackerStore) -> None:
    head = await store.append("c", None, said("1"), new_session=False)
    await store.append("c", head, said("2"), new_session=False)
    with pytest.raises(ConflictError):
        await store.append("c", head, said("2 again"), new_session=False)
    with pytest.raises(ConflictError):
        await store.append("c", None, said("first again"), new_session=False)
    loaded = await store.load("c")
    assert loaded is not None
    assert [e["text"] for e in loaded[1] if e["event"] == "user"] == ["1", "2"]


async def test_check(store: SqlTrackerStore) -> None:
    await store.check()


async def test_nothing_readable_on_disk(tmp_path: Path) -> None:
    store = SqlTrackerStore(
        open_database(SecretStr(f"sqlite+aiosqlite:///{tmp_path}/t.db")), Keyring(SecretStr("k" * 40))
    )
    await store.create_schema()
    await store.append("+15145550123", None, said("canary-lucie@example.ca"), new_session=False)
    files = list(tmp_path.iterdir())  # noqa: ASYNC240
    assert any(file.name.endswith("-wal") for file in files)
    for file in files:
        assert b"canary" not in file.read_bytes()
        assert b"5145550123" not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    await store.close()


async def test_another_key_says_so(tmp_path: Path) -> None:
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path}/t.db")
    first = SqlTrackerStore(open_database(url), Keyring(SecretStr("k" * 40)))
    await first.create_schema()
    await first.append("c", None, said("bonjour"), new_session=False)
    await first.close()
    rotated = SqlTrackerStore(open_database(url), Keyring(SecretStr("n" * 40 + "," + "k" * 40)))
    head, events = await rotated.load("c") or (None, [])
    assert events == said("bonjour")
    await rotated.append("c", head, said("encore"), new_session=False)
    await rotated.close()
    other = SqlTrackerStore(open_database(url), Keyring(SecretStr("x" * 40)))
    assert await other.load("c") is None
    with pytest.raises(UnreadableDataError):
        [_ async for _ in other.conversations()]
    await other.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://sofy:hunter22@127.0.0.1:1/none",
        "sqlite+aiosqlite:////proc/nowhere/t.db",
        "nonsense",
    ],
)
async def test_out_of_reach_is_one_error_without_the_password(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        await SqlTrackerStore(open_database(SecretStr(url)), Keyring(SecretStr("k" * 40))).create_schema()
    text: Any = f"{caught.value} {caught.value.__cause__}"
    assert "hunter22" not in text
