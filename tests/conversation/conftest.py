from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest

from actions.portal.errors import DatabaseUnavailableError
from actions.portal.portal import Portal, close_portal, use_portal
from bot.dialogue.action_client import InProcessActions
from bot.dialogue.engine import Engine
from bot.model import Model
from bot.privacy import Privacy, read_rules
from bot.project.project import load_endpoints
from tests.conftest import ROOT, settings
from tests.conversation.chat import Chat, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def portal(demo_portal: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Portal]:
    shutil.copy(demo_portal, tmp_path / "portal.db")
    portal = await Portal.open(settings(tmp_path), clock=clock)
    use_portal(portal)
    yield portal
    await close_portal()


@pytest.fixture
def new_chat(
    model: Model, project_actions: InProcessActions, portal: Portal, tmp_path: Path, clock: Clock
) -> Callable[..., Chat]:
    """Makes conversations with one assistant."""
    references = count(1)
    engine = Engine(
        model.domain,
        model.core,
        model.pipeline.parse,
        project_actions,
        personal=Privacy(read_rules(load_endpoints(ROOT, {}).privacy)).names,
        clock=clock,
        new_id=lambda: f"ref{next(references):05}",
    )
    senders = count(1)

    def make(sender: str | None = None, page: str = "page-1") -> Chat:
        return Chat(engine, portal, tmp_path / "mail", clock, sender or f"patient-{next(senders)}", page)

    return make


@pytest.fixture
def fail(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[None]]:
    """Makes methods of the portal raise as they do when the database is gone."""

    @contextmanager
    def failing(*methods: str) -> Iterator[None]:
        async def gone(*_: object, **__: object) -> None:
            raise DatabaseUnavailableError("Base de données injoignable.")

        with monkeypatch.context() as patch:
            for method in methods:
                patch.setattr(portal, method, gone)
            yield

    return failing


@pytest.fixture
def chat(new_chat: Callable[..., Chat]) -> Chat:
    return new_chat()
