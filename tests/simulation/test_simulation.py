"""A bounded number of simulated patients; `python -m tests.simulation` plays thousands."""

from __future__ import annotations

import statistics

import pytest

from bot.dialogue.action_client import InProcessActions
from bot.model import Model
from tests.simulation.patients import load_sites, make_patient
from tests.simulation.play import MOST_MESSAGES, Played
from tests.simulation.run import load_actions, simulate
from tests.simulation.world import load_trained

SEED = "ci"
PATIENTS = 150
HASHED_AS_IN_PRODUCTION = 3


@pytest.fixture(scope="module")
def model() -> Model:
    return load_trained()


@pytest.fixture(scope="module")
def actions() -> InProcessActions:
    return load_actions()


def failures(everyone: list[Played]) -> list[str]:
    """Each with the command that plays it again, and its conversation."""
    return [
        f"python -m tests.simulation --seed {played.patient.seed} --only {played.patient.number}: "
        f"{'; '.join(played.failures)}\n{played.transcript()}"
        for played in everyone
        if played.failures
    ]


async def test_patients_of_every_kind_end_linked(model: Model, actions: InProcessActions) -> None:
    everyone = await simulate(model, actions, SEED, range(PATIENTS))
    assert not failures(everyone), "\n\n".join(failures(everyone)[:3])
    assert all(played.linked for played in everyone)
    flawless = [played.until_linked for played in everyone if played.patient.flawless]
    assert flawless
    assert statistics.median(flawless) <= MOST_MESSAGES


async def test_with_passwords_hashed_as_in_production(model: Model, actions: InProcessActions) -> None:
    numbers = range(1000, 1000 + HASHED_AS_IN_PRODUCTION)
    everyone = await simulate(model, actions, SEED, numbers, real_hashing=True)
    assert not failures(everyone), "\n\n".join(failures(everyone))


def test_a_patient_is_the_same_for_the_same_seed() -> None:
    sites = load_sites()
    assert make_patient(SEED, 7, sites) == make_patient(SEED, 7, sites)
    assert make_patient(SEED, 7, sites) != make_patient(SEED, 8, sites)


async def test_a_conversation_is_the_same_for_the_same_seed(model: Model, actions: InProcessActions) -> None:
    first = await simulate(model, actions, SEED, [5, 6])
    alone = await simulate(model, actions, SEED, [6])
    assert [turn.move.kind for turn in first[1].turns] == [turn.move.kind for turn in alone[0].turns]
    assert [turn.reading.names for turn in first[1].turns] == [turn.reading.names for turn in alone[0].turns]
