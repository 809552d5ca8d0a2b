"""`sofy duplicates`: records of one clinic that hold the same NAM."""

from __future__ import annotations

from argparse import Namespace

from actions.portal.admin import duplicates
from actions.portal.portal import Portal
from actions.staff.archive import note_access
from actions.staff.running import OK, say


async def main(portal: Portal, _args: Namespace) -> int:
    """List them."""
    found = await duplicates(portal.core)
    await note_access(portal, "duplicates")
    if not found:
        say("Aucun dossier en double.")
        return OK
    for each in found:
        effect = "même courriel: bloque l’inscription" if each.blocking else "courriels différents"
        say(f"{each.clinic_name} ({each.clinic_id}): {each.nam_masked}")
        say(f"  dossiers {', '.join(each.record_numbers)} ({effect})")
    say(f"{len(found)} NAM en double.")
    return OK
