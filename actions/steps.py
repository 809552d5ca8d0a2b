"""The order of the questions, what may be corrected, and the steps a patient is told about."""

from __future__ import annotations

from typing import Final

SIGNUP_ORDER: Final = (
    "email",
    "nam",
    "username",
    "password",
    "password_confirmation",
    "terms_accepted",
    "privacy_accepted",
    "signup_confirmed",
)
"""The guide's order."""

SIGNUP_SLOTS: Final = (
    *SIGNUP_ORDER,
    "resume_draft",
    "email_correction",
    "nam_province",
    "nam_correction",
    "nam_confirmation",
)

SECRETS: Final = frozenset({"password", "password_confirmation", "login_password", "activation_code"})

BY_LINK: Final = SECRETS - {"activation_code"}
"""Secrets that are never typed where there is no masked field. A code comes by email and dies when it is used."""

YES_NO: Final = frozenset(
    {
        "cancel_confirmed",
        "resume_draft",
        "email_correction",
        "nam_correction",
        "nam_confirmation",
        "terms_accepted",
        "privacy_accepted",
        "signup_confirmed",
        "another_clinic",
    }
)

PARENT: Final = {
    "email_correction": "email",
    "nam_province": "nam",
    "nam_correction": "nam",
    "nam_confirmation": "nam",
    "password_confirmation": "password",
    "privacy_accepted": "terms_accepted",
    "clinic_choice": "clinic_query",
}
"""The question that a question in between belongs to: for help, explanations and the way back."""

STEPS: Final = ("email", "nam", "username", "password", "terms", "clinic")
"""What a patient is told (« étape 2 de 6 »); names of the responses `utter_step_*`."""

STEP_OF: Final = {
    "resume_draft": 1,
    "email": 1,
    "nam": 2,
    "username": 3,
    "password": 4,
    "terms_accepted": 5,
    "signup_confirmed": 5,
    "clinic_query": 6,
    "match_repair": 6,
    "activation_code": 6,
}

SMALL_QUESTIONS: Final = frozenset({"email_correction", "nam_province", "nam_correction", "nam_confirmation"})


def family(slot: str) -> str:
    """The main question that `slot` belongs to."""
    return PARENT.get(slot, slot)
