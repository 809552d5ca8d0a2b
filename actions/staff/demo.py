"""The demo's clinics and patients (all fictional), and what to type for a first signup."""

from __future__ import annotations

import asyncio
from pathlib import Path

from actions.portal.admin import has_verified
from actions.portal.errors import PortalError
from actions.portal.importing import import_files
from actions.portal.importing.content import PATIENT_COLUMNS
from actions.portal.importing.table import Row, read_table
from actions.portal.portal import Portal
from actions.staff.running import say


class DemoError(PortalError):
    """The demo's own files do not import."""


async def load_demo(portal: Portal, folder: Path) -> None:
    """Import the demo (again: nothing changes) and print the email, NAM and clinic of a patient to sign up."""
    if not await asyncio.to_thread(folder.is_dir):  # a project may come without a demo
        return
    patients = folder / "patients.csv"
    report = await import_files(portal.core, clinics=folder / "clinics.csv", patients=patients)
    if not report.done:
        raise DemoError(f"Les données de démonstration ne s’importent pas: {report.errors[0]}")
    await portal.clinics.refresh(now=True)
    patient = await _someone_new(portal, read_table(patients, PATIENT_COLUMNS).rows)
    if patient is not None:
        await _show(portal, patient)


async def _someone_new(portal: Portal, rows: list[Row]) -> Row | None:
    """The first patient who can sign up and has not yet."""
    for row in rows:
        nams = [each.cells["nam"] for each in rows if each.cells["clinic_id"] == row.cells["clinic_id"]]
        alone = nams.count(row.cells["nam"]) == 1
        if alone and row.cells["email"] and not await has_verified(portal.core, row.cells["email"]):
            return row
    return None


async def _show(portal: Portal, patient: Row) -> None:
    clinic = await portal.clinic(patient.cells["clinic_id"])
    say("")
    say("Pour essayer une inscription (personne fictive), répondez à l’assistant:")
    say(f"  courriel             {patient.cells['email']}")
    say(f"  NAM                  {patient.cells['nam']}")
    say("  nom d’utilisateur    6 à 30 lettres ou chiffres, au choix")
    say("  mot de passe         10 caractères ou plus: minuscule, majuscule, chiffre et symbole")
    say(f"  clinique             {clinic.name if clinic else patient.cells['clinic_id']}")
    say(f"Le code d’accès arrive dans la boîte de la démo: {portal.settings.public_url}/demo/mailbox")
    say("")
