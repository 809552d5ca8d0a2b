from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import Privacy, PrivacyRule

PRIVACY = Privacy([PrivacyRule("email", "redact", "*", 1, 3), PrivacyRule("nam", "mask")])


def user(text: str, *entities: dict[str, Any]) -> dict[str, Any]:
    return {"event": "user", "text": text, "parse_data": {"text": text, "entities": list(entities)}}


def slot(name: str, value: object) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def test_the_value_is_masked_wherever_it_is_repeated() -> None:
    events = [
        slot("requested_slot", "email"),
        user("Lucie@Example.CA"),
        slot("email", "lucie@example.ca"),
        {"event": "bot", "text": "Merci, j'ai noté lucie@example.ca.", "data": {"buttons": None}},
        user("mon nam est TEST 8503 1412", {"entity": "nam", "value": "TEST85031412", "start": 11, "end": 25}),
    ]
    state = {"slots": {"email": "lucie@example.ca", "nam": "TEST85031412", "username": "lucie_88"}, "events": events}
    masked = PRIVACY.mask_state(state)
    assert masked["slots"] == {"email": "l************.ca", "nam": "[NAM]", "username": "lucie_88"}
    text = repr(masked)
    for value in ("lucie@example.ca", "Lucie@Example", "TEST85031412", "TEST 8503"):
        assert value.lower() not in text.lower()
    assert masked["events"][3]["text"] == "Merci, j'ai noté l************.ca."
    assert state["events"][1]["text"] == "Lucie@Example.CA"  # the original is left alone


def test_a_refused_answer_is_hidden_too() -> None:
    events = [slot("requested_slot", "nam"), user("TEST 8513 99"), user("pourquoi"), slot("requested_slot", "username")]
    events.append(user("lucie1234"))
    masked = PRIVACY.mask_events(events)
    assert [event["text"] for event in masked if event["event"] == "user"] == ["[NAM]", "pourquoi", "lucie1234"]


def test_short_values_are_hidden_whole() -> None:
    assert PrivacyRule("email", "redact", "*", 4, 4).apply("a@b.ca") == "******"


@given(st.text(min_size=4, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_no_value_survives_in_a_text(value: str, before: str, after: str) -> None:
    events = [slot("nam", value), {"event": "bot", "text": f"{before} {value} {after}"}]
    masked = PRIVACY.mask_events(events)
    assert value not in masked[1]["text"].replace("[NAM]", "") or value in f"{before} {after}"
    assert masked[0]["value"] == "[NAM]"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_slot_value_is_taken(value: object) -> None:
    PRIVACY.mask_state({"slots": {"email": value, "other": value}, "events": [slot("email", value)]})
