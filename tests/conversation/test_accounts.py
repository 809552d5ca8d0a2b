"""Decisions 4, 8 and 10: opening an account, its username, the terms; and logging in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conversation.chat import PASSWORD, Chat

WRONG = "Mauvais-Secret8!"
NewChat = Callable[..., Chat]


# -- decision 4: provisional accounts


async def test_opening_says_the_same_whether_the_email_and_nam_are_known_or_not(new_chat: NewChat) -> None:
    await new_chat().sign_up()  # now verified
    known, unknown = new_chat(), new_chat()
    await known.sign_up(until="clinic_query", username="encore_moi")
    await unknown.sign_up(until="clinic_query", email="x@example.com", nam="FICM72110210", username="nouveau_1")
    assert known.names == unknown.names
    assert known.text == unknown.text


async def test_after_opening_the_patient_is_logged_in(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    assert chat.slot("account_id")
    await chat.say("/login")
    assert chat.names[0] == "utter_already_logged_in"
    assert chat.requested == "clinic_query"


async def test_an_account_is_provisional_until_a_code_proves_the_mailbox(chat: Chat) -> None:
    await chat.sign_up(until="activation_code")
    assert not (await chat.portal.profile(chat.slot("account_id"))).verified
    await chat.say(chat.code())
    assert (await chat.portal.profile(chat.slot("account_id"))).verified


async def test_a_provisional_account_ends_after_seven_days(chat: Chat, new_chat: NewChat) -> None:
    await chat.sign_up(until="activation_code")
    chat.clock.pass_(hours=24 * 7 + 1)
    assert not await chat.portal.username_taken("lucie_88")
    again = new_chat()
    await again.sign_up()
    assert "utter_linked" in again.names


async def test_the_owner_of_the_mailbox_is_told_so_by_the_code(new_chat: NewChat) -> None:
    first, second = new_chat(), new_chat()
    await first.sign_up()
    await second.sign_up(until="activation_code", username="encore_moi")
    await second.say(second.code())
    assert second.names == ["utter_account_exists"]
    assert "l•••8" in second.text
    assert "lucie_88" not in second.text
    assert second.slot("account_id") is None
    assert not await second.portal.username_taken("encore_moi"), "the provisional account is dropped"
    await second.say(second.press("me connecter"))
    assert second.requested == "login_id"
    await second.say("lucie_88", PASSWORD)
    assert second.names[0] == "utter_logged_in"
    assert second.loop == "link_clinic_form"


async def test_a_yes_takes_the_owner_to_the_login(new_chat: NewChat) -> None:
    first, second = new_chat(), new_chat()
    await first.sign_up()
    await second.sign_up(until="activation_code", username="encore_moi")
    await second.say(second.code(), "oui")
    assert second.requested == "login_id"


async def test_two_provisional_accounts_may_have_one_email(new_chat: NewChat) -> None:
    first, second = new_chat(), new_chat()
    await first.sign_up(until="clinic_query")
    await second.sign_up(until="clinic_query", username="autre_nom")
    assert first.slot("account_id") != second.slot("account_id")


# -- decision 8: usernames


async def test_a_taken_username_is_refused_with_free_ones(new_chat: NewChat) -> None:
    first, second = new_chat(), new_chat()
    await first.sign_up(until="clinic_query")
    await second.sign_up(until="username")
    await second.say("LUCIE_88")
    assert second.names == ["utter_wrong_username_taken"]
    assert len(second.buttons) == 3
    assert not any("essl" in button["title"].casefold() for button in second.buttons)
    await second.say(second.buttons[0]["payload"])
    assert second.slot("username") == second.transcript[-1][0]
    assert second.requested == "password"


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("mettez lucie_88 svp", "lucie_88"),
        ("Lucie88", "Lucie88"),
        ("mon courriel", "lucie.essai@example.com"),
        ("lucie.essai@example.com", "lucie.essai@example.com"),
        ('/inform{"field": "email"}', "lucie.essai@example.com"),
    ],
)
async def test_the_one_token_that_can_be_a_username_is_taken(chat: Chat, typed: str, taken: str) -> None:
    await chat.sign_up(until="username")
    await chat.say(typed)
    assert chat.slot("username") == taken
    assert chat.requested == "password"


@pytest.mark.parametrize("typed", ["lucie_88 ou bien lucie_99", "je ne sais pas trop quoi mettre ici", "lu", "a b c"])
async def test_else_it_is_asked_again(chat: Chat, typed: str) -> None:
    await chat.sign_up(until="username")
    await chat.say(typed)
    assert chat.requested == "username"
    assert chat.slot("username") is None


async def test_a_name_taken_between_the_question_and_the_end_is_asked_again(new_chat: NewChat) -> None:
    first, second = new_chat(), new_chat()
    await first.sign_up(until="signup_confirmed")
    await second.sign_up(until="signup_confirmed")
    await first.say("oui")
    await second.say("oui")
    assert second.names[0] == "utter_account_username_taken"
    assert second.requested == "username"
    await second.say("lucie_autre", "oui")
    assert second.slot("account_id")


async def test_a_password_too_old_is_asked_again(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    chat.clock.pass_(hours=2)
    await chat.say("oui")
    assert chat.names[0] == "utter_account_password_lost"
    assert chat.requested == "password"
    await chat.say(PASSWORD, PASSWORD, "oui")
    assert chat.slot("account_id")


# -- decision 10: the terms


@pytest.mark.parametrize("slot", ["terms_accepted", "privacy_accepted"])
async def test_a_first_refusal_says_why_a_second_ends_kindly(chat: Chat, slot: str) -> None:
    await chat.sign_up(until=slot)
    await chat.say(chat.press("refuse"))
    assert chat.names == ["utter_terms_refused_once", f"utter_ask_{slot}_again"]
    await chat.say("je refuse")
    assert chat.names == ["utter_terms_refused"]
    assert chat.loop is None
    assert chat.slot("account_id") is None
    draft = await chat.portal.get_draft(chat.sender)
    assert draft is not None
    assert (draft.email, draft.username, draft.has_password) == ("lucie.essai@example.com", "lucie_88", False)
    await chat.say("/signup", "oui")
    assert chat.requested == "password"


async def test_the_two_consents_are_separate(chat: Chat) -> None:
    await chat.sign_up(until="terms_accepted")
    await chat.say("non", "oui", "non")
    assert chat.requested == "privacy_accepted", "the first refusal of the policy is a first one"
    await chat.say("oui", "oui")
    async with chat.portal.core.db.read() as session:
        rows = (await session.execute(text("SELECT document, version FROM consents ORDER BY document"))).all()
    assert [tuple(row) for row in rows] == [("privacy", "2026-11-01"), ("terms", "2026-11-01")]


async def test_the_age_is_never_asked(chat: Chat) -> None:
    await chat.sign_up()
    said = "\n".join(message.text or "" for _, replies in chat.transcript for message in replies)
    assert "âge" not in said
    assert "naissance" not in said


# -- logging in


@pytest.fixture
async def member(new_chat: NewChat) -> Chat:
    """Somebody whose account exists, in a new conversation."""
    await new_chat().sign_up()
    return new_chat()


@pytest.mark.parametrize("login_id", ["lucie_88", "LUCIE_88", "lucie.essai@example.com", "mon nom est lucie_88"])
async def test_log_in_by_username_or_email(member: Chat, login_id: str) -> None:
    await member.say("/login", login_id, PASSWORD)
    assert member.names == ["utter_logged_in", "utter_ask_another_clinic"]
    assert member.slot("account_id")


async def test_a_wrong_login_asks_both_again_and_does_not_say_which_is_wrong(member: Chat, new_chat: NewChat) -> None:
    stranger = new_chat()
    await member.say("/login", "lucie_88", WRONG)
    await stranger.say("/login", "personne_ici", WRONG)
    assert member.names == stranger.names == ["utter_login_wrong", "utter_ask_login_id"]
    assert member.text == stranger.text
    await member.say("lucie_88", PASSWORD)
    assert member.names[0] == "utter_logged_in"


async def test_many_wrong_logins_have_to_wait(member: Chat) -> None:
    await member.say("/login")
    for _ in range(6):
        await member.say("lucie_88", WRONG)
    assert member.names == ["utter_login_slowed"]
    assert "secondes" in member.text
    assert member.loop is None
    await member.say("oui", "lucie_88", PASSWORD)
    assert member.names == ["utter_login_slowed"], "the right password waits too"
    member.clock.pass_(minutes=15)
    await member.say("oui", "lucie_88", PASSWORD)
    assert member.names[0] == "utter_logged_in"


async def test_login_goes_on_with_what_the_patient_came_for(member: Chat) -> None:
    await member.say("/list_clinics")
    assert member.names == ["utter_need_account"]
    await member.say("oui", "lucie_88", PASSWORD)
    assert member.names == ["utter_logged_in", "utter_clinics_list"]
    assert "Info-Data" in member.text


async def test_linking_asks_for_the_account_first(member: Chat) -> None:
    await member.say("/link_clinic")
    await member.say(member.press("j’ai un compte"), "lucie_88", PASSWORD)
    assert member.loop == "link_clinic_form"
    await member.say("jérôme", "1")
    await member.say(member.code())
    assert "utter_linked" in member.names


async def test_going_back_and_correcting_the_name(member: Chat) -> None:
    await member.say("/login", "lucie_99", "/go_back")
    assert member.requested == "login_id"
    await member.say("lucie_98", "/correct_info")
    assert member.requested == "login_id"
    await member.say("lucie_88", PASSWORD)
    assert member.slot("account_id")


async def test_cancelling_a_login(member: Chat) -> None:
    await member.say("/login", "/cancel")
    assert member.names == ["utter_cancelled_empty"]
    await member.say("/login", "lucie_88", "/cancel", "non")
    assert member.requested == "login_password"
    await member.say("/cancel", "oui")
    assert member.names == ["utter_cancelled_empty"], "nothing to take up again is promised"
    assert member.slot("login_id") is None


async def test_turning_to_the_login_keeps_what_was_entered(member: Chat) -> None:
    await member.sign_up(until="password", username="autre_nom")
    await member.say("/login")
    assert member.requested == "login_id"
    await member.say("/cancel")
    await member.say("oui", "/signup")
    assert member.requested == "resume_draft"
    await member.say("oui")
    assert member.slot("username") == "autre_nom"


async def test_a_forgotten_password_is_not_made_up(member: Chat) -> None:
    await member.say("/login", "lucie_88", "/faq_forgot_password")
    assert member.names == ["utter_faq_forgot_password", "utter_ask_login_password_again"]


@pytest.mark.parametrize("command", ["aide", "Aide!"])
async def test_help_is_no_name_to_log_in_with(chat: Chat, command: str) -> None:
    await chat.say("/login", command, command)
    assert chat.requested == "login_id"
    assert chat.slot("login_id") is None
