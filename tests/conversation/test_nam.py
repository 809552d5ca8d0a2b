"""Decision 7: the NAM, what looks like one, and the NAS that is never kept. The email's typos beside it."""

from __future__ import annotations

import pytest

from tests.conversation.chat import Chat

SIN = "193456787"  # 9 digits that could be a NAS
BRUNSWICK = "800000005"  # 9 digits that could not


@pytest.fixture
async def chat(chat: Chat) -> Chat:
    await chat.sign_up(until="nam")
    return chat


async def assert_forgotten(chat: Chat, value: str = SIN) -> None:
    """Neither said, nor in a slot, nor in what is stored, nor held by the portal."""
    said = "\n".join(message.text or "" for _, replies in chat.transcript for message in replies)
    for shape in (value, f"{value[:3]} {value[3:6]} {value[6:]}", f"{value[:3]}-{value[3:6]}-{value[6:]}"):
        assert shape not in said
        assert shape not in chat.stored()
    assert await chat.portal.held_nam(chat.sender) is None
    draft = await chat.portal.get_draft(chat.sender)
    assert draft is None or draft.nam != value


# -- shapes


@pytest.mark.parametrize(
    ("typed", "response"),
    [
        ("TEST85133112", "utter_wrong_nam_date"),  # month 13
        ("TEST85023012", "utter_wrong_nam_date"),  # 30 February
        ("TEST8553141", "utter_wrong_nam_length"),
        ("TES885531412", "utter_wrong_nam"),
        ("TEST85531400", "utter_wrong_nam_sequence"),
    ],
)
async def test_a_wrong_shape_month_or_date_is_refused(chat: Chat, typed: str, response: str) -> None:
    await chat.say(typed)
    assert chat.names[0].startswith(response)
    assert chat.requested == "nam"
    assert chat.slot("nam") is None
    assert typed not in chat.text


@pytest.mark.parametrize("typed", ["essl 8553 1419", "ESSL-8553-1419", "mon numéro est ESSL 8553 1419 merci"])
async def test_a_number_is_read_as_people_type_it(chat: Chat, typed: str) -> None:
    await chat.say(typed)
    assert chat.slot("nam") == "ESSL85531419"
    assert chat.requested == "username"


@pytest.mark.parametrize(("wrong", "is_ontario"), [("ESSL85531418", False), ("1234567890", True)])
async def test_a_wrong_check_digit_asks_to_read_again_and_the_same_value_passes(
    chat: Chat, wrong: str, is_ontario: bool
) -> None:
    typed = f"carte de l'Ontario {wrong}" if is_ontario else wrong
    await chat.say(typed)
    assert chat.names == ["utter_wrong_nam_check", "utter_ask_nam_again"]
    await chat.say(typed)
    assert chat.slot("nam") == wrong
    assert chat.requested == "username"


async def test_another_wrong_value_is_not_the_same_value(chat: Chat) -> None:
    await chat.say("ESSL85531418", "ESSL85531417")
    assert chat.requested == "nam"
    await chat.say("ESSL85531419")
    assert chat.slot("nam") == "ESSL85531419"


async def test_the_full_number_is_never_said(chat: Chat) -> None:
    await chat.sign_up(until="signup_confirmed")
    await chat.say("répéter", '/correct_info{"field": "nam"}', "annuler", "non")
    said = "\n".join(message.text or "" for _, replies in chat.transcript for message in replies)
    assert "ESSL85531419" not in said.replace(" ", "")
    assert "ESSL •••• ••19" in said


# -- O/0


async def test_a_lookalike_is_offered_by_its_character_and_place(chat: Chat) -> None:
    await chat.say("ESSL8553I419")
    assert chat.names == ["utter_ask_nam_correction"]
    assert "9" in chat.text
    assert "ESSL" not in chat.text
    await chat.say(chat.press("Oui"))
    assert chat.slot("nam") == "ESSL85531419"
    assert chat.requested == "username"


async def test_a_lookalike_is_never_put_right_in_silence(chat: Chat) -> None:
    await chat.say("ESSL8553I419", "non")
    assert chat.names[0] == "utter_nam_dropped"
    assert chat.slot("nam") is None
    assert await chat.portal.held_nam(chat.sender) is None
    await chat.say("ESSL8553I419", "FICM72110210")
    assert chat.slot("nam") == "FICM72110210", "another number answers the small question too"


# -- the NAS


@pytest.mark.parametrize("spaced", [False, True])
@pytest.mark.parametrize(
    "sentence", ["mon NAS est {}", "mon assurance sociale {}", "carte du Québec {}", "carte de l'Ontario {}"]
)
async def test_a_nas_is_refused_and_forgotten(chat: Chat, sentence: str, spaced: bool) -> None:
    typed = f"{SIN[:3]} {SIN[3:6]} {SIN[6:]}" if spaced else SIN
    await chat.say(sentence.format(typed))
    assert chat.names == ["utter_wrong_nam_sin", "utter_ask_nam_again"]
    assert chat.slot("nam") is None
    await assert_forgotten(chat)
    await chat.say("ESSL85531419")
    assert chat.requested == "username"


