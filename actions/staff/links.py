"""`sofy links`: the accounts of an email, and the clinics each is linked to."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from actions.portal.admin import links
from actions.portal.portal import Portal
from actions.staff.archive import note_access
from actions.staff.running import OK, email_of, say


async def main(portal: Portal, args: Namespace) -> int:
    """Show them, as text or as JSON."""
    found = await links(portal.core, email_of(args))
    await note_access(portal, "links")
    if args.json:
        say(json.dumps([asdict(each) for each in found], ensure_ascii=False))
        return OK
    if not found:
        say("Aucun compte n’a ce courriel.")
    for each in found:
        state = "confirmé" if each.verified else "provisoire"
        say(f"{each.username} ({state}), NAM {each.nam_masked}")
        say(f"  cliniques liées: {', '.join(each.clinics) or 'aucune'}")
    return OK
