"""Cron expressions, held against looking at every minute; and the schedules that use them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cron import Cron
from bot.schedules import read_schedules

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* * * * *", "2026-03-14 15:10"),
        ("30 1 * * *", "2026-03-15 01:30"),
        ("*/20 * * * *", "2026-03-14 15:20"),
        ("0 0 1 * *", "2026-04-01 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("5,10-12 3-4 * * 1-5", "2026-03-16 03:05"),
        ("0 12 * * 7", "2026-03-15 12:00"),
        ("0 12 1 * 1", "2026-03-16 12:00"),
    ],
)
def test_when(text: str, expected: str) -> None:
    assert f"{Cron.parse(text).after(NOW):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "a * * * *",
     "5-1 * * * *", "*/0 * * * *", "1,,2 * * * *", "0 0 30 2 *", "-1 * * * *", "٣ * * * *"],
)  # fmt: skip
def test_not_a_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Cron.parse(text)


@given(st.text(alphabet="0123456789*,-/ ", max_size=30))
def test_any_text_is_a_time_or_an_error(text: str) -> None:
    try:
        cron = Cron.parse(text)
    except ValueError:
        return
    assert cron.after(NOW) > NOW


@given(
    st.sets(st.integers(0, 59), min_size=1, max_size=3),
    st.sets(st.integers(0, 23), min_size=1, max_size=3),
    st.sets(st.integers(0, 6), min_size=1),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
)
def test_as_looking_at_every_minute(minutes: set[int], hours: set[int], days: set[int], moment: datetime) -> None:
    text = " ".join(",".join(map(str, part)) for part in (minutes, hours)) + " * * " + ",".join(map(str, days))
    at = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while at.minute not in minutes or at.hour not in hours or at.isoweekday() % 7 not in days:
        at += timedelta(minutes=1)
    assert Cron.parse(text).after(moment) == at


def test_the_example_of_rasas_documentation() -> None:
    section = {
        "tracker_store_settings": {
            "deletion": {"min_after_session_end": 3000, "cron": "30 0 * * *"},
            "anonymization": {"min_after_session_end": 120, "cron": "30 1 * * *"},
        }
    }
    first, second = read_schedules(section)
    assert (first.job, first.minutes, second.job, second.minutes) == ("anonymization", 120, "deletion", 3000)
    assert first.cutoff(100_000.0, session_minutes=60) == 100_000 - 180 * 60
    assert read_schedules({}) == []


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ([], ""),
        ({"delete": {}}, ""),
        ({"deletion": {"cron": "* * * * *"}}, ".deletion"),
        ({"deletion": {"min_after_session_end": 1, "cron": "* * * * *", "x": 1}}, ".deletion"),
        ({"deletion": {"min_after_session_end": -1, "cron": "* * * * *"}}, ".deletion.min_after_session_end"),
        ({"deletion": {"min_after_session_end": True, "cron": "* * * * *"}}, ".deletion.min_after_session_end"),
        ({"deletion": {"min_after_session_end": 1, "cron": "@daily"}}, ".deletion.cron"),
    ],
)
def test_a_wrong_key_is_named(settings: Any, key: str) -> None:
    if settings == []:
        settings = ["x"]
    with pytest.raises(ValueError, match=f"^privacy.tracker_store_settings{key}$"):
        read_schedules({"tracker_store_settings": settings})
