"""A real Chromium, and two servers in this process: over the echo engine, and over the whole assistant."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer, unused_port
from playwright.async_api import Browser, Page, async_playwright

from bot.app import make_app
from bot.dialogue.action_client import InProcessActions
from bot.model import Model
from tests.bot.fakes import EchoEngine, runtime_over, settings
from tests.browser.clinic import Clinic, open_clinic

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # a page that a test makes up has no address of its own
]
NewPage = Callable[..., Awaitable[Page]]


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names)]
    return next((path for path in found if path and Path(path).exists()), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder shares one browser, and so one event loop."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and isinstance(item, pytest.Function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.browser)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: install it (apt-get install chromium) or name it in CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine()


@pytest_asyncio.fixture(loop_scope="session")
async def server(engine: EchoEngine, tmp_path: Path) -> AsyncIterator[TestServer]:
    runtime = await runtime_over(engine, settings(tmp_path), tmp_path)
    async with TestServer(make_app(runtime)) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(
    model: Model, project_actions: InProcessActions, demo_portal: Path, tmp_path: Path
) -> AsyncIterator[Clinic]:
    """The assistant as `sofy run --demo` serves it, with the demo's clinics and patients."""
    shutil.copy(demo_portal, tmp_path / "portal.db")
    async with open_clinic(model, project_actions, tmp_path, unused_port()) as clinic:
        yield clinic


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(browser: Browser) -> AsyncIterator[NewPage]:
    """Opens pages; what the content policy blocks and what fails in scripts fails the test.

    `expected`: what a console error that is meant to happen contains.
    """
    contexts = []
    wrong: list[str] = []

    async def open_page(*, expected: str | None = None, **context: object) -> Page:
        def note(text: str) -> None:
            gone = "ERR_CONNECTION_REFUSED" in text  # the test is over, and the server before the page
            if not gone and (expected is None or expected not in text):
                wrong.append(text)

        contexts.append(await browser.new_context(locale="fr-CA", **context))  # type: ignore[arg-type]
        page = await contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: note(str(error)))
        page.on("console", lambda said: note(said.text) if said.type == "error" else None)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not wrong


@pytest_asyncio.fixture(loop_scope="session")
async def page(new_page: NewPage) -> Page:
    return await new_page()
