"""Decisions 5 and 6: finding the clinic, and what to do when no record matches."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.portal.importing import import_files
from tests.conversation.chat import Chat

MARC = {"email": "marc.fictif@example.com", "nam": "FICM72110210", "username": "marc_f72"}
"""Two records of the demo's clinic are his."""


# -- decision 6: the search


async def test_the_choice_is_asked_also_for_one_hit(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("info-data")
    assert chat.names == ["utter_ask_clinic_choice_one"]
    assert chat.requested == "clinic_choice"
    await chat.say("oui")
    assert chat.slot("clinic_choice") == "info-data"


@pytest.mark.parametrize("answer", ["1", "la première", "le GMF Saint-Jérôme", "{button}"])
async def test_a_choice_by_number_by_name_or_by_its_button(chat: Chat, answer: str) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("jérôme")
    assert chat.names == ["utter_ask_clinic_choice"]
    await chat.say(answer.replace("{button}", chat.press("GMF Saint-Jérôme")))
    assert chat.slot("clinic_choice") == "gmf-st-jerome"
    assert chat.requested == "activation_code"


async def test_a_new_search_may_be_typed_at_the_choice(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("jérôme", "info-data")
    assert chat.requested == "clinic_choice"
    assert "Info-Data" in chat.text
    await chat.say("oui")
    assert chat.slot("clinic_choice") == "info-data"


async def test_none_of_these_searches_again(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("jérôme")
    await chat.say(chat.press("Aucune"))
    assert chat.names[0] == "utter_clinic_search_again"
    assert chat.requested == "clinic_query"


@pytest.mark.parametrize(
    ("query", "response"),
    [
        ("abc", "utter_wrong_clinic_query_too_short"),
        ("clinique médicale", "utter_wrong_clinic_query_common_only"),
        ("Zanzibar", "utter_wrong_clinic_query"),
    ],
)
async def test_a_search_that_finds_nothing_says_why(chat: Chat, query: str, response: str) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say(query)
    assert chat.names[0] == response
    assert chat.requested == "clinic_query"


async def test_a_whole_name_of_common_words_is_found(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("Centre médical")
    assert chat.requested == "clinic_choice"
    assert "King Ouest" in chat.text


async def test_over_five_hits_show_the_best_five(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["clinic_id", "clinic_name", "site_name", "address", "city", "postal_code"])
        for number in range(1, 9):
            rows.writerow(
                [f"lac-{number}", f"Clinique du Lac {number}", "", f"{number} rue du Quai", "Magog", "J1X 1A1"]
            )
    assert (await import_files(chat.portal.core, clinics=path)).done
    await chat.sign_up(until="clinic_query")
    await chat.say("Magog")
    assert chat.names == ["utter_ask_clinic_choice_many"]
    assert "précisez la ville ou l’adresse" in chat.text
    assert len([button for button in chat.buttons if "clinic" in button["payload"]]) == 5


async def test_ok_is_no_clinic(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("/explain", "ok")
    assert chat.names == ["utter_ask_clinic_query_again"]


async def test_a_clinic_linked_already_is_said_to_be(chat: Chat) -> None:
    await chat.sign_up()
    await chat.say("oui", "info-data", "1")
    assert chat.names == ["utter_already_linked", "utter_ask_another_clinic"]


# -- decision 5: no match


async def test_no_match_shows_the_masked_profile_and_a_choice(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", email="faux@example.com")
    assert chat.names == ["utter_ask_match_repair"]
    assert "f•••@e•••.com" in chat.text
    assert "ESSL •••• ••19" in chat.text
    assert len(chat.buttons) == 4
    assert not chat.mails()


async def test_several_records_look_the_same_as_none(chat: Chat, new_chat: Callable[..., Chat]) -> None:
    several, none = chat, new_chat()
    await several.sign_up(until="match_repair", **MARC)
    await none.sign_up(until="match_repair", **{**MARC, "email": "marc.fictif@exemple.ca", "username": "marc_f73"})
    assert several.names == none.names
    assert several.text.replace("e•••.com", "") == none.text.replace("e•••.ca", "")


async def test_a_corrected_email_is_tried_by_itself_and_gets_the_code(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", email="faux@example.com", username="faux@example.com")
    await chat.say(chat.press("courriel"), "lucie.essai@example.com")
    assert chat.names[:3] == ["utter_email_changed", "utter_email_username_kept", "utter_code_sent"]
    assert chat.mails()[-1]["to"] == "lucie.essai@example.com"
    profile = await chat.portal.profile(chat.slot("account_id"))
    assert (profile.email, profile.username) == ("lucie.essai@example.com", "faux@example.com")
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_a_corrected_nam_is_tried_by_itself(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", nam="FICM72110210")
    await chat.say("le NAM", "ESSL85531419")
    assert chat.names[:2] == ["utter_nam_changed", "utter_code_sent"]


async def test_the_right_value_at_once(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", email="faux@example.com")
    await chat.say("le bon courriel est lucie.essai@example.com")
    assert chat.requested == "activation_code"


async def test_a_value_as_wrong_as_the_one_before_asks_again(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", email="faux@example.com")
    await chat.say('/correct_info{"field": "email"}', "encore.faux@example.com")
    assert chat.names == ["utter_email_changed", "utter_ask_match_repair"]
    assert "e•••@e•••.com" in chat.text


async def test_an_invalid_correction_leaves_the_old_value(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", nam="FICM72110210")
    await chat.say('/correct_info{"field": "nam"}', "FICM72990210", "annuler")
    assert chat.names == ["utter_correction_cancelled", "utter_ask_match_repair_again"]
    assert (await chat.portal.profile(chat.slot("account_id"))).nam == "FICM72110210"


@pytest.mark.parametrize("words", ["une autre clinique", "clinique", '/correct_info{"field": "clinic"}', "/go_back"])
async def test_another_clinic_instead(chat: Chat, words: str) -> None:
    await chat.sign_up(until="match_repair", email="olivier.demo@example.com", nam="DEMO95072312", username="olivier_d")
    await chat.say(words)
    assert chat.requested == "clinic_query"
    await chat.say("saint-jérôme", "1")
    assert chat.requested == "activation_code"


async def test_help_from_the_clinic_says_what_to_ask_for_then_try_again(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", **MARC)
    await chat.say(chat.press("Aide"))
    assert chat.names == ["utter_match_help", "utter_ask_match_repair_again"]
    await chat.say("réessayer")
    assert chat.names == ["utter_ask_match_repair"]


async def test_stopping_there_keeps_the_account(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", **MARC)
    await chat.say("annuler")
    assert chat.names == ["utter_ask_cancel_confirmed_open"]
    await chat.say("oui")
    assert chat.names == ["utter_cancelled_later"]
    await chat.say("oui")
    assert chat.requested == "clinic_query", "a yes to the offer to add a clinic later"


@pytest.mark.parametrize(("field", "value"), [("email", "lucie.essai@example.com"), ("nam", "ESSL85531419")])
async def test_a_profile_may_be_corrected_before_a_clinic_is_chosen(chat: Chat, field: str, value: str) -> None:
    wrong = {"email": "faux@example.com", "nam": "FICM72110210"}
    await chat.sign_up(until="clinic_query", **{field: wrong[field]})
    await chat.say(f'/correct_info{{"field": "{field}"}}')
    assert chat.names == [f"utter_ask_{field}_new"]
    await chat.say(value)
    assert chat.requested == "clinic_query"
    await chat.say("info-data", "1")
    assert chat.requested == "activation_code"


async def test_and_the_correction_given_up(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say('/correct_info{"field": "nam"}', "annuler")
    assert chat.names == ["utter_correction_cancelled", "utter_ask_clinic_query"]


async def test_many_failed_matches_have_to_wait(chat: Chat) -> None:
    await chat.sign_up(until="match_repair", **MARC)
    for _ in range(12):
        await chat.say("réessayer")
        if chat.requested is None:
            break
    assert chat.names == ["utter_match_slowed"]
    chat.clock.pass_(hours=1)
    await chat.say("oui")
    assert chat.requested == "clinic_query"


async def test_a_minute_is_not_the_first_clinic(chat: Chat) -> None:
    await chat.sign_up(until="clinic_query")
    await chat.say("Saint-Jérôme", "une minute")
    assert chat.requested == "clinic_choice"
    await chat.say("la première")
    assert chat.requested != "clinic_choice"
