"""What a patient types at a question: the good answer in their own words, or one of the usual mistakes."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.simulation.patients import NAS, TYPOS, Patient
from tests.simulation.world import TAKEN

_ORDINALS = ("première", "deuxième", "troisième", "quatrième", "cinquième")
_COMMON = re.compile(r"\b(?:clinique|médicale?|centre|gmf|familiale|du|de|des|la|les|l’|d’)\b\s*", re.IGNORECASE)
_DIGITS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
PROVINCES = {"ON": "l’Ontario", "NB": "Nouveau-Brunswick"}


@dataclass(frozen=True)
class Answer:
    """A text, the values in it by slot, and whether they are what was asked for."""

    text: str
    good: bool = True
    values: Mapping[str, str | None] = field(default_factory=dict)


class Pen:
    """One patient's way of writing."""

    def __init__(self, patient: Patient, phrases: Mapping[str, Mapping[str, Sequence[str]]], rng: random.Random):
        self.patient, self._phrases, self.rng = patient, phrases, rng
        self.site = patient.site

    def phrase(self, what: str, register: str | None = None, /, **values: str) -> str:
        """One way to say it in the patient's register."""
        ways = self._phrases[what]
        chosen: str = self.rng.choice(ways.get(register or self.patient.register) or ways["plain"])
        return chosen.format(**values)

    def question(self) -> str:
        """A question to add to an answer."""
        return self.phrase("question_beside")

    # -- the good answers

    def email(self, value: str, *, bare: bool = False) -> Answer:
        """The address."""
        typed = value
        if not bare and self.rng.random() < 0.08:
            typed = value.replace("@", " arobase ").replace(".", " point ")
        elif self.rng.random() < 0.1:
            typed = value.upper()
        return Answer(typed if bare else self.phrase("email", value=typed), values={"email": value})

    def nam(self, value: str, *, bare: bool = False) -> Answer:
        """The number, grouped or not."""
        typed = value
        if self.patient.province == "QC":
            typed = self.rng.choice((value, f"{value[:4]} {value[4:8]} {value[8:]}", value.lower()))
        elif self.patient.province == "ON":
            typed = self.rng.choice((value, f"{value[:4]}-{value[4:7]}-{value[7:]}", f"{value} AB"))
        elif self.rng.random() < 0.5:
            typed = f"{value[:3]} {value[3:6]} {value[6:]}"
        if bare:
            return Answer(value, values={"nam": value})
        if self.patient.province in PROVINCES and self.rng.random() < 0.5:
            province = PROVINCES[self.patient.province]
            text = self.phrase("nam_other_province", value=typed, province=province)
        else:
            text = self.phrase("nam", None if self.patient.province == "QC" else "plain", value=typed)
        return Answer(text, values={"nam": value})

    def username(self, value: str, *, bare: bool = False) -> Answer:
        """The name."""
        return Answer(value if bare else self.phrase("username", value=value), values={"username": value})

    def clinic(self, *, bare: bool = False) -> Answer:
        """A word of the name, the site or the city."""
        site = self.site
        short = _COMMON.sub("", site.name).strip(" -")
        value = site.city if bare else self.rng.choice([word for word in (short, site.city) if len(word) >= 4])
        if not bare and self.rng.random() < 0.2:
            return Answer(self.rng.choice((site.site, site.name, site.address)))
        value = self.rng.choice((value, value.lower())) if self.patient.register == "texting" else value
        return Answer(value if bare else self.phrase("clinic", value=value))

    def choice(self, number: int, name: str, *, alone: bool, bare: bool = False) -> Answer:
        """One of the list, by number, rank or name."""
        if bare:
            return Answer(str(number))
        kind = "only_choice" if alone else "choice"
        return Answer(self.phrase(kind, number=str(number), ordinal=_ORDINALS[number - 1], name=name))

    def code(self, value: str, *, bare: bool = False) -> Answer:
        """The code, as copied from the mail."""
        typed = self.rng.choice((value, f"{value[:3]} {value[3:]}", f"{value[:3]}-{value[3:]}"))
        return Answer(value if bare else self.phrase("code", value=typed))

    def code_in_words(self, value: str) -> Answer:
        """The code, as dictated to a telephone."""
        return Answer(" ".join(_DIGITS[int(digit)] for digit in value))

    # -- mistakes

    def slip(self, slot: str, kind: str) -> Answer | None:
        """A mistake of this kind; None when it does not fit this patient."""
        make = getattr(self, f"_slip_{slot}", None)
        text = make(kind) if make else None
        return Answer(text, good=False) if text is not None else None

    def _slip_email(self, kind: str) -> str | None:
        local, _, domain = self.patient.email.partition("@")
        if kind in ("domain_typo", "typo_kept"):
            return f"{local}@{self.rng.choice(TYPOS[domain])}" if domain in TYPOS else None
        return {
            "no_at": f"{local} {domain}",
            "no_dot": f"{local}@{domain.partition('.')[0]}",
            "two": f"{local}@{domain} ou {local}@ailleurs.example.com",
            "name_only": f"{self.patient.first} {self.patient.last}",
        }[kind]

    def _slip_nam(self, kind: str) -> str | None:
        value, quebec = self.patient.nam, self.patient.province == "QC"
        if kind == "nas":
            return self.phrase("nas", "plain", value=self.rng.choice(NAS))
        if kind == "nas_said":
            return f"mon numéro d'assurance sociale est {self.rng.choice(NAS)}"
        if kind == "phone":
            return "514 555-0123"
        if kind == "short":
            return value[:-1] if self.patient.province != "ON" else value[:-2]
        if kind == "check" and self.patient.province != "NB":
            return value[:-1] + str((int(value[-1]) + self.rng.randint(1, 9)) % 10)
        if kind == "look_alike" and quebec and "0" in value[4:10]:
            return value[:4] + value[4:10].replace("0", "O", 1) + value[10:]
        if kind == "month" and quebec:
            return f"{value[:6]}13{value[8:]}"
        if kind == "letters" and quebec:
            return value[4:]
        return None

    def _slip_username(self, kind: str) -> str | None:
        first = self.patient.first.lower()
        return {
            "short": "lu12",
            "accent": f"{first}_été",
            "dot": f"{self.patient.username}.x",
            "taken": self.rng.choice(TAKEN),
            "spaces": f"{first} {self.patient.last.lower()}",
            "nam": self.patient.nam,
        }[kind]

    def _slip_password(self, kind: str) -> str | None:
        good = self.patient.password
        return {
            "short": "Ab1!",
            "no_upper": good.lower(),
            "no_digit": re.sub(r"\d", "", good) + "abc",
            "no_special": re.sub(r"\W", "x", good),
            "common": "Bonjour2024!",
            "personal": f"A1!{self.patient.username}",
            "spaces": good.replace("-", " "),
        }[kind]

    def _slip_password_confirmation(self, kind: str) -> str | None:
        return self.patient.password.swapcase()

    def _slip_terms_accepted(self, kind: str) -> str | None:
        return self.phrase("refuse_terms")

    def _slip_privacy_accepted(self, kind: str) -> str | None:
        return self.phrase("refuse_terms") if kind == "refuse" else "ça dépend"

    def _slip_clinic_query(self, kind: str) -> str | None:
        return {
            "short": "st",
            "common": "clinique médicale",
            "unknown": "Zanzibar",
            "long": "je pense que c'est celle qui est en face de l'église sur le coin de la rue, je sais pas trop",
        }[kind]

    def _slip_clinic_choice(self, kind: str) -> str | None:
        return {"out_of_range": "9", "vague": "je sais pas trop", "none": self.phrase("none_of_these")}[kind]
