"""`sofy stats`: how many of everything, and what happened lately."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Final

from actions.portal.admin import audit_broken_at, stats
from actions.portal.portal import Portal
from actions.staff.running import OK, StaffError, say

_NAMES: Final = {
    "clinics": "Cliniques",
    "sites": "Sites",
    "records": "Dossiers importés",
    "records_without_email": "  dont sans courriel",
    "accounts_verified": "Comptes confirmés",
    "accounts_provisional": "Comptes provisoires",
    "links": "Liens compte-clinique",
    "event:account_created": "Comptes ouverts",
    "event:login": "Connexions",
    "event:login_failed": "Connexions refusées",
    "event:match_one": "Correspondances trouvées",
    "event:match_none": "Sans correspondance",
    "event:match_several": "Dossiers en double rencontrés",
    "event:code_sent": "Codes envoyés",
    "event:code_wrong": "Codes refusés",
    "event:code_dead": "Codes épuisés (5 essais)",
    "event:code_owned": "Courriel ou NAM d’un autre compte",
    "event:clinic_linked": "Cliniques liées",
    "event:mail_failed": "Courriels non partis",
    "event:invited": "Invitations",
    "event:profile_changed": "Profils corrigés",
}


async def main(portal: Portal, args: Namespace) -> int:
    """Show the numbers."""
    if args.days < 1:
        raise StaffError("--days: un nombre de jours d’au moins 1.")
    numbers = await stats(portal.core, args.days)
    broken_at = await audit_broken_at(portal.core)
    if args.json:
        say(json.dumps({**numbers, "audit_broken_at": broken_at}, ensure_ascii=False))
        return OK
    for name, number in numbers.items():
        if not name.startswith("event:"):
            say(f"{_NAMES[name]:<36}{number:>8}")
    whole = "intact" if broken_at is None else f"altéré à l’événement {broken_at}"
    say(f"{'Journal d’audit':<36}{whole:>8}")
    say(f"\nDepuis {args.days} jour(s):")
    for name, number in numbers.items():
        if name.startswith("event:"):
            say(f"{_NAMES.get(name, name.removeprefix('event:')):<36}{number:>8}")
    return OK
