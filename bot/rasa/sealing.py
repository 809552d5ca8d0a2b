"""Values of slots on their way to Rasa and back: it keeps them encrypted, and knows only which are set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dialogue.events import Event
from bot.project.domain import Domain
from bot.project.names import REQUESTED_SLOT, SESSION_METADATA_SLOT
from bot.storage.keyring import Keyring, UnreadableDataError

_MARK = "sealed:"
_SEALED_TYPES = frozenset({"text", "any"})
_RASAS_OWN = frozenset({REQUESTED_SLOT, SESSION_METADATA_SLOT})


class Sealing:
    """Encrypts the values of slots with the keys of `SOFY_SECRET_KEY`: all that no rule looks into."""

    def __init__(self, keyring: Keyring, domain: Domain) -> None:
        """Texts and objects are encrypted, but for those that influence the conversation."""
        self._keyring = keyring
        self._slots = frozenset(
            name
            for name, slot in domain.slots.items()
            if slot.type in _SEALED_TYPES and not slot.influences and name not in _RASAS_OWN
        )

    def sealed(self, event: Event) -> Event:
        """An action's event as Rasa may keep it."""
        if event.get("event") != "slot" or event.get("name") not in self._slots or event.get("value") is None:
            return event
        return {**event, "value": _MARK + self._keyring.seal(event["value"]).decode("ascii")}

    def opened(self, event: Event) -> Event:
        """An event of Rasa's with its value back."""
        if event.get("event") != "slot" or event.get("name") not in self._slots:
            return event
        return {**event, "value": self._value(event.get("value"))}

    def opened_slots(self, slots: Mapping[str, Any]) -> dict[str, Any]:
        """Rasa's slots with their values back; one that no key opens is unset, and asked for again."""
        return {name: self._value(value) if name in self._slots else value for name, value in slots.items()}

    def _value(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith(_MARK):
            return value
        try:
            return self._keyring.open(value.removeprefix(_MARK).encode("utf-8", "surrogatepass"))
        except UnreadableDataError:
            return None
