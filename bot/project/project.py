"""A whole project, read from its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem, ProjectError
from bot.nlu.data import NluData
from bot.project.config import Config, read_config
from bot.project.domain import Domain
from bot.project.domain_reader import DomainFiles, read_domain
from bot.project.endpoints import Endpoints, read_credentials, read_endpoints
from bot.project.nlu_reader import NluCollector, read_nlu
from bot.project.stories import Story, StoryReader
from bot.project.yaml import Source, yaml_files

_SECTIONS = {"version", "nlu", "rules", "stories"}


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the files of a project say."""

    root: Path
    domain: Domain
    domain_files: DomainFiles
    config: Config
    stories: tuple[Story, ...]
    """Stories and rules, in the order of the files."""
    nlu: NluData


def read_project(root: Path, problems: list[Problem], environment: Mapping[str, str] | None = None) -> Project:
    """Read a project as far as it can be read; what is wrong is added to `problems`."""
    files = read_domain(root, problems)
    domain = Domain(files.data)
    config = read_config(root, problems, environment)
    stories: list[Story] = []
    collector = NluCollector()
    for path in yaml_files(root / "data") if (root / "data").is_dir() else []:
        source = Source(path.relative_to(root).as_posix(), problems)
        node = source.mapping(source.load(path.read_text(encoding="utf-8")), 1, "")
        if node is None:
            continue
        source.only(node, _SECTIONS)
        if "nlu" in node:
            read_nlu(node, source, collector)
        stories.extend(StoryReader(source, domain).read(node))
    return Project(root, domain, files, config, tuple(stories), collector.data())


def load_project(root: Path, environment: Mapping[str, str] | None = None) -> Project:
    """Read a project. Raises ProjectError with everything the reading found wrong."""
    problems: list[Problem] = []
    project = read_project(root, problems, environment)
    _raise_errors(problems)
    return project


def load_endpoints(root: Path, environment: Mapping[str, str] | None = None) -> Endpoints:
    """Read `endpoints.yml`. Raises ProjectError."""
    problems: list[Problem] = []
    endpoints = read_endpoints(root, problems, environment)
    _raise_errors(problems)
    return endpoints


def load_credentials(root: Path, environment: Mapping[str, str] | None = None) -> dict[str, dict[str, object]]:
    """Read `credentials.yml`. Raises ProjectError."""
    problems: list[Problem] = []
    credentials = read_credentials(root, problems, environment)
    _raise_errors(problems)
    return credentials


def read_test_stories(paths: Iterable[Path], domain: Domain, root: Path | None = None) -> list[Story]:
    """Read test stories from files (a folder stands for every YAML file below it). Raises ProjectError."""
    problems: list[Problem] = []
    stories: list[Story] = []
    for given in paths:
        for path in yaml_files(given) if given.is_dir() else [given]:
            name = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.as_posix()
            source = Source(name, problems)
            node = source.mapping(source.load(path.read_text(encoding="utf-8")), 1, "")
            if node is not None:
                source.only(node, {"version", "stories"})
                stories.extend(StoryReader(source, domain, test=True).read(node))
    _raise_errors(problems)
    return stories


def _raise_errors(problems: list[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ProjectError(errors)
