"""What reads text never breaks, whatever the text."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.messages import UserMessage
from bot.dialogue.payloads import parse_payload
from bot.dialogue.responses import interpolate_text
from bot.dialogue.secrets import MASK, Redactor, parse_at_secret
from bot.project.annotations import AnnotationError, parse_annotated
from bot.project.domain import Domain

DOMAIN = Domain({"intents": ["greet"], "entities": ["a"], "slots": {}, "responses": {}})
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
PIECES = st.lists(
    st.sampled_from(["{", "}", "{{", "}}", "x", "{a}", "{b}", " ", "{0}", "{a.b}", "[", "]"]), max_size=12
)


@given(TEXT)
def test_payloads(text: str) -> None:
    found = parse_payload("/" + text, DOMAIN)
    assert found is None or found["intent"]["name"] in DOMAIN.intent_set
    assert parse_payload("x" + text, DOMAIN) is None


@given(st.dictionaries(st.just("a"), st.one_of(st.text(max_size=5), st.integers(), st.none()), min_size=1))
def test_payload_entities_come_back(values: dict[str, object]) -> None:
    found = parse_payload(f"/greet{json.dumps(values)}", DOMAIN)
    assert found is not None
    assert [entity["value"] for entity in found["entities"]] == list(values.values())


@given(PIECES, TEXT)
def test_interpolation(pieces: list[str], value: str) -> None:
    text = "".join(pieces)
    said = interpolate_text(text, {"a": value})
    assert isinstance(said, str)
    if "{" not in text and "}" not in text:
        assert said == text


@given(TEXT)
def test_values_are_never_read_as_placeholders(value: str) -> None:
    assert interpolate_text("<{a}>", {"a": value, "b": "no"}) == f"<{value}>"


@given(TEXT)
def test_annotations(text: str) -> None:
    try:
        bare, marks = parse_annotated(text)
    except AnnotationError:
        return
    for mark in marks:
        assert 0 <= mark["start"] < mark["end"] <= len(bare)


WORDS = st.text("abcé ", max_size=8)


@given(WORDS, st.text("abcé", min_size=1, max_size=8), WORDS)
def test_marks_are_taken_out(before: str, marked: str, after: str) -> None:
    for mark in (f"[{marked}](thing)", f'[{marked}]{{"entity": "thing", "role": "r"}}'):
        bare, (entity,) = parse_annotated(f"{before}{mark}{after}")
        assert bare == before + marked + after
        assert bare[entity["start"] : entity["end"]] == marked == entity["value"]


@given(TEXT.filter(lambda text: len(text.strip()) > 8))
def test_a_secret_is_scrubbed_wherever_it_is(secret: str) -> None:
    redactor = Redactor(DOMAIN, secret)
    event = {
        "event": "bot",
        "timestamp": None,
        "text": f"<{secret}>",
        "data": {"x": [secret, {"y": secret}]},
        "metadata": {},
    }
    clean = redactor.clean(event)
    assert secret.strip() not in clean["text"].replace(MASK, "")
    assert clean["data"] == {"x": [MASK, {"y": MASK}]}


@given(TEXT, st.booleans())
def test_nothing_looks_into_a_masked_message(text: str, payloads: bool) -> None:
    def parse(_: str) -> dict[str, object]:
        raise AssertionError("parsed")

    message = UserMessage(text, "u", payloads=payloads, masked=True)
    assert parse_at_secret(message, text, DOMAIN, parse)["intent"]["name"] is None
