"""Decision 12 and the way around: cancel, resume, restart, go back, correct; values are never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversation.chat import PASSWORD, Chat

VALUES = {"email": "lucie.essai@example.com", "nam": "ESSL85531419", "username": "lucie_88"}


def values(chat: Chat) -> dict[str, str]:
    return {slot: chat.slot(slot) for slot in VALUES}


# -- cancel and resume


async def test_cancel_asks_nothing_when_nothing_was_entered(chat: Chat) -> None:
    await chat.say("/signup", "annuler")
    assert chat.names == ["utter_cancelled_empty"]
    assert chat.loop is None
    await chat.say("annuler")
    assert chat.names == ["utter_nothing_to_cancel"]


async def test_cancel_asks_once_when_something_was_entered(chat: Chat) -> None:
    await chat.sign_up(until="nam")
    await chat.say("annuler")
    assert chat.names == ["utter_ask_cancel_confirmed"]
    await chat.say("non")
    assert chat.names == ["utter_cancel_dropped", "utter_ask_nam"]
    await chat.say("annuler", "annuler")
    assert chat.names == ["utter_cancelled"], "cancelling twice is a yes"


async def test_an_unclear_answer_to_it_is_asked_again(chat: Chat) -> None:
    await chat.sign_up(until="nam")
    await chat.say("annuler", "bof bof")
    assert chat.requested == "cancel_confirmed"
    await chat.say("non")
    assert chat.requested == "nam"


@pytest.mark.parametrize("words", ["reprendre", "/signup", "oui"])
async def test_values_wait_and_are_offered_again(chat: Chat, words: str) -> None:
    await chat.sign_up(until="terms_accepted")
    await chat.say("annuler", "oui")
    assert chat.loop is None
    chat.clock.pass_(hours=20)
    await chat.say(words)
    assert chat.names == ["utter_ask_resume_draft"]
    assert "l•••@e•••.com" in chat.text
    assert "ESSL •••• ••19" in chat.text
    await chat.say("oui")
    assert values(chat) == VALUES
    assert chat.requested == "password", "secrets are not kept"
    draft = await chat.portal.get_draft(chat.sender)
    assert draft is not None
    assert not draft.has_password


async def test_another_cancel_does_not_lose_them(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("annuler", "oui", "/signup", "annuler", "oui", "reprendre", "oui")
    assert chat.slot("nam") == VALUES["nam"]
    assert chat.requested == "username"


async def test_no_forgets_them(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("annuler", "oui", "/signup", "non")
    assert chat.names == ["utter_draft_dropped", "utter_ask_email"]
    assert await chat.portal.get_draft(chat.sender) is None
    assert chat.slot("email") is None


async def test_after_a_day_they_are_gone(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("annuler", "oui")
    chat.clock.pass_(hours=25)
    await chat.say("reprendre")
    assert chat.names == ["utter_signup_intro", "utter_ask_email"]


async def test_a_patient_back_within_a_day_finds_the_question(chat: Chat) -> None:
    await chat.sign_up(until="username")
    chat.clock.pass_(hours=23)
    await chat.say("bonjour")
    assert chat.names == ["utter_greet_in_form", "utter_ask_username_again"]
    await chat.sign_up(until="clinic_query")
    assert chat.slot("account_id")


async def test_leaving_keeps_the_question_for_later(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("/goodbye")
    assert chat.names == ["utter_goodbye_in_form"]
    await chat.say("lucie_88")
    assert chat.requested == "password"


async def test_a_draft_belongs_to_its_conversation(chat: Chat, new_chat: Callable[..., Chat]) -> None:
    await chat.sign_up(until="username")
    await chat.say("annuler", "oui")
    other = new_chat()
    await other.say("/signup")
    assert other.requested == "email"


async def test_signing_up_while_signing_up_goes_on(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("/signup")
    assert chat.names == ["utter_signup_continues", "utter_ask_username_again"]
    await chat.sign_up(until="clinic_query")
    await chat.say("/signup")
    assert chat.names == ["utter_signup_continues", "utter_ask_clinic_query_again"]


@pytest.mark.parametrize("hello", ["bonjour", "/greet"])
async def test_a_yes_to_the_greeting_signs_up(chat: Chat, hello: str) -> None:
    await chat.say(hello, "oui")
    assert chat.requested == "email"


# -- restart


@pytest.mark.parametrize("words", ["/restart", "recommencer"])
async def test_restart_forgets_everything_of_the_signup(chat: Chat, words: str) -> None:
    await chat.sign_up(until="password_confirmation")
    await chat.say(words)
    assert chat.names == ["utter_restarted", "utter_ask_email"]
    assert set(values(chat).values()) == {None}
    assert await chat.portal.get_draft(chat.sender) is None
    await chat.sign_up(until="clinic_query")
    assert chat.slot("account_id")


@pytest.mark.parametrize("slot", ["clinic_choice", "activation_code", "match_repair"])
async def test_restart_after_the_account_begins_with_the_clinic(chat: Chat, slot: str) -> None:
    await chat.sign_up(until=slot, email="faux@example.com" if slot == "match_repair" else VALUES["email"])
    account = chat.slot("account_id")
    await chat.say("/restart")
    assert chat.names == ["utter_restarted", "utter_ask_clinic_query"]
    assert chat.slot("account_id") == account


# -- going back


async def test_going_back_question_by_question_and_returning(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    asked = []
    for _ in range(7):
        await chat.say("retour")
        asked.append(chat.requested)
    assert asked == ["privacy_accepted", "terms_accepted", "password", "username", "nam", "email", "email"]
    assert chat.names[0] == "utter_cannot_go_back"
    assert values(chat) == VALUES
    await chat.say("annuler")
    assert chat.requested == "terms_accepted"
    await chat.say("oui", "oui", "oui")
    assert chat.slot("account_id")


async def test_a_new_value_on_the_way_back(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("/go_back", "FICM72110210")
    assert chat.names == ["utter_nam_changed", "utter_ask_username"]
    assert chat.slot("nam") == "FICM72110210"


async def test_going_back_from_the_clinic(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("/go_back")
    assert chat.names == ["utter_clinic_cannot_go_back", "utter_ask_clinic_query"]
    await chat.say("info-data", "/go_back")
    assert chat.requested == "clinic_query"
    await chat.say("info-data", "1", "/go_back")
    assert chat.requested == "clinic_query"


async def test_nothing_to_go_back_to(chat: Chat) -> None:
    await chat.say("/go_back")
    assert chat.names == ["utter_nothing_before"]


# -- corrections


@pytest.mark.parametrize(
    ("words", "slot", "value"),
    [
        ('/correct_info{"field": "email"}', "email", "marc@example.com"),
        ('/correct_info{"field": "nam"}', "nam", "FICM72110210"),
        ('/correct_info{"field": "username"}', "username", "marc_72"),
        ("le courriel", "email", "marc@example.com"),
        ("le NAM", "nam", "FICM72110210"),
        ("nom d'utilisateur", "username", "marc_72"),
    ],
)
async def test_any_line_of_the_summary_can_be_changed(chat: Chat, words: str, slot: str, value: str) -> None:
    await chat.sign_up(until="signup_confirmed")
    await chat.say(words)
    assert chat.names == [f"utter_ask_{slot}_new"]
    assert chat.slot(slot) == VALUES[slot], "the old value stays until the new one is good"
    await chat.say(value)
    assert chat.names == [f"utter_{slot}_changed", "utter_ask_signup_confirmed"]
    assert values(chat) == {**VALUES, slot: value}


async def test_no_at_the_summary_asks_what_to_change(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    await chat.say("non")
    assert chat.names == ["utter_what_to_correct"]
    await chat.say(chat.press("NAM"), "FICM72110210", "oui")
    assert (await chat.portal.profile(chat.slot("account_id"))).nam == "FICM72110210"


async def test_all_right_after_a_no_is_no_consent_yet(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    await chat.say("non", "d'accord")
    assert chat.names == ["utter_ask_signup_confirmed"]
    assert chat.slot("account_id") is None
    await chat.say("oui")
    assert chat.slot("account_id") is not None


async def test_a_bad_new_value_leaves_the_old_one(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    await chat.say('/correct_info{"field": "nam"}', "FICM72990210", "/faq_nam")
    assert chat.requested == "nam"
    assert chat.slot("nam") == VALUES["nam"]
    await chat.say("annuler")
    assert chat.names == ["utter_correction_cancelled", "utter_ask_signup_confirmed_again"]
    assert values(chat) == VALUES


async def test_a_correction_in_the_middle_returns_to_the_question(chat: Chat) -> None:
    await chat.sign_up(until="password_confirmation")
    await chat.say('/correct_info{"field": "email"}', "marc@example.com")
    assert chat.requested == "password_confirmation"
    await chat.say(PASSWORD)
    assert chat.requested == "terms_accepted"


async def test_the_new_value_in_the_same_sentence(chat: Chat) -> None:
    await chat.sign_up(until="username")
    await chat.say("je me suis trompée de courriel, c'est marc@example.com")
    assert chat.slot("email") == "marc@example.com"
    assert chat.requested == "username"


async def test_what_was_not_given_cannot_be_corrected(chat: Chat) -> None:
    await chat.say("/signup", '/correct_info{"field": "username"}')
    assert chat.names == ["utter_nothing_to_correct", "utter_ask_email"]
    await chat.say("/cancel", '/correct_info{"field": "nam"}')
    assert chat.names == ["utter_nothing_before"]


@pytest.mark.parametrize("field", ["username", "password"])
async def test_the_login_of_an_open_account_is_not_changed_here(chat: Chat, field: str) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say(f'/correct_info{{"field": "{field}"}}')
    assert chat.names[0] == "utter_cannot_change_username"
    assert chat.requested == "clinic_query"


async def test_interruptions_of_all_kinds_lose_nothing(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    await chat.say("/help", "/faq_privacy", "/status", "/explain", "/repeat", "/human", "/bot_challenge", "/thank")
    await chat.say("/frustration", "/medical_question", "/greet", "/list_clinics", "/resend_code", "/link_clinic")
    assert chat.requested == "signup_confirmed"
    assert values(chat) == VALUES
    await chat.say("oui")
    profile = await chat.portal.profile(chat.slot("account_id"))
    assert (profile.email, profile.nam, profile.username) == tuple(VALUES.values())


@pytest.mark.parametrize("words", ["ok on reprend", "reprendre", "on reprend où on était"])
async def test_taking_up_again_keeps_what_was_given(chat: Chat, words: str) -> None:
    await chat.sign_up(until="username")
    await chat.say("annuler", "oui", words, "oui")
    assert chat.slot("email") == VALUES["email"]
    assert chat.requested == "username"
