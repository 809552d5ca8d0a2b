import pytest

from actions.rules.commands import command_in
from actions.rules.emergency import danger_kind
from actions.rules.text import english_text, is_yes, wants_patience

from .tables import table

MEANING = {"yes": True, "no": False, "?": None}


@pytest.mark.parametrize(("said", "expected"), table("yes_no"))
def test_yes_or_no(said: str, expected: str) -> None:
    assert is_yes(said) is MEANING[expected]


@pytest.mark.parametrize(("said", "expected"), table("patience"))
def test_a_moment(said: str, expected: str) -> None:
    assert wants_patience(said) is MEANING[expected]


@pytest.mark.parametrize(("said", "expected"), table("commands"))
def test_commands(said: str, expected: str) -> None:
    assert command_in(said) == (None if expected == "-" else expected)


@pytest.mark.parametrize(("said", "expected"), table("danger"))
def test_emergencies(said: str, expected: str) -> None:
    assert danger_kind(said) == (None if expected == "none" else expected)


@pytest.mark.parametrize(("said", "expected"), table("danger"))
def test_emergencies_without_accents_or_apostrophes_in_capitals(said: str, expected: str) -> None:
    shouted = said.upper().replace("'", "’")
    assert danger_kind(shouted) == (None if expected == "none" else expected)


@pytest.mark.parametrize(("said", "expected"), table("english"))
def test_english(said: str, expected: str) -> None:
    assert english_text(said) is (expected == "en")


def test_a_long_message_is_no_yes() -> None:
    assert is_yes("oui " * 200) is None
