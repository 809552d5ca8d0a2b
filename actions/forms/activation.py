"""`activation_form`: the emailed code."""

from __future__ import annotations

from actions.codes import send_code
from actions.forms.base import ConversationForm
from actions.forms.run import FormRun
from actions.rules.code import read_code

_OFFERED = {
    "expired": "utter_code_expired",
    "dead": "utter_code_dead",
    "other_page": "utter_code_other_page",
    "none": "utter_code_none",
}
"""What is said of a code that can't be good any more, with the offer of a new one."""
_ADVICE = frozenset({"utter_faq_code_invalid", "utter_faq_code_not_received"})
"""Answers that a new code is offered with."""


class ValidateActivationForm(ConversationForm):
    """Validates `activation_form`."""

    def name(self) -> str:
        """Name of the action."""
        return "validate_activation_form"

    async def opening(self, run: FormRun) -> None:
        """A new code to ask for."""
        run.set(activation_code=None, resend_offered=None)

    async def returning(self, run: FormRun) -> None:
        """« J'ai rafraîchi la page » gets the advice, and the offer of a new code."""
        if run.turn.last_action in _ADVICE:
            run.set(resend_offered=True)
            run.say("utter_offer_resend")

    def next_question(self, run: FormRun) -> str | None:
        """The code."""
        return "activation_code" if run.get("activation_code") is None else None

    async def answer_activation_code(self, run: FormRun) -> bool:
        """Check a code, or answer the offer of a new one."""
        turn = run.turn
        reading = read_code(turn.text)
        if turn.is_payload and not turn.masked:
            reading = read_code("")
        if reading.code is None and not (reading.has_digits and not turn.interrupts):
            return await self._without_code(run)
        run.set(resend_offered=None)
        if reading.code is None:
            run.wrong("activation_code", "wrong")
            return True
        result = await (await run.portal()).check_code(
            run.get("account_id"),
            run.get("clinic_choice"),
            run.conversation,
            turn.page_session,
            reading.code,
            address=turn.address,
        )
        if result.status in ("ok", "owned"):
            run.accept("activation_code", True)
            run.set(owner_masked=result.owner_username_masked if result.status == "owned" else None)
        elif result.status in _OFFERED:
            run.set(resend_offered=True, trouble=None)
            run.say(_OFFERED[result.status])
            run.style = "silent"
        elif result.status == "slowed":
            run.say("utter_code_slowed", wait=result.wait_seconds)
            run.style = "again"
        else:
            run.wrong("activation_code", result.status)
        return True

    async def _without_code(self, run: FormRun) -> bool:
        said = run.turn.yes()
        if run.get("resend_offered") and said is not None and not run.turn.interrupts:
            sent = said and await send_again(run)
            run.set(resend_offered=None if sent or not said else True, trouble=None)
            run.style = "again"
            return True
        return run.unanswered("activation_code")


async def send_again(run: FormRun) -> bool:
    """Send a new code and say so, or say why not; whether it was sent."""
    status, lines = await send_code(
        run.get("account_id"),
        run.get("clinic_choice"),
        run.conversation,
        run.turn,
        run.get("email"),
        again=True,
    )
    for response, values in lines:
        run.say(response, **values)
    return status == "sent"
