"""The same conversations over every messaging channel: a new channel is one more entry in providers.PHONES."""

from __future__ import annotations

import email
import email.policy
import logging
import re
from typing import Any

import pytest

from tests.bot.channels.messaging.conftest import World
from tests.bot.channels.messaging.providers import PHONES
from tests.security.canaries import GOOD, OTHER, search, sweep

PASSWORD = "Tr0is-Canots!Verts"
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/s/[\w-]{22})(?![\w-])")


@pytest.fixture(params=PHONES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def phone(assistant: World, kind: str) -> Any:
    return assistant.phone(kind)


def path_of(text: str) -> str:
    found = LINK.search(text)
    assert found is not None, text
    return found[1]


def code_in_mail(world: World) -> str:
    paths = sorted((world.folder / "mail").glob("*.eml"))
    subject = str(email.message_from_bytes(paths[-1].read_bytes(), policy=email.policy.default)["Subject"])
    found = re.search(r"(\d{3})\s(\d{3})", subject)
    assert found is not None
    return found[1] + found[2]


async def fill_in(world: World, path: str, *secrets: str) -> str:
    """Send the page's form, and those that follow it; the path of the last page."""
    for secret in secrets:
        answer = await world.client.post(path, data={"secret": secret}, allow_redirects=False)
        assert answer.status == 303, await answer.text()
        path = answer.headers["Location"]
    return path


async def to_the_password(phone: Any) -> str:
    await phone.text("je veux m'inscrire")
    await phone.text("lucie.essai@example.com")
    await phone.text("ESSL 8553 1419")
    text: str = await phone.text("lucie_88")
    return text


class TestEveryChannel:
    async def test_from_hello_to_a_linked_clinic(self, assistant: World, phone: Any) -> None:
        assert "?" in await phone.text("bonjour")
        assert "courriel" in await phone.press("Créer mon compte")
        await phone.text("lucie.essai@example.com")
        await phone.text("ESSL 8553 1419")
        link = path_of(await phone.text("lucie_88"))
        assert await fill_in(assistant, link, PASSWORD, PASSWORD) == "/s/fini"
        text = await phone.news()  # it goes on by itself
        assert "conditions d" in text
        assert "/s/" not in text
        await phone.press("J’accepte")
        assert "ESSL" in await phone.press("J’accepte")
        assert "clinique" in await phone.text("oui")
        assert "Info-Data" in await phone.text("info-data")
        text = await phone.text("1")
        assert "courriel" in text
        assert "page" not in text
        assert "clinique" in (await phone.text(code_in_mail(assistant))).lower()
        assert await phone.text("non merci")

    async def test_a_password_is_never_asked_for_in_the_conversation(self, phone: Any) -> None:
        text = await to_the_password(phone)
        assert LINK.search(text)
        assert "10 à 40" not in text

    @pytest.mark.parametrize(
        "typed", [PASSWORD, f"mon mot de passe est {PASSWORD}", "abricot", "/affirm", "1234567890"]
    )
    async def test_a_password_typed_all_the_same_is_refused(self, assistant: World, phone: Any, typed: str) -> None:
        first = path_of(await to_the_password(phone))
        text = await phone.text(typed)
        assert "mot de passe" in text
        assert typed not in text
        assert path_of(text) != first
        conversation = assistant.exchange.conversation_id(assistant.channel(phone.channel), phone.address)
        state = await assistant.runtime.service.state(conversation)
        assert state is not None
        assert state["slots"]["password"] is None
        assert typed not in repr(state["events"][-30:])

    async def test_nothing_secret_is_left(self, assistant: World, phone: Any, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        await to_the_password(phone)
        link = path_of(await phone.text(f"mon mot de passe est {OTHER}"))
        assert await fill_in(assistant, link, GOOD, GOOD) == "/s/fini"
        await phone.news()
        for answer in ("oui", "oui", "oui", "info-data", "1"):
            await phone.text(answer)
        await phone.text(code_in_mail(assistant))
        assert sweep(assistant.folder, (GOOD, OTHER)) == {}
        assert search(caplog.text.encode(), (GOOD, OTHER, phone.address.removeprefix("whatsapp:"))) == []
        assert len(list(assistant.folder.rglob("*.db"))) >= 1  # there was something to search

    async def test_questions_and_commands_at_the_password(self, phone: Any) -> None:
        await to_the_password(phone)
        text = await phone.text("pourquoi c'est si compliqué un mot de passe?")
        assert path_of(text)
        assert "N'écrivez pas de mot de passe dans" not in text.replace("’", "'")
        text = await phone.text("annuler")
        assert "?" in text

    async def test_the_page_says_what_is_missing(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        after = await fill_in(assistant, link, "court")
        page = await (await assistant.client.get(after)).text()
        assert "<li>un chiffre</li>" in page
        assert 'role="alert"' in page
        assert "court" not in page
        assert await phone.news() == ""  # nothing in the conversation meanwhile
        assert await fill_in(assistant, after, PASSWORD, PASSWORD) == "/s/fini"
        assert "conditions" in await phone.news()

    async def test_a_wrong_confirmation_offers_another_password(self, assistant: World, phone: Any) -> None:
        link = path_of(await to_the_password(phone))
        after = await fill_in(assistant, link, PASSWORD, "Autre-Chose1!")
        page = await (await assistant.client.get(after)).text()
        assert "Choisir un autre mot de passe" in page
        answer = await assistant.client.post(after, data={"choice": "0", "secret": ""}, allow_redirects=False)
        assert answer.status == 303
        again = answer.headers["Location"]
        assert await fill_in(assistant, again, "N0uveau-Canot!", "N0uveau-Canot!") == "/s/fini"
        assert "conditions" in await phone.news()

    @pytest.mark.parametrize("typed", ["2", "le 2", "deux", "j'ai déjà un compte", "déjà"])
    async def test_choices_by_number_title_and_word(self, phone: Any, typed: str) -> None:
        await phone.text("bonjour")
        assert "nom d" in (await phone.text(typed)).lower()

    async def test_a_payload_that_is_typed_is_just_text(self, assistant: World, phone: Any) -> None:
        await phone.text("bonjour")
        await phone.text('/inform{"clinic": "c1"}')
        conversation = assistant.exchange.conversation_id(assistant.channel(phone.channel), phone.address)
        state = await assistant.runtime.service.state(conversation)
        assert state is not None
        entities = state["latest_message"]["entities"]
        assert not [entity for entity in entities if entity["extractor"] == "RegexMessageHandler"]

    async def test_two_patients_at_once_do_not_mix(self, assistant: World, kind: str) -> None:
        one, other = assistant.phone(kind), assistant.phone(kind, PHONES[kind][1] + "7")
        await one.text("je veux m'inscrire")
        await other.text("je veux me connecter")
        assert "assurance" in await one.text("lucie.essai@example.com")
        assert "mot de passe" in await other.text("lucie_88")

    async def test_login_by_link(self, assistant: World, phone: Any) -> None:
        await phone.text("je veux me connecter")
        link = path_of(await phone.text("lucie_88"))
        page = await (await assistant.client.get(link)).text()
        assert 'autocomplete="current-password"' in page
        assert await fill_in(assistant, link, "N1mporte-quoi!") == "/s/fini"
        assert await phone.news()  # wrong, said in the conversation

    async def test_a_number_is_in_no_stored_or_logged_text(
        self, assistant: World, phone: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        await phone.text("je veux m'inscrire")
        conversation = assistant.exchange.conversation_id(assistant.channel(phone.channel), phone.address)
        state = await assistant.runtime.service.state(conversation)
        digits = phone.address.removeprefix("whatsapp:")
        assert digits not in repr(state)
        assert digits not in caplog.text
        assert digits.encode() not in (assistant.folder / "bot.db").read_bytes()
