"""Email addresses: found in sentences, written or said aloud, checked, compared, masked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .email_domains import likely_domain
from .email_spoken import find_spoken
from .folding import Folded, align, fold
from .spans import Span

_LOCAL = re.compile(r"[^\W]|[.+\-_'&%=#!~*/?^{}|$]")
_DOMAIN = re.compile(r"[^\W_]+(?:[.-]+[^\W_]+)*")
_UPSIDE_DOWN = re.compile(r"(?<=\w)¡(?=\w)")
_SPACED_AT = re.compile(r"(?<=\w) {0,2}@ {0,2}(?=\w)")
_BARE_DOMAIN = re.compile(r"\w(?:gmail|hotmail|outlook|yahoo|videotron|sympatico|icloud|live)\.(?:com|ca|fr)\b")
_NEGATED = re.compile(r"\bpas\s+(?:a\s+|le\s+)?\Z")
_NAME_AT_END = re.compile(r"([\w.+-]+)\s*\Z")
_LOOSE_ENDING = re.compile(r" {1,2}\. ?(com|ca|net|org|fr)\b|\. (com)\b")
_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 253


@dataclass(frozen=True)
class EmailResult:
    """What a message gives as an email address."""

    value: str | None = None
    """The address, lower case, when there is exactly one valid one."""
    problem: str | None = None
    """`missing`, `no_at`, `bad_domain`, `several`, `syntax`, or None."""
    suggestion: str | None = None
    """What was likely meant, to be offered as a question (with or without a value)."""


@dataclass(frozen=True)
class _Found:
    local: str
    domain: str
    start: int
    end: int
    sure: bool = True
    written: bool = False
    """Whether its span holds nothing but the address (accents included, which folding took away)."""

    @property
    def address(self) -> str:
        return f"{self.local}@{self.domain}"


def find_emails(text: str) -> list[Span]:
    """The email addresses in a text, written or said aloud (only those that can be used as they are)."""
    folded = align(text)
    spans = []
    for one in _scan(folded):
        if one.sure and "." in one.domain:
            start, end = folded.span(one.start, one.end)
            value = _typed(text[start:end]) if one.written else one.address
            spans.append(Span(start, end, "email", value))
    return spans


def parse_email(text: str) -> EmailResult:
    """Read the one email address of a message."""
    folded = align(text)
    found = [one for one in _scan(folded) if not _NEGATED.search(folded.text[max(0, one.start - 12) : one.start])]
    distinct = {one.address: one for one in found}
    if len(distinct) > 1:
        return EmailResult(problem="several")
    if not distinct:
        return _why_none(folded)
    one = next(iter(distinct.values()))
    start, end = folded.span(one.start, one.end)
    return _check(one, _typed(text[start:end]) if one.written else one.address)


def canonical_email(value: str) -> str:
    """The form in which addresses are compared and indexed: trimmed, case-folded."""
    return "".join(align(value).text.split()) if value.isascii() else value.strip().casefold()


def same_email(left: str, right: str) -> bool:
    """Whether two addresses are the same mailbox as far as we compare them."""
    return canonical_email(left) == canonical_email(right)


def mask_email(value: str) -> str:
    """An address as it may be shown or logged: `l•••@g•••.com`."""
    local, at, domain = value.strip().rpartition("@")
    if not at:
        return "•••"
    name, dot, ending = domain.partition(".")
    ending = ending.rpartition(".")[2]
    shown = ending if dot and 2 <= len(ending) <= 6 and ending.isalnum() else ""
    return f"{_mask(local)}@{_mask(name)}" + (f".{shown}" if shown else "")


def _mask(part: str) -> str:
    return part[0] + "•••" if len(part) > 2 and part[0].isalnum() else "•••"


def _scan(folded: Folded) -> list[_Found]:
    text = folded.text
    found = _written(text) if "@" in text or "¡" in text else []
    if found:
        return found
    return [_Found(one.local, one.domain, one.start, one.end, one.sure) for one in find_spoken(folded)]


def _written(text: str) -> list[_Found]:
    """Addresses with an at sign; a `¡` between two letters is one (some phone carriers make it so)."""
    found: list[_Found] = []
    end = 0
    for match in re.finditer("[@¡]", text):
        at = match.start()
        if match[0] == "¡" and _UPSIDE_DOWN.match(text, at) is None:
            continue
        start = _local_start(text, at, end)
        domain = _DOMAIN.match(text, at + 1, at + 1 + _LONGEST_DOMAIN)
        if start is None or domain is None:
            found += _with_spaces(text, at, end)
            end = found[-1].end if found else end
            continue
        found.append(_complete(text, start, at, domain))
        end = found[-1].end
    return found


def _complete(text: str, start: int, at: int, domain: re.Match[str]) -> _Found:
    """The address at an at sign; `lucie@gmail .com` has a space too many."""
    ending = None if "." in domain[0] else _LOOSE_ENDING.match(text, domain.end())
    if ending is None:
        return _Found(text[start:at], domain[0], start, domain.end(), written=True)
    return _Found(text[start:at], f"{domain[0]}.{ending[1] or ending[2]}", start, ending.end())


def _local_start(text: str, at: int, after: int) -> int | None:
    start = at
    while start > max(after, at - _LONGEST_LOCAL - 1) and _LOCAL.match(text[start - 1]):
        start -= 1
    while start < at and not text[start].isalnum() and text[start] != "_":
        start += 1
    return start if 0 < at - start <= _LONGEST_LOCAL else None


def _with_spaces(text: str, at: int, after: int) -> list[_Found]:
    """`lucie @ gmail . com`: spaces around the at sign, when it is clear where the name begins."""
    near = text[max(after, at - 80) : at]
    name = _NAME_AT_END.search(near)
    rest = re.sub(r"(?<=\w) ?([.,]) ?(?=[a-z]{2,3}\b)", ".", text[at + 1 : at + 80].lstrip())
    domain = _DOMAIN.match(rest)
    if name is None or domain is None or not name[1][0].isalnum():
        return []
    start = max(after, at - 80) + name.start(1)
    before = text[max(0, start - 30) : start].split()
    sure = not before or before[-1].strip(":,") in (
        "est",
        "c'est",
        "cest",
        "courriel",
        "email",
        "adresse",
        "",
    )
    end = min(len(text), at + 1 + len(text[at + 1 : at + 80]))
    stop = text.find(domain[0].rpartition(".")[2], at + 1, end)
    end = stop + len(domain[0].rpartition(".")[2]) if stop >= 0 else end
    return [_Found(name[1], domain[0], start, end, sure)]


def _typed(address: str) -> str:
    """An address as typed, in lower case: its accents stay, because they are not ours to take away."""
    shown = "".join(char for char in address.replace("¡", "@").replace("。", ".") if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", shown).lower()


def _check(one: _Found, address: str) -> EmailResult:
    domain = one.domain
    meant = _valid(f"{one.local}@{likely_domain(domain) or domain}")
    if "." not in domain:
        return EmailResult(problem="bad_domain", suggestion=meant)
    value = _valid(address)
    suggestion = meant if meant != value else None
    if value is None:
        problem = "syntax" if _valid(f"a@{domain}") else "bad_domain"
        return EmailResult(problem=problem, suggestion=suggestion)
    if not one.sure:
        return EmailResult(problem="syntax", suggestion=meant)
    return EmailResult(value, suggestion=suggestion)


def _valid(address: str) -> str | None:
    """The address in lower case when its syntax is right (no network check), else None."""
    if len(address.rpartition(".")[2]) < 2:
        return None
    # Imported when first needed: it takes longer to import than everything else here.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.lower()


def _why_none(folded: Folded) -> EmailResult:
    text = fold(folded.text)
    if "@" in text:
        return EmailResult(problem="bad_domain" if text.rstrip(" .").endswith("@") else "syntax")
    if _BARE_DOMAIN.search(text) or (" " not in text and re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", text[:300])):
        return EmailResult(problem="no_at")
    return EmailResult(problem="missing")
