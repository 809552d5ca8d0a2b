"""The import itself: read and judge both files, then write everything in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from actions.portal import audit
from actions.portal.core import Core
from actions.portal.errors import PortalError
from actions.portal.importing.content import (
    CLINIC_COLUMNS,
    PATIENT_COLUMNS,
    ClinicLines,
    PatientLine,
    clinics_of,
    patients_of,
)
from actions.portal.importing.store import Tally, plan_records, store_clinics, write_records
from actions.portal.importing.table import Problem, Table, UnreadableFileError, read_table
from actions.portal.models import Clinic

Progress = Callable[[Iterable[Any], str, int], Iterable[Any]]
"""Wraps an iterable to show how far it got: (items, what, how many) → the same items."""

_MOST_COUNTED = 99_999


class ImportedMeanwhileError(PortalError):
    """Two imports ran at once; this one wrote nothing."""


@dataclass(slots=True)
class ImportReport:
    """What was done, or why nothing was. Every refused line is in `errors`."""

    clinics: Tally = field(default_factory=Tally)
    records: Tally = field(default_factory=Tally)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether the files were imported."""
        return not self.errors


def no_progress(items: Iterable[Any], _what: str, _total: int) -> Iterable[Any]:
    """Show nothing."""
    return items


async def import_files(
    core: Core, *, clinics: Path | None = None, patients: Path | None = None, progress: Progress = no_progress
) -> ImportReport:
    """Import either file or both.

    One line refused, in either file, and nothing at all is written. The same files again change nothing.
    A clinic's sites, and the lines of a record number, become those of the file; what the file does not
    mention stays.
    """
    report = ImportReport()
    clinic_lines = _read_clinics(clinics, report)
    known: set[str] | None = None  # after an unreadable file of clinics, every one may be there
    if not report.errors or clinic_lines:
        async with core.db.read() as session:
            known = set(await session.scalars(select(Clinic.id))) | set(clinic_lines)
    patient_lines = _read_patients(patients, known, report, progress)
    report.errors.sort()
    if report.errors:
        return report
    await _store(core, clinic_lines, patient_lines, report, progress)
    return report


def _read_clinics(path: Path | None, report: ImportReport) -> dict[str, ClinicLines]:
    table = _table(path, CLINIC_COLUMNS, report)
    clinics = clinics_of(table) if table is not None else {}
    _collect(table, report)
    return clinics


def _read_patients(
    path: Path | None, known: set[str] | None, report: ImportReport, progress: Progress
) -> list[PatientLine]:
    table = _table(path, PATIENT_COLUMNS, report)
    if table is None:
        return []
    patients = patients_of(table, known, progress(table.rows, "Lecture", len(table.rows)))
    _collect(table, report)
    return patients


def _table(path: Path | None, columns: tuple[str, ...], report: ImportReport) -> Table | None:
    if path is None:
        return None
    try:
        return read_table(path, columns)
    except UnreadableFileError as error:
        report.errors.append(error.problem)
        return None


def _collect(table: Table | None, report: ImportReport) -> None:
    if table is not None:
        report.errors += table.errors
        report.warnings += table.warnings


async def _store(
    core: Core,
    clinics: dict[str, ClinicLines],
    patients: list[PatientLine],
    report: ImportReport,
    progress: Progress,
) -> None:
    async with core.db.read() as session:
        plan = await plan_records(session, core.vault, patients, progress)
    try:
        async with core.db.write() as session:
            report.clinics = await store_clinics(session, clinics)
            await write_records(session, plan, progress)
            report.records = plan.tally
            if report.clinics.touched or report.records.touched:
                await audit.add(
                    session,
                    core.vault,
                    core.clock(),
                    "import",
                    clinics=min(report.clinics.touched, _MOST_COUNTED),
                    records=min(report.records.touched, _MOST_COUNTED),
                )
    except IntegrityError as error:
        raise ImportedMeanwhileError("Un autre import a eu lieu pendant celui-ci: recommencez.") from error
