"""Decisions 13 to 15, every question of the guide in and out of a form, and messages that are none."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.project.domain import Domain
from tests.conftest import ROOT
from tests.conversation.chat import Chat

FAQ = sorted(
    line.strip().removeprefix("- ")
    for line in (ROOT / "domain.yml").read_text(encoding="utf-8").split("\nentities:")[0].splitlines()
    if line.strip().startswith("- faq_")
)
SECRET_AT = "password"


def test_every_question_has_words_of_its_own(chat: Chat) -> None:
    domain: Domain = chat.engine.domain
    assert len(FAQ) == 28
    for intent in FAQ:
        texts = [one["text"] for one in domain.as_dict()["responses"][f"utter_{intent}"]]
        assert len(set(texts)) >= 2, f"{intent} is never said twice in the same words"


# -- questions


@pytest.mark.parametrize("intent", FAQ)
async def test_a_question_out_of_a_form(chat: Chat, intent: str) -> None:
    await chat.say(f"/{intent}")
    assert chat.names == [f"utter_{intent}"]
    first = chat.text
    await chat.say(f"/{intent}")
    assert chat.text != first
    assert "{" not in chat.text
    assert chat.loop is None


async def _ask_all(chat: Chat) -> None:
    slot = chat.requested
    for intent in FAQ:
        await chat.say(f"/{intent}")
        assert chat.names[0] == f"utter_{intent}"
        assert chat.names[-1] == f"utter_ask_{slot}_again", f"{intent}: the question comes again, in fewer words"
        assert len([name for name in chat.names if name.startswith("utter_ask_")]) == 1
        assert chat.requested == slot


@pytest.mark.parametrize("slot", ["email", "nam", "username", "password", "password_confirmation", "terms_accepted"])
async def test_every_question_in_the_signup(chat: Chat, slot: str) -> None:
    await chat.sign_up(until=slot)
    await _ask_all(chat)


@pytest.mark.parametrize("slot", ["signup_confirmed", "clinic_query", "clinic_choice", "activation_code"])
async def test_every_question_later(chat: Chat, slot: str) -> None:
    await chat.sign_up(until=slot)
    await _ask_all(chat)


async def test_every_question_at_the_login(chat: Chat) -> None:
    await chat.say("/login")
    await _ask_all(chat)
    await chat.say("lucie_88")
    await _ask_all(chat)


async def test_every_question_when_no_record_matches(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", email="faux@example.com")
    await _ask_all(chat)


async def test_an_answer_and_a_question_in_one_message(chat: Chat) -> None:
    await chat.sign_up(until="nam")
    await chat.say("ESSL 8553 1419, pourquoi vous demandez ça?")
    assert chat.slot("nam") == "ESSL85531419"
    assert chat.names[0] == "utter_explain_nam"
    assert chat.requested == "username"


@pytest.mark.parametrize("slot", ["email", "nam", "username", "password", "terms_accepted", "clinic_query"])
async def test_finding_ones_way_at_every_question(chat: Chat, slot: str) -> None:
    await chat.sign_up(until=slot)
    for command, start in {
        "help": "utter_help",
        "explain": "utter_explain",
        "status": "utter_status",
        "human": "utter_human",
        "repeat": f"utter_ask_{slot}",
    }.items():
        await chat.say(f"/{command}")
        assert chat.names[0].startswith(start)
        assert chat.requested == slot


async def test_where_are_we(chat: Chat) -> None:
    await chat.say("/status")
    assert chat.names == ["utter_status_none"]
    await chat.sign_up(until="nam")
    await chat.say("/status")
    assert "2 de 6" in chat.text
    await chat.sign_up(until="activation_code")
    await chat.say("/status")
    assert "6 de 6" in chat.text


# -- decision 13: emergencies


@pytest.mark.parametrize(
    "slot", ["", "email", "nam", "username", "password", "terms_accepted", "signup_confirmed", "clinic_query",
             "clinic_choice", "activation_code", "another_clinic"]
)  # fmt: skip
@pytest.mark.parametrize(
    ("words", "response", "number"),
    [
        ("j'ai mal à la poitrine", "utter_emergency", "911"),
        ("je veux mourir", "utter_emergency_suicide", "1 866 APPELLE"),
    ],
)
async def test_danger_beats_everything_and_asks_nothing(
    chat: Chat, slot: str, words: str, response: str, number: str
) -> None:
    if slot:
        await chat.sign_up(until=slot)
    loop = chat.loop
    await chat.say(words)
    assert chat.names == [response]
    assert number in chat.text
    assert (chat.loop, chat.requested) == (loop, slot or None)


async def test_the_next_message_goes_on(chat: Chat) -> None:
    await chat.sign_up(until="nam")
    await chat.say("j'ai mal à la poitrine")
    assert "inscription" in chat.text
    await chat.say("ESSL85531419")
    assert chat.requested == "username"


async def test_danger_at_a_secret_keeps_the_masked_field(chat: Chat) -> None:
    await chat.sign_up(until=SECRET_AT)
    await chat.say("j'ai mal à la poitrine")
    assert chat.custom == {"input": "secret", "slot": SECRET_AT}


async def test_care_is_for_811_and_the_question_comes_again(chat: Chat) -> None:
    await chat.sign_up(until="nam")
    await chat.say("/medical_question")
    assert "811" in chat.text
    assert chat.names == ["utter_medical_question", "utter_ask_nam_again"]


# -- a sentence that begins like a yes


@pytest.mark.parametrize(
    "words",
    ["je veux annuler", "ok annulez", "je veux changer mon courriel", "je veux parler à quelqu'un", "non, annulez"],
)
@pytest.mark.parametrize("slot", ["terms_accepted", "signup_confirmed"])
async def test_a_command_is_no_consent_and_no_refusal(chat: Chat, slot: str, words: str) -> None:
    await chat.sign_up(until=slot)
    await chat.say(words)
    assert chat.slot(slot) is None
    assert chat.slot("refused_once") is None
    expected = {"changer": "email", "parler": slot}
    assert chat.requested == next((asked for word, asked in expected.items() if word in words), "cancel_confirmed")


# -- decision 14: long, empty and odd messages


@pytest.mark.parametrize("length", [600, 4_900])
async def test_the_values_in_a_long_message_are_read(chat: Chat, length: int) -> None:
    await chat.say("/signup")
    story = "Bonjour, ma fille m'a dit de vous écrire pour le portail de la clinique. " * (length // 74)
    await chat.say(f"{story} Mon courriel est lucie.essai@example.com et mon NAM est ESSL 8553 1419.")
    assert chat.slot("email") == "lucie.essai@example.com"
    assert chat.slot("nam") == "ESSL85531419"


@pytest.mark.parametrize("text", ["", "   ", "🙂", "🎉🎉🎉", "...", "\u200b", "?", "!!!"])
@pytest.mark.parametrize("slot", ["", "email", "nam", "username", "password", "terms_accepted", "clinic_query",
                                  "activation_code"])  # fmt: skip
async def test_odd_messages_get_a_kind_reply(chat: Chat, text: str, slot: str) -> None:
    if slot:
        await chat.sign_up(until=slot)
    await chat.say(text)
    assert chat.text
    assert "{" not in chat.text
    assert chat.requested == (slot or None)


async def test_a_refusal_never_echoes_what_was_typed(chat: Chat) -> None:
    await chat.say("/signup", "Zorglub <b>x</b> {email}")
    assert "Zorglub" not in chat.text
    await chat.sign_up(until="nam")
    await chat.say("ZORG8553141")
    assert "ZORG" not in chat.text
    await chat.sign_up(until="username")
    await chat.say("Zorg!")
    assert "Zorg" not in chat.text
    await chat.sign_up(until="clinic_query")
    await chat.say("Zorglubville")
    assert "Zorg" not in chat.text


# -- decision 15: English


async def test_english_gets_one_english_sentence(chat: Chat) -> None:
    await chat.say("I want to create an account please")
    assert chat.names == ["utter_english"]
    await chat.say("oui")
    assert chat.requested == "email"


@pytest.mark.parametrize("slot", ["email", "nam", "username", "password", "clinic_query", "activation_code"])
async def test_then_the_question_in_french(chat: Chat, slot: str) -> None:
    await chat.sign_up(until=slot)
    await chat.say("I don't understand what you want from me")
    assert chat.names == ["utter_english_in_form", f"utter_ask_{slot}_again"]


# -- never the same words twice


async def test_the_same_question_is_not_asked_twice_in_the_same_words(chat: Chat) -> None:
    await chat.sign_up(until="email" if chat.loop else "nam")
    said = []
    for _ in range(6):
        await chat.say("n'importe quoi vraiment")
        said.append(chat.text)
    assert all(one != after for one, after in pairwise(said))


async def test_hello_once_the_account_is_open_offers_a_clinic(chat: Chat) -> None:
    await chat.sign_up()
    await chat.say("/deny", "/greet")
    assert chat.names == ["utter_greet_logged_in"]
    await chat.say("/affirm")
    assert chat.requested == "clinic_query"


async def test_why_is_told_of_the_value_that_is_named(chat: Chat) -> None:
    await chat.sign_up(until="nam")
    await chat.say("pourquoi vous vouliez mon courriel?")
    assert chat.names[0] == "utter_explain_email"
    assert chat.slot("requested_slot") == "nam"
    await chat.say("pourquoi vous demandez ça?")
    assert chat.names[0] == "utter_explain_nam"


async def test_a_name_that_sounds_a_little_like_a_no(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("ben luciegagnon951")
    assert chat.slot("username") == "luciegagnon951"


async def test_what_holds_no_letter_and_no_digit_is_no_password(chat: Chat) -> None:
    await chat.sign_up(until="password_confirmation")
    for text in ("?", "...", "🙂"):
        await chat.say(text)
        assert chat.slot("requested_slot") == "password_confirmation"
        assert not {"utter_wrong_password_confirmation", "utter_password_restart"} & set(chat.names)
    await chat.say("Tr0is-Canots!Verts", masked=True)


async def test_a_greeting_is_no_password(chat: Chat) -> None:
    await chat.sign_up(until="password_confirmation")
    for text, name in (("Bonjour!", "utter_greet"), ("merci", "utter_thank")):
        await chat.say(text)
        assert name in chat.names[0]
        assert chat.slot("requested_slot") == "password_confirmation"
