"""Stage directions of test stories, and words without an intent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.testing.core import CoreReport, run_core_tests
from bot.testing.stage import Stage
from tests.bot.testing.test_core import engine


class Props:
    """Knows `{word}` and `{later}`; fails at `{break}`."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @property
    def clock(self) -> Any:
        return lambda: 0.0

    async def cue(self, direction: str) -> str | None:
        self.seen.append(direction)
        if direction == "break":
            raise RuntimeError("it broke")
        return {"word": "bonjour", "later": "", "secret": "Secret-1"}.get(direction)


async def play(tmp_path: Path, steps: str, metadata: str = "") -> tuple[CoreReport, Props]:
    props = Props()
    path = tmp_path / "test_it.yml"
    path.write_text(f"stories:\n- story: one\n{metadata}  steps:\n{steps}", encoding="utf-8")
    return await run_core_tests([path], lambda: Stage(engine(), (props,)), root=tmp_path), props


async def test_a_direction_is_done_and_what_it_gives_is_typed(tmp_path: Path) -> None:
    steps = "  - user: |\n      {later} {word}\n    intent: greet\n  - action: utter_greet\n"
    report, props = await play(tmp_path, steps, "  metadata: {given: [later]}\n")
    assert report.lines() == []
    assert props.seen == ["later", "later", "word"]
    assert [message.name for message in report.results[0].replies[0]] == ["utter_greet"]


async def test_a_direction_that_nobody_knows_fails_its_story_only(tmp_path: Path) -> None:
    report, _ = await play(tmp_path, "  - user: '{what} bonjour'\n    intent: greet\n  - action: utter_greet\n")
    assert [str(each) for each in report.results[0].failures] == [
        "test_it.yml:2: direction: expected to be done, got {what} is not known"
    ]


async def test_a_direction_that_cannot_be_done_fails_its_story_only(tmp_path: Path) -> None:
    report, _ = await play(tmp_path, "  - user: '{break} bonjour'\n    intent: greet\n  - action: utter_greet\n")
    assert "{break}: it broke" in str(report.results[0].failures[0])


async def test_masked_and_metadata_are_understood_everywhere(tmp_path: Path) -> None:
    stage = Stage(engine())
    assert await stage.read("{masked} {page_session=2} hm") == ("hm", {"page_session": "2"}, True)
    assert await stage.read("hm") == ("hm", {"page_session": "2"}, False)
    assert await stage.read('/inform{"a": "b"}') == ('/inform{"a": "b"}', {"page_session": "2"}, False)


async def test_words_without_an_intent_may_mean_anything(tmp_path: Path) -> None:
    report, _ = await play(tmp_path, "  - user: hm\n  - action: utter_idle\n")
    assert report.lines() == []


async def test_coverage_says_it_in_lines(tmp_path: Path) -> None:
    report, _ = await play(tmp_path, "  - user: hm\n  - action: utter_idle\n")
    assert "intents (3): greet, signup, tell" in report.coverage.lines()
    assert not report.coverage.empty
    assert report.coverage.without(intents="").intents == ()
