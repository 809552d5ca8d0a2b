"""What can go wrong with a pipeline, beside a wrong `config.yml` (`bot.errors.ProjectError`)."""

from __future__ import annotations

from bot.errors import SofyError


class NluError(SofyError):
    """Base of the package's errors."""


class TrainingError(NluError):
    """The training data cannot be learnt from."""


class ModelFormatError(NluError):
    """The files of a model are not ones this version can read."""
