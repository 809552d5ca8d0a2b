"""`sofy access-report`: everything held about one person, for that person (right of access)."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from pathlib import Path

from actions.portal.persons import report, values_of
from actions.portal.portal import Portal
from actions.staff.archive import conversations, note_access
from actions.staff.running import OK, StaffError, email_of, say


async def main(portal: Portal, args: Namespace) -> int:
    """Write the report as JSON; the access itself goes into the access log."""
    email = email_of(args)
    found = await report(portal.core, email)
    async with conversations(args) as archive:
        found["conversations"] = await archive.of(await values_of(portal.core, email))
    await note_access(portal, "access_report")
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if args.out is None:
        say(text)
        return OK
    try:
        _write_private(args.out, text + "\n")
    except OSError as error:
        raise StaffError(f"--out: le fichier ne peut pas être créé ({error.strerror}).") from None
    say(f"Rapport écrit dans {args.out}: tout y est en clair, remettez-le à la personne puis supprimez-le.")
    return OK


def _write_private(path: Path, text: str) -> None:
    # For its owner only: everything in it is in clear.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
