"""A whole signup by text message, its password given on the one-time page in a real Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.dialogue.action_client import InProcessActions
from bot.model import Model
from tests.bot.channels.messaging.conftest import World, provider_api, whole_assistant
from tests.bot.channels.messaging.test_conversations import PASSWORD, code_in_mail, path_of, to_the_password


@pytest_asyncio.fixture(loop_scope="session")
async def assistant(
    model: Model, project_actions: InProcessActions, demo_portal: Path, tmp_path: Path
) -> AsyncIterator[World]:
    async with (
        provider_api() as api,
        whole_assistant(api, model, project_actions, demo_portal, tmp_path) as world,
    ):
        yield world


async def test_a_signup_by_text_message(page: Page, assistant: World) -> None:
    phone = assistant.phone("sms")
    link = path_of(await to_the_password(phone))
    await page.goto(assistant.public_url + link)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Votre mot de passe")
    field = page.get_by_label("Mot de passe", exact=True)
    await expect(field).to_have_attribute("type", "password")

    # By keyboard alone; too short a password is told on the page, for a screen reader too.
    await field.focus()
    await page.keyboard.type("court")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Afficher")).to_be_focused()
    await page.keyboard.press("Space")
    await expect(field).to_have_attribute("type", "text")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("un chiffre")
    await expect(field).to_have_value("")
    await expect(field).to_have_attribute("type", "password")
    assert (await page.title()).startswith("Erreur")

    await field.fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_label("Confirmation du mot de passe").fill(PASSWORD)
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("C’est fait")

    assert "conditions" in await phone.news()  # the conversation goes on by itself
    await phone.text("1")
    await phone.text("1")
    await phone.text("oui")
    await phone.text("info-data")
    await phone.text("1")
    await phone.text(code_in_mail(assistant))
    assert "terminé" in await phone.text("non merci")


async def test_without_scripts_and_on_a_narrow_screen(browser: Browser, assistant: World) -> None:
    phone = assistant.phone("sms", "+15145550199")
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 600})
    page = await context.new_page()
    await page.goto(assistant.public_url + path_of(await to_the_password(phone)))
    await expect(page.get_by_role("button", name="Afficher")).to_be_hidden()
    assert await page.locator("html").evaluate("page => page.scrollWidth <= 320")
    for label in ("Mot de passe", "Confirmation du mot de passe"):
        await page.get_by_label(label, exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("C’est fait")
    assert "conditions" in await phone.news()
    await context.close()
