"""Reads `domain.yml` (or a folder of domain files) strictly into the plain data of a `Domain`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from bot.errors import Problem
from bot.project.names import REFUSED_ACTIONS
from bot.project.responses import read_response
from bot.project.slots import MAPPING_TYPES, SLOT_TYPES
from bot.project.yaml import Source, line_of, plain, yaml_files

_LIST_SECTIONS = ("intents", "entities", "actions")
_MAP_SECTIONS = ("slots", "responses", "forms")
_SECTIONS = ("version", *_LIST_SECTIONS, *_MAP_SECTIONS, "session_config", "config")
_SLOT_KEYS = {
    "type",
    "initial_value",
    "influence_conversation",
    "values",
    "min_value",
    "max_value",
    "mappings",
}
_MAPPING_KEYS = {"type", "entity", "role", "group", "intent", "not_intent", "value", "action", "conditions"}
_NEEDED_IN_MAPPING = {"from_entity": "entity", "from_intent": "value", "from_trigger_intent": "value"}


@dataclass(slots=True)
class DomainFiles:
    """A domain read from its files, and where each part of it stands."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    """`section.name` to (file, line)."""

    def place(self, key: str) -> tuple[str, int]:
        """File and line of `section.name`."""
        return self.places.get(key, ("domain.yml", 0))


def read_domain(root: Path, problems: list[Problem], location: str = "domain.yml") -> DomainFiles:
    """Read the project's domain: one file, or a folder named `domain` with several."""
    domain = DomainFiles()
    path = root / location
    folder = root / "domain"
    paths = [path] if path.is_file() else yaml_files(folder) if folder.is_dir() else []
    if not paths:
        problems.append(Problem("the project has no domain.yml", location))
    for one in paths:
        source = Source(one.relative_to(root).as_posix(), problems)
        read_domain_text(one.read_text(encoding="utf-8"), source, domain)
    return domain


def read_domain_text(text: str, source: Source, domain: DomainFiles) -> None:
    """Read one domain file into `domain`, merging it with what is there."""
    node = source.mapping(source.load(text), 1, "")
    if node is None:
        return
    source.only(node, _SECTIONS)
    for section in _LIST_SECTIONS:
        _merge_list(node, section, source, domain)
    readers: dict[str, Callable[[CommentedMap, str, Source], Any]] = {
        "slots": _slot,
        "responses": _response,
        "forms": _form,
    }
    for section in _MAP_SECTIONS:
        body = source.mapping(node.get(section), _line(node, section), section)
        if body is None:
            continue
        for name, _, line in source.entries(body):
            _claim(domain, section, name, source, line)
            read = readers[section](body, name, source)
            if read is not None:
                domain.data.setdefault(section, {})[name] = read
    _single(node, "session_config", {"session_expiration_time", "carry_over_slots_to_new_session"}, source, domain)
    _single(node, "config", {"store_entities_as_slots"}, source, domain)
    if "version" in node:
        domain.data["version"] = str(node["version"])


def _line(node: CommentedMap, key: str) -> int:
    return line_of(node, key) if key in node else 0


def _claim(domain: DomainFiles, section: str, name: str, source: Source, line: int) -> None:
    """Note where a name is declared; a second declaration is a problem."""
    key = f"{section}.{name}"
    if key in domain.places:
        file, first = domain.places[key]
        source.report(f"declared twice (also in {file}:{first})", line, key)
    domain.places.setdefault(key, (source.name, line))


def _merge_list(node: CommentedMap, section: str, source: Source, domain: DomainFiles) -> None:
    entries = source.sequence(node.get(section), _line(node, section), section)
    options = {
        "intents": {"use_entities", "ignore_entities"},
        "entities": {"roles", "groups", "influence_conversation"},
        "actions": {"send_domain"},
    }[section]
    for entry, line in source.items(entries) if entries is not None else ():
        if isinstance(entry, str):
            name = str(entry)
        elif isinstance(entry, CommentedMap) and len(entry) == 1:
            name = str(next(iter(entry)))
            body = source.mapping(entry[name], line, f"{section}.{name}")
            if body is None:
                source.report("nothing follows the colon: remove it", line, f"{section}.{name}")
                continue
            source.only(body, options, f"{section}.{name}")
        else:
            source.report("a name is expected here", line, section)
            continue
        if section == "actions" and name in REFUSED_ACTIONS:
            source.report(REFUSED_ACTIONS[name], line, f"{section}.{name}")
        _claim(domain, section, name, source, line)
        domain.data.setdefault(section, []).append(plain(entry))


