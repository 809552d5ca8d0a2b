"""Options of the two policies, without anything that reads YAML (`sofy run` needs them too)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.project.names import ACTION_DEFAULT_FALLBACK


@dataclass(frozen=True, slots=True)
class RuleConfig:
    """Options of RulePolicy, with Rasa's defaults."""

    priority: int = 4
    core_fallback_threshold: float = 0.3
    core_fallback_action_name: str = ACTION_DEFAULT_FALLBACK
    enable_fallback_prediction: bool = True
    restrict_rules: bool = True
    check_for_contradictions: bool = True
    use_nlu_confidence_as_score: bool = False


@dataclass(frozen=True, slots=True)
class MemoizationConfig:
    """Options of MemoizationPolicy, with Rasa's defaults (no `max_history`: the whole conversation)."""

    priority: int = 3
    max_history: int | None = None
    use_nlu_confidence_as_score: bool = False
