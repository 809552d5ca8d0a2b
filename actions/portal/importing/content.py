"""Judging the lines: what makes a clinic, a site, a record; which lines are refused and which only odd.

Refused: no clinic id or name, an unknown clinic, an empty or shapeless NAM. Taken with a warning: a wrong
check digit, an empty or odd email, a duplicate; clinics have those, and a warning lets them be found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from actions.portal.importing.table import Row, Table
from actions.portal.vault import canonical_email, canonical_nam
from actions.rules.nam import parse_nam

CLINIC_COLUMNS: Final = ("clinic_id", "clinic_name", "site_name", "address", "city", "postal_code")
PATIENT_COLUMNS: Final = ("clinic_id", "record_number", "nam", "email", "first_name", "last_name")

_CLINIC_ID: Final = re.compile(r"[^\s@\x00-\x1f]{1,100}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST_NUMBER: Final = 150
_NAM_PROBLEMS: Final = {
    "missing": "le NAM est vide ou n’en est pas un.",
    "length": "le NAM n’a pas le bon nombre de caractères.",
    "letters": "le NAM ne commence pas par 4 lettres.",
    "month": "le mois de naissance du NAM n’existe pas.",
    "date": "la date de naissance du NAM n’existe pas.",
    "sequence": "l’avant-dernier caractère du NAM n’est pas valable.",
    "several": "il y a plusieurs NAM.",
}
_NAM_SHAPE: Final = "le NAM n’a la forme d’aucune carte (Québec, Ontario ou Nouveau-Brunswick)."


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site of a clinic."""

    name: str
    address: str
    city: str
    postal_code: str


@dataclass(slots=True)
class ClinicLines:
    """A clinic with its sites, in the file's order."""

    name: str
    sites: list[SiteLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PatientLine:
    """A record. ``number`` (the NAM when it is empty) and ``occurrence`` tell it from the clinic's others."""

    clinic_id: str
    number: str
    occurrence: int
    nam: str
    email: str
    first_name: str
    last_name: str

    def __repr__(self) -> str:
        return f"PatientLine(clinic_id={self.clinic_id!r})"


def clinics_of(table: Table) -> dict[str, ClinicLines]:
    """The clinics of a file, by id. A clinic of the file has the file's sites and no others."""
    clinics: dict[str, ClinicLines] = {}
    for row in table.rows:
        clinic_id, name = row.cells["clinic_id"], row.cells["clinic_name"]
        if not _CLINIC_ID.fullmatch(clinic_id):
            table.error(row.line, "clinic_id est vide, trop long, ou contient une espace ou un @.")
            continue
        if not name:
            table.error(row.line, "clinic_name est vide.")
            continue
        clinic = clinics.setdefault(clinic_id, ClinicLines(name))
        if clinic.name != name:
            table.warn(row.line, "la clinique a un autre nom plus haut: le premier est gardé.")
        cells = row.cells
        site = SiteLine(cells["site_name"], cells["address"], cells["city"], cells["postal_code"])
        if site in clinic.sites:
            table.warn(row.line, "ce site est déjà dans le fichier.")
        else:
            clinic.sites.append(site)
    return clinics


def patients_of(table: Table, known_clinics: Collection[str] | None, rows: Iterable[Row]) -> list[PatientLine]:
    """The records of a file. Without `known_clinics` any will do; `rows` are the table's, perhaps watched."""
    seen = _Seen()
    found = [_patient(table, row, known_clinics, seen) for row in rows]
    return [patient for patient in found if patient is not None]


class _Seen:
    """What earlier lines of the file held, to tell repeated lines and duplicate records."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, ...], int] = {}
        self.by_number: dict[tuple[str, str], int] = {}
        self.by_nam: dict[tuple[str, str], int] = {}


def _patient(table: Table, row: Row, known_clinics: Collection[str] | None, seen: _Seen) -> PatientLine | None:
    cells = row.cells
    clinic_id = cells["clinic_id"]
    nam, check_ok = _nam(table, row)
    known = bool(clinic_id) and (known_clinics is None or clinic_id in known_clinics)
    if not known:
        table.error(row.line, "cette clinique n’existe pas." if clinic_id else "clinic_id est vide.")
    if len(cells["record_number"]) > _LONGEST_NUMBER:
        table.error(row.line, "record_number est trop long.")
        return None
    if nam is None or not known:
        return None
    whole = (clinic_id, cells["record_number"], nam, *(cells[name] for name in PATIENT_COLUMNS[3:]))
    first = seen.lines.setdefault(whole, row.line)
    if first != row.line:
        table.warn(row.line, f"cette ligne répète la ligne {first}: elle compte une seule fois.")
        return None
    _warn(table, row, seen, nam, check_ok=check_ok)
    number = cells["record_number"]
    occurrence = seen.by_number.get((clinic_id, number or nam), 0)
    seen.by_number[clinic_id, number or nam] = occurrence + 1
    return PatientLine(clinic_id, number, occurrence, nam, cells["email"], cells["first_name"], cells["last_name"])


def _nam(table: Table, row: Row) -> tuple[str | None, bool]:
    typed = canonical_nam(row.cells["nam"])
    nine = len(typed) == 9 and typed.isdecimal()
    result = parse_nam(typed, "NB" if nine else None)
    if result.value is None or result.problem is not None:
        table.error(row.line, _NAM_PROBLEMS.get(result.problem or "", _NAM_SHAPE))
        return None, False
    return result.value, result.check_ok


def _warn(table: Table, row: Row, seen: _Seen, nam: str, *, check_ok: bool) -> None:
    cells = row.cells
    if not check_ok:
        table.warn(row.line, "le dernier chiffre du NAM ne concorde pas: vérifiez la carte.")
    if not cells["email"]:
        table.warn(row.line, "le courriel est vide: ce patient ne pourra pas lier la clinique.")
    elif not _EMAIL.fullmatch(canonical_email(cells["email"])):
        table.warn(row.line, "le courriel n’a pas la forme d’une adresse.")
    if not cells["record_number"]:
        table.warn(row.line, "record_number est vide.")
    elif (cells["clinic_id"], cells["record_number"]) in seen.by_number:
        table.warn(row.line, "ce numéro de dossier est déjà plus haut dans le fichier.")
    first = seen.by_nam.setdefault((cells["clinic_id"], nam), row.line)
    if first != row.line:
        table.warn(row.line, f"doublon: même NAM qu’à la ligne {first}, dans la même clinique.")
