"""What the web chat's page tells: loaded again, everything to be erased; and what only a page is shown."""

from __future__ import annotations

from actions.portal.portal import Portal
from tests.conversation.chat import PASSWORD, Chat


async def test_a_reload_kills_the_code_and_offers_another(chat: Chat) -> None:
    await chat.sign_up(until="activation_code")
    old = chat.code()
    chat.page = "page-2"
    await chat.say("/page_reloaded")
    assert chat.names == ["utter_page_reloaded"]
    assert chat.custom == {"input": "secret", "slot": "activation_code"}  # the page keeps its field
    payload = chat.press("nouveau code")
    await chat.say(old, masked=True)
    assert "utter_code_other_page" in chat.names
    chat.clock.pass_(seconds=61)
    await chat.say(payload)
    assert "utter_code_resent" in chat.names
    await chat.say(chat.code(), masked=True)
    assert "utter_linked" in chat.names


async def test_yes_after_a_reload_sends_another(chat: Chat) -> None:
    await chat.sign_up(until="activation_code")
    await chat.say("/page_reloaded")
    chat.clock.pass_(seconds=61)
    await chat.say("oui")
    assert "utter_code_resent" in chat.names


async def test_the_dead_code_stays_dead_on_the_old_page(chat: Chat) -> None:
    await chat.sign_up(until="activation_code")
    code = chat.code()
    chat.page = "page-2"
    await chat.say("/page_reloaded")
    chat.page = "page-1"
    await chat.say(code, masked=True)
    assert "utter_code_other_page" in chat.names


async def test_erasing_in_the_middle_of_a_signup(chat: Chat, portal: Portal) -> None:
    await chat.sign_up(until="terms_accepted")
    assert await portal.get_draft(chat.sender) is not None
    await chat.say("/erase_data")
    assert chat.names == ["utter_erased"]
    assert chat.loop is None
    assert await portal.get_draft(chat.sender) is None
    assert chat.slot("email") is None


async def test_erasing_drops_an_account_that_is_not_permanent(chat: Chat, portal: Portal) -> None:
    await chat.sign_up(until="activation_code")
    assert await portal.username_taken("lucie_88")
    await chat.say("/erase_data")
    assert chat.names == ["utter_erased"]
    assert not await portal.username_taken("lucie_88")


async def test_erasing_leaves_a_permanent_account(chat: Chat, portal: Portal) -> None:
    await chat.sign_up()
    await chat.say("/erase_data")
    assert chat.names == ["utter_erased", "utter_erased_account_stays"]
    assert await portal.username_taken("lucie_88")


async def test_the_summary_of_a_page_is_masked_and_changes_from_its_lines(chat: Chat) -> None:
    await chat.sign_up(until="privacy_accepted")
    await chat.say("oui", input_channel="webchat")
    assert chat.custom is not None
    rows = {row["name"]: row for row in chat.custom["summary"]}
    assert list(rows) == ["Courriel", "NAM", "Nom d’utilisateur"]
    assert "lucie.essai" not in str(rows) + chat.text
    assert "85531419" not in str(rows) + chat.text
    assert PASSWORD not in str(rows)
    offered = {button["payload"] for button in chat.buttons}
    assert {row["payload"] for row in rows.values()} <= offered
    await chat.say(rows["NAM"]["payload"], input_channel="webchat")
    assert chat.requested == "nam"


async def test_a_second_reload_has_no_code_to_kill_and_says_nothing_of_it(chat: Chat) -> None:
    await chat.sign_up(until="activation_code")
    await chat.say("/page_reloaded")
    await chat.say("/page_reloaded")
    assert "utter_page_reloaded" not in chat.names
    assert chat.custom == {"input": "secret", "slot": "activation_code"}
    await chat.say("oui")  # the offer of the first still stands
    assert {"utter_code_resent", "utter_code_too_soon"} & set(chat.names)