def _single(node: CommentedMap, section: str, keys: set[str], source: Source, domain: DomainFiles) -> None:
    body = source.mapping(node.get(section), _line(node, section), section)
    if body is None:
        return
    _claim(domain, section, "", source, _line(node, section))
    source.only(body, keys, section)
    for name, value, line in source.entries(body):
        wanted: tuple[type, ...] = (int, float) if name == "session_expiration_time" else (bool,)
        if not isinstance(plain(value), wanted) or (wanted == (int, float) and isinstance(value, bool)):
            source.report(
                "a number is expected here" if wanted[0] is int else "true or false is expected here",
                line,
                f"{section}.{name}",
            )
    domain.data[section] = plain(body)


def _slot(slots: CommentedMap, name: str, source: Source) -> dict[str, Any] | None:
    key, line = f"slots.{name}", line_of(slots, name)
    body = source.mapping(slots[name], line, key)
    if body is None:
        source.report("a slot needs a type and mappings", line, key)
        return None
    source.only(body, _SLOT_KEYS, key)
    kind = str(body.get("type"))
    if kind not in SLOT_TYPES:
        source.report(f"slot type {kind!r} is not supported", _line(body, "type") or line, f"{key}.type")
        return None
    if "mappings" not in body:
        source.report("a slot needs mappings", line, f"{key}.mappings")
    if kind == "any" and body.get("influence_conversation"):
        source.report("a slot of type any cannot influence the conversation", line, f"{key}.influence_conversation")
    if kind == "categorical" and not body.get("values"):
        source.report("a categorical slot needs values", line, f"{key}.values")
    if kind == "float" and float(body.get("min_value", 0)) >= float(body.get("max_value", 1)):
        source.report("min_value must be below max_value", line, f"{key}.min_value")
    good = True
    mappings = source.sequence(body.get("mappings"), _line(body, "mappings"), f"{key}.mappings")
    for mapping, at in source.items(mappings) if mappings is not None else ():
        good = _check_mapping(mapping, at, f"{key}.mappings", source) and good
    return plain(body) if good else {**plain(body), "mappings": []}


def _check_mapping(mapping: Any, line: int, key: str, source: Source) -> bool:
    node = source.mapping(mapping, line, key)
    if node is None:
        return False
    before = len(source.problems)
    source.only(node, _MAPPING_KEYS, key)
    kind = node.get("type")
    if kind not in MAPPING_TYPES:
        source.report(f"mapping type {kind!r} is not supported", line, f"{key}.type")
        return False
    needed = _NEEDED_IN_MAPPING.get(kind)
    if needed and node.get(needed) is None:
        source.report(f"a {kind} mapping needs `{needed}`", line, f"{key}.{needed}")
    if kind != "custom" and "action" in node:
        source.report("only a custom mapping may name an action", line, f"{key}.action")
    conditions = source.sequence(node.get("conditions"), line, f"{key}.conditions")
    for condition, at in source.items(conditions) if conditions is not None else ():
        body = source.mapping(condition, at, f"{key}.conditions")
        if body is not None:
            source.only(body, {"active_loop", "requested_slot"}, f"{key}.conditions")
    return len(source.problems) == before


def _response(responses: CommentedMap, name: str, source: Source) -> list[dict[str, Any]] | None:
    return read_response(responses, name, source)


def _form(forms: CommentedMap, name: str, source: Source) -> dict[str, Any]:
    key, line = f"forms.{name}", line_of(forms, name)
    body = source.mapping(forms[name], line, key)
    if body is None:
        return {"required_slots": []}
    source.only(body, {"required_slots", "ignored_intents"}, key)
    if "required_slots" not in body:
        source.report("a form needs required_slots", line, f"{key}.required_slots")
    source.sequence(body.get("required_slots"), _line(body, "required_slots"), f"{key}.required_slots")
    return {"required_slots": [], **plain(body)}
