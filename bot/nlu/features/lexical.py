"""Rasa's LexicalSyntacticFeaturizer."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.nlu.component import Component
from bot.nlu.message import Message
from bot.nlu.options import OptionError

_KNOWN = frozenset(
    (
        "low",
        "title",
        "upper",
        "digit",
        "BOS",
        "EOS",
        "prefix2",
        "prefix5",
        "suffix1",
        "suffix2",
        "suffix3",
        "suffix5",
    )
)
_DEFAULT = (
    ("low", "title", "upper"),
    ("BOS", "EOS", "low", "upper", "title", "digit"),
    ("low", "title", "upper"),
)


@dataclass(frozen=True, slots=True)
class LexicalSyntacticOptions:
    """Options of LexicalSyntacticFeaturizer."""

    features: list[list[str]] = field(default_factory=lambda: [list(part) for part in _DEFAULT])
    """Features of the token before, the token itself and the token after."""
    alias: str | None = None
    """A name for the component."""


class LexicalSyntacticFeaturizer(Component[LexicalSyntacticOptions]):
    """Describes single tokens for sequence taggers (DIET, CRF).

    None of those is built here and, as in Rasa, classifiers of whole messages do not read
    token features; so, once its options are checked, there is nothing to compute.
    """

    name = "LexicalSyntacticFeaturizer"
    options_type = LexicalSyntacticOptions

    def check(self) -> None:
        """Refuse unknown features and an even window, as Rasa does."""
        if len(self.options.features) % 2 == 0:
            raise OptionError("features", "expected an odd number of lists (before, token, after)")
        for name in (name for part in self.options.features for name in part):
            if name not in _KNOWN:
                raise OptionError("features", f"unknown feature {name!r} (known: {', '.join(sorted(_KNOWN))})")

    def process(self, message: Message) -> None:
        """Nothing here reads token features."""
