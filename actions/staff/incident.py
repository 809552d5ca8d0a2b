"""`sofy incident`: the register of confidentiality incidents (R-22.1 r. 1, s. 15)."""

from __future__ import annotations

import csv
import json
import sys
from argparse import Namespace
from datetime import UTC, datetime

from actions.portal import incidents
from actions.portal.incident_fields import FIELDS, NOTICES, REQUIRED
from actions.portal.portal import Portal
from actions.staff.running import OK, StaffError, complain, say


async def main(portal: Portal, args: Namespace) -> int:
    """Add, list or export."""
    if args.what == "add":
        return await _add(portal, args)
    rows = await incidents.register(portal.core)
    shown = [{**row, "recorded_at": f"{datetime.fromtimestamp(row['recorded_at'], UTC):%Y-%m-%d}"} for row in rows]
    if args.what == "export":
        _export(shown, args.format)
    else:
        for row in shown:
            say(f"{row['number']}  {row['recorded_at']}  {row['occurred']}  {row['circumstances']}")
        say(f"{len(shown)} incident(s).")
    return OK


async def _add(portal: Portal, args: Namespace) -> int:
    fields = {name: str(getattr(args, name) or "").strip() for name in FIELDS}
    missing = [name for name in REQUIRED if not fields[name]]
    if missing:
        wanted = "; ".join(f"--{name}: {FIELDS[name]}" for name in missing)
        raise StaffError(f"Il manque: {wanted}.")
    if fields["serious"] not in {"oui", "non"}:
        raise StaffError("--serious: oui ou non.")
    number = await incidents.add(portal.core, fields)
    say(f"Incident {number} inscrit au registre.")
    if fields["serious"] == "oui" and not all(fields[name] for name in NOTICES):
        complain("Un risque de préjudice sérieux demande un avis au ministre, à la Commission et aux personnes.")
    return OK


def _export(rows: list[dict[str, object]], form: str) -> None:
    if form == "json":
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    writer = csv.DictWriter(sys.stdout, ["number", "recorded_at", *FIELDS], extrasaction="ignore")
    writer.writerow({"number": "numéro", "recorded_at": "inscrit le", **FIELDS})
    # A cell that a spreadsheet would take for a formula begins with an apostrophe.
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in set("=+-@\t\r") else value
