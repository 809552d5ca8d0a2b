"""What is kept of a signup that stops before its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.portal import get_portal

DRAFTED = ("email", "nam", "username")
"""The values that wait a day. The password does not."""


async def keep_draft(conversation: str, values: Mapping[str, Any]) -> None:
    """Keep the values given so far; forget the password, and a number in doubt."""
    portal = await get_portal()
    await portal.forget_password(conversation)
    await portal.hold_nam(conversation, None)
    if any(values.values()):
        await portal.save_draft(conversation, **values)


async def draft_exists(conversation: str) -> bool:
    """Whether there are values to go on with."""
    draft = await (await get_portal()).get_draft(conversation)
    return draft is not None and any(getattr(draft, name) for name in DRAFTED)
