"""How each question is asked: in full, again in fewer words, for a new value, or not at all for now."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import in_domain, one_line, profile_facts, shown_email, shown_nam, shown_username, words
from actions.steps import SECRETS

MOST_HITS = 5


class AskQuestion(Action, ABC):
    """Asks for one slot, in the words of the domain: `utter_ask_<slot>`, `…_again`, `…_new`.

    Rasa looks for `action_ask_<slot>` when a form asks; `ask_style` was set by the form's validation.
    """

    @property
    @abstractmethod
    def slot(self) -> str:
        """The slot it asks for."""

    def name(self) -> str:
        """Name of the action."""
        return f"action_ask_{self.slot}"

    def facts(self, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """What the words mention."""
        return profile_facts(tracker)

    def response(self, tracker: Tracker, domain: dict[str, Any], style: str) -> str:
        """The response that asks in this style."""
        return in_domain(domain, f"utter_ask_{self.slot}_{style}") or f"utter_ask_{self.slot}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask."""
        style = tracker.get_slot("ask_style") or "full"
        if style == "silent":
            if self.slot in SECRETS:  # the client keeps its masked field
                dispatcher.utter_message(json_message={"input": "secret", "slot": self.slot})
            return []
        dispatcher.utter_message(response=self.response(tracker, domain, style), **self.facts(tracker, domain))
        return []


class AskCancelConfirmed(AskQuestion):
    """Asks whether to stop, and says what is kept."""

    slot = "cancel_confirmed"

    def response(self, tracker: Tracker, domain: dict[str, Any], style: str) -> str:
        """An open account stays, a login leaves nothing."""
        if style == "full" and tracker.get_slot("account_id") is not None:
            return "utter_ask_cancel_confirmed_open"
        if style == "full" and tracker.active_loop_name == "login_form":
            return "utter_ask_cancel_confirmed_login"
        return super().response(tracker, domain, style)


class AskResumeDraft(AskQuestion):
    """Asks whether to go on with what was entered the last time."""

    slot = "resume_draft"

    def facts(self, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """The values of the draft, masked."""
        draft = tracker.get_slot("draft_shown") or {}
        return {"draft": ", ".join(str(part) for part in draft.get("parts", []))}


class AskEmail(AskQuestion):
    """Asks for the email."""

    slot = "email"


class AskEmailCorrection(AskQuestion):
    """Asks about a likely typo."""

    slot = "email_correction"

    def facts(self, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """The domain that was likely meant."""
        return {"suggestion": (tracker.get_slot("pending") or {}).get("suggestion", "")}


class AskNam(AskQuestion):
    """Asks for the NAM."""

    slot = "nam"


class AskNamProvince(AskQuestion):
    """Asks whose card has nine digits."""

    slot = "nam_province"


class AskNamCorrection(AskQuestion):
    """Asks about a look-alike character: its place and what it may be, never the whole number."""

    slot = "nam_correction"

    def facts(self, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """The character in doubt."""
        pending = tracker.get_slot("pending") or {}
        return {name: str(pending.get(name, "")) for name in ("position", "typed", "proposed")}


class AskNamConfirmation(AskQuestion):
    """Asks whether the number is not a NAS."""

    slot = "nam_confirmation"


class AskUsername(AskQuestion):
    """Asks for the username."""

    slot = "username"


class AskPassword(AskQuestion):
    """Asks for the password."""

    slot = "password"


class AskPasswordConfirmation(AskQuestion):
    """Asks for the password a second time."""

    slot = "password_confirmation"


class AskTerms(AskQuestion):
    """Asks to accept the terms."""

    slot = "terms_accepted"


class AskPrivacy(AskQuestion):
    """Asks to accept the privacy policy."""

    slot = "privacy_accepted"


class AskSignupConfirmed(AskQuestion):
    """Shows the summary."""

    slot = "signup_confirmed"


class AskClinicQuery(AskQuestion):
    """Asks which clinic."""

    slot = "clinic_query"


class AskClinicChoice(AskQuestion):
    """Shows the clinics found."""

    slot = "clinic_choice"

    def response(self, tracker: Tracker, domain: dict[str, Any], style: str) -> str:
        """One, several, or more than are shown."""
        found = tracker.get_slot("clinic_hits") or {}
        if style != "full":
            return "utter_ask_clinic_choice_again"
        if int(found.get("total", 0)) > MOST_HITS:
            return "utter_ask_clinic_choice_many"
        return "utter_ask_clinic_choice_one" if len(found.get("hits", [])) == 1 else "utter_ask_clinic_choice"

    def facts(self, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """A numbered line and a button for each."""
        hits = (tracker.get_slot("clinic_hits") or {}).get("hits", [])
        lines = [one_line(hit) for hit in hits]
        buttons = [
            {"title": line, "payload": f'/inform{{"clinic": "{hit["id"]}"}}'}
            for line, hit in zip(lines, hits, strict=True)
        ]
        buttons.append({"title": words(domain, "utter_clinic_none_of_these"), "payload": "/deny"})
        return {
            "choices": "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)),
            "buttons": buttons,
        }


class AskMatchRepair(AskQuestion):
    """Shows the masked profile and asks what to correct."""

    slot = "match_repair"


class AskActivationCode(AskQuestion):
    """Asks for the code."""

    slot = "activation_code"


class AskLoginId(AskQuestion):
    """Asks who logs in."""

    slot = "login_id"


class AskLoginPassword(AskQuestion):
    """Asks for the password of the account."""

    slot = "login_password"


class AskAnotherClinic(AskQuestion):
    """Offers to add one more clinic."""

    slot = "another_clinic"


def draft_parts(domain: dict[str, Any], email: str | None, nam: str | None, username: str | None) -> list[str]:
    """The masked values of a draft, for the offer to take them up again."""
    shown = (("email", email, shown_email), ("nam", nam, shown_nam), ("username", username, shown_username))
    return [f"{words(domain, f'utter_step_{step}')} {show(value)}" for step, value, show in shown if value]
