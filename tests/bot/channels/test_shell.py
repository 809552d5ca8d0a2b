"""The shell over an engine that offers clinics."""

from __future__ import annotations

import io
from pathlib import Path

from bot.channels.shell import Shell
from bot.dialogue.messages import BotMessage, UserMessage
from bot.dialogue.tracker import Tracker
from tests.bot.fakes import EchoEngine, runtime_over, settings


class Clinics(EchoEngine):
    """Gives its choices in the text too, numbered, as the list of clinics does."""

    async def handle(self, tracker: Tracker, message: UserMessage) -> list[BotMessage]:
        if message.text != "cliniques":
            return await super().handle(tracker, message)
        buttons = [{"title": "GMF du Lac", "payload": "/first"}, {"title": "Aucune", "payload": "/none"}]
        return [BotMessage(text="Laquelle?\n1. GMF du Lac", buttons=buttons)]


async def test_a_choice_is_listed_once_and_picked_by_its_number(tmp_path: Path) -> None:
    engine, target = Clinics(), io.StringIO()
    runtime = await runtime_over(engine, settings(tmp_path), tmp_path)
    await Shell(runtime, source=io.StringIO("cliniques\n1\n/stop\n"), target=target).run()
    await runtime.close()
    assert target.getvalue().count("1. GMF du Lac") == 1
    assert "  2. Aucune" in target.getvalue()
    assert [message.text for message in engine.heard] == ["/first"]
