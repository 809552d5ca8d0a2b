"""`signup_form`: email, NAM, username, password, consents, summary, in the guide's order."""

from __future__ import annotations

import re
from typing import Any

from actions.drafts import DRAFTED, keep_draft
from actions.fields import names_only
from actions.forms.identity import IdentityForm
from actions.forms.run import FormRun
from actions.forms.secret import read_secret
from actions.replies import shown_email
from actions.rules.commands import command_in
from actions.rules.email import parse_email
from actions.rules.nas import looks_like_sin
from actions.rules.password import check_password
from actions.rules.text import fold
from actions.rules.username import check_username, find_username, suggestions
from actions.steps import SIGNUP_ORDER
from actions.turn import SURE

SUGGESTIONS = 3


class ValidateSignupForm(IdentityForm):
    """Validates `signup_form`."""

    def name(self) -> str:
        """Name of the action."""
        return "validate_signup_form"

    async def opening(self, run: FormRun) -> None:
        """Take what « je veux m'inscrire, mon courriel est … » already gives."""
        await self.take_others(run, besides="")

    def next_question(self, run: FormRun) -> str | None:
        """The value under correction first, then the first one missing."""
        if run.get("draft_found") and run.get("resume_draft") is None:
            return "resume_draft"
        correcting: str | None = run.get("correcting")
        missing = next((slot for slot in SIGNUP_ORDER if run.get(slot) is None), None)
        return self.small_question(run) or correcting or missing

    async def give_up(self, run: FormRun) -> None:
        """The values wait a day; the password does not."""
        await self._keep_draft(run)

    async def _keep_draft(self, run: FormRun) -> None:
        await keep_draft(run.conversation, {name: run.get(name) for name in DRAFTED})

    async def answer_resume_draft(self, run: FormRun) -> bool:
        """Yes fills in what was entered the last time; no forgets it."""
        said = run.turn.yes()
        if run.turn.intent == "signup":
            said = True
        if said is None:
            return run.unanswered("resume_draft")
        portal = await run.portal()
        draft = await portal.get_draft(run.conversation) if said else None
        run.set(draft_found=None, resume_draft=said, trouble=None)
        if draft is not None:
            run.set(email=draft.email, nam=draft.nam, username=draft.username)
            run.say("utter_draft_resumed")
        else:
            await portal.drop_draft(run.conversation)
            run.say("utter_draft_dropped")
        return True

    # -- username

    async def answer_username(self, run: FormRun) -> bool:
        """Take a name that follows the rules and is free."""
        email = run.get("email")
        typed = self._typed_username(run)
        if typed is None:
            return await self._other_value_or(run, "username")
        if looks_like_sin(typed) or typed.upper() == run.get("nam"):
            run.wrong("username", "number")
            return True
        problems = check_username(typed, email)
        if problems:
            other = parse_email(typed).value is not None
            run.wrong("username", "other_email" if other else problems[0], email_masked=shown_email(email))
            return True
        portal = await run.portal()
        if await portal.username_taken(typed):
            await self._offer_usernames(run, typed)
            return True
        changed = run.get("username") is not None and run.get("correcting") == "username"
        run.accept("username", typed)
        if changed:
            run.say("utter_username_changed")
        run.answer_question_too()
        return True

    @staticmethod
    def _typed_username(run: FormRun) -> str | None:
        turn, email = run.turn, run.get("email")
        answers = turn.intent in ("inform", "affirm", "nlu_fallback", "signup", None)
        # « mon courriel », after « vous pouvez aussi écrire votre adresse courriel », whatever it sounds like.
        named = names_only(turn) == "email" and not {"pas", "sans", "aucun"} & set(fold(turn.text).split())
        answers = answers or ((turn.intent or "").startswith("faq_") and named)
        if "email" in turn.values("field") and not turn.is_question and not turn.refuses and answers:
            return str(email) if email else None
        if turn.is_payload or (turn.yes() is not None and not any(map(str.isdigit, turn.text))):
            return None
        if turn.value("nam") is not None:  # a NAM is never a name to log in with
            return None
        spoken = parse_email(turn.text).value
        if spoken is not None and spoken == email:
            return spoken
        if len(turn.text.split()) == 1:
            letters = re.sub(r"[-’'!?.]", "", turn.text).isalpha()
            return None if letters and (turn.interrupts or command_in(turn.text)) else turn.text
        # « ben lucie88 »: a name that the model never saw may sound a little like a no.
        hesitant = turn.intent == "deny" and turn.confidence < SURE and any(map(str.isdigit, turn.text))
        if turn.waits or (turn.refuses and not hesitant):
            return None
        found: str | None = find_username(turn.text, email)
        if found is None or not (turn.is_question or turn.interrupts):
            return found
        # « je peux-tu mettre mon courriel? », « merci beaucoup » give no name; « lucie_88, c'est correct? » does.
        return None if found.isalpha() or found not in turn.text else found

    async def _offer_usernames(self, run: FormRun, typed: str) -> None:
        portal = await run.portal()
        free: list[str] = []
        for name in suggestions(typed):
            if not await portal.username_taken(name):
                free.append(name)
            if len(free) == SUGGESTIONS:
                break
        run.set(trouble={"slot": "username", "count": 1})
        run.say("utter_wrong_username_taken", buttons=[{"title": name, "payload": name} for name in free])
        run.style = "silent"

    # -- password

    async def answer_password(self, run: FormRun) -> bool:
        """Check the portal's rules, keep only a hash, ask for it a second time."""
        secret = read_secret(run)
        if secret is None:
            return run.unanswered("password", "none")
        values: dict[str, Any] = {name: run.get(name) for name in ("username", "email", "nam")}
        unmet = check_password(secret.get_secret_value(), **values)
        if unmet:
            missing = "\n".join(f"- {run.words(f'utter_password_missing_{rule}')}" for rule in unmet)
            run.wrong("password", missing=missing)
            return True
        await (await run.portal()).set_password(run.conversation, secret)
        run.accept("password", True)
        run.set(password_confirmation=None, mismatches=None)
        return True

    async def answer_password_confirmation(self, run: FormRun) -> bool:
        """The same text again; after two that differ, from the password."""
        secret = read_secret(run)
        talk = not run.turn.masked and len(run.turn.text.split()) > 1  # no password has a space
        if secret is None or talk:
            return run.unanswered("password_confirmation", "none")
        portal = await run.portal()
        if await portal.confirm_password(run.conversation, secret):
            run.accept("password_confirmation", True)
            run.set(mismatches=None)
            return True
        mismatches = int(run.get("mismatches") or 0) + 1
        if mismatches == 1:
            run.set(mismatches=mismatches)
            run.say("utter_wrong_password_confirmation")
            run.style = "again"
        else:
            await portal.forget_password(run.conversation)
            run.set(mismatches=None, password=None, password_confirmation=None)
            run.say("utter_password_restart")
        return True

    # -- consents and summary

    async def answer_terms_accepted(self, run: FormRun) -> bool:
        """Consent to the terms of use."""
        return await self._answer_consent(run, "terms_accepted")

    async def answer_privacy_accepted(self, run: FormRun) -> bool:
        """Consent to the privacy policy, apart from the terms (P-39.1)."""
        return await self._answer_consent(run, "privacy_accepted")

    async def _answer_consent(self, run: FormRun, slot: str) -> bool:
        said = run.turn.yes()
        if said is not True and await self._corrects(run):
            return True
        if said is None:
            return run.unanswered(slot)
        if said:
            run.accept(slot, True)
            run.set(refused_once=None)
            run.answer_question_too()
        elif not run.get("refused_once"):
            run.set(refused_once=True)
            run.say("utter_terms_refused_once")
            run.style = "again"
        else:
            await self._keep_draft(run)
            run.finish("refused")
        return True

    async def _corrects(self, run: FormRun) -> bool:
        """« Non non, mon courriel c'est … »: a correction, which neither accepts nor refuses."""
        if run.turn.is_payload or run.turn.commands or not await self.take_others(run, besides=""):
            return False
        run.answer_question_too()
        run.style = "again"
        return True

    async def answer_signup_confirmed(self, run: FormRun) -> bool:
        """Yes opens the account; a field named is corrected first."""
        field = names_only(run.turn)
        if field is not None:
            return self._correct(run, field)
        said = run.turn.yes()
        if said is not True and await self._corrects(run):
            return True
        if said is None:
            return run.unanswered("signup_confirmed")
        refused = (run.get("trouble") or {}).get("refused", False)
        run.set(trouble=None)
        if said and refused and not run.turn.is_payload:
            # « D’accord » after « Quelle partie faut-il changer? » is no consent: the summary once more.
            run.style = "full"
        elif said:
            run.accept("signup_confirmed", True)
            run.answer_question_too()
        else:
            run.set(trouble={"slot": "signup_confirmed", "count": 0, "refused": True})
            run.say("utter_what_to_correct")
            run.style = "silent"
        return True

    @staticmethod
    def _correct(run: FormRun, field: str) -> bool:
        run.set(trouble=None)
        run.set(correcting=field)
        return True
