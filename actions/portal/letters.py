"""The mails' words: templates of the folder ``mails``, the first line of the text one being the subject."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from urllib.parse import urlencode

_FOLDER = Path(__file__).parent / "mails"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its addresses; the repr hides it, for it may carry a code."""

    subject: str
    text: str
    html: str

    def __repr__(self) -> str:
        return "Letter(●●●●)"


def code_letter(code: str, clinic_name: str, minutes: int) -> Letter:
    """The mail with the access code; subject and first line carry it (`code` as shown: ``123 456``)."""
    return _fill("code", code=code, clinic=clinic_name, minutes=str(minutes))


def invitation_letter(public_url: str, clinic_id: str, clinic_name: str) -> Letter:
    """The clinic's invitation: the same for everybody, whether they have an account or not."""
    links = {
        action: f"{public_url}/?{urlencode({'clinic': clinic_id, 'action': action})}" for action in ("signup", "login")
    }
    return _fill("invitation", clinic=clinic_name, signup_url=links["signup"], login_url=links["login"])


def _fill(name: str, **values: str) -> Letter:
    plain = {key: " ".join(value.split()) for key, value in values.items()}
    subject, _, text = _template(f"{name}.txt").substitute(plain).partition("\n")
    escaped = {key: html.escape(value) for key, value in plain.items()}
    return Letter(subject.strip(), text.lstrip("\n"), _template(f"{name}.html").substitute(escaped))


@lru_cache(maxsize=8)
def _template(name: str) -> Template:
    return Template((_FOLDER / name).read_text(encoding="utf-8"))
