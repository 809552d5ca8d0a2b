"""Who the simulated patients are: their card, their mailbox, their way of writing, and what will go wrong."""

from __future__ import annotations

import csv
import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from actions.rules.ramq import check_digit

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "data/demo"
REGISTERS = ("careful", "plain", "spoken", "texting")
PROVIDERS = ("gmail.com", "hotmail.com", "outlook.com", "videotron.ca", "yahoo.ca", "sympatico.ca", "example.com")
TYPOS = {
    "gmail.com": ("gmial.com", "gmai.com", "gmail.con"),
    "hotmail.com": ("hotnail.com", "hotmial.com", "hotmail.con"),
    "outlook.com": ("outlok.com", "outloook.com"),
    "videotron.ca": ("videotrn.ca", "vidoetron.ca"),
    "yahoo.ca": ("yaho.ca", "yahooo.ca"),
    "sympatico.ca": ("sympatioc.ca", "sympatco.ca"),
}
FIRST = ("Lucie", "Marc", "Aïcha", "Jean", "Sophie", "Pierre", "Nadia", "Olivier", "Julie", "Étienne", "Zoé", "Wei")
LAST = ("Tremblay", "Gagnon", "Roy", "Côté", "Bouchard", "Gauthier", "Morin", "Lavoie", "Fortin", "Gagné", "Ouellet")
WORDS = ("Canots", "Erables", "Lanternes", "Brouillard", "Tuque", "Violons", "Falaise", "Moulin", "Gadelles")
BETWEEN = ("Verts", "Calmes", "Ronds", "Anciens", "Pressés")
NAS = ("130692544", "193456787")
"""Numbers whose digits pass for a NAS; published examples, nobody's."""

SLIPS: Mapping[str, Sequence[str]] = {
    "email": ("domain_typo", "domain_typo", "no_at", "no_dot", "two", "name_only", "typo_kept"),
    "nam": ("nas", "nas_said", "check", "look_alike", "short", "month", "letters", "phone"),
    "username": ("short", "accent", "dot", "taken", "spaces", "nam"),
    "password": ("short", "no_upper", "no_digit", "no_special", "common", "personal", "spaces"),
    "password_confirmation": ("mismatch", "mismatch_twice"),
    "terms_accepted": ("refuse",),
    "privacy_accepted": ("refuse", "vague"),
    "signup_confirmed": ("vague", "change_email", "change_nam", "change_username", "say_no"),
    "clinic_query": ("short", "common", "unknown", "long"),
    "clinic_choice": ("out_of_range", "none", "vague"),
    "activation_code": ("wrong", "wrong_thrice", "old", "expired", "other_page", "too_soon", "words", "dead"),
}
ASIDES = (
    *("question",) * 6,
    *("answer_and_question",) * 3,
    *("explain", "help", "status", "repeat", "human", "bot", "upset", "thanks", "hello", "chat", "emoji", "noise"),
    *("english", "emergency", "medical", "wait", "refuse", "long", "too_long", "twice", "silence", "reload"),
    *("back", "correct_email", "correct_nam", "correct_username", "correct_password", "correct_email_to"),
    *("correct_nam_to", "cancel_no", "cancel_return", "restart", "night"),
)


@dataclass(frozen=True)
class Site:
    """A clinic's site, as its patients know it."""

    clinic_id: str
    name: str
    site: str
    city: str
    address: str


@dataclass(frozen=True)
class Patient:
    """One patient. `slips`: the mistakes made before the good answer, by question; `asides`: what else is said."""

    seed: str
    number: int
    first: str
    last: str
    email: str
    nam: str
    province: str
    site: Site
    username: str
    password: str
    register: str
    channel: str
    """`webchat` (masked fields, buttons) or `plain` (one ordinary box, text only)."""
    opening: str
    slips: dict[str, list[str]] = field(default_factory=dict)
    asides: list[str] = field(default_factory=list)
    old_email: str | None = None
    """Given at first, though the clinic has another one."""
    talkative: float = 0.2
    second_clinic: Site | None = None

    @property
    def flawless(self) -> bool:
        """Makes no mistake, asks nothing, changes nothing."""
        return not self.slips and not self.asides and self.old_email is None and self.opening in ("click", "ask")

    @property
    def conversation(self) -> str:
        """The conversation's id."""
        return f"{self.seed}-{self.number}"


