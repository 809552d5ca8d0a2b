"""A whole signup, with the real model, actions and portal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.clinic import PASSWORD, Clinic
from tests.browser.conftest import NewPage
from tests.browser.journey import answer, heard, press, sign_up

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = """async (tags) => {
  const { violations } = await axe.run(document, { runOnly: tags, iframes: false });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target}: ${node.failureSummary}`));
}"""
LISTEN = """() => {
  const live = document.querySelector("sofy-chat").shadowRoot.querySelector("[aria-live=polite]");
  window.spoken = [];
  const note = ({ addedNodes }) => addedNodes.forEach((one) => window.spoken.push(one.textContent));
  new MutationObserver((all) => all.forEach(note)).observe(live, { childList: true });
}"""
POLICY = """window.refused = [];
addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective));"""


async def test_a_signup_with_the_keyboard_alone(page: Page, clinic: Clinic) -> None:
    await page.add_init_script(POLICY)
    steps: list[str] = []

    async def look(state: str) -> None:
        if state == "greeting":
            await page.evaluate(LISTEN)
        step = page.locator(".step")
        steps.append(await step.inner_text() if await step.is_visible() else state)

    await sign_up(page, clinic, look)
    assert "Étape 1 de 6\u00a0: Courriel" in steps
    assert "Étape 6 de 6\u00a0: Clinique" in steps
    content = await page.content() + str(await page.evaluate("JSON.stringify({...sessionStorage})"))
    shown = await page.locator("sofy-chat .log").inner_text()
    assert PASSWORD not in content + shown
    assert clinic.code() not in shown
    assert await page.evaluate("window.refused") == []
    # Each message since the greeting was spoken once, in order; steps and the summary's lines come between.
    spoken = [line for line in await page.evaluate("window.spoken") if line.startswith("L’assistant : ")]
    shown_by_it = await page.locator(".bubble.bot").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('p')].map(line => line.textContent).join('\\n'))"
    )
    assert len(spoken) == len(shown_by_it) - 1
    for line, bubble in zip(spoken, shown_by_it[1:], strict=True):
        assert line.removeprefix("L’assistant : ")[:30] == bubble.replace("\u00a0", " ")[:30]


@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 800, "light"), (320, 640, "dark")])
async def test_no_axe_violation_in_any_state(
    new_page: NewPage, clinic: Clinic, width: int, height: int, scheme: str
) -> None:
    page = await new_page(bypass_csp=True, viewport={"width": width, "height": height}, color_scheme=scheme)
    await page.add_init_script(AXE.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}

    async def look(state: str) -> None:
        found[state] = await page.evaluate(VIOLATIONS, RULES)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state

    await sign_up(page, clinic, look)
    await page.get_by_role("button", name="Aide").click()
    await expect(page.locator(".sheet")).to_be_visible()
    await look("help")
    await page.get_by_role("button", name="Effacer mes données").click()
    await look("erase")
    for path in ("/conditions", "/confidentialite", "/demo/mailbox"):
        await page.goto(clinic.url + path)
        await look(path)
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


async def test_a_reload_kills_the_code_and_says_so(page: Page, clinic: Clinic) -> None:
    class AtCodeError(Exception):
        pass

    async def look(state: str) -> None:
        if state == "code":
            raise AtCodeError

    with pytest.raises(AtCodeError):
        await sign_up(page, clinic, look)
    old = clinic.code()
    shown = await page.locator(".bubble").count()
    await page.reload()
    await heard(page, "code")
    await expect(page.locator(".bubble.bot").last).to_contain_text("page")
    assert await page.locator(".bubble").count() == shown + 1
    assert await page.evaluate("document.activeElement === document.body")  # the focus did not jump
    assert PASSWORD not in await page.locator("sofy-chat .log").inner_text()
    await page.get_by_label("Code d’accès (6 chiffres)").fill(old)
    await page.keyboard.press("Enter")
    await heard(page, re.compile("n’est plus bon|ne fonctionne plus"))
    await expect(page.get_by_role("button", name="un nouveau code")).to_be_visible()
    shown = await page.locator(".bubble").count()
    await page.reload()  # nothing new to kill: nothing more is said
    await expect(page.get_by_role("button", name="un nouveau code")).to_be_visible()
    await expect(page.locator(".bubble")).to_have_count(shown)


async def test_a_question_in_the_field_of_the_code_is_understood(page: Page, clinic: Clinic) -> None:
    class AtCodeError(Exception):
        pass

    async def look(state: str) -> None:
        if state == "code":
            raise AtCodeError

    with pytest.raises(AtCodeError):
        await sign_up(page, clinic, look)
    await page.get_by_label("Code d’accès (6 chiffres)").fill("je n'ai pas reçu le code")
    await page.keyboard.press("Enter")
    await expect(page.locator("sofy-chat .log")).to_contain_text(re.compile("pourriels|indésirables"))


async def test_erasing_everything(page: Page, clinic: Clinic) -> None:
    await page.goto(f"{clinic.url}/?action=signup")
    await heard(page, "courriel")
    await page.get_by_label("Votre adresse courriel").focus()
    await answer(page, "lucie.essai@example.com", "assurance maladie")
    before = await page.evaluate("sessionStorage.getItem('sofy-session')")
    await page.get_by_role("button", name="Aide").click()
    await page.get_by_role("button", name="Effacer mes données").click()
    await page.get_by_role("button", name="Oui, tout effacer").click()
    await heard(page, "effacé")
    await expect(page.locator(".bubble")).to_have_count(1)
    await page.get_by_label("Votre message").focus()
    await answer(page, "bonjour", "Bonjour")
    await press(page, "Créer mon compte")
    await heard(page, "courriel")  # and not the offer to go on with what was entered
    assert await page.evaluate("sessionStorage.getItem('sofy-session')") != before
