"""Every test story, played with the real model, actions and portal, each on fresh demo data."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type
from rasa_sdk import Tracker

from actions.portal.passwords import Passwords
from actions.staff.rehearsal import Rehearsal
from actions.talk import ActionNotUnderstood
from bot.dialogue.action_client import InProcessActions
from bot.dialogue.engine import Engine
from bot.model import Model
from bot.project.domain import Domain
from bot.project.project import read_test_stories
from bot.testing.core import CoreReport, StoryResult, run_core_tests
from bot.testing.stage import Stage
from tests.conftest import KEY, ROOT

FOLDER = Path(__file__).parent
NOW = 1_790_000_000.0


def story_names() -> list[str]:
    """Names without a domain at hand: only these are needed to make one test of each story."""
    lines = (line for path in sorted(FOLDER.glob("*.yml")) for line in path.read_text(encoding="utf-8").splitlines())
    return [line.split("story: ", 1)[1] for line in lines if line.startswith("  - story: ")]


NAMES = story_names()


@pytest.fixture(scope="module")
def report(
    model: Model, project_actions: InProcessActions, demo_portal: Path, tmp_path_factory: pytest.TempPathFactory
) -> CoreReport:
    """The one run of all stories: what none of them touches can only be told of all together."""
    folder = tmp_path_factory.mktemp("stories")
    numbers, references = count(1), count(1)
    opened: list[Rehearsal] = []

    async def close() -> None:
        while opened:
            await opened.pop().close()

    async def stage() -> Stage:
        await close()
        own = folder / str(next(numbers))
        own.mkdir()
        shutil.copy(demo_portal, own / "portal.db")
        environ = {
            "DATABASE_URL": f"sqlite+aiosqlite:///{own / 'portal.db'}",
            "MAIL_URL": f"spool:{own / 'mail'}",
            "SOFY_SECRET_KEY": KEY,
        }
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
        opened.append(await Rehearsal.open(environ, now=NOW, passwords=Passwords(cheap)))
        engine = Engine(
            model.domain,
            model.core,
            model.pipeline.parse,
            project_actions,
            clock=opened[-1].clock,
            new_id=lambda: f"ref{next(references):05}",
        )
        return Stage(engine, (opened[-1],))

    async def play() -> CoreReport:
        try:
            return await run_core_tests([FOLDER], stage, root=ROOT)
        finally:
            await close()

    return asyncio.run(play())


@pytest.fixture
def result(report: CoreReport, request: pytest.FixtureRequest) -> StoryResult:
    return next(each for each in report.results if each.name == request.param)


@pytest.mark.parametrize("result", NAMES, indirect=True)
def test_goes_as_told(result: StoryResult) -> None:
    assert not result.failures, "\n".join(map(str, result.failures))


@pytest.mark.parametrize("result", NAMES, indirect=True)
def test_every_message_is_answered_and_never_in_the_same_words_twice(result: StoryResult) -> None:
    before: list[str] = []
    for replies in result.replies:
        texts = [reply.text for reply in replies if reply.text]
        assert texts, "a message got no answer"
        assert len(set(texts)) == len(texts)
        repeated = set(texts) & set(before)
        assert not repeated, f"said twice running: {repeated}"
        before = texts


@pytest.mark.parametrize("result", NAMES, indirect=True)
def test_at_most_one_question_at_a_time(result: StoryResult) -> None:
    for replies in result.replies:
        asked = [reply.name for reply in replies if (reply.name or "").startswith("utter_ask_") and reply.text]
        assert len(asked) <= 1


def test_names_tell_the_stories_apart(model: Model) -> None:
    domain: Domain = model.domain
    stories = read_test_stories([FOLDER], domain, ROOT)
    assert [story.name for story in stories] == NAMES
    assert not [name for name, times in Counter(NAMES).items() if times > 1]
    assert len(NAMES) >= 90


def test_nothing_is_left_out(report: CoreReport) -> None:
    # Which meanings are offered to who was not understood depends on how the model ranks them on a given day:
    # the offer itself is tested below.
    left = report.coverage.without(responses="utter_meaning_")
    assert left.empty, "\n".join(left.lines())


def test_every_meaning_can_be_offered(model: Model) -> None:
    """Each intent that a button can stand for has a title, and the action offers it when the model ranks it high."""
    titles = {name for name in model.domain.responses if name.startswith("utter_meaning_")}
    for title in titles:
        name = title.removeprefix("utter_meaning_")
        assert name in model.domain.intents
        message = {"text": "hum", "intent_ranking": [{"name": name, "confidence": 0.4}]}
        tracker = Tracker.from_dict(
            {"sender_id": "patient", "slots": {}, "latest_message": message, "events": [], "active_loop": {}}
        )
        likely = ActionNotUnderstood()._likely(tracker, model.domain.to_json())
        assert [each[0] for each in likely] == [name]