def load_phrases() -> dict[str, dict[str, list[str]]]:
    """The phrases, by what they say and register."""
    loaded: dict[str, Any] = YAML(typ="safe").load(HERE / "phrases.yml")
    return loaded


def load_sites() -> list[Site]:
    """The demo's clinics."""
    with (DEMO / "clinics.csv").open(encoding="utf-8", newline="") as file:
        return [
            Site(row["clinic_id"], row["clinic_name"], row["site_name"], row["city"], row["address"])
            for row in csv.DictReader(file)
        ]


def make_patient(seed: str, number: int, sites: Sequence[Site]) -> Patient:
    """The same patient for the same seed and number."""
    rng = random.Random(f"{seed}:{number}")
    first, last = rng.choice(FIRST), rng.choice(LAST)
    province = rng.choices(("QC", "ON", "NB"), (0.84, 0.1, 0.06))[0]
    care = rng.random()
    flawless = care < 0.2
    slips = {} if flawless else _slips(rng, 0.05 + 0.3 * care)
    asides = [] if flawless else rng.choices(ASIDES, k=rng.choice((0, 1, 1, 2, 2, 3, 4, 6)))
    provider = rng.choice(PROVIDERS)
    local = f"{_plain(first)}.{_plain(last)}{number}"
    site = rng.choice(sites)
    other = rng.choice([one for one in sites if one.clinic_id != site.clinic_id])
    return Patient(
        seed=seed,
        number=number,
        first=first,
        last=last,
        email=f"{local}@{provider}",
        nam=_nam(rng, first, last, province, number),
        province=province,
        site=site,
        username=rng.choice(
            (f"{_plain(first)}_{number:04}", f"{_plain(last)}{number:04}", f"{_plain(first)}{_plain(last)}{number}")
        )[:30],
        password=f"{rng.choice(WORDS)}-{rng.choice(BETWEEN)}!{rng.randint(10, 99)}",
        register=rng.choice(REGISTERS),
        channel=rng.choices(("webchat", "plain"), (0.75, 0.25))[0],
        opening=rng.choices(("click", "ask", "hello", "with_email"), (0.35, 0.35, 0.2, 0.1))[0],
        slips=slips,
        asides=asides,
        old_email=f"{_plain(last)}.{number}@ancien.example.com" if not flawless and rng.random() < 0.06 else None,
        talkative=rng.choice((0.1, 0.25, 0.5)),
        second_clinic=other if not flawless and rng.random() < 0.08 else None,
    )


def _slips(rng: random.Random, chance: float) -> dict[str, list[str]]:
    made = {}
    for slot, kinds in SLIPS.items():
        if rng.random() < chance:
            made[slot] = rng.sample(kinds, k=min(rng.choice((1, 1, 1, 2, 3)), len(kinds)))
    return made


def _nam(rng: random.Random, first: str, last: str, province: str, number: int) -> str:
    if province == "NB":
        return f"{800_000_000 + 37 * number + rng.randint(0, 36)}"
    if province == "ON":
        body = f"{6 + rng.randint(0, 3)}{number:06}{rng.randint(0, 99):02}"
        return body + str(_luhn(body))
    born = date(rng.randint(1935, 2005), rng.randint(1, 12), rng.randint(1, 28))
    woman = rng.random() < 0.5
    letters = f"{_plain(last).upper():X<3.3}{_plain(first).upper():.1}"
    sequence = str(rng.randint(1, 9))
    month = born.month + (50 if woman else 0)
    digit = check_digit(letters, born, woman=woman, sequence=sequence)
    return f"{letters}{born.year % 100:02}{month:02}{born.day:02}{sequence}{digit}"


def _luhn(body: str) -> int:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(body, 1 if len(body) % 2 == 0 else 0)]
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


def _plain(name: str) -> str:
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()
