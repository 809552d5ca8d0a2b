"""Natural-language understanding: text in, intent and entities out. Inference needs NumPy only."""

from bot.nlu.data import EntityAnnotation, Example, NluData
from bot.nlu.errors import ModelFormatError, NluError, TrainingError
from bot.nlu.pipeline import Pipeline
from bot.nlu.result import ParseResult

__all__ = [
    "EntityAnnotation",
    "Example",
    "ModelFormatError",
    "NluData",
    "NluError",
    "ParseResult",
    "Pipeline",
    "TrainingError",
]
