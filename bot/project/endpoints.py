"""`endpoints.yml` and `credentials.yml`, with `${VARIABLE}` read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import Problem
from bot.project.yaml import Source, expand, plain

_SECTIONS = {"action_endpoint", "tracker_store", "lock_store", "privacy"}
_ACTION_KEYS = {"url", "headers", "token", "token_name", "enable_selective_domain", "basic_auth"}


@dataclass(frozen=True, repr=False, slots=True)
class Endpoints:
    """What `endpoints.yml` says, as data; its `repr` shows no value (they hold passwords)."""

    action_endpoint: dict[str, Any] | None = None
    tracker_store: dict[str, Any] | None = None
    lock_store: dict[str, Any] | None = None
    privacy: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Names only."""
        return "Endpoints(…)"


def read_endpoints(
    root: Path,
    problems: list[Problem],
    environment: Mapping[str, str] | None = None,
    location: str = "endpoints.yml",
) -> Endpoints:
    """Read the project's endpoints; no file means none."""
    data, source = _read(root / location, location, problems, environment)
    for section in data:
        if section not in _SECTIONS:
            source.report("this section is not supported", key=section)
    for section, value in data.items():
        if value is not None and not isinstance(value, dict):
            source.report("a mapping is expected here", key=section)
    action = data.get("action_endpoint")
    if isinstance(action, dict):
        for name in set(action) - _ACTION_KEYS:
            source.report("this key is not supported", key=f"action_endpoint.{name}")
        if not str(action.get("url") or "").startswith(("http://", "https://")):
            source.report("a URL starting with http:// or https:// is needed", key="action_endpoint.url")
    known = {name: value for name, value in data.items() if name in _SECTIONS and isinstance(value, dict)}
    return Endpoints(**known)


def read_credentials(
    root: Path,
    problems: list[Problem],
    environment: Mapping[str, str] | None = None,
    location: str = "credentials.yml",
) -> dict[str, dict[str, Any]]:
    """Read the channels' credentials: channel name to its options (which channels exist is the channels' matter)."""
    data, source = _read(root / location, location, problems, environment)
    answer: dict[str, dict[str, Any]] = {}
    for channel, options in data.items():
        if options is None or isinstance(options, dict):
            answer[channel] = options or {}
        else:
            source.report("a mapping is expected here", key=channel)
    return answer


def _read(
    path: Path, name: str, problems: list[Problem], environment: Mapping[str, str] | None
) -> tuple[dict[str, Any], Source]:
    source = Source(name, problems)
    if not path.is_file():
        return {}, source
    node = source.mapping(source.load(path.read_text(encoding="utf-8")), 1, "")
    data = expand(plain(node), source, environment) if node is not None else {}
    return data, source
