"""`another_clinic_form`: one more clinic, or the end."""

from __future__ import annotations

from actions.forms.base import ConversationForm
from actions.forms.run import FormRun


class ValidateAnotherClinicForm(ConversationForm):
    """Validates `another_clinic_form`."""

    def name(self) -> str:
        """Name of the action."""
        return "validate_another_clinic_form"

    async def opening(self, run: FormRun) -> None:
        """Asked anew after each clinic."""
        run.set(another_clinic=None)

    def next_question(self, run: FormRun) -> str | None:
        """The only one."""
        return "another_clinic" if run.get("another_clinic") is None else None

    async def answer_another_clinic(self, run: FormRun) -> bool:
        """Yes, no, or at once the clinic."""
        turn = run.turn
        said = turn.yes()
        if said is None and (turn.intent == "link_clinic" or turn.value("clinic") is not None) and not turn.is_question:
            said = True
        if said is None and turn.intent in ("goodbye", "thank", "cancel"):
            said = False
        if said is None:
            return run.unanswered("another_clinic")
        run.accept("another_clinic", said)
        run.finish("more" if said else "done")
        return True
