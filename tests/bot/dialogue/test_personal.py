from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.personal import MASK, PersonalText


def event(text: str, entities: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"event": "user", "text": text, "parse_data": {"text": text, "entities": entities or []}}


@pytest.mark.parametrize(
    ("typed", "logged"),
    [
        ("046 454 286", MASK),
        ("mon nas est 046-454-286 merci", f"mon nas est {MASK} merci"),
        ("ESSL 8553 1419", f"ESSL {MASK}"),
        ("ESSL 85O3 1419", f"ESSL {MASK}"),
        ("lucie.essai@example.com", MASK),
        ("c'est lucie¡example.com svp", f"c'est {MASK} svp"),
        ("j'ai 2 cliniques depuis 2019", "j'ai 2 cliniques depuis 2019"),
        ("bonjour", "bonjour"),
    ],
)
def test_numbers_and_addresses_are_not_logged(typed: str, logged: str) -> None:
    assert PersonalText({"nam"}).masked(event(typed))["text"] == logged


def test_an_entity_is_masked_with_its_value() -> None:
    entity = {"entity": "nam", "value": "ESSL85531419", "start": 8, "end": 20}
    masked = PersonalText({"nam"}).masked(event("mon nam ESSL85531419", [entity]))
    assert masked["text"] == f"mon nam {MASK}"
    assert masked["parse_data"]["entities"] == [{**entity, "value": MASK}]
    assert masked["parse_data"]["text"] == masked["text"]


def test_a_project_without_personal_values_logs_what_was_typed() -> None:
    typed = event("046 454 286")
    assert PersonalText().masked(typed) is typed


@given(st.text(max_size=300))
def test_no_long_number_is_left(text: str) -> None:
    masked = PersonalText({"nam"}).masked(event(text))["text"]
    if not text.startswith("/"):
        assert not any(part.isascii() and part.isdigit() and len(part) >= 9 for part in masked.split())
