"""`sofy purge`: delete what is past its time."""

from __future__ import annotations

from argparse import Namespace

from actions.portal.admin import purge
from actions.portal.portal import Portal
from actions.staff.archive import conversations
from actions.staff.running import OK, say


async def main(portal: Portal, args: Namespace) -> int:
    """Delete, and say how much."""
    counts = await purge(portal.core)
    say(
        f"Supprimés: {counts['drafts']} brouillon(s), {counts['accounts']} compte(s) provisoire(s), "
        f"{counts['codes']} code(s), {counts['throttles']} compteur(s) d’essais."
    )
    async with conversations(args) as archive:
        done = await archive.purge()
    say(f"Conversations: {done['anonymization']} anonymisée(s), {done['deletion']} supprimée(s).")
    return OK
