"""A whole signup in a browser, by the keyboard alone, stopping to be looked at on the way."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.browser.clinic import EMAIL, NAM, PASSWORD, USERNAME, Clinic

Look = Callable[[str], Awaitable[None]]

FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === null ? "" : at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent;
}"""
MOST_TABS = 60


async def focused(page: Page) -> str:
    """What has the focus: its label, else its text."""
    return str(await page.evaluate(FOCUSED)).strip()


async def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until what begins with `name` has the focus."""
    for _ in range(MOST_TABS):
        if (await focused(page)).startswith(name):
            return
        await page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"no way to « {name} » by the keyboard")


async def press(page: Page, name: str) -> None:
    """Go back from the field to a button of the conversation, and press it."""
    await tab_to(page, name, back=True)
    await page.keyboard.press("Enter")


async def answer(page: Page, text: str, then: str | re.Pattern[str]) -> None:
    """Type into what has the focus, send, and wait for the assistant to say `then`."""
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await heard(page, then)


async def heard(page: Page, words: str | re.Pattern[str]) -> None:
    """Wait for the assistant's last message."""
    await expect(page.locator(".bubble.bot").last).to_contain_text(words)
    await expect(page.locator(".typing")).to_be_hidden()


async def nothing(_state: str) -> None:
    """Look at nothing."""


async def sign_up(page: Page, clinic: Clinic, look: Look = nothing) -> None:
    """From the clinic's page to a linked clinic; `look` is called at every state, by its name."""
    await page.goto(clinic.url)
    await expect(page.get_by_role("button", name="Ouvrir l’assistant")).to_be_visible()
    await look("closed")
    await tab_to(page, "Ouvrir l’assistant")
    await page.keyboard.press("Enter")
    await heard(page, "Bonjour")
    await look("greeting")
    await press(page, "Créer mon compte")
    await heard(page, "courriel")
    await look("email")
    await answer(page, EMAIL, "assurance maladie")
    await answer(page, NAM, "nom d’utilisateur")
    await answer(page, USERNAME, "mot de passe")
    await expect(page.get_by_label("Mot de passe", exact=True)).to_be_focused()
    await page.keyboard.type(PASSWORD[:5])
    await look("password")
    await answer(page, PASSWORD[5:], re.compile("même mot de passe|encore une fois"))
    await answer(page, PASSWORD, "conditions d’utilisation")
    await look("terms")
    await read_the_terms(page, look)
    await press(page, "J’accepte")
    await heard(page, "confidentialité")
    await press(page, "J’accepte")
    await expect(page.locator("dl.summary")).to_be_visible()
    await look("summary")
    await press(page, "Oui, créer le compte")
    await heard(page, "clinique")
    await answer(page, "info-data", re.compile("[Ee]st-ce|J’ai trouvé"))
    await look("clinics")
    await press(page, "Clinique médicale Info-Data")
    await heard(page, re.compile("code d’accès.*6"))
    await expect(page.get_by_label("Code d’accès (6 chiffres)")).to_be_focused()
    await look("code")
    await page.keyboard.type(clinic.code())
    await page.keyboard.press("Enter")
    await heard(page, "autre clinique")
    await look("linked")
    await press(page, "Non, c’est tout")
    await heard(page, re.compile("."))


async def read_the_terms(page: Page, look: Look) -> None:
    """Open the terms in the window and come back to where the focus was."""
    await tab_to(page, "Conditions d’utilisation", back=True)
    await page.keyboard.press("Enter")
    await expect(page.locator(".sheet")).to_contain_text("Pas pour les urgences")
    assert await focused(page) == "Conditions d’utilisation"
    await look("document")
    await page.keyboard.press("Escape")
    await expect(page.locator(".sheet")).to_be_hidden()
    assert await focused(page) == "Conditions d’utilisation"
