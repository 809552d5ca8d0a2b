"""What is learnt from rules and stories: plain data that is read back without any YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.dialogue.rules import Rule, RuleIndex
from bot.dialogue.traces import TraceRules
from bot.project.policies import MemoizationConfig, RuleConfig

FORMAT = 1

LOOP_WAS_INTERRUPTED = "loop_was_interrupted"
DO_NOT_PREDICT_LOOP = "do_not_predict_loop_action"


@dataclass(frozen=True)
class Core:
    """Compiled rules and stories, with the policies' options."""

    rule_config: RuleConfig = field(default_factory=RuleConfig)
    memoization: MemoizationConfig | None = None
    rules: tuple[Rule, ...] = ()
    unhappy: tuple[Rule, ...] = ()
    """What a form is told when something else happened inside it; the rules' `action` is one of two marks."""
    memory: Mapping[str, str] = field(default_factory=dict)
    """Text of the visible states of a story to the action that follows."""
    memory_length: int = 0
    """How many visible states matter."""
    hidden_sources: frozenset[str] = frozenset()
    """Default intents and forms (`intent …`, `loop …`, `listen …`) whose turns memoization does not see."""
    rule_only_slots: frozenset[str] = frozenset()
    rule_only_loops: frozenset[str] = frozenset()

    @cached_property
    def rule_index(self) -> RuleIndex:
        """The rules, ready to be matched."""
        return RuleIndex(self.rules)

    @cached_property
    def unhappy_index(self) -> RuleIndex:
        """The marks for forms, ready to be matched."""
        return RuleIndex(self.unhappy)

    def traces(self) -> TraceRules | None:
        """What a `Tracker` needs so that stories can be recalled; None when there are none."""
        if not self.memory:
            return None
        return TraceRules(self.memory_length, self.rule_only_slots, self.rule_only_loops)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON that `from_json` reads back."""
        return {
            "format": FORMAT,
            "rule_config": _options(self.rule_config),
            "memoization": _options(self.memoization) if self.memoization else None,
            "rules": [rule.to_json() for rule in self.rules],
            "unhappy": [rule.to_json() for rule in self.unhappy],
            "memory": dict(self.memory),
            "memory_length": self.memory_length,
            "hidden_sources": sorted(self.hidden_sources),
            "rule_only_slots": sorted(self.rule_only_slots),
            "rule_only_loops": sorted(self.rule_only_loops),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Core:
        """Read back what `to_json` gave. Raises ValueError for another format."""
        if data.get("format") != FORMAT:
            raise ValueError("the compiled rules are of another version: train again")
        memoization = data["memoization"]
        return cls(
            rule_config=RuleConfig(**data["rule_config"]),
            memoization=MemoizationConfig(**memoization) if memoization else None,
            rules=tuple(Rule.from_json(rule) for rule in data["rules"]),
            unhappy=tuple(Rule.from_json(rule) for rule in data["unhappy"]),
            memory=data["memory"],
            memory_length=data["memory_length"],
            hidden_sources=frozenset(data["hidden_sources"]),
            rule_only_slots=frozenset(data["rule_only_slots"]),
            rule_only_loops=frozenset(data["rule_only_loops"]),
        )


def _options(config: RuleConfig | MemoizationConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in type(config).__dataclass_fields__}
