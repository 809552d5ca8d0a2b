"""Names that Rasa gives a meaning of its own (`rasa/shared/core/constants.py`)."""

from __future__ import annotations

from typing import Final

ACTION_LISTEN: Final = "action_listen"
ACTION_RESTART: Final = "action_restart"
ACTION_SESSION_START: Final = "action_session_start"
ACTION_DEFAULT_FALLBACK: Final = "action_default_fallback"
ACTION_DEACTIVATE_LOOP: Final = "action_deactivate_loop"
ACTION_ASK_AFFIRMATION: Final = "action_default_ask_affirmation"
ACTION_ASK_REPHRASE: Final = "action_default_ask_rephrase"
ACTION_TWO_STAGE_FALLBACK: Final = "action_two_stage_fallback"
ACTION_BACK: Final = "action_back"
ACTION_EXTRACT_SLOTS: Final = "action_extract_slots"
ACTION_VALIDATE_SLOT_MAPPINGS: Final = "action_validate_slot_mappings"
RULE_SNIPPET: Final = "..."

DEFAULT_ACTIONS: Final = (
    ACTION_LISTEN,
    ACTION_RESTART,
    ACTION_SESSION_START,
    ACTION_DEFAULT_FALLBACK,
    ACTION_DEACTIVATE_LOOP,
    ACTION_ASK_AFFIRMATION,
    ACTION_ASK_REPHRASE,
    ACTION_TWO_STAGE_FALLBACK,
    ACTION_BACK,
    RULE_SNIPPET,
    ACTION_EXTRACT_SLOTS,
)
"""Actions that need no declaration; `action_listen` is first, as in Rasa (the choice when nothing is likely)."""

REFUSED_ACTIONS: Final = {
    "action_unlikely_intent": "it needs UnexpecTEDIntentPolicy, which is not supported",
    "action_revert_fallback_events": "it belongs to TwoStageFallbackPolicy, removed in Rasa 3",
}

INTENT_RESTART: Final = "restart"
INTENT_OUT_OF_SCOPE: Final = "out_of_scope"
INTENT_NLU_FALLBACK: Final = "nlu_fallback"
DEFAULT_INTENTS: Final = (INTENT_RESTART, "back", INTENT_OUT_OF_SCOPE, "session_start", INTENT_NLU_FALLBACK)
DEFAULT_INTENT_ACTIONS: Final = {
    INTENT_RESTART: ACTION_RESTART,
    "back": ACTION_BACK,
    "session_start": ACTION_SESSION_START,
}
"""Intents that Rasa answers by itself, right after `action_listen`."""

INTENT_PAGE_RELOADED: Final = "page_reloaded"
INTENT_ERASE_DATA: Final = "erase_data"
CHANNEL_INTENTS: Final = (INTENT_PAGE_RELOADED, INTENT_ERASE_DATA)
"""Intents that the web chat sends by itself: nobody says them, so they need no examples."""

REQUESTED_SLOT: Final = "requested_slot"
SESSION_METADATA_SLOT: Final = "session_started_metadata"
OWN_SLOTS: Final = frozenset({REQUESTED_SLOT, SESSION_METADATA_SLOT})
"""Slots that exist by themselves and are never extracted from messages."""

SHOULD_NOT_BE_SET: Final = "should_not_be_set"
"""What `null` means in a rule: the slot or loop must be unset (`null` elsewhere only says nothing)."""

UTTER: Final = "utter_"
