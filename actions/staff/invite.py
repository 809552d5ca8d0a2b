"""`sofy invite`: mail a clinic's invitation."""

from __future__ import annotations

from argparse import Namespace

from actions.portal.errors import UnknownClinicError
from actions.portal.letters import invitation_letter
from actions.portal.portal import Portal
from actions.staff.running import OK, email_of, say


async def main(portal: Portal, args: Namespace) -> int:
    """Send it: the same mail whether or not the person has an account."""
    email = email_of(args)
    clinic = await portal.clinic(args.clinic)
    if clinic is None:
        raise UnknownClinicError("--clinic: aucune clinique n’a cet identifiant (voir clinics.csv).")
    letter = invitation_letter(portal.settings.public_url, clinic.clinic_id, clinic.name)
    await portal.mailer.send(email, letter, portal.core.clock())
    await portal.audit("invited", clinic_id=clinic.clinic_id)
    say("Invitation envoyée.")
    return OK
