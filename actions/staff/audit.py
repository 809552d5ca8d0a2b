"""`sofy audit`: check the audit trail, or read it."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, datetime

from actions.portal import audit
from actions.portal.admin import audit_verdict
from actions.portal.portal import Portal
from actions.staff.running import FAILED, OK, StaffError, say


async def main(portal: Portal, args: Namespace) -> int:
    """`verify`: exit code 1 when the trail was tampered with. `list`: one line per event."""
    if args.what == "verify":
        return await _verify(portal, args.head)
    if args.days < 1:
        raise StaffError("--days: un nombre de jours d’au moins 1.")
    async with portal.core.db.read() as session:
        events = await audit.recent(
            session, portal.core.clock() - args.days * 86400, ["accessed"] if args.accesses else ()
        )
    for event in events:
        fields = ", ".join(f"{name}={value}" for name, value in json.loads(event.fields).items())
        say(f"{event.id} {datetime.fromtimestamp(event.at, UTC):%Y-%m-%d %H:%M:%S} UTC {event.kind} {fields}".rstrip())
    return OK


async def _verify(portal: Portal, seen: str | None) -> int:
    verdict = await audit_verdict(portal.core, seen)
    say(f"Événements: {verdict.events}")
    say(f"Tête: {verdict.head}")
    if verdict.broken_at is not None:
        say(f"Le journal est ALTÉRÉ à l’événement {verdict.broken_at}.")
    if verdict.cut:
        say("Des événements MANQUENT à la fin du journal (ou la tête donnée n’en fait pas partie).")
    if verdict.whole:
        say("Le journal est intact. Notez la tête ailleurs: « --head » la vérifiera plus tard.")
    return OK if verdict.whole else FAILED
