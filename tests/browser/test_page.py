"""The chat over the echo engine: what it shows, and what it does when things go wrong."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, Route, WebSocketRoute, expect

from actions.rules.password import check_password
from actions.steps import STEP_OF, STEPS, family
from bot.channels.webchat import WEBCHAT
from tests.bot.fakes import EchoEngine
from tests.browser.conftest import NewPage

HOSTILE = '<img src=x onerror="window.hit=1"><script>window.hit=1</script><b>gras</b>'
INPUT = "Votre message"


async def say(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name=INPUT).fill(text)
    await page.keyboard.press("Enter")


async def ask(page: Page, slot: str, answers: int) -> None:
    """Make the echo engine ask for a slot; `answers`: how many messages of its there are then."""
    await page.locator(".sofy-composer input").fill(f"ask={slot}")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.bot")).to_have_count(answers)


async def opened(page: Page, server: TestServer, query: str = "") -> None:
    await page.goto(str(server.make_url("/")) + query)
    if not query:
        await page.get_by_role("button", name="Ouvrir l’assistant").click()
    await expect(page.locator(".bubble.bot")).to_have_count(1)


def chat(server: TestServer) -> Any:
    return server.app[WEBCHAT]  # type: ignore[attr-defined]


async def test_a_patient_says_hello(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    assert engine.heard[0].text == "/greet"
    await expect(page.get_by_role("textbox", name=INPUT)).to_be_focused()
    await say(page, "bonjour")
    await expect(page.locator(".bubble.user")).to_contain_text("bonjour")
    await expect(page.locator(".bubble.bot").last).to_contain_text(": bonjour")
    await expect(page.get_by_role("textbox", name=INPUT)).to_be_focused()


async def test_html_in_any_field_stays_text(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    for number, asked in enumerate(["", "email", "password", "activation_code"]):
        await ask(page, asked, number * 2 + 2)
        await page.locator(".sofy-composer input").fill(HOSTILE)
        await page.keyboard.press("Enter")
        await expect(page.locator(".bubble.bot")).to_have_count(number * 2 + 3)
        assert engine.heard[-1].text == HOSTILE
    assert await page.locator("img, .log b").count() == 0
    assert await page.evaluate("window.hit") is None


async def test_a_button(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    await say(page, "choix")
    await page.get_by_role("button", name="Oui").click()
    await expect(page.locator(".bubble.user").last).to_contain_text("Oui")
    await expect(page.get_by_role("button", name="Oui")).to_have_count(0)
    assert engine.heard[-1].text == "/affirm"
    assert engine.heard[-1].payloads


async def test_a_secret_is_masked_and_never_shown(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    await say(page, "ask=password")
    field = page.get_by_label("Mot de passe", exact=True)
    await expect(field).to_have_attribute("type", "password")
    await expect(field).to_have_attribute("autocomplete", "new-password")
    await expect(field).to_be_focused()
    await field.fill("Canari-Mot2passe!")
    await expect(page.locator(".sofy-composer li.met")).to_have_count(6)
    await page.get_by_role("button", name="Afficher").click()
    await expect(field).to_have_attribute("type", "text")
    await field.press("Enter")
    await expect(page.locator(".bubble.user").last).to_contain_text("●●●●")
    await expect(page.get_by_role("textbox", name=INPUT)).to_have_attribute("type", "text")
    assert engine.heard[-1].masked
    assert "Canari" not in await page.evaluate("document.documentElement.outerHTML + JSON.stringify(sessionStorage)")
    assert "Canari" not in await page.locator("sofy-chat .log").inner_text()


async def test_the_question_stays_in_sight_above_a_tall_field(page: Page, server: TestServer) -> None:
    await page.set_viewport_size({"width": 900, "height": 560})
    await opened(page, server)
    for number in range(2, 5):
        await ask(page, "", number)
    await ask(page, "password", 5)
    await expect(page.locator(".sofy-composer li")).to_have_count(6)
    await expect(page.locator(".bubble.bot").last).to_be_in_viewport(ratio=1)
    inside = "one => one.getBoundingClientRect().bottom <= one.parentElement.getBoundingClientRect().bottom"
    assert await page.locator(".bubble.bot").last.evaluate(inside)


async def test_a_password_may_be_pasted(page: Page, server: TestServer) -> None:
    await opened(page, server)
    await say(page, "ask=password")
    await expect(page.get_by_label("Mot de passe", exact=True)).to_be_focused()
    await page.evaluate(
        "() => document.activeElement.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true}))"
        " || (window.pasteRefused = true)"
    )
    assert await page.evaluate("window.pasteRefused") is None
    assert await page.locator(".sofy-composer input").get_attribute("maxlength") is None


async def test_a_secret_in_the_normal_box_is_not_shown_either(
    page: Page, server: TestServer, engine: EchoEngine
) -> None:
    await opened(page, server)
    await say(page, "ask=password")
    await page.get_by_role("button", name="Poser une question plutôt").click()
    await say(page, "Canari-Mot2passe!")
    await expect(page.locator(".bubble.user").last).to_contain_text("(message masqué)")
    assert not engine.heard[-1].masked


FIELDS = {
    "email": ("email", "email", "text"),
    "username": ("username", "", "text"),
    "login_id": ("username", "", "text"),
    "password": ("new-password", "", "password"),
    "password_confirmation": ("new-password", "", "password"),
    "login_password": ("current-password", "", "password"),
    "activation_code": ("one-time-code", "numeric", "text"),
}


async def test_each_field_says_what_it_is_for(page: Page, server: TestServer) -> None:
    await opened(page, server)
    field = page.locator(".sofy-composer input")
    for number, (asked, shape) in enumerate(FIELDS.items(), 2):
        await ask(page, asked, number)
        assert tuple(await field.evaluate("one => [one.autocomplete, one.inputMode, one.type]")) == shape


async def test_the_criteria_are_the_portals(page: Page, server: TestServer) -> None:
    samples = ["", "Ab1!", "Abcdefgh1!", "abcdefgh1!", "ABCDEFGH1!", "Abcdefghi!", "Abcdefghi1", "Abc defg1!", "É" * 41]
    names = ["length", "upper", "lower", "digit", "special", "space"]
    await page.goto(str(server.make_url("/")))
    ticked = await page.evaluate(
        "async (samples) => { const { CRITERIA } = await import('/assets/chat/criteria.js');"
        "return samples.map((text) => CRITERIA.map(([, met]) => met(text))); }",
        samples,
    )
    for sample, ticks in zip(samples[1:], ticked[1:], strict=True):
        unmet = check_password(sample, username=None, email=None, nam=None)
        assert ticks == [name not in unmet for name in names], sample


async def test_the_steps_are_the_assistants(page: Page, server: TestServer) -> None:
    slots = [*STEP_OF, "email_correction", "nam_province", "password_confirmation", "privacy_accepted", "clinic_choice"]
    await page.goto(str(server.make_url("/")))
    shown = await page.evaluate(
        "async (slots) => { const { STEPS } = await import('/assets/chat/words.js');"
        "return [STEPS.length, slots.map((slot) => STEPS.findIndex(([, asks]) => asks.test(slot)) + 1)]; }",
        slots,
    )
    assert shown == [len(STEPS), [STEP_OF[family(slot)] for slot in slots]]


async def test_what_is_being_typed_stays(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    engine.gate = asyncio.Event()
    await say(page, "bonjour")
    await page.keyboard.type("encore un mot")
    await expect(page.locator(".typing")).to_be_visible()
    engine.gate.set()
    await expect(page.locator(".bubble.bot")).to_have_count(2)
    await expect(page.locator(".typing")).to_be_hidden()
    field = page.get_by_role("textbox", name=INPUT)
    await expect(field).to_be_focused()
    await expect(field).to_have_value("encore un mot")


async def test_the_focus_never_jumps(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    engine.gate = asyncio.Event()
    await say(page, "choix")
    await page.get_by_role("link", name="Heures").focus()
    engine.gate.set()
    await expect(page.get_by_role("button", name="Oui")).to_be_visible()
    await expect(page.get_by_role("link", name="Heures")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(".panel")).to_be_hidden()
    await expect(page.get_by_role("link", name="Heures")).to_be_focused()


async def test_a_reload_goes_on_as_another_page(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    await say(page, "bonjour")
    await expect(page.locator(".bubble.bot")).to_have_count(2)
    await page.reload()
    await expect(page.locator(".bubble.bot")).to_have_count(2)
    await say(page, "encore")
    await expect(page.locator(".bubble.bot")).to_have_count(3)
    assert len({heard.sender_id for heard in engine.heard}) == 1
    assert len({heard.metadata["page_session"] for heard in engine.heard}) == 2


async def test_an_invitation_opens_the_chat_once(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server, "?action=signup&clinic=C12")
    assert engine.heard[0].text == "/signup"
    assert engine.heard[0].metadata["clinic"] == "C12"
    assert "action" not in page.url


async def test_the_line_drops_and_nothing_is_lost_or_doubled(
    page: Page, server: TestServer, engine: EchoEngine
) -> None:
    await opened(page, server)
    for number in range(3):
        for socket in list(chat(server).sockets):
            await socket.close()
        await say(page, f"message {number}")
        await say(page, f"suite {number}")
        await expect(page.locator(".bubble.bot")).to_have_count(3 + 2 * number)
    expected = ["/greet", *(text for number in range(3) for text in (f"message {number}", f"suite {number}"))]
    assert [heard.text for heard in engine.heard] == expected
    await expect(page.locator(".bubble.user")).to_have_count(6)


async def test_an_answer_lost_on_the_way_back_is_given_again(
    page: Page, server: TestServer, engine: EchoEngine
) -> None:
    lost: list[str] = []
    closing: list[asyncio.Future[None]] = []

    def relay(ours: WebSocketRoute) -> None:
        theirs = ours.connect_to_server()

        def back(message: str | bytes) -> None:
            # The answer is lost, the line drops, and the server forgets what it had in memory (as after a restart).
            if json.loads(message)["type"] == "reply" and len(engine.heard) == 2 and not lost:
                lost.append(str(message))
                chat(server)._answers.clear()
                closing.append(asyncio.ensure_future(ours.close()))
            else:
                ours.send(message)

        theirs.on_message(back)

    await page.route_web_socket(re.compile("/webhooks/webchat/ws"), relay)
    await opened(page, server)
    await say(page, "bonjour")
    await expect(page.locator(".bubble.bot")).to_have_count(2)
    assert lost
    assert [heard.text for heard in engine.heard] == ["/greet", "bonjour"]


async def test_without_websockets(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await page.add_init_script("window.WebSocket = class { constructor() { throw new Error('blocked'); } }")
    await opened(page, server)
    await say(page, "bonjour")
    await say(page, "encore")
    await expect(page.locator(".bubble.bot")).to_have_count(3)
    assert [heard.text for heard in engine.heard] == ["/greet", "bonjour", "encore"]


async def test_over_http_an_answer_lost_is_given_again(
    new_page: NewPage, server: TestServer, engine: EchoEngine
) -> None:
    page = await new_page(expected="ERR_FAILED")
    await page.add_init_script("window.WebSocket = class { constructor() { throw new Error('blocked'); } }")
    await opened(page, server)
    lost: list[int] = []

    async def lose(route: Route) -> None:
        answer = await route.fetch()
        if lost:
            await route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            await route.abort()

    await page.route("**/webhooks/webchat/messages", lose)
    await say(page, "bonjour")
    await expect(page.locator(".bubble.bot")).to_have_count(2)
    assert lost == [200]
    assert [heard.text for heard in engine.heard] == ["/greet", "bonjour"]


async def test_the_server_is_down(new_page: NewPage, server: TestServer) -> None:
    page = await new_page(expected="ERR_")
    await page.route("**/assets/**/chat.js", lambda route: route.abort())
    await page.goto(str(server.make_url("/")))
    await page.get_by_role("button", name="Ouvrir l’assistant").click()
    await expect(page.locator(".launcher p")).to_contain_text("appelez votre clinique")
    await page.unroute("**/assets/**/chat.js")
    await expect(page.get_by_role("button", name="Ouvrir l’assistant")).to_be_enabled()


async def test_a_lost_line_is_told(new_page: NewPage, server: TestServer) -> None:
    page = await new_page(expected="WebSocket")
    await opened(page, server)
    context = page.context
    await context.set_offline(True)
    for socket in list(chat(server).sockets):
        await socket.close()
    await expect(page.get_by_role("status")).to_contain_text("Connexion perdue")
    await context.set_offline(False)
    await expect(page.locator(".state")).to_contain_text("Connexion rétablie")


async def test_a_forged_session_starts_afresh(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await page.add_init_script("sessionStorage.setItem('sofy-session', 'someone.else')")
    await opened(page, server)
    assert "someone" not in engine.heard[0].sender_id
    assert [heard.text for heard in engine.heard] == ["/greet"]


async def test_a_very_long_message_is_refused_and_kept(page: Page, server: TestServer, engine: EchoEngine) -> None:
    await opened(page, server)
    await say(page, "x" * 10_000)
    await expect(page.locator(".bubble.note")).to_contain_text("trop long")
    assert len(await page.get_by_role("textbox", name=INPUT).input_value()) == 10_000
    assert len(engine.heard) == 1


async def test_nothing_overflows(page: Page, server: TestServer) -> None:
    await opened(page, server)
    await say(page, "x" * 300)
    await expect(page.locator(".bubble.bot")).to_have_count(2)
    for width in (320, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 640})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for button in await page.get_by_role("button").all():
            box = await button.bounding_box()
            if box is not None:
                assert min(box["width"], box["height"]) >= 44


async def test_at_400_percent(page: Page, server: TestServer) -> None:
    """1280 × 1024 at 400 %: everything is reached by scrolling one way, and the page behind is set aside."""
    await page.set_viewport_size({"width": 320, "height": 256})
    await opened(page, server)
    await say(page, "ask=password")
    await expect(page.get_by_label("Mot de passe", exact=True)).to_be_focused()
    await page.keyboard.type("a")
    await expect(page.get_by_label("Mot de passe", exact=True)).to_be_in_viewport()
    assert await page.evaluate("document.querySelector('main').inert")
    await page.keyboard.press("Escape")
    assert not await page.evaluate("document.querySelector('main').inert")


async def test_reduced_motion_and_dark_mode(new_page: NewPage, server: TestServer) -> None:
    page = await new_page(reduced_motion="reduce", color_scheme="dark")
    await opened(page, server)
    typing = "getComputedStyle(document.querySelector('sofy-chat').shadowRoot.querySelector('.typing'))"
    assert await page.evaluate(f"{typing}.animationName") == "none"
    panel = "getComputedStyle(document.querySelector('sofy-chat').shadowRoot.querySelector('.panel'))"
    assert await page.evaluate(f"{panel}.backgroundColor") == "rgb(23, 32, 35)"


async def test_each_message_is_spoken_once_and_goes(page: Page, server: TestServer) -> None:
    await opened(page, server)
    await page.evaluate(
        "() => { window.spoken = []; new MutationObserver(all => all.forEach(m => m.addedNodes.forEach("
        "n => window.spoken.push(n.textContent)))).observe("
        "document.querySelector('sofy-chat').shadowRoot.querySelector('[aria-live=polite]'), {childList: true}); }"
    )
    await say(page, "bonjour")
    await expect(page.locator(".bubble.bot")).to_have_count(2)
    assert await page.evaluate("window.spoken") == ["L’assistant : 4: bonjour"]
    await expect(page.locator("sofy-chat [aria-live=polite] p")).to_have_count(0)


async def test_the_closed_chat_costs_one_small_request(page: Page, server: TestServer) -> None:
    asked: list[tuple[str, int]] = []
    page.on("requestfinished", lambda request: asked.append((request.url, 0)))
    await page.goto(str(server.make_url("/")), wait_until="networkidle")
    scripts = [url for url, _ in asked if url.endswith(".js")]
    assert [url.rsplit("/", 1)[1] for url in scripts] == ["widget.js"]
    await page.get_by_role("button", name="Ouvrir l’assistant").click()
    await expect(page.locator(".bubble.bot")).to_have_count(1)
    assert sum(url.endswith(".js") for url, _ in asked) == 2


async def test_settings_of_the_script_tag(page: Page, server: TestServer) -> None:
    async def clinic_page(route: Route) -> None:
        body = (
            "<!doctype html><html lang=fr><title>x</title><main>x</main><script src=/widget.js data-title='Inscription'"
            " data-label='Besoin d’aide?' data-color='#ffd400' data-position=left data-opening='Bienvenue!'></script>"
        )
        await route.fulfill(body=body, content_type="text/html; charset=utf-8")

    await page.route("**/clinique", clinic_page)
    await page.goto(str(server.make_url("/clinique")))
    button = page.get_by_role("button", name="Besoin d’aide?")
    colours = await button.evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]")
    assert colours == ["rgb(255, 212, 0)", "rgb(0, 0, 0)"]
    box = await button.bounding_box()
    assert box is not None
    assert box["x"] < 100
    await button.click()
    await expect(page.get_by_role("dialog", name="Inscription")).to_be_visible()
    await expect(page.locator(".bubble.note")).to_contain_text("Bienvenue!")


@pytest.mark.parametrize("path", ["/conditions", "/confidentialite", "/demo/mailbox"])
async def test_documents(page: Page, server: TestServer, path: str) -> None:
    await page.goto(str(server.make_url(path)))
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
