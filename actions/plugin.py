"""What this project adds to `sofy`: the staff's commands, and the portal beside the server.

Importing this module is light; SQLAlchemy and the rest come with the first command or the start.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from actions.staff.commands import Command, all_commands

if TYPE_CHECKING:
    from actions.staff.rehearsal import Rehearsal

logger = logging.getLogger(__name__)

DEMO_DATA = Path("data/demo")


def commands() -> list[Command]:
    """The staff's commands."""
    return all_commands()


async def startup(settings: Mapping[str, str], demo: bool) -> None:
    """Open the portal, its schema up to date, what is past its time deleted; in demo mode, load the demo."""
    from actions.portal.admin import purge  # noqa: PLC0415
    from actions.portal.portal import configure, get_portal  # noqa: PLC0415
    from actions.portal.settings import load_settings  # noqa: PLC0415

    configure(load_settings(settings, demo=demo))
    try:
        portal = await get_portal()
        await portal.mailer.check()
        if demo:
            from actions.staff.demo import load_demo  # noqa: PLC0415

            await load_demo(portal, DEMO_DATA)
        await purge(portal.core)
        await portal.clinics.refresh(now=True)
    except BaseException:
        await shutdown()
        raise


async def rehearse(settings: Mapping[str, str]) -> Rehearsal:
    """Open the portal for a test story; the story's stage directions go to what this gives."""
    from actions.staff.rehearsal import Rehearsal  # noqa: PLC0415

    return await Rehearsal.open(settings)


async def ready() -> str | None:
    """Why the portal cannot serve now (a French sentence), None when it can."""
    from actions.portal.errors import PortalError  # noqa: PLC0415
    from actions.portal.portal import get_portal  # noqa: PLC0415

    try:
        portal = await get_portal()
        await portal.clinics.refresh(now=True)
        await portal.mailer.check()
    except PortalError as error:
        return str(error)
    return None


async def maintain() -> None:
    """Delete what is past its time, and say where the audit trail ends: in the log it is out of the trail's reach."""
    from actions.portal.admin import audit_verdict, purge  # noqa: PLC0415
    from actions.portal.portal import get_portal  # noqa: PLC0415

    portal = await get_portal()
    await purge(portal.core)
    verdict = await audit_verdict(portal.core)
    logger.info("audit events=%d whole=%s head=%s", verdict.events, verdict.whole, verdict.head)


def counts() -> Mapping[str, int]:
    """What the audit trail was told since the start, and what was refused by a limit, by kind."""
    from actions.portal.audit import added  # noqa: PLC0415
    from actions.portal.reached import refused  # noqa: PLC0415

    return added + refused


async def shutdown() -> None:
    """Close the portal."""
    from actions.portal.portal import close_portal, configure  # noqa: PLC0415

    await close_portal()
    configure(None)
