"""Which value a message is about: the courriel, the NAM …"""

from __future__ import annotations

from actions.rules.text import fold
from actions.steps import family
from actions.turn import Turn

CHANGEABLE = ("email", "nam", "username", "password")
"""What can be corrected during a signup."""

SHORT = 5
"""« le NAM », « mon courriel svp »: a message of at most this many words that names a value is about changing it."""

_NAMED = {
    "email": ("courriel", "couriel", "email", "e-mail", "mail", "imel"),
    "nam": ("nam", "carte", "assurance maladie", "numero"),
    "username": ("utilisateur", "username", "usager", "nom"),
    "password": ("passe", "mdp", "password"),
    "clinic": ("cliniqu", "clinic", "clinik"),
}


def field_named(turn: Turn) -> str | None:
    """The value meant: by the entity `field`, by a value of it, or by the word used."""
    entity = turn.value("field")
    if entity is not None:
        return entity
    for name in ("email", "nam"):
        if turn.values(name):
            return name
    folded = fold(turn.text)
    return next((field for field, names in _NAMED.items() if any(name in folded for name in names)), None)


def explained(turn: Turn, asked: str) -> tuple[str, ...]:
    """Responses that may tell why, the fittest first: « pourquoi mon courriel? » at the NAM is about the courriel."""
    named = turn.value("field")
    slots = [{"clinic": "clinic_query", "code": "activation_code"}.get(named, named)] if named else []
    slots += [asked, family(asked)] if asked else []
    return (*(f"utter_explain_{slot}" for slot in slots), "utter_explain")


def names_only(turn: Turn) -> str | None:
    """The changeable value that a short message names and says nothing else of."""
    if turn.is_payload or turn.words > SHORT or turn.is_question:
        return None
    field = field_named(turn)
    return field if field in CHANGEABLE else None
