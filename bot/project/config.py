"""`config.yml`: language, pipeline (kept as data for the NLU part) and policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from bot.errors import Problem
from bot.project.policies import MemoizationConfig, RuleConfig
from bot.project.yaml import Source, expand, line_of, plain

_KEYS = {"recipe", "language", "pipeline", "policies", "assistant_id", "version"}
_RULE_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "priority": (int,),
    "core_fallback_threshold": (int, float),
    "core_fallback_action_name": (str,),
    "enable_fallback_prediction": (bool,),
    "restrict_rules": (bool,),
    "check_for_contradictions": (bool,),
    "use_nlu_confidence_as_score": (bool,),
}
_MEMOIZATION_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "priority": (int,),
    "max_history": (int,),
    "use_nlu_confidence_as_score": (bool,),
    "enable_feature_string_compression": (bool,),
}


@dataclass(frozen=True, slots=True)
class Config:
    """What `config.yml` says."""

    language: str = "fr"
    assistant_id: str | None = None
    pipeline: list[dict[str, Any]] = field(default_factory=list)
    rule: RuleConfig = field(default_factory=RuleConfig)
    memoization: MemoizationConfig | None = None

    def policies_json(self) -> dict[str, Any]:
        """The policies' options as plain JSON."""
        return {
            "rule": asdict(self.rule),
            "memoization": asdict(self.memoization) if self.memoization else None,
        }


def read_config(
    root: Path,
    problems: list[Problem],
    environment: Mapping[str, str] | None = None,
    location: str = "config.yml",
) -> Config:
    """Read the project's config; problems are added to the list."""
    path = root / location
    if not path.is_file():
        problems.append(Problem("the project has no config.yml", location))
        return Config()
    return read_config_text(path.read_text(encoding="utf-8"), Source(location, problems), environment)


def read_config_text(text: str, source: Source, environment: Mapping[str, str] | None = None) -> Config:
    """Read the text of a config file."""
    node = source.mapping(source.load(text), 1, "")
    if node is None:
        return Config()
    source.only(node, _KEYS)
    if node.get("recipe", "default.v1") != "default.v1":
        source.report("only the recipe default.v1 is supported", line_of(node, "recipe"), "recipe")
    rule, memoization = _policies(node, source)
    pipeline = source.sequence(node.get("pipeline"), line_of(node, "pipeline"), "pipeline")
    components = []
    for item, line in source.items(pipeline) if pipeline is not None else ():
        body = source.mapping(item, line, "pipeline")
        if body is not None:
            components.append(expand(plain(body), source, environment, "pipeline"))
    return Config(
        language=str(node.get("language", "fr")),
        assistant_id=str(node["assistant_id"]) if node.get("assistant_id") else None,
        pipeline=components,
        rule=rule,
        memoization=memoization,
    )


def _policies(node: CommentedMap, source: Source) -> tuple[RuleConfig, MemoizationConfig | None]:
    items = source.sequence(node.get("policies"), line_of(node, "policies"), "policies")
    if not items:
        source.report(
            "list the policies: RulePolicy, and MemoizationPolicy for stories", line_of(node, "policies"), "policies"
        )
        return RuleConfig(), None
    rule: RuleConfig | None = None
    memoization: MemoizationConfig | None = None
    for item, line in source.items(items):
        body = source.mapping(item, line, "policies")
        name = str(body.get("name")) if body is not None else ""
        if body is None:
            continue
        if name == "RulePolicy":
            rule = RuleConfig(**_options(body, _RULE_KEYS, name, source))
        elif name == "MemoizationPolicy":
            options = _options(body, _MEMOIZATION_KEYS, name, source)
            options.pop("enable_feature_string_compression", None)
            memoization = MemoizationConfig(**options)
        else:
            source.report(
                f"the policy {name} is not supported (RulePolicy and MemoizationPolicy are)", line, f"policies.{name}"
            )
    if rule is None:
        source.report("RulePolicy is missing", line_of(node, "policies"), "policies")
    return rule or RuleConfig(), memoization


def _options(body: CommentedMap, known: dict[str, tuple[type, ...]], name: str, source: Source) -> dict[str, Any]:
    key = f"policies.{name}"
    source.only(body, known, key)
    answer: dict[str, Any] = {}
    for option, value, line in source.entries(body):
        if option == "name" or option not in known or value is None:
            continue
        kinds = known[option]
        clean = plain(value)
        if not isinstance(clean, kinds) or (isinstance(clean, bool) and bool not in kinds):
            source.report(f"{kinds[0].__name__} expected", line, f"{key}.{option}")
        else:
            answer[option] = clean
    return answer
