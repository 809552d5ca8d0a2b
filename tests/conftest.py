"""What tests of the whole assistant share: its model, its actions, and a portal with the demo's data."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import hypothesis
import pytest
from pydantic import SecretStr

from actions.portal.importing import import_files
from actions.portal.portal import Portal
from actions.portal.settings import PortalSettings
from bot.dialogue.action_client import InProcessActions
from bot.model import Model, is_up_to_date, load_model, train_project

# The same examples every time: a run that fails must fail again. `make fuzz` looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
if "SOFY_FUZZ_EXAMPLES" not in os.environ:
    hypothesis.settings.load_profile("repeatable")

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "data/demo"
KEY = "a key for the tests that is long enough to be one"


@pytest.fixture(scope="session")
def model() -> Model:
    """The project's own model; trained when the files are newer."""
    if not is_up_to_date(ROOT):
        train_project(ROOT)
    return load_model(ROOT)


@pytest.fixture(scope="session")
def project_actions() -> InProcessActions:
    return InProcessActions.from_package("actions", ROOT)


def settings(folder: Path) -> PortalSettings:
    return PortalSettings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{folder / 'portal.db'}"),
        mail_url=SecretStr(f"spool:{folder / 'mail'}"),
        secret_keys=(SecretStr(KEY),),
    )


@pytest.fixture(scope="session")
def demo_portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portal's database with the demo's clinics and patients, to be copied."""
    folder = tmp_path_factory.mktemp("portal")

    async def fill() -> None:
        portal = await Portal.open(settings(folder))
        report = await import_files(portal.core, clinics=DEMO / "clinics.csv", patients=DEMO / "patients.csv")
        assert report.done
        await portal.close()

    asyncio.run(fill())
    return folder / "portal.db"
