"""Everything that is wrong with a project, at once (`sofy data validate`)."""

from __future__ import annotations

from pathlib import Path

from bot.dialogue.training import compile_core
from bot.errors import Problem
from bot.project.checks import check_project
from bot.project.endpoints import read_credentials, read_endpoints
from bot.project.project import read_project


def validate_project(root: Path) -> list[Problem]:
    """Read, check and compile the project below `root`; errors first, then by file and line."""
    problems: list[Problem] = []
    project = read_project(root, problems)
    read_endpoints(root, problems)
    read_credentials(root, problems)
    check_project(project, problems)
    compile_core(project.domain, project.config, project.stories, problems)
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda problem: (problem.severity != "error", problem.file, problem.line, problem.key))
