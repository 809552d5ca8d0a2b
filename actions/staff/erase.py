"""`sofy erase`: erase everything about an email, and give a receipt."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from actions.portal.admin import erase
from actions.portal.persons import erase_conversation, values_of
from actions.portal.portal import Portal
from actions.rules.email import mask_email
from actions.staff.archive import conversations
from actions.staff.running import OK, email_of, say


async def main(portal: Portal, args: Namespace) -> int:
    """Erase, then print the receipt."""
    if args.conversation is not None:
        return await _conversation(portal, args)
    email = email_of(args)
    # The conversations first: they are found by what the portal knows of the person.
    async with conversations(args) as archive:
        talks = await archive.erase(values=await values_of(portal.core, email))
    receipt = await erase(portal.core, email, records=args.records, conversations=talks)
    mails = await portal.mailer.erase(email)
    counts = receipt.counts
    say("Reçu d’effacement")
    say(f"  Numéro: {receipt.number}-{receipt.seal}")
    say(f"  Date: {datetime.fromtimestamp(receipt.at, UTC):%Y-%m-%d %H:%M:%S} UTC")
    say(f"  Courriel: {mask_email(email)}")
    say(f"  Comptes: {counts['accounts']} (liens: {counts['links']}, codes: {counts['codes']})")
    say(f"  Brouillons d’inscription: {counts['drafts']}")
    say(f"  Conversations: {talks}")
    say(f"  Copies de courriels effacées: {mails}")
    if args.records:
        say(f"  Dossiers importés: {counts['records']}")
    elif counts["records_kept"]:
        say(f"  Dossiers importés conservés: {counts['records_kept']}")
        say("  (ils viennent de la clinique; --records les efface aussi, jusqu’au prochain import)")
    if not any(counts[name] for name in ("accounts", "links", "codes", "drafts", "conversations")):
        say("  Il n’y avait ni compte, ni inscription en cours, ni conversation pour ce courriel.")
    return OK


async def _conversation(portal: Portal, args: Namespace) -> int:
    async with conversations(args) as archive:
        talks = await archive.erase(ids=[args.conversation])
    receipt = await erase_conversation(portal.core, args.conversation, talks)
    say("Reçu d’effacement")
    say(f"  Numéro: {receipt.number}-{receipt.seal}")
    say(f"  Date: {datetime.fromtimestamp(receipt.at, UTC):%Y-%m-%d %H:%M:%S} UTC")
    say(f"  Conversations: {talks}")
    say(f"  Brouillons d’inscription: {receipt.counts['drafts']} (codes: {receipt.counts['codes']})")
    if not any(receipt.counts.values()):
        say("  Aucune conversation n’a cet identifiant.")
    return OK
