"""Filling slots from a message (`action_extract_slots`)."""

from __future__ import annotations

import logging
from typing import Any

from bot.dialogue.action_client import ActionFailedError, ActionRejectedError
from bot.dialogue.events import Event, entities_of, intent_of, slot_set
from bot.dialogue.runner import Runner
from bot.dialogue.tracker import View
from bot.project.domain import Domain
from bot.project.names import ACTION_VALIDATE_SLOT_MAPPINGS, REQUESTED_SLOT
from bot.project.slots import Slot, SlotMapping, as_names

logger = logging.getLogger(__name__)

_FROM_WORDS = frozenset({"from_text", "from_entity"})


async def extract_slots(runner: Runner, view: View, *, secret: bool = False) -> list[Event]:
    """Slot events (and bot messages of custom extractions) for the last message.

    In a secret's turn nothing is taken from the words: no text, no entity.
    """
    events: list[Event] = []
    done: set[str] = set()
    for slot in view.state.domain.user_slots:
        for mapping in slot.mappings:
            if (secret and mapping.type in _FROM_WORDS) or not applies(slot, mapping, view):
                continue
            found = candidate(mapping, view)
            if found:
                value = found if slot.type == "list" else found[-1]
                if value is not None or view.slot(slot.name) is not None:
                    events.append(slot_set(slot.name, value))
                    break
            if mapping.type == "custom" and mapping.action and mapping.action not in done:
                done.add(mapping.action)
                events.extend(await _custom(runner, mapping.action, view))
    return await _validated(runner, view, events)


def applies(slot: Slot, mapping: SlotMapping, view: View) -> bool:
    """Whether a mapping may be used on the last message."""
    domain = view.state.domain
    if mapping.type == "from_entity" and mapping.entity not in domain.entity_set:
        return False
    if mapping.type == "from_intent" and not domain.intent_set.issuperset(mapping.intents):
        return False
    return (
        _intent_is_wanted(mapping, view, domain)
        and _conditions_hold(slot, mapping, view)
        and not _is_ambiguous(slot, mapping, view, domain)
    )


def candidate(mapping: SlotMapping, view: View) -> list[Any]:
    """The values a mapping finds in the last message; empty when none."""
    if mapping.type == "from_entity":
        return [
            entity.get("value")
            for entity in entities_of(view.latest_user)
            if entity.get("entity") == mapping.entity
            and entity.get("role") == mapping.role
            and entity.get("group") == mapping.group
        ]
    if mapping.type == "from_text":
        return [view.latest_text]
    if mapping.type == "from_intent":
        return [mapping.value]
    if mapping.type == "from_trigger_intent":
        loop, wanted = view.state.loop_name, mapping.loops()
        return [mapping.value] if loop is not None and (not wanted or loop in wanted) else []
    return []


def _intent_is_wanted(mapping: SlotMapping, view: View, domain: Domain) -> bool:
    intent = intent_of(view.latest_user)
    if mapping.intents:
        return intent in mapping.intents
    unwanted: tuple[Any, ...] = mapping.not_intents
    form = domain.forms.get(view.state.loop_name or "")
    if form is not None and (not mapping.conditions or form.name in mapping.loops()):
        unwanted = (*unwanted, *as_names(list(form.ignored_intents)))
    return intent not in unwanted


def _conditions_hold(slot: Slot, mapping: SlotMapping, view: View) -> bool:
    if not mapping.conditions or mapping.type == "from_trigger_intent":
        return True
    requested, loop = view.slot(REQUESTED_SLOT), view.state.loop_name
    if view.state.loop_rejected and requested == slot.name:
        return False
    for condition in mapping.conditions:
        if condition.active_loop is None and loop is None:
            return True
        here = bool(condition.active_loop) and condition.active_loop == loop
        if here and condition.requested_slot in {None, "", requested}:
            return True
    return False


def _is_ambiguous(slot: Slot, mapping: SlotMapping, view: View, domain: Domain) -> bool:
    """Whether another slot of the active form has the same mapping, and this slot is not the one asked for."""
    form = domain.forms.get(view.state.loop_name or "")
    if mapping.type != "from_entity" or form is None or view.slot(REQUESTED_SLOT) == slot.name:
        return False
    return slot.name in form.required_slots and mapping not in domain.unique_mappings[form.name]


async def _custom(runner: Runner, name: str, view: View) -> list[Event]:
    try:
        events = await runner.remote(name, view)
    except (ActionFailedError, ActionRejectedError) as error:
        logger.warning("The extraction by %s filled no slot: %s", name, error)
        return []
    return [event for event in events if event["event"] in {"slot", "bot"}]


async def _validated(runner: Runner, view: View, events: list[Event]) -> list[Event]:
    """Let `action_validate_slot_mappings` judge the candidates; what it does not mention stays."""
    slots = [event for event in events if event["event"] == "slot"]
    if ACTION_VALIDATE_SLOT_MAPPINGS not in view.state.domain.custom_action_set:
        return slots
    copy = view.fork(slots, since=view.restarted_at)
    try:
        answer = await runner.remote(ACTION_VALIDATE_SLOT_MAPPINGS, copy)
    except (ActionFailedError, ActionRejectedError) as error:
        # Rasa would keep what nobody has checked.
        logger.warning("The slots found in the message are dropped: %s", error)
        return []
    kept = [event for event in answer if event["event"] in {"slot", "bot"}]
    judged = {event["name"] for event in kept if event["event"] == "slot"}
    return kept + [event for event in slots if event["name"] not in judged]
