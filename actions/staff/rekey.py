"""`sofy rekey`: write everything again under the first key of SOFY_SECRET_KEY."""

from __future__ import annotations

import sys
import time
from argparse import Namespace

from actions.portal.portal import Portal
from actions.portal.rekey import OLD_KEY_SECONDS, rekey
from actions.staff.archive import conversations
from actions.staff.running import OK, StaffError, say

_NAMES = {"records": "Dossiers", "accounts": "Comptes", "drafts": "Brouillons", "incidents": "Incidents"}


async def main(portal: Portal, args: Namespace) -> int:
    """Write again, showing how far it is; interrupted, the next run goes on."""
    if len(portal.settings.secret_keys) < 2:
        raise StaffError("SOFY_SECRET_KEY ne contient qu’une clé: mettez la nouvelle devant, une virgule, l’ancienne.")
    bar = _Bar()
    counts = await rekey(portal.core, lambda what, done, total: bar.show(_NAMES[what], done, total))
    async with conversations(args) as archive:
        turns = await archive.rekey(lambda done, total: bar.show("Conversations", done, total))
        stops = await archive.rekey_stops()
    bar.close()
    for name, count in counts.items():
        say(f"{_NAMES[name]}: {count} réécrit(s).")
    say(f"Tours de conversation: {turns} réécrit(s).")
    say(f"Numéros qui ont dit STOP: {stops} réécrit(s).")
    until = time.localtime(time.time() + OLD_KEY_SECONDS)
    say(f"L’ancienne clé sert encore aux codes et aux brouillons jusqu’au {time.strftime('%Y-%m-%d %H h %M', until)};")
    say("retirez-la ensuite de SOFY_SECRET_KEY et redémarrez le serveur.")
    return OK


class _Bar:
    def __init__(self) -> None:
        self._what, self._bar = "", None

    def show(self, what: str, done: int, total: int) -> None:
        from tqdm import tqdm  # noqa: PLC0415  (only this command shows one)

        if what != self._what:
            self.close()
            self._bar = tqdm(desc=what, total=total, leave=False, disable=not sys.stderr.isatty())
            self._what = what
        self._bar.update(done - self._bar.n)  # type: ignore[attr-defined]

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
