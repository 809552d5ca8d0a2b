"""Decisions 1 and 9: secrets at their questions, and what is kept of them (nothing)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from pydantic import SecretStr

from bot.dialogue.messages import UserMessage
from bot.dialogue.secrets import MASK
from tests.conversation.chat import PASSWORD, Chat

OTHER = "Autre-Chose99!"


async def at(chat: Chat, slot: str) -> Chat:
    await chat.sign_up(until=slot)
    assert chat.requested == slot
    return chat


# -- decision 1: what is a secret, what is a command


@pytest.mark.parametrize("text", ["/Retour-42-ici", "/help", "  Deux Mots-4!  ", "annuler"])
async def test_a_masked_field_is_the_secret_whatever_it_looks_like(chat: Chat, text: str) -> None:
    await at(chat, "password")
    await chat.say(text, masked=True)
    assert "utter_wrong_password" in chat.names or chat.requested == "password_confirmation"
    assert text.strip() not in chat.stored()


async def test_a_password_like_a_payload_is_taken_from_a_masked_field(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("/Retour-42-ici!", masked=True)
    assert chat.requested == "password_confirmation"
    await chat.say("/Retour-42-ici!", masked=True)
    assert chat.requested == "terms_accepted"


async def test_a_word_without_spaces_is_the_secret(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("abracadabra")
    assert chat.names[0] == "utter_wrong_password"


@pytest.mark.parametrize(
    ("command", "answer"),
    [("aide", "utter_help_password"), ("pourquoi", "utter_explain_password"), ("répéter", "utter_ask_password")],
)
async def test_a_command_as_the_whole_message_is_obeyed(chat: Chat, command: str, answer: str) -> None:
    await at(chat, "password")
    await chat.say(command)
    assert chat.names[0] == answer
    assert chat.requested == "password"
    assert chat.custom == {"input": "secret", "slot": "password"}


async def test_going_back_and_cancelling_are_commands_too(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("retour")
    assert chat.requested == "username"
    await chat.say("annuler")
    assert chat.requested == "password"
    await chat.say("annuler")
    assert chat.requested == "cancel_confirmed"


async def test_a_confident_question_in_a_sentence_interrupts(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("quelles sont les règles du mot de passe?")
    assert chat.names == ["utter_faq_password_rules", "utter_ask_password_again"]
    assert "règles" not in chat.stored()


async def test_a_sentence_that_is_none_is_a_wrong_answer(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("Mon Chien Rex 2024!")
    assert chat.names[0] == "utter_wrong_password"
    assert "espace" in chat.text
    assert "Rex" not in chat.stored()


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
async def test_nothing_typed_is_no_password(chat: Chat, text: str) -> None:
    await at(chat, "password")
    await chat.say(text)
    assert "{" not in chat.text
    assert chat.requested == "password"


async def test_an_old_button_is_no_password(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say('/inform{"province": "NB"}')
    assert chat.names[0] == "utter_wrong_password_none"
    await chat.say(PASSWORD, '/inform{"province": "NB"}')
    assert chat.names[0] == "utter_wrong_password_confirmation_none"
    assert chat.slot("mismatches") is None


@pytest.mark.parametrize(
    "typed",
    [
        "{}",
        "{0[0]} {0[1]} {0[2]} {0[3]} {0[4]} {0[5]}",
        "le code est {}",
        "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}",
        "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]} merci",
    ],
)
async def test_one_group_of_six_digits_is_the_code(chat: Chat, typed: str) -> None:
    await at(chat, "activation_code")
    await chat.say(typed.format(chat.code()))
    assert "utter_linked" in chat.names


async def test_a_code_in_words(chat: Chat) -> None:
    names = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
    await at(chat, "activation_code")
    await chat.say(" ".join(names[int(digit)] for digit in chat.code()))
    assert "utter_linked" in chat.names


@pytest.mark.parametrize("typed", ["12345", "1234567", "123456 ou 654321"])
async def test_other_digits_are_a_wrong_code(chat: Chat, typed: str) -> None:
    await at(chat, "activation_code")
    await chat.say(typed)
    assert chat.names[0] == "utter_wrong_activation_code_wrong"
    assert chat.requested == "activation_code"


# -- decisions 2 and 3, as far as the engine goes


async def test_a_payload_typed_by_a_patient_is_text(chat: Chat) -> None:
    await at(chat, "nam")
    await chat.say("/faq_nam")
    assert chat.names[0] == "utter_faq_nam"
    assert not chat.tracker.latest_user["parse_data"]["intent_ranking"][1:]
    await chat.say("/faq_nam", payloads=False)
    assert chat.tracker.latest_user["parse_data"]["intent_ranking"][1:], "read like any text"


async def test_a_payload_typed_at_the_password_is_the_password(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("/cancel", payloads=False)
    assert chat.names[0] == "utter_wrong_password"
    await chat.say("/cancel")
    assert chat.requested == "cancel_confirmed"


async def test_without_a_page_session_the_conversation_is_the_page(chat: Chat) -> None:
    await chat.sign_up(until="clinic_choice")
    for text in ("1", None):
        message = UserMessage(text or chat.code(), chat.sender)
        chat.replies = await chat.engine.handle(chat.tracker, message)
    assert "utter_linked" in chat.names


# -- decision 9: the password and its confirmation


async def test_only_the_unmet_rules_are_listed(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("Motdepasse-x")
    assert chat.names == ["utter_wrong_password", "utter_ask_password_again"]
    assert "un chiffre" in chat.text
    assert "majuscule" not in chat.text
    assert "10" not in chat.text


@pytest.mark.parametrize("secret", ["Lucie.essai-12", "Lucie_88-Aa!", "Essl-85531419!", "Bonjour2024!"])
async def test_personal_and_common_passwords_are_refused(chat: Chat, secret: str) -> None:
    await at(chat, "password")
    await chat.say(secret)
    assert chat.names[0] == "utter_wrong_password"
    assert secret not in chat.stored()


async def test_a_first_mismatch_asks_the_confirmation_again_and_offers_another_password(chat: Chat) -> None:
    await at(chat, "password_confirmation")
    await chat.say(OTHER)
    assert chat.names == ["utter_wrong_password_confirmation", "utter_ask_password_confirmation_again"]
    await chat.say(chat.press("autre mot de passe"))
    assert chat.requested == "password"
    await chat.say(OTHER, OTHER)
    assert chat.requested == "terms_accepted"


async def test_a_second_mismatch_starts_from_the_password(chat: Chat) -> None:
    await at(chat, "password_confirmation")
    await chat.say(OTHER, "Encore-Autre77!")
    assert chat.names[0] == "utter_password_restart"
    assert chat.requested == "password"
    await chat.say(PASSWORD, OTHER)
    assert chat.names[0] == "utter_wrong_password_confirmation", "mismatches are counted anew"
    await chat.say(PASSWORD)
    assert chat.requested == "terms_accepted"


async def test_a_corrected_password_replaces_the_old_one_once_it_is_good(chat: Chat) -> None:
    await at(chat, "signup_confirmed")
    await chat.say('/correct_info{"field": "password"}')
    assert chat.names == ["utter_ask_password_new"]
    await chat.say("trop court")
    await chat.say("annuler")
    assert chat.names[0] == "utter_correction_cancelled"
    assert chat.requested == "signup_confirmed"
    await chat.say('/correct_info{"field": "password"}', OTHER, OTHER)
    assert chat.requested == "signup_confirmed"
    await chat.say("oui")
    assert chat.slot("account_id")
    login = await chat.portal.login("lucie_88", SecretStr(OTHER), "elsewhere")
    assert login.status == "ok"


# -- nothing of them is kept


def assert_never_stored(chat: Chat, secrets: Sequence[str]) -> None:
    stored = chat.stored()
    for secret in secrets:
        assert secret not in stored
    last = chat.tracker.current_state()["latest_message"]
    assert not any(secret in repr(last) for secret in secrets)


async def test_no_secret_is_ever_in_the_events(chat: Chat, new_chat: Callable[..., Chat]) -> None:
    await at(chat, "password")
    wrong = ["faible1", "Sans-Chiffre-Ici", "mon mot de passe est Chat-Noir-77!"]
    await chat.say(*wrong)
    await chat.sign_up(until="password_confirmation")
    await chat.say("Pas-Pareil-55!")
    await chat.sign_up(until="activation_code")
    first = chat.code()
    bad = "000000" if first != "000000" else "111111"
    await chat.say(bad, f"le code est {bad[:3]} {bad[3:]}")
    await chat.say(first)
    assert_never_stored(chat, [*wrong, "Chat-Noir-77!", "Pas-Pareil-55!", PASSWORD, first, bad, f"{bad[:3]} {bad[3:]}"])

    login = new_chat()
    await login.say("/login", "lucie_88", "Mauvais-Secret8!", "lucie_88", PASSWORD)
    assert login.slot("account_id")
    assert_never_stored(login, ["Mauvais-Secret8!", PASSWORD])


async def test_the_length_of_a_secret_is_not_told(chat: Chat) -> None:
    await at(chat, "password")
    await chat.say("a", PASSWORD)
    texts = [event["text"] for event in chat.tracker.events if event["event"] == "user"][-2:]
    assert texts == [MASK, MASK]


async def test_the_slots_of_secrets_hold_no_text(chat: Chat) -> None:
    await chat.sign_up()
    for slot in ("password", "password_confirmation", "activation_code", "login_password"):
        assert chat.slot(slot) in (None, True)
