"""`sofy import`: clinics and patients from CSV files, all or nothing."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any, Final

from actions.portal.importing import ImportReport, import_files
from actions.portal.importing.files import no_progress
from actions.portal.importing.store import Tally
from actions.portal.portal import Portal
from actions.staff.running import FAILED, OK, StaffError, complain, say

_WARNINGS_SHOWN: Final = 50


async def main(portal: Portal, args: Namespace) -> int:
    """Import, then say what was done or every line that stands in the way."""
    if args.clinics is None and args.patients is None:
        raise StaffError("Indiquez --clinics, --patients, ou les deux.")
    report = await import_files(
        portal.core,
        clinics=args.clinics,
        patients=args.patients,
        progress=no_progress if args.quiet else _bar,
    )
    if not args.quiet:
        _show_warnings(report)
    if not report.done:
        for problem in report.errors:
            complain(str(problem))
        complain(f"Rien n’a été importé: {len(report.errors)} erreur(s) à corriger.")
        return FAILED
    if args.clinics is not None:
        say(f"Cliniques: {_summary(report.clinics)}.")
    if args.patients is not None:
        say(f"Dossiers: {_summary(report.records)}.")
    return OK


def _bar(items: Iterable[Any], what: str, total: int) -> Iterable[Any]:
    from tqdm import tqdm  # noqa: PLC0415  (only this command shows one)

    bar: Iterable[Any] = tqdm(items, desc=what, total=total, leave=False, disable=not sys.stderr.isatty())
    return bar


def _show_warnings(report: ImportReport) -> None:
    for problem in sorted(report.warnings)[:_WARNINGS_SHOWN]:
        complain(f"Avertissement: {problem}")
    more = len(report.warnings) - _WARNINGS_SHOWN
    if more > 0:
        complain(f"… et {more} autre(s) avertissement(s).")


def _summary(tally: Tally) -> str:
    text = f"{tally.added} ajouté(s), {tally.changed} modifié(s), {tally.unchanged} inchangé(s)"
    return f"{text}, {tally.removed} retiré(s)" if tally.removed else text