@pytest.mark.parametrize("answer", ["québec", "non", '/inform{"province": "ON"}', "c'est mon NAS", "une carte soleil"])
async def test_nine_digits_are_asked_about_and_dropped_on_no(chat: Chat, answer: str) -> None:
    await chat.say(SIN)
    assert chat.names == ["utter_ask_nam_province"]
    assert chat.slot("nam") is None
    assert await chat.portal.held_nam(chat.sender) == SIN
    await chat.say(answer)
    assert chat.requested == "nam"
    await assert_forgotten(chat)


@pytest.mark.parametrize("answer", ["Nouveau-Brunswick", "oui", '/inform{"province": "NB"}', "medicare"])
async def test_nine_digits_of_new_brunswick(chat: Chat, answer: str) -> None:
    await chat.say(BRUNSWICK, answer)
    assert chat.slot("nam") == BRUNSWICK
    assert chat.requested == "username"
    assert await chat.portal.held_nam(chat.sender) is None


async def test_a_new_brunswick_number_that_may_be_a_nas_is_confirmed_once(chat: Chat) -> None:
    await chat.say(f"carte du Nouveau-Brunswick {SIN}")
    assert chat.names == ["utter_ask_nam_confirmation"]
    await chat.say("oui")
    assert chat.slot("nam") == SIN
    assert chat.requested == "username"


@pytest.mark.parametrize("answer", ["non", "oups, c'est mon NAS"])
async def test_and_forgotten_when_it_is_not_the_cards(chat: Chat, answer: str) -> None:
    await chat.say(SIN, "nouveau-brunswick")
    assert chat.requested == "nam_confirmation"
    await chat.say(answer)
    assert chat.requested == "nam"
    await assert_forgotten(chat)


async def test_a_number_in_doubt_is_forgotten_when_the_signup_stops(chat: Chat) -> None:
    await chat.say(SIN, "annuler", "oui")
    assert chat.loop is None
    await assert_forgotten(chat)


async def test_an_insurance_number_is_no_username(chat: Chat) -> None:
    await chat.say("ESSL85531419", SIN)
    assert chat.names[0] == "utter_wrong_username_number"
    await chat.say("essl85531419")
    assert chat.requested == "username"
    assert chat.slot("username") is None
    await assert_forgotten(chat)


@pytest.mark.parametrize("slot", ["email", "clinic_query"])
async def test_a_nas_said_elsewhere_is_not_kept_either(chat: Chat, slot: str) -> None:
    await chat.sign_up(until="clinic_query") if slot == "clinic_query" else await chat.say("/go_back")
    assert chat.requested == slot
    await chat.say(f"mon NAS est {SIN}")
    await assert_forgotten(chat)


# -- refusing, waiting


async def test_a_refusal_says_why_and_goes_on(chat: Chat) -> None:
    await chat.say("je ne veux pas donner mon NAM")
    assert chat.names == ["utter_refused_nam", "utter_ask_nam_again"]
    await chat.say("ESSL85531419")
    assert chat.requested == "username"


async def test_a_moment_is_met_with_patience(chat: Chat) -> None:
    await chat.say("une minute, je cherche ma carte")
    assert chat.names == ["utter_take_your_time"]
    assert chat.requested == "nam"
    await chat.say("ESSL85531419")
    assert chat.requested == "username"


async def test_wrong_answers_get_more_and_more_help(chat: Chat) -> None:
    seen = []
    for _ in range(3):
        await chat.say("TEST85133112")
        seen.append(chat.names)
    assert seen[0] == ["utter_wrong_nam_date", "utter_ask_nam_again"]
    assert seen[1] == ["utter_wrong_nam_date", "utter_example_nam", "utter_ask_nam_again"]
    assert seen[2] == ["utter_stuck_nam"]
    assert {button["payload"] for button in chat.buttons} == {"/human", "/cancel"}


# -- the email's typos


async def test_a_likely_typo_of_the_email_is_offered(chat: Chat) -> None:
    await chat.say("/go_back", "lucie.essai@gmial.com")
    assert chat.names == ["utter_ask_email_correction"]
    assert "lucie" not in chat.text
    await chat.say("oui")
    assert chat.slot("email") == "lucie.essai@gmail.com"
    assert chat.requested == "nam"


async def test_no_takes_the_address_as_it_was_typed(chat: Chat) -> None:
    await chat.say("/go_back", "lucie.essai@gmial.com")
    await chat.say(chat.press("Non"))
    assert chat.slot("email") == "lucie.essai@gmial.com"
    await chat.say("/go_back", "lucie@hotnail.com", "plutôt lucie@exemple.ca")
    assert chat.slot("email") == "lucie@exemple.ca"


async def test_the_provider_can_be_put_right_by_its_name(chat: Chat) -> None:
    await chat.say("/go_back", "lucie.essai@gmail.com", "non, pas gmail, hotmail")
    assert chat.slot("email") == "lucie.essai@hotmail.com"
    assert chat.names[0] == "utter_email_replaced"
    assert chat.requested == "nam"
