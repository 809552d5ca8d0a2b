"""The questions about who the patient is, email and NAM, with the small questions they lead to."""

from __future__ import annotations

import re

from actions.forms.base import ConversationForm
from actions.forms.run import FormRun
from actions.rules.email import EmailResult, parse_email
from actions.rules.nam import NamResult, mentions_sin, parse_nam, province_in
from actions.rules.text import fold
from actions.steps import SMALL_QUESTIONS

_NAM_WORDING = {"month": "date", "shape": "", "missing": ""}
"""Problems that are said in the same words as another."""

_NOT_NOW = frozenset({"emergency", "cancel", "restart"})
"""What is dealt with before any value."""

_WORDS = re.compile(r"\w+")
_PROVIDERS = ("gmail", "hotmail", "outlook", "yahoo", "videotron", "sympatico", "icloud", "live")


class IdentityForm(ConversationForm):
    """A form that asks for the email and the NAM, or corrects them."""

    async def on_email(self, run: FormRun, before: str | None, value: str) -> None:
        """Do what a new email leads to; `before` is the one it replaces."""

    async def on_nam(self, run: FormRun, before: str | None, value: str) -> None:
        """Do what a new NAM leads to."""

    @staticmethod
    def small_question(run: FormRun) -> str | None:
        """The question in between that must be answered first."""
        pending = run.get("pending") or {}
        question = pending.get("question")
        return question if question in SMALL_QUESTIONS else None

    # -- email

    async def answer_email(self, run: FormRun) -> bool:
        """Take an address, offer to correct a likely typo, or say what is wrong with it."""
        if run.turn.is_payload:
            return False if run.turn.interrupts else run.unanswered("email")
        reading = parse_email(run.turn.text)
        if reading.value is None and reading.suggestion is None:
            patched = self._other_provider(run)
            if patched is not None:
                reading = EmailResult(value=patched)
            elif reading.problem == "missing" or run.turn.interrupts:
                return await self._other_value_or(run, "email")
            else:
                run.wrong("email", reading.problem or "")
                return True
        await self.take_email(run, reading)
        await self.take_others(run, besides="email")
        run.answer_question_too()
        return True

    async def take_email(self, run: FormRun, reading: EmailResult) -> None:
        """Keep an address, or ask about its likely typo first."""
        if reading.suggestion is not None and reading.problem == "syntax":
            # Dictated, and where the name begins is a guess: the typo's question, about the domain, would not tell.
            run.wrong("email", "unclear")
            return
        if reading.suggestion is not None:
            domain = reading.suggestion.rpartition("@")[2]
            run.set(
                pending={
                    "question": "email_correction",
                    "suggestion": domain,
                    "proposed": reading.suggestion,
                    "typed": reading.value,
                },
                trouble=None,
            )
            return
        if reading.value is not None:
            await self._accept_email(run, reading.value)

    async def _accept_email(self, run: FormRun, value: str) -> None:
        before = run.get("email")
        correcting = run.get("correcting") == "email"
        run.set(pending=None)
        run.accept("email", value)
        if before is not None and before != value:
            run.say("utter_email_changed" if correcting else "utter_email_replaced")
            if run.get("username") == before:
                run.say("utter_email_username_kept")
        await self.on_email(run, before, value)

    async def answer_email_correction(self, run: FormRun) -> bool:
        """Yes takes the suggestion, no the address as typed; another address starts over."""
        pending = run.get("pending") or {}
        said = run.turn.yes()
        fresh = parse_email(run.turn.text)
        if said is None and (fresh.value is not None or fresh.suggestion is not None):
            await self.take_email(run, fresh)
            return True
        if said is None:
            return run.unanswered("email_correction")
        chosen = pending.get("proposed") if said else pending.get("typed")
        if chosen:
            await self._accept_email(run, chosen)
        else:  # what was typed could not be used as it is
            run.set(pending=None, trouble=None)
        run.answer_question_too()
        return True

    def _provider_put_right(self, run: FormRun) -> str | None:
        """The same, at another question: only when the provider that is wrong is named too."""
        name = str(run.get("email") or "").rpartition("@")[2].partition(".")[0]
        words = _WORDS.findall(fold(run.turn.text))
        return self._other_provider(run) if name in words and not run.turn.is_payload else None

    def _other_provider(self, run: FormRun) -> str | None:
        """« Non, pas gmail, hotmail »: the same address at the provider named last."""
        current = run.get("email")
        if current is None:
            return None
        words = fold(run.turn.text).replace(".", " ").replace(",", " ").split()
        if len(words) > 12:
            return None
        named = [word for word in words if word in _PROVIDERS]
        local, _, domain = current.rpartition("@")
        name, _, ending = domain.partition(".")
        others = [word for word in named if word != name]
        if not others or name not in (*_PROVIDERS,):
            return None
        endings = {"videotron": "ca", "sympatico": "ca"}
        return f"{local}@{others[-1]}.{endings.get(others[-1], 'com' if ending not in ('ca', 'com') else ending)}"

    # -- NAM

    async def answer_nam(self, run: FormRun) -> bool:
        """Take a number, ask about a doubt, or say what is wrong with it."""
        if run.turn.is_payload:
            return False if run.turn.interrupts else run.unanswered("nam")
        reading = parse_nam(run.turn.text)
        if reading.problem == "missing" or (reading.problem in ("length", "letters") and self._is_talk(run)):
            return await self._other_value_or(run, "nam")
        await self.take_nam(run, reading)
        await self.take_others(run, besides="nam")
        run.answer_question_too()
        return True

    @staticmethod
    def _is_talk(run: FormRun) -> bool:
        """Whether a message without a whole number is a sentence of its own, and not a try at the number."""
        return run.turn.interrupts or run.turn.waits or (run.turn.refuses and run.turn.words >= 3)

    async def take_nam(self, run: FormRun, reading: NamResult) -> None:
        """Keep a number, or ask about it first. What may be a NAS waits outside of the conversation's events."""
        portal = await run.portal()
        if reading.correction is not None:
            one = reading.correction
            await portal.hold_nam(run.conversation, one.value)
            run.set(
                pending={
                    "question": "nam_correction",
                    "position": one.position,
                    "typed": one.typed,
                    "proposed": one.proposed,
                },
                trouble=None,
            )
        elif reading.problem == "nine_digits" and reading.value is not None:
            await portal.hold_nam(run.conversation, reading.value)
            run.set(pending={"question": "nam_province"}, trouble=None)
        elif reading.problem is not None or reading.value is None:
            await portal.hold_nam(run.conversation, None)
            run.wrong("nam", _NAM_WORDING.get(reading.problem or "", reading.problem or ""))
        elif not reading.check_ok and await portal.held_nam(run.conversation) != reading.value:
            await portal.hold_nam(run.conversation, reading.value)
            run.wrong("nam", "check")
        elif reading.province == "NB" and reading.sin_like:
            await self._confirm_brunswick(run, reading.value)
        else:
            await self._accept_nam(run, reading.value)

    async def _confirm_brunswick(self, run: FormRun, value: str) -> None:
        await (await run.portal()).hold_nam(run.conversation, value)
        run.set(pending={"question": "nam_confirmation"}, trouble=None)

    async def _accept_nam(self, run: FormRun, value: str) -> None:
        before = run.get("nam")
        correcting = run.get("correcting") == "nam"
        await (await run.portal()).hold_nam(run.conversation, None)
        run.set(pending=None)
        run.accept("nam", value)
        if before is not None and before != value:
            run.say("utter_nam_changed" if correcting else "utter_nam_replaced")
        await self.on_nam(run, before, value)

    async def _drop_nam(self, run: FormRun, response: str) -> None:
        await (await run.portal()).hold_nam(run.conversation, None)
        run.set(pending=None, trouble=None)
        run.say(response)

    async def answer_nam_province(self, run: FormRun) -> bool:
        """Nine digits: New Brunswick's number, else a NAS that is forgotten."""
        turn = run.turn
        province = turn.value("province") or province_in(turn.text)
        said = False if self._says_sin(run) else turn.yes()
        if province is None and said is None:
            fresh = parse_nam(turn.text)
            if fresh.problem == "sin":
                await self._drop_nam(run, "utter_wrong_nam_sin")
                return True
            if fresh.value is not None and fresh.problem is None:
                await self.take_nam(run, fresh)
                return True
            return run.unanswered("nam_province")
        if province not in (None, "NB") or (province is None and said is False):
            await self._drop_nam(run, "utter_wrong_nam_sin")
            return True
        held = await (await run.portal()).held_nam(run.conversation)
        if held is None:  # the day it is kept for is over
            run.set(pending=None, trouble=None)
            return True
        reading = parse_nam(held, "NB")
        if reading.sin_like:
            await self._confirm_brunswick(run, held)
        else:
            await self._accept_nam(run, held)
        run.answer_question_too()
        return True

    async def answer_nam_correction(self, run: FormRun) -> bool:
        """Yes takes the number with the character put right, no asks to read the card again."""
        return await self._answer_held(run, "nam_correction")

    async def answer_nam_confirmation(self, run: FormRun) -> bool:
        """Yes: it is the card's number."""
        return await self._answer_held(run, "nam_confirmation")

    @staticmethod
    def _says_sin(run: FormRun) -> bool:
        """« c'est mon NAS », of the number in doubt."""
        return mentions_sin(run.turn.text) and not run.turn.is_question

    async def _answer_held(self, run: FormRun, slot: str) -> bool:
        said = False if self._says_sin(run) else run.turn.yes()
        if said is None:
            fresh = parse_nam(run.turn.text)
            if fresh.problem != "missing" and not run.turn.interrupts:
                run.set(pending=None)
                await self.take_nam(run, fresh)
                return True
            return run.unanswered(slot)
        held = await (await run.portal()).held_nam(run.conversation)
        if not said or held is None:
            await self._drop_nam(run, "utter_nam_dropped")
            return True
        await self._accept_nam(run, held)
        run.answer_question_too()
        return True

    # -- values of other questions

    async def _other_value_or(self, run: FormRun, slot: str) -> bool:
        """A message without the asked value may give another one; it is not lost, nor is a question beside it."""
        if run.turn.intent not in _NOT_NOW and await self.take_others(run, besides=slot):
            run.answer_question_too()
            return True
        if run.turn.value("email") not in (None, run.get("username")) and run.turn.value("email") == run.get("email"):
            run.say("utter_same_value")
            run.style = "again"
            return True
        return run.unanswered(slot)

    async def take_others(self, run: FormRun, *, besides: str) -> bool:
        """Take the values of other questions that the message holds. True when there were any."""
        taken = False
        email = run.turn.value("email") or self._provider_put_right(run)
        if besides != "email" and email is not None and email != run.get("email"):
            await self.take_email(run, parse_email(email))
            taken = True
        nam = run.turn.value("nam")
        if besides != "nam" and nam is not None and nam != run.get("nam"):
            await self.take_nam(run, parse_nam(run.turn.text))
            taken = True
        return taken
