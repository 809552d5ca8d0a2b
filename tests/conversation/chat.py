"""A conversation with the real assistant: trained model, engine, actions, SQLite, mail spool."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions.portal.portal import Portal
from bot.dialogue.engine import Engine
from bot.dialogue.messages import BotMessage, UserMessage

PASSWORD = "Tr0is-Canots!Verts"


@dataclass
class Clock:
    """Seconds since the epoch, moved by hand."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        self.now += seconds + 60 * minutes + 3600 * hours


@dataclass
class Chat:
    """What a patient types and reads; every turn is kept."""

    engine: Engine
    portal: Portal
    spool: Path
    clock: Clock
    sender: str = "patient"
    page: str = "page-1"
    replies: list[BotMessage] = field(default_factory=list)
    transcript: list[tuple[str, list[BotMessage]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tracker = self.engine.tracker(self.sender)

    async def say(self, *texts: str, masked: bool = False, **kwargs: Any) -> Chat:
        """Send messages one after the other; `replies` are those to the last."""
        for text in texts:
            message = UserMessage(text, self.sender, metadata={"page_session": self.page}, masked=masked, **kwargs)
            self.replies = await self.engine.handle(self.tracker, message)
            self.transcript.append((text, self.replies))
            assert self.replies, f"silence after {text!r}"
            self.clock.pass_(seconds=2)
        return self

    @property
    def names(self) -> list[str]:
        """The responses of the last turn, by name."""
        return [message.name or "" for message in self.replies if message.text is not None]

    @property
    def text(self) -> str:
        """What the last turn said."""
        return "\n".join(message.text for message in self.replies if message.text is not None)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons of the last turn."""
        return [button for message in self.replies for button in message.buttons or []]

    @property
    def custom(self) -> dict[str, Any] | None:
        """The last custom payload of the last turn."""
        return next((message.custom for message in reversed(self.replies) if message.custom), None)

    @property
    def requested(self) -> str | None:
        """The slot being asked."""
        return self.tracker.requested_slot

    @property
    def loop(self) -> str | None:
        """The active form."""
        return self.tracker.active_loop

    def slot(self, name: str) -> Any:
        return self.tracker.slot(name)

    def intent(self) -> str | None:
        """What the last message was taken for."""
        event = self.tracker.latest_user
        name: str | None = (event or {}).get("parse_data", {}).get("intent", {}).get("name")
        return name

    def mails(self) -> list[Any]:
        """The mails sent, oldest first."""
        paths = sorted(self.spool.glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]

    def code(self) -> str:
        """The code in the last mail."""
        found = re.search(r"(\d{3})\s(\d{3})", str(self.mails()[-1]["subject"]))
        assert found is not None
        return found[1] + found[2]

    def press(self, title: str) -> str:
        """The payload of the last turn's button that has these words in its title."""
        found = [button["payload"] for button in self.buttons if title.casefold() in button["title"].casefold()]
        assert len(found) == 1, f"{len(found)} buttons {title!r} among {self.buttons}"
        return str(found[0])

    def stored(self) -> str:
        """Everything that is stored of the conversation but the times, as text."""
        events = [
            {name: value for name, value in event.items() if name != "timestamp"} for event in self.tracker.events
        ]
        return json.dumps(events, ensure_ascii=False)

    async def sign_up(
        self,
        *,
        until: str = "",
        email: str = "lucie.essai@example.com",
        nam: str = "ESSL85531419",
        username: str = "lucie_88",
        clinic: str = "info-data",
        choice: str = "1",
    ) -> Chat:
        """Go on with a signup until a slot is asked, or to the end."""
        answers = {
            "email": email,
            "nam": nam,
            "username": username,
            "password": PASSWORD,
            "password_confirmation": PASSWORD,
            "terms_accepted": "oui",
            "privacy_accepted": "oui",
            "signup_confirmed": "oui",
            "clinic_query": clinic,
            "clinic_choice": choice,
        }
        if self.loop is None:
            await self.say("/signup")
        while self.requested != until:
            asked = self.requested
            if asked is None or asked == "another_clinic":
                break
            await self.say(self.code() if asked == "activation_code" else answers[asked])
            assert self.requested != asked, f"{asked} is asked again: {self.text}"
        return self


def names_of(messages: Sequence[BotMessage]) -> list[str]:
    return [message.name or "" for message in messages]
