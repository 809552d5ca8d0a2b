"""`match_repair_form`: no record matches; what to correct, then try again."""

from __future__ import annotations

import re

from actions.fields import SHORT
from actions.forms.identity import IdentityForm
from actions.forms.run import FormRun
from actions.rules.text import fold

_CHOICES = (
    ("clinic", re.compile(r"\bclini\w*|\bautre place|\bgmf\b|\bclsc\b")),
    ("email", re.compile(r"\bcour+iel\w*|\be?-?mails?\b|\bimel|\badresse\b")),
    ("nam", re.compile(r"\bnam\b|\bcarte\b|\bassurance\b|\bnumero\b|\bramq\b|\bsoleil\b")),
    (
        "retry",
        re.compile(r"\breessay\w*|\bessay\w* (?:encore|de nouveau)|\bre-?essay\w*|\bencore une fois|\bcorrige par"),
    ),
    ("help", re.compile(r"\baide\b|\bappel\w*|\bquelqu ?un|\bpersonne\b")),
)

_NOT_A_CHOICE = frozenset({"cancel", "restart", "emergency", "help", "go_back"})
"""Meanings that a short message keeps, whatever it names."""
_WITHOUT = re.compile(r"\b(?:pas|po|pu|plus|sans|aucune?|perdu\w*)\b")
"""« je n'ai pas de courriel » names no choice."""


class ValidateMatchRepairForm(IdentityForm):
    """Validates `match_repair_form`."""

    def name(self) -> str:
        """Name of the action."""
        return "validate_match_repair_form"

    async def opening(self, run: FormRun) -> None:
        """Ask what to correct, unless it was said already (`correcting`)."""
        run.set(match_repair=run.get("correcting"))
        if run.get("correcting") and run.turn.interrupts:
            await self._take_correction(run)

    async def _take_correction(self, run: FormRun) -> None:
        """« mon courriel est plutôt a@b.ca »: the new value comes with the wish to change it."""
        await self.take_others(run, besides="")

    def next_question(self, run: FormRun) -> str | None:
        """What to correct, then its new value."""
        correcting: str | None = run.get("correcting")
        question = self.small_question(run) or correcting
        if run.get("clinic_choice") is None and question is None:  # corrected before any clinic was chosen
            run.finish("other_clinic")
        elif run.get("match_repair") is None:
            question = "match_repair"
        return question

    async def on_email(self, run: FormRun, before: str | None, value: str) -> None:
        """The account follows."""
        if before != value:
            await (await run.portal()).change_profile(run.get("account_id"), email=value)
        run.set(match_repair="email")

    async def on_nam(self, run: FormRun, before: str | None, value: str) -> None:
        """The account follows."""
        if before != value:
            await (await run.portal()).change_profile(run.get("account_id"), nam=value)
        run.set(match_repair="nam")

    async def answer_match_repair(self, run: FormRun) -> bool:
        """A choice by its name, by a button, or straight away the new value."""
        if not run.turn.is_payload and await self.take_others(run, besides=""):
            return True
        choice = self._choice(run)
        if choice is None or (choice == "help" and run.turn.interrupts):
            return run.unanswered("match_repair")
        run.set(trouble=None)
        if choice == "clinic":
            run.finish("other_clinic")
        elif choice == "help":
            run.say("utter_match_help")
            run.style = "again"
        elif choice == "retry":
            run.set(match_repair="retry")
        else:
            run.set(match_repair=choice, correcting=choice)
        return True

    @staticmethod
    def _choice(run: FormRun) -> str | None:
        turn = run.turn
        field = turn.value("field")
        if turn.intent == "human":
            return "help"
        if turn.intent == "correct_info" and field in ("email", "nam", "clinic"):
            return field
        if field == "help":
            return field
        folded = fold(turn.text)
        named = [choice for choice, pattern in _CHOICES if pattern.search(folded)]
        short = turn.words <= SHORT and not (turn.is_payload or turn.is_question or _WITHOUT.search(folded))
        if short and len(named) == 1 and turn.intent not in _NOT_A_CHOICE:
            return named[0]  # « le NAM » names the choice, though alone it sounds like a question about it
        if turn.interrupts and turn.intent not in (
            "correct_info",
            "faq_edit_profile",
            "link_clinic",
            "repeat",
        ):
            return None
        if field in ("email", "nam", "clinic", "retry"):
            return field
        if turn.intent == "link_clinic":
            return "clinic"
        return named[0] if named else None
