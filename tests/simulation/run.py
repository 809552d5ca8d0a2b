"""Many patients, one after the other, in worlds of a few hundred each."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.dialogue.action_client import InProcessActions
from bot.model import Model
from tests.simulation.patients import NAS, Patient, load_phrases, load_sites, make_patient
from tests.simulation.play import Played, play
from tests.simulation.player import TALK
from tests.simulation.reading import Reader
from tests.simulation.world import ROOT, World, open_world

PER_WORLD = 200


async def simulate(
    model: Model,
    actions: InProcessActions,
    seed: str,
    numbers: Sequence[int],
    *,
    real_hashing: bool = False,
    each: Callable[[Played], object] = lambda _played: None,
) -> list[Played]:
    """Play these patients of a seed. What a world stored is searched for secrets when its last patient left."""
    sites, phrases, reader = load_sites(), load_phrases(), Reader(model.domain)
    everyone: list[Played] = []
    for start in range(0, len(numbers), PER_WORLD):
        patients = [make_patient(seed, number, sites) for number in numbers[start : start + PER_WORLD]]
        with tempfile.TemporaryDirectory(prefix="sofy-simulation-") as folder:
            async with open_world(model, actions, patients, Path(folder), real_hashing=real_hashing) as world:
                here = {}
                for patient in patients:
                    played = here[patient.conversation] = await play(world, reader, phrases, patient)
                    each(played)
                await _search_secrets(world, patients, here)
        everyone += here.values()
    return everyone


def load_actions() -> InProcessActions:
    """The project's actions, in this process."""
    return InProcessActions.from_package("actions", ROOT)


async def _search_secrets(world: World, patients: Sequence[Patient], all_played: dict[str, Played]) -> None:
    async for patient, events in world.stored(patients):
        played = all_played[patient.conversation]
        typed = {
            turn.move.text.strip()
            for turn in played.turns
            if turn.move.slot in _SECRET_SLOTS and turn.move.kind not in TALK
        }
        secrets = {text for text in typed if len(text) >= 6} | set(NAS) | set(world.codes(patient.email))
        pattern = re.compile(r"(?<![0-9A-Za-z.])(?:" + "|".join(map(re.escape, secrets)) + r")(?![0-9A-Za-z])")
        for event in events:
            for text in filter(pattern.search, _texts(event)):
                played.failures.append(f"a secret is stored in an event: {event.get('event')}, in {text!r}")


_SECRET_SLOTS = frozenset({"password", "password_confirmation", "login_password", "activation_code"})


def _texts(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    if isinstance(part, dict):
        return [text for value in part.values() for text in _texts(value)]
    if isinstance(part, list):
        return [text for value in part for text in _texts(value)]
    return []
