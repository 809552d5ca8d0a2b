"""When the store fails: an apology with a reference that the log has too, nothing lost; the next message goes on."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.conversation.chat import PASSWORD, Chat

Fail = Callable[..., AbstractContextManager[None]]


def assert_apology(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    assert chat.names.count("utter_internal_error") == 1
    reference = re.search(r"(ref\d+|[0-9a-f]{8})\W*$", chat.text.split("\n")[chat.names.index("utter_internal_error")])
    assert reference is not None
    assert reference[1] in caplog.text
    assert "Base de données" not in caplog.text, "an exception's text may quote a value"


@pytest.mark.parametrize(
    "case",
    [
        ("nam", "hold_nam", "ESSL85531419"),
        ("username", "username_taken", "lucie_88"),
        ("password", "set_password", PASSWORD),
        ("password_confirmation", "confirm_password", PASSWORD),
        ("signup_confirmed", "create_account", "oui"),
        ("clinic_query", "search_clinics", "info-data"),
        ("clinic_choice", "match_record", "1"),
        ("clinic_choice", "profile", "1"),
        ("clinic_choice", "send_code", "1"),
        ("activation_code", "check_code", "{code}"),
    ],
)
async def test_the_question_is_asked_again_and_nothing_is_lost(
    chat: Chat, fail: Fail, caplog: pytest.LogCaptureFixture, case: tuple[str, str, str]
) -> None:
    slot, method, answer = case
    await chat.sign_up(until=slot)
    before = {name: chat.slot(name) for name in ("email", "nam", "username", "account_id", "clinic_query")}
    answer = answer.replace("{code}", chat.code() if chat.mails() else "")
    with caplog.at_level(logging.ERROR), fail(method):
        await chat.say(answer)
    assert_apology(chat, caplog)
    assert chat.requested == slot
    assert before == {name: chat.slot(name) for name in before}
    if slot in ("password", "password_confirmation", "activation_code"):
        assert answer not in chat.stored()
        assert answer not in caplog.text
    await chat.say(answer)
    assert chat.requested not in (None, slot)
    await chat.sign_up()
    assert "utter_linked" in chat.names


async def test_the_reference_is_a_new_one_each_time(chat: Chat, fail: Fail) -> None:
    await chat.sign_up(until="username")
    with fail("username_taken"):
        await chat.say("lucie_88")
        first = chat.text
        await chat.say("lucie_88")
    assert first != chat.text


@pytest.mark.parametrize(
    ("method", "words", "response"),
    [("get_draft", "/signup", "utter_signup_intro"), ("get_draft", "bonjour", "utter_greet")],
)
async def test_starting_while_the_store_is_down(chat: Chat, fail: Fail, method: str, words: str, response: str) -> None:
    with fail(method):
        await chat.say(words)
    await chat.say(words)
    assert chat.names[0] == response


async def test_sending_a_new_code_fails(chat: Chat, fail: Fail, caplog: pytest.LogCaptureFixture) -> None:
    await chat.sign_up(until="activation_code")
    with caplog.at_level(logging.ERROR), fail("send_code"):
        await chat.say("/resend_code")
    assert_apology(chat, caplog)
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_logging_in_fails(chat: Chat, fail: Fail, new_chat: Callable[..., Chat]) -> None:
    await chat.sign_up(until="clinic_query")
    other = new_chat()
    await other.say("/login", "lucie_88")
    with fail("login"):
        await other.say(PASSWORD)
    assert other.requested == "login_password"
    await other.say(PASSWORD)
    assert other.slot("account_id")


async def test_a_correction_fails(chat: Chat, fail: Fail) -> None:
    await chat.sign_up(until="match_repair", email="faux@example.com")
    await chat.say('/correct_info{"field": "email"}')
    with fail("change_profile"):
        await chat.say("lucie.essai@example.com")
    assert chat.names == ["utter_internal_error"]
    assert chat.slot("email") == "faux@example.com"
    await chat.say("lucie.essai@example.com")
    assert chat.requested == "activation_code"


async def test_a_corrected_value_is_kept_when_the_match_fails(chat: Chat, fail: Fail) -> None:
    await chat.sign_up(until="match_repair", email="faux@example.com")
    with fail("match_record"):
        await chat.say('/correct_info{"field": "email"}', "lucie.essai@example.com")
    assert chat.names[:2] == ["utter_email_changed", "utter_internal_error"]
    assert chat.requested == "clinic_choice"
    await chat.say("1")
    assert chat.requested == "activation_code"


async def test_giving_up_fails(chat: Chat, fail: Fail) -> None:
    await chat.sign_up(until="username")
    await chat.say("annuler")
    with fail("save_draft"):
        await chat.say("oui")
    assert chat.names == ["utter_internal_error"]
    assert chat.requested == "cancel_confirmed"
    await chat.say("oui", "reprendre", "oui")
    assert chat.slot("nam") == "ESSL85531419"


async def test_listing_the_clinics_fails(chat: Chat, fail: Fail) -> None:
    await chat.sign_up()
    with fail("linked_clinics"):
        await chat.say("/list_clinics")
    assert chat.names == ["utter_internal_error", "utter_ask_another_clinic_again"]
    await chat.say("/list_clinics")
    assert chat.names[0] == "utter_clinics_list"


async def test_after_a_failure_the_field_stays_masked(chat: Chat, fail: Fail) -> None:
    await chat.sign_up(until="password")
    with fail("set_password"):
        await chat.say(PASSWORD)
    assert chat.names == ["utter_internal_error"]
    assert chat.custom == {"input": "secret", "slot": "password"}
