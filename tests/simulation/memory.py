"""What a patient remembers of the conversation, and what they would call a mistake of the assistant."""

from __future__ import annotations

from dataclasses import dataclass, field

from actions.rules.email import mask_email
from actions.rules.nam import mask_nam
from tests.simulation.reading import ENDS, Reading

PARENT = {"email_correction": "email", "nam_province": "nam", "nam_correction": "nam", "nam_confirmation": "nam"}
ONCE = ("email", "nam", "username", "password", "password_confirmation", "terms_accepted", "privacy_accepted")
"""What is asked once, in this order, unless the patient wants to change it."""
SECRETS = frozenset({"password", "password_confirmation", "login_password", "activation_code"})
_FORGETS = {
    "utter_password_restart": {"password", "password_confirmation"},
    "utter_account_password_lost": {"password", "password_confirmation"},
    "utter_account_username_taken": {"username"},
    "utter_draft_resumed": {"password", "password_confirmation", "terms_accepted", "privacy_accepted"},
    "utter_draft_dropped": set(ONCE),
    "utter_signup_intro": set(ONCE),
}
"""What the assistant says that it asks for again."""
_REFUSED = ("utter_wrong_", "utter_stuck_", "utter_refused_")
_MASKS = {
    "email": ("email_masked", mask_email),
    "nam": ("nam_masked", mask_nam),
    "username": ("username_shown", lambda value: mask_email(value) if "@" in value and "." in value else value),
}


def main(slot: str) -> str:
    """The question that a small question belongs to."""
    return PARENT.get(slot, slot)


@dataclass
class Memory:
    """What was asked, given and shown."""

    asked: str | None = None
    given: set[str] = field(default_factory=set)
    held: dict[str, str | None] = field(default_factory=dict)
    """Values that the assistant has, None where a mistake may have been taken."""
    typed: dict[str, str | None] = field(default_factory=dict)
    account: bool = False
    linked: int = 0
    last: Reading | None = None

    def observe(self, reading: Reading, *, answered: str | None, reopened: set[str]) -> list[str]:
        """Take in a turn. `answered`: the slot that the message was an answer to; `reopened`: what it wants changed.

        Returns what is wrong with the turn in the patient's eyes.
        """
        wrong = []
        before = self.asked
        self.asked = self._asked_now(reading)
        for name, slots in _FORGETS.items():
            if reading.has(name):
                reopened = reopened | slots
        if reading.has("utter_signup_intro", "utter_draft_dropped"):
            self.held.clear()
            self.account = False
        self.given -= reopened
        self._settle_values(reading)
        if answered is not None and before is not None and main(before) in ONCE and self._moved_on(before):
            self.given.add(main(before))
            self.given -= reopened
        now = self.asked
        if now is not None and main(now) in self.given and (before is None or main(now) != main(before)):
            wrong.append(f"asked again: {now}")
            self.given.discard(main(now))
        wrong += self._lost(reading)
        if reading.has("utter_account_created"):
            self.account = True
        if reading.has("utter_linked"):
            self.linked += 1
        self.last = reading
        return wrong

    def forget(self) -> None:
        """A day has passed: the assistant forgot, and may ask everything again."""
        self.given.clear()
        self.held.clear()
        self.typed.clear()

    def _asked_now(self, reading: Reading) -> str | None:
        if reading.asks:
            return reading.asks[-1]
        ended = reading.has(*ENDS) or (reading.has("utter_code_limit") and self.asked != "activation_code")
        return None if ended else self.asked

    def _moved_on(self, before: str) -> bool:
        return self.asked is not None and main(self.asked) != main(before) and self.asked != "cancel_confirmed"

    def _settle_values(self, reading: Reading) -> None:
        """A value typed is held once the assistant goes on without a word against it."""
        for slot in list(self.typed):
            if self.asked is not None and self.asked in PARENT and main(self.asked) == slot:
                continue  # in doubt until the small question is answered
            against = any(
                name.startswith(tuple(f"{start}{slot}" for start in _REFUSED)) for name in reading.names
            ) or reading.has("utter_nam_dropped", "utter_correction_cancelled")
            value = self.typed.pop(slot)
            if not against and self.asked != slot:
                self.held[slot] = value

    def _lost(self, reading: Reading) -> list[str]:
        wrong = []
        for slot, (place, mask) in _MASKS.items():
            value, shown = self.held.get(slot), reading.shown.get(place)
            if value is not None and shown is not None and shown != mask(value):
                wrong.append(f"value lost: {slot} shown as {shown}, not {mask(value)}")
                self.held[slot] = None
        return wrong
