"""Decision 11: access codes, right, wrong, old, late, dead, of another page; and sending them again."""

from __future__ import annotations

import pytest

from tests.conversation.chat import Chat


@pytest.fixture
async def chat(chat: Chat) -> Chat:
    await chat.sign_up(until="activation_code")
    return chat


def not_the(code: str) -> str:
    return str((int(code) + 123457) % 1_000_000).zfill(6)


async def test_the_mail_carries_the_code_first(chat: Chat) -> None:
    mail = chat.mails()[-1]
    assert mail["to"] == "lucie.essai@example.com"
    assert chat.code()[:3] in str(mail["subject"])
    assert "autre onglet" in chat.text


async def test_a_wrong_code(chat: Chat) -> None:
    await chat.say(not_the(chat.code()))
    assert chat.names == ["utter_wrong_activation_code_wrong", "utter_ask_activation_code_again"]
    assert chat.custom == {"input": "secret", "slot": "activation_code"}
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_sending_again_too_soon(chat: Chat) -> None:
    await chat.say("/resend_code")
    assert chat.names == ["utter_code_too_soon", "utter_ask_activation_code_again"]
    assert len(chat.mails()) == 1
    chat.clock.pass_(seconds=61)
    await chat.say("nouveau code")
    assert chat.names[0] == "utter_code_resent"
    assert len(chat.mails()) == 2


async def test_an_old_code_is_said_to_be_old(chat: Chat) -> None:
    old = chat.code()
    chat.clock.pass_(seconds=61)
    await chat.say("/resend_code", old)
    assert chat.names[0] == "utter_wrong_activation_code_superseded"
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_an_expired_code_offers_a_new_one(chat: Chat) -> None:
    chat.clock.pass_(minutes=11)
    await chat.say(chat.code())
    assert chat.names == ["utter_code_expired"]
    assert len(chat.mails()) == 1, "offered, not sent by itself"
    await chat.say("oui")
    assert chat.names[0] == "utter_code_resent"
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_after_the_fifth_wrong_try_the_code_is_dead(chat: Chat) -> None:
    for _ in range(4):
        await chat.say(not_the(chat.code()))
        assert "utter_code_dead" not in chat.names
    await chat.say(not_the(chat.code()))
    assert chat.names == ["utter_code_dead"]
    await chat.say(chat.code())
    assert chat.names == ["utter_code_dead"], "the right one comes too late"
    assert len(chat.mails()) == 1
    chat.clock.pass_(seconds=61)
    await chat.say(chat.press("nouveau code"))
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_an_offer_taken_too_soon_stays_open(chat: Chat) -> None:
    for _ in range(5):
        await chat.say(not_the(chat.code()))
    await chat.say("oui")
    assert chat.names[0] == "utter_code_too_soon"
    chat.clock.pass_(seconds=61)
    await chat.say("oui")
    assert chat.names[0] == "utter_code_resent"


async def test_an_offer_declined_asks_for_the_code(chat: Chat) -> None:
    chat.clock.pass_(minutes=11)
    await chat.say(chat.code(), "non")
    assert chat.names == ["utter_ask_activation_code_again"]
    assert len(chat.mails()) == 1


async def test_a_reloaded_page_kills_the_code(chat: Chat) -> None:
    code = chat.code()
    await chat.portal.kill_code(chat.sender, chat.page)
    chat.page = "page-2"
    await chat.say(code)
    assert chat.names == ["utter_code_other_page"]
    chat.clock.pass_(seconds=61)
    await chat.say("oui")
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_a_code_belongs_to_the_page_that_asked(chat: Chat) -> None:
    chat.page = "page-2"
    await chat.say(chat.code())
    assert chat.names == ["utter_code_other_page"]


@pytest.mark.parametrize("words", ["j'ai rafraîchi la page", "/faq_code_invalid", "/faq_code_not_received"])
async def test_the_advice_comes_with_the_offer(chat: Chat, words: str) -> None:
    await chat.say(words)
    assert chat.names[0].startswith("utter_faq_code_")
    assert chat.names[1:] == ["utter_offer_resend", "utter_ask_activation_code_again"]
    code = chat.code()
    chat.clock.pass_(seconds=61)
    await chat.say("oui")
    assert chat.names[0] == "utter_code_resent"
    await chat.say(code)
    assert chat.names[0] == "utter_wrong_activation_code_superseded"


async def test_saying_so_does_not_kill_the_code(chat: Chat) -> None:
    await chat.say("j'ai rafraîchi la page", chat.code())
    assert "utter_linked" in chat.names


async def test_five_codes_an_hour(chat: Chat) -> None:
    for _ in range(4):
        chat.clock.pass_(seconds=61)
        await chat.say("/resend_code")
        assert chat.names[0] == "utter_code_resent"
    chat.clock.pass_(seconds=61)
    await chat.say("/resend_code")
    assert chat.names[0] == "utter_code_limit"
    assert "minutes" in chat.text
    chat.clock.pass_(hours=1)
    await chat.say("/resend_code")
    assert chat.names[0] == "utter_code_resent"


async def test_the_limits_are_per_account_and_clinic(chat: Chat) -> None:
    await chat.say('/correct_info{"field": "clinic"}', "saint-jérôme", "1")
    assert chat.names[0] == "utter_code_sent", "another clinic may get one at once"
    await chat.say('/correct_info{"field": "clinic"}', "info-data", "1")
    assert chat.names[0] == "utter_code_already_sent"
    assert chat.requested == "activation_code"


async def test_no_code_to_send_outside_of_its_question(chat: Chat) -> None:
    await chat.say(chat.code(), "/resend_code")
    assert chat.names[0] == "utter_nothing_to_resend"


async def test_correcting_the_email_kills_the_code(chat: Chat) -> None:
    code = chat.code()
    await chat.say('/correct_info{"field": "email"}', "autre@example.com")
    assert chat.requested == "match_repair"
    chat.clock.pass_(seconds=61)
    await chat.say('/correct_info{"field": "email"}', "lucie.essai@example.com", code)
    assert chat.names[0] == "utter_wrong_activation_code_superseded"
    await chat.say(chat.code())
    assert "utter_linked" in chat.names


async def test_a_mail_that_cannot_leave(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    from actions.portal.errors import MailError

    async def refuse(*_: object) -> None:
        raise MailError("Le serveur de courriel ne répond pas.")

    chat.clock.pass_(seconds=61)
    with monkeypatch.context() as patch:
        patch.setattr(type(chat.portal.mailer), "send", refuse)
        await chat.say("/resend_code")
        assert chat.names[0] == "utter_mail_failed"
    await chat.say("/resend_code")
    assert chat.names[0] == "utter_code_resent", "a mail that never left does not count"


async def test_giving_up_at_the_code_keeps_the_account(chat: Chat) -> None:
    await chat.say("annuler", "oui")
    assert chat.names == ["utter_cancelled_later"]
    await chat.say("/link_clinic", "info-data", "1")
    assert chat.requested == "activation_code"
