"""The straight path, as the guide goes."""

from __future__ import annotations

from tests.conversation.chat import PASSWORD, Chat


async def test_from_hello_to_a_linked_clinic(chat: Chat) -> None:
    await chat.say("bonjour", "je veux m'inscrire")
    assert chat.requested == "email"
    await chat.sign_up()
    assert "utter_linked" in chat.names
    assert chat.requested == "another_clinic"
    await chat.say("non merci")
    assert chat.names == ["utter_closing"]
    assert chat.loop is None


async def test_a_cooperative_patient_needs_at_most_twelve_messages(chat: Chat) -> None:
    await chat.sign_up()
    assert chat.slot("outcome") == "linked"
    assert len(chat.transcript) <= 12


async def test_two_signups_in_a_row_both_ask_everything(chat: Chat) -> None:
    await chat.sign_up()
    await chat.say("non", "je veux m'inscrire")
    asked = []
    while chat.requested not in (None, "signup_confirmed"):
        asked.append(chat.requested)
        answer = {
            "email": "marc@example.com",
            "nam": "FICM72110210",
            "username": "marc_72",
            "password": PASSWORD,
            "password_confirmation": PASSWORD,
        }.get(chat.requested, "oui")
        await chat.say(answer)
    assert asked == [
        "email",
        "nam",
        "username",
        "password",
        "password_confirmation",
        "terms_accepted",
        "privacy_accepted",
    ]


async def test_a_secret_question_says_so_to_the_client(chat: Chat) -> None:
    await chat.sign_up(until="password")
    assert chat.custom == {"input": "secret", "slot": "password"}
    await chat.sign_up(until="activation_code")
    assert chat.custom == {"input": "secret", "slot": "activation_code"}


async def test_several_values_in_one_message(chat: Chat) -> None:
    await chat.say("/signup", "mon courriel est lucie.essai@example.com et mon NAM ESSL 8553 1419")
    assert chat.requested == "username"
    assert (chat.slot("email"), chat.slot("nam")) == ("lucie.essai@example.com", "ESSL85531419")


async def test_the_privacy_notice_comes_before_the_first_value(chat: Chat) -> None:
    await chat.say("/signup")
    assert chat.names == ["utter_signup_intro", "utter_ask_email"]


async def test_another_clinic_of_the_same_account(chat: Chat) -> None:
    await chat.sign_up()
    await chat.say("oui", "saint-jérôme")
    await chat.sign_up(choice="1")
    assert "utter_linked" in chat.names
    await chat.say("à quelles cliniques je suis lié?")
    assert "Info-Data" in chat.text
    assert "GMF Saint-Jérôme" in chat.text
