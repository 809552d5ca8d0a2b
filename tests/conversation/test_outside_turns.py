"""What is said outside of any turn, and what loading the actions costs."""

from __future__ import annotations

import subprocess
import sys

from bot.dialogue.engine import Engine
from bot.model import Model
from bot.runtime import DialogueEngine, NoActions
from tests.conftest import ROOT


def test_two_refusals_in_a_row_differ(model: Model) -> None:
    engine = DialogueEngine(Engine(model.domain, model.core, model.pipeline.parse, NoActions()))
    tracker = engine.new_tracker("patient", [])
    said = [engine.respond("utter_too_long", tracker, "rest")[0].text for _ in range(3)]
    assert said[0] != said[1]
    assert said[1] != said[2]


def test_loading_the_actions_imports_no_client_that_is_not_used() -> None:
    """rasa-sdk imports every module below actions/: what only some installations need must wait."""
    code = (
        "import sys; from pathlib import Path; from bot.dialogue.action_client import InProcessActions\n"
        "InProcessActions.from_package('actions', Path.cwd())\n"
        "print(sorted({'redis', 'alembic', 'asyncpg', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
