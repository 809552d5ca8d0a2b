"""What simulated patients ran into (tests/simulation), one test each."""

from __future__ import annotations

import json

import pytest

from tests.conversation.chat import PASSWORD, Chat


@pytest.mark.parametrize("slot", ["terms_accepted", "signup_confirmed", "another_clinic"])
@pytest.mark.parametrize("text", ["je pense que je fais une crise cardiaque", "je veux parler à quelqu'un"])
async def test_a_cry_for_help_is_never_a_yes(chat: Chat, slot: str, text: str) -> None:
    await chat.sign_up(until=slot if slot != "another_clinic" else "")
    await chat.say(text)
    assert chat.requested == slot
    assert chat.names[0] == ("utter_emergency" if "crise" in text else "utter_human")


@pytest.mark.parametrize("text", ["bous02531290", "mon NAM est BOUO75041523", "Mon numéro est le LAVE94111656."])
async def test_a_nam_that_begins_like_digits_after_a_short_word(chat: Chat, text: str) -> None:
    await chat.sign_up(until="nam")
    await chat.say(f"c'est le {text}")
    assert chat.requested == "username"


@pytest.mark.parametrize(
    "text",
    [
        "attends minute",
        "Merci beaucoup.",
        "repete svp",
        "tabarnak ça marche pas",
        "Je préférerais ne pas donner cette information.",
        "j'peux-tu mettre mon email comme nom",
    ],
)
async def test_talk_is_no_username(chat: Chat, text: str) -> None:
    await chat.sign_up(until="username")
    await chat.say(text)
    assert chat.requested == "username"


@pytest.mark.parametrize("text", ["mon courriel", "le même que mon courriel", "mets lucie_88", "ben lucie_88"])
async def test_a_username_said_shortly(chat: Chat, text: str) -> None:
    await chat.sign_up(until="username")
    await chat.say(text)
    assert chat.requested == "password"


async def test_another_address_is_no_username_and_the_way_out_is_told(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("lucie@ailleurs.example.com")
    assert chat.names[0] == "utter_wrong_username_other_email"
    await chat.say("changer mon courriel", "lucie@ailleurs.example.com")
    assert (chat.requested, chat.slot("email")) == ("username", "lucie@ailleurs.example.com")


async def test_a_secret_that_comes_a_day_late_is_not_stored(chat: Chat) -> None:
    await chat.sign_up(until="password")
    chat.clock.pass_(hours=25)
    await chat.say(PASSWORD)
    assert chat.names[0] == "utter_session_expired"
    assert PASSWORD not in json.dumps(chat.tracker.current_state(), ensure_ascii=False)


async def test_who_comes_back_after_a_day_is_told(chat: Chat) -> None:
    await chat.sign_up(until="nam")
    chat.clock.pass_(hours=25)
    await chat.say("bonjour")
    assert chat.names == ["utter_session_expired", "utter_greet"]


async def test_an_answer_before_a_question_counts_and_the_question_is_answered(chat: Chat) -> None:
    await chat.sign_up(until="privacy_accepted")
    await chat.say("oui j'accepte, est-ce que mes données sont en sécurité?")
    assert chat.requested == "signup_confirmed"
    assert "utter_faq_privacy" in chat.names


async def test_ok_before_a_question_consents_to_nothing(chat: Chat) -> None:
    await chat.sign_up(until="terms_accepted")
    await chat.say("ok, c'est quoi les conditions?")
    assert chat.requested == "terms_accepted"


async def test_a_clinic_before_a_question_is_found(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("Info-Data, pourquoi vous demandez ça?")
    assert chat.requested == "clinic_choice"


async def test_a_dictated_address_after_words(chat: Chat) -> None:
    await chat.say("/signup", "Il s’agit de lucie point essai arobase example point com")
    assert chat.slot("email") == "lucie.essai@example.com"


async def test_rambling_at_the_confirmation_does_not_count_as_a_mismatch(chat: Chat) -> None:
    await chat.sign_up(until="password_confirmation")
    await chat.say("vous savez dans mon temps une dame nous répondait", "mais là c'est toujours des machines partout")
    assert chat.requested == "password_confirmation"
    await chat.say(PASSWORD)
    assert chat.requested == "terms_accepted"


async def test_a_secret_sent_twice_is_not_stored(chat: Chat) -> None:
    await chat.sign_up(until="password_confirmation")
    await chat.say(PASSWORD, PASSWORD)
    assert chat.requested == "terms_accepted"
    assert PASSWORD not in json.dumps(chat.tracker.current_state(), ensure_ascii=False)


@pytest.mark.parametrize("slot", ["terms_accepted", "privacy_accepted", "signup_confirmed"])
async def test_a_corrected_address_is_no_refusal(chat: Chat, slot: str) -> None:
    await chat.sign_up(until=slot)
    await chat.say("non non mon courriel c'est lucie@ailleurs.example.com")
    assert (chat.requested, chat.slot("email")) == (slot, "lucie@ailleurs.example.com")
    assert chat.slot("refused_once") is None


async def test_the_weather_opens_no_account(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    await chat.say("y fait frette à matin")
    assert chat.requested == "signup_confirmed"
