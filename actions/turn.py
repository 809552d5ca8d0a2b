"""What the patient's last message is to the question being asked: an answer, an interruption, or neither."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pydantic import SecretStr
from rasa_sdk import Tracker

from actions.rules.commands import command_in
from actions.rules.email import find_emails
from actions.rules.emergency import danger_kind
from actions.rules.nam import find_nams
from actions.rules.text import english_text, fold, is_yes, wants_patience

SURE: Final = 0.5
"""From this confidence on, an intent counts as meant (below the threshold of `config.yml` it never arrives)."""

_PASSIVE: Final = frozenset({None, "", "inform", "affirm", "deny", "nlu_fallback", "out_of_scope"})
_STRONGER: Final = frozenset({"cancel", "restart", "emergency", "human"})
"""Meanings that a refusal does not overrule."""
_COMMANDS: Final = frozenset({"cancel", "restart", "human", "correct_info", "go_back"})
"""Commands that a yes or a no before them does not overrule."""
_NEVER_AN_ANSWER: Final = frozenset({"emergency", "human"})
"""Sentences that mean this consent to nothing, whatever their first words."""
_QUESTION: Final = re.compile(
    r"\?|\b(?:pourquoi|pour ?quoi|pkoi|pk|comment|quoi|koi|quel(?:le)?s?|combien|est[ -]ce|c ?est[ -]tu|\w+-tu|ou est|"
    r"ou (?:je|se|trouver?)|qui|quand|kesse?|kossa|dois[ -]je|peut[ -]on|puis[ -]je|savoir)\b"
)
_REFUSAL: Final = re.compile(
    r"\b(?:veux|veu|vx|voudrais|vais|tiens|envie|question|oserais) (?:pas|po|pu|pantoute)"
    r"(?: (?:a|de|d|vous|te|le|la|l|les))* ?"
    r"\b(?:donn\w*|dire|mettre|partag\w*|fourni\w*|ecri\w*|entrer|montrer|devoil\w*|confier|choisir)\b"
    r"|\b(?:pas|po|pu) (?:envie|question|interesse\w*)(?: (?:a|de|d|vous|te|le|la|l|les))* ?"
    r"\b(?:donn\w*|dire|mettre|partag\w*|fourni\w*|ecri\w*|entrer|montrer|devoil\w*|confier)\b"
    r"|\bprefer\w+ (?:ne )?pas\b"
    r"|\brefuse de\b|\b(?:donne|donnerai|dirai|dis) (?:pas|po|jamais)\b|\bpas question\b|\bjamais de la vie\b"
)
_FILLER: Final = re.compile(r"\W*(?:ok\w*|bon|ben|alors|euh|dac|d ?'?accord)?\W*")
_BUT: Final = re.compile(r"\b(?:mais|sauf|si|avant|seulement)\b")
_SKIP: Final = re.compile(
    r"(?<!mot de )\b(?:saute[rz]?|sautons|skipp?e?[rz]?|passe[rz]?|passons)(?: [\w']+){0,3}[ ']"
    r"(?:question|etape|code|bout|suivante?|prochaine?|tour)\b"
    r"|\b(?:la|le|l) (?:sauter|skipp?er)\b"
)
"""« Passez à la prochaine question », « on peut-tu la sauter? »: a refusal too, also when it is asked for."""
_FINDERS: Final = {"email": find_emails, "nam": find_nams}
_WORD: Final = re.compile(r"\w+")


class Kind(Enum):
    """How a form finds itself called."""

    OPENING = "opening"
    ANSWER = "answer"
    RETURN = "return"


@dataclass(frozen=True)
class Turn:
    """The last message, as the forms see it. The text may be a secret: it is never put in an error or a log."""

    secret_text: SecretStr
    intent: str | None
    confidence: float
    entities: Sequence[Mapping[str, Any]]
    masked: bool
    by_link: bool
    """On this channel passwords are given on a page of their own: what is typed is never one."""
    page_session: str
    address: str | None
    """The network address that it comes from; None where that says nothing of the patient (a back end's, a text)."""
    kind: Kind
    last_action: str | None
    """For a return: the action that answered the interruption."""

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """Read the tracker that rasa-sdk gives to an action."""
        message = tracker.latest_message or {}
        intent = message.get("intent") or {}
        metadata = message.get("metadata") or {}
        last = _last_action(tracker)
        requested = tracker.get_slot("requested_slot")
        kind = Kind.OPENING if requested is None else Kind.ANSWER if last is None else Kind.RETURN
        return cls(
            secret_text=SecretStr(message.get("text") or ""),
            intent=intent.get("name"),
            confidence=float(intent.get("confidence") or 0.0),
            entities=message.get("entities") or (),
            masked=bool(metadata.get("masked")) or metadata.get("input") == "secret",
            by_link=metadata.get("secrets") == "link" and metadata.get("input") != "secret",
            address=str(metadata["address"]) if metadata.get("address") else None,
            page_session=str(metadata.get("page_session") or tracker.sender_id),
            kind=kind,
            last_action=last,
        )

    @property
    def text(self) -> str:
        """The message as typed."""
        return self.secret_text.get_secret_value().strip()

    @property
    def is_payload(self) -> bool:
        """Whether this is the payload of a button: its text says nothing by itself."""
        return self.text.startswith("/") and self.intent is not None

    @property
    def words(self) -> int:
        """How many words the message has."""
        return len(_WORD.findall(self.text))

    @property
    def is_question(self) -> bool:
        """Whether the message asks something, by its form."""
        return _QUESTION.search(fold(self.text)) is not None

    @property
    def interrupts(self) -> bool:
        """Whether the message is a clear question or command, to be dealt with by a rule."""
        if self.intent == "nlu_fallback":
            return self.is_question and self.words >= 3
        if self.intent == "out_of_scope":
            return self.words >= 3 or english_text(self.text)
        return self.intent not in _PASSIVE and self.confidence >= SURE

    @property
    def in_danger(self) -> bool:
        """Whether a life may be in danger, whatever else the message was taken for."""
        return not self.masked and not self.is_payload and danger_kind(self.text) is not None

    @property
    def refuses(self) -> bool:
        """Whether the patient would rather not answer (« je ne veux pas donner mon NAM »)."""
        if self.intent == "deny" and not self.interrupts:
            return True
        if self.commands:
            return False
        folded = fold(self.text)
        return _SKIP.search(folded) is not None or (not self.is_question and _REFUSAL.search(folded) is not None)

    @property
    def commands(self) -> bool:
        """Whether the message means something that goes before everything else."""
        return self.intent in _STRONGER and self.confidence >= SURE

    @property
    def waits(self) -> bool:
        """Whether the patient asks for a moment."""
        return wants_patience(self.text)

    def yes(self) -> bool | None:
        """The message read as an answer by yes or no."""
        if self.is_payload:
            return {"affirm": True, "deny": False}.get(self.intent or "")
        if self.in_danger or (self.intent in _NEVER_AN_ANSWER and self.confidence >= SURE and self.words >= 3):
            return None
        if command_in(self.text) in _COMMANDS:  # « ok annulez », « non, annulez »
            return None
        said = is_yes(self.text)
        if said is not None:
            return said
        if self.is_question:
            return self._yes_before_question()
        if self.confidence >= SURE:
            return {"affirm": True, "deny": False}.get(self.intent or "")
        return None

    @property
    def before_question(self) -> str:
        """« Sainte-Foy, pourquoi vous demandez ça? »: what stands before the question; empty when nothing does."""
        head, _, tail = self.text.rpartition(",")
        alone = _QUESTION.search(fold(tail)) is not None and _QUESTION.search(fold(head)) is None
        return head.strip() if alone and not _BUT.search(fold(tail)) else ""

    def _yes_before_question(self) -> bool | None:
        """« Oui, j'accepte, qui va voir ça? »; « ok, c'est quoi la suite? » consents to nothing."""
        head = self.before_question
        return None if _FILLER.fullmatch(fold(head)) else is_yes(head)

    def values(self, entity: str) -> list[str]:
        """The values of an entity in the message, in order, each once.

        Emails and NAMs are found by our own rules too: a pipeline without our extractor then serves as well.
        """
        found = [str(one["value"]) for one in self.entities if one.get("entity") == entity and one.get("value")]
        finder = _FINDERS.get(entity)
        if not found and finder is not None and not self.is_payload and not self.masked:
            found = [span.value for span in finder(self.text)]
        return list(dict.fromkeys(found))

    def value(self, entity: str) -> str | None:
        """The value of an entity when the message has exactly one."""
        found = self.values(entity)
        return found[0] if len(found) == 1 else None


def _last_action(tracker: Tracker) -> str | None:
    """The action run since the last message, None when the message is still to be read.

    Rasa calls a form's validation with the form's own `ActionExecuted` at the end of the events; whatever ran
    between the message and that is what answered an interruption.
    """
    loop = tracker.active_loop_name
    own = True
    for event in reversed(tracker.events):
        name = event.get("event")
        if name == "user":
            return None
        if name == "action":
            if own and event.get("name") == loop:
                own = False
                continue
            return None if event.get("name") == "action_listen" else str(event.get("name"))
    return None
