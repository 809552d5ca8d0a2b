"""Writes the pictures of docs/img: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from pathlib import Path

from aiohttp.test_utils import unused_port
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from actions.portal.importing import import_files
from actions.portal.portal import Portal
from bot.dialogue.action_client import InProcessActions
from bot.model import is_up_to_date, load_model, train_project
from tests.browser.clinic import Clinic, open_clinic
from tests.browser.conftest import ARGUMENTS, chromium
from tests.browser.journey import sign_up
from tests.conftest import DEMO, ROOT, settings

FOLDER = ROOT / "docs" / "img"
SIZES = {320: 640, 768: 1024, 1280: 800}
SHOWN = {
    320: ("greeting", "password", "summary", "clinics", "code"),
    768: ("closed", "summary", "document"),
    1280: ("closed", "password", "clinics", "linked"),
}


async def main() -> int:
    """Sign up once per width, taking pictures on the way."""
    path = chromium()
    if path is None:
        sys.stderr.write("no Chromium: install it (apt-get install chromium) or name it in CHROMIUM\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not await asyncio.to_thread(is_up_to_date, ROOT):
        await asyncio.to_thread(train_project, ROOT)
    model = await asyncio.to_thread(load_model, ROOT)
    actions = InProcessActions.from_package("actions", ROOT)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for number, (width, height) in enumerate([*SIZES.items(), (900, 720)]):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                await _fill(folder)
                async with open_clinic(model, actions, folder, unused_port()) as clinic:
                    await _pictures(browser, clinic, width, height, dark=number == 1)
        await browser.close()
    return 0


async def _fill(folder: Path) -> None:
    portal = await Portal.open(settings(folder))
    await import_files(portal.core, clinics=DEMO / "clinics.csv", patients=DEMO / "patients.csv")
    await portal.close()


async def _pictures(browser: Browser, clinic: Clinic, width: int, height: int, *, dark: bool) -> None:
    scheme = "dark" if dark else "light"
    context = await browser.new_context(
        locale="fr-CA", viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = await context.new_page()

    async def look(state: str) -> None:
        if width == 900:
            if state == "password":
                await _shoot(page, "chat")
        elif state in SHOWN[width]:
            await _shoot(page, f"{state}-{width}")

    await sign_up(page, clinic, look)
    if width == 1280:
        await page.goto(f"{clinic.url}/demo/mailbox")
        await page.wait_for_load_state("networkidle")
        await _shoot(page, "mailbox-1280")
    await context.close()


async def _shoot(page: Page, name: str) -> None:
    await page.evaluate("scrollTo(0, 0)")  # the keyboard went to the end of the page, where the chat stands
    picture = Image.open(io.BytesIO(await page.screenshot(caret="hide")))
    # 128 colours are plenty for a page, and a third of the size.
    picture.convert("RGB").quantize(128).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
