import pytest

from actions.rules.email import canonical_email, find_emails, mask_email, parse_email, same_email
from actions.rules.email_domains import distance, likely_domain

from .tables import lines, table

CASES = table("email")


def _expected(text: str) -> tuple[str | None, str | None, str | None]:
    head, _, suggestion = (part.strip() for part in text.partition("?"))
    problem = head[1:] if head.startswith("!") else None
    return (None if problem else head), problem, suggestion or None


@pytest.mark.parametrize(("said", "expected"), CASES)
def test_reads_the_address(said: str, expected: str) -> None:
    result = parse_email(said)
    assert (result.value, result.problem, result.suggestion) == _expected(expected)


@pytest.mark.parametrize(("said", "expected"), CASES)
def test_finds_the_same_addresses_in_any_text(said: str, expected: str) -> None:
    value, problem, _ = _expected(expected)
    found = [span.value for span in find_emails(said)]
    if value is not None:
        assert value in found
    elif problem in ("missing", "no_at", "several"):
        assert len(set(found)) == (2 if problem == "several" else 0)


@pytest.mark.parametrize("text", lines("not_emails"))
def test_nothing_else_is_an_address(text: str) -> None:
    assert find_emails(text) == []


def test_the_table_is_long_enough() -> None:
    assert len(CASES) + len(lines("not_emails")) >= 200


def test_spans_are_those_of_the_text_as_typed() -> None:
    text = "Œuvre… courriel : ＬＵＣＩＥ＠gmail.com, merci"
    (span,) = find_emails(text)
    assert (text[span.start : span.end], span.value) == ("ＬＵＣＩＥ＠gmail.com", "lucie@gmail.com")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Lucie@Gmail.com ", "lucie@gmail.com", True),
        ("ÉLISE@exemple.ca", "élise@exemple.ca", True),
        ("elise@exemple.ca", "élise@exemple.ca", False),
        ("lucie@gmail.com", "lucie@hotmail.com", False),
        ("lu.cie@gmail.com", "lucie@gmail.com", False),
    ],
)
def test_compared_trimmed_and_case_folded(left: str, right: str, same: bool) -> None:
    assert same_email(left, right) is same
    assert (canonical_email(left) == canonical_email(right)) is same


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("lucie@gmail.com", "l•••@g•••.com"),
        ("lu@me.com", "•••@•••.com"),
        ("lucie.tremblay@mail.umontreal.ca", "l•••@m•••.ca"),
        ("not an address", "•••"),
        ("", "•••"),
        ("lucie@localhost", "l•••@l•••"),
    ],
)
def test_masked(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    "domain", ["gmail.com", "hotmail.fr", "ymail.com", "mail.com", "gmx.ca", "bell.ca", "umontreal.ca"]
)
def test_a_real_domain_is_left_alone(domain: str) -> None:
    assert likely_domain(domain) is None


def test_distance_counts_a_swap_once() -> None:
    assert distance("gmial", "gmail") == 1
    assert distance("gmail", "gmail") == 0
    assert distance("", "abc") == 3
    assert distance("abc", "xyz") == 3
