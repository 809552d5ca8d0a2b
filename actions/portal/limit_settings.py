"""How much is let through: the portal's limits, one environment variable each (`SOFY_` and the field's name)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from actions.portal.errors import SettingsError

_LARGEST: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Whole numbers. Those « per hour » and « per day » are of any such time, and 0 means no limit.

    Those of a clinic and in total are above what the busiest morning of a clinic with 20 000 patients brings (see
    docs/decisions.md). Failures can't be without limit: those that cost nothing are at least 1.
    """

    codes_per_hour: int = 5
    """Mailed for one account and clinic."""
    codes_per_day: int = 10
    mailbox_codes_per_hour: int = 20
    """Mailed to one mailbox for all accounts; beyond it one a minute, so that no stranger can keep its owner out."""
    clinic_codes_per_hour: int = 30_000
    total_codes_per_hour: int = 100_000
    address_codes_per_hour: int = 600
    """Mailed at the request of one address (a waiting room, a telephone company); beyond it one in ten seconds."""
    conversation_login_failures: int = 5
    """Failed logins of one conversation that cost nothing; after them it waits, longer each time."""
    name_login_failures: int = 10
    """Failed logins with one name or email, from anywhere, before conversations that failed wait for it."""
    conversation_match_failures: int = 8
    nam_match_failures: int = 10
    conversation_code_failures: int = 15
    address_login_failures_per_hour: int = 300
    """Failures from one address, whatever the conversations; beyond it a try is heard ten seconds after the last one
    that failed. So too in the next two."""
    address_match_failures_per_hour: int = 300
    address_code_failures_per_hour: int = 600
    clinic_match_failures_per_hour: int = 10_000
    """Beyond it conversations that failed already wait; a first try is always heard. So too in the next two."""
    total_match_failures_per_hour: int = 50_000
    total_login_failures_per_hour: int = 20_000


def read_limits(variables: Mapping[str, str]) -> Limits:
    """Read the limits; what is not set, or empty, is as by default.

    Raises:
        SettingsError: a limit is not a whole number, or out of range (French sentence, no value in it).
    """
    given = {each.name: _number(variables, each.name) for each in fields(Limits)}
    return Limits(**{name: number for name, number in given.items() if number is not None})


def _number(variables: Mapping[str, str], name: str) -> int | None:
    variable = f"SOFY_{name.upper()}"
    text = variables.get(variable, "").strip()
    if not text:
        return None
    least = 1 if name.endswith("_failures") else 0
    if not (text.isascii() and text.isdigit() and len(text) <= 8 and least <= int(text) <= _LARGEST):
        hint = "au moins 1" if least else "0 pour ne pas limiter"
        raise SettingsError(f"{variable} doit être un nombre entier d’au plus {_LARGEST} ({hint}).")
    return int(text)
