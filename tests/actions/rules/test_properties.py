"""Whatever the text: nothing is raised, nothing leaks, spans are those of the text, time is linear."""

import time
from collections.abc import Callable
from datetime import date
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.rules.code import find_codes, format_code, read_code
from actions.rules.commands import command_in
from actions.rules.email import canonical_email, find_emails, mask_email, parse_email, same_email
from actions.rules.emergency import danger_kind
from actions.rules.nam import find_nams, mask_nam, mentions_sin, parse_nam, province_in
from actions.rules.password import check_password
from actions.rules.ramq import check_digit, read_ramq
from actions.rules.spans import Span
from actions.rules.text import align, english_text, fold, is_yes, plain, wants_patience
from actions.rules.username import check_username, find_username, suggestions

FINDERS: list[Callable[[str], list[Span]]] = [find_emails, find_nams, find_codes]
READERS: dict[str, Callable[[str], object]] = {
    "align": align,
    "fold": fold,
    "plain": plain,
    "is_yes": is_yes,
    "wants_patience": wants_patience,
    "english_text": english_text,
    "command_in": command_in,
    "danger_kind": danger_kind,
    "find_emails": find_emails,
    "parse_email": parse_email,
    "canonical_email": canonical_email,
    "mask_email": mask_email,
    "find_nams": find_nams,
    "parse_nam": parse_nam,
    "mask_nam": mask_nam,
    "mentions_sin": mentions_sin,
    "province_in": province_in,
    "find_codes": find_codes,
    "read_code": read_code,
    "find_username": lambda text: find_username(text, "a@b.ca"),
    "check_username": lambda text: check_username(text, "a@b.ca"),
    "suggestions": lambda text: list(islice(suggestions(text), 5)),
    "check_password": lambda text: check_password(text, username="lucie_88", email="a@b.ca", nam="TREM04121925"),
}
# Pieces that the readers care about, so that random texts come near what they look for.
PIECES = (
    "TREM", "0412", "1925", "T R E M", "zéro", "quatre", "vingt", "cent", "mille", "double", "soixante-dix", "et",
    "un", "arobase", "a commercial", "point", "com", "gmail", "barre en bas", "tiret", "@", "¡", ".", "-", " ", " ",
    "'", "’", "123", "456", "987654321", "9876543217", "NAS", "pas", "mal", "poitrine", "respire", "je veux",
    "mourir", "oui", "non", "mais", "?", "👍", "É", "œ", "\u0301", "\u200b", "ﷺ", "İ", "ß", "O", "I", "S", "B",
    "exp", "2027-05", "comme",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join),
)
LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_no_text_raises(reader: Callable[[str], object], text: str) -> None:
    reader(text)


@pytest.mark.parametrize("finder", FINDERS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_spans_are_places_in_the_text_in_order(finder: Callable[[str], list[Span]], text: str) -> None:
    end = 0
    for span in finder(text):
        assert end <= span.start < span.end <= len(text)
        assert span.value
        end = span.end


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert plain(plain(text)) == plain(text)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_every_folded_character_has_a_place(text: str) -> None:
    folded = align(text)
    for index in range(len(folded.text)):
        start, end = folded.span(index, index + 1)
        assert 0 <= start < end <= len(text)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_what_was_read_reads_the_same_again(text: str) -> None:
    nam = parse_nam(text)
    if nam.value and nam.province == "QC":
        again = parse_nam(nam.value)
        assert (again.value, again.check_ok) == (nam.value, nam.check_ok)
    email = parse_email(text)
    if email.value:
        assert parse_email(email.value).value == email.value
    code = read_code(text).code
    if code:
        assert read_code(format_code(code.get_secret_value())).code == code


@given(
    letters=LETTERS,
    born=st.dates(min_value=date(1927, 1, 1), max_value=date(2025, 12, 31)),
    woman=st.booleans(),
    sequence=st.sampled_from("123456789ABCZ"),
)
def test_every_number_with_its_check_digit_is_right_and_no_other_is(
    letters: str, born: date, woman: bool, sequence: str
) -> None:
    start = f"{letters}{born.year % 100:02}{born.month + 50 * woman:02}{born.day:02}{sequence}"
    digit = check_digit(letters, born, woman=woman, sequence=sequence)
    assert read_ramq(f"{start}{digit}").check_ok
    assert parse_nam(f"{start[:4]} {start[4:8]} {start[8:]}{digit}").value == f"{start}{digit}"


@given(letters=LETTERS, digits=st.text("0123456789", min_size=8, max_size=8))
def test_a_mask_shows_no_birth_date(letters: str, digits: str) -> None:
    assert mask_nam(letters + digits) == f"{letters} •••• ••{digits[6:]}"


@given(value=st.text(max_size=20))
def test_a_mask_never_shows_what_has_no_known_shape(value: str) -> None:
    masked = mask_nam(value)
    assert masked == "••••" or len(value) in (9, 10, 12)


@given(local=st.from_regex(r"[a-z][a-z0-9.]{2,20}", fullmatch=True), name=st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_a_masked_address_shows_two_letters_and_the_ending(local: str, name: str) -> None:
    assert mask_email(f"{local}@{name}.com") == f"{local[0]}•••@{name[0]}•••.com"


@given(text=st.from_regex(r"[a-z][a-z0-9_]{0,15}@[a-z]{2,12}\.(com|ca|net)", fullmatch=True))
def test_an_address_is_the_same_in_capitals(text: str) -> None:
    assert same_email(text, f" {text.upper()} ")
    assert parse_email(text.upper()).value == parse_email(text).value


@given(code=st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_a_code_shown_in_two_groups_is_read(code: str) -> None:
    for said in (code, format_code(code), "-".join(code), f"le code est {format_code(code)}."):
        reading = read_code(said).code
        assert reading is not None
        assert reading.get_secret_value() == code


SIZE = 100_000
HOSTILE = {
    "letters": "a" * SIZE, "digits": "1" * SIZE, "digits and spaces": "1 " * (SIZE // 2),
    "digits and hyphens": "1-" * (SIZE // 2), "at signs": "@" * SIZE, "a@": "a@" * (SIZE // 2),
    "a@a.": "a@a." * (SIZE // 4), "dots": "a." * (SIZE // 2), "spaces": " " * SIZE, "newlines": "\n" * SIZE,
    "apostrophes": "'" * SIZE, "a and spaces": "a" + " " * SIZE + "a", "marks": "a" + "\u0301\u0323" * (SIZE // 2),
    "expanding": "ﷺ" * (SIZE // 18), "upside down": "a¡" * (SIZE // 2), "said at": "a arobase " * (SIZE // 10),
    "said numbers": "quatre-vingt-dix-neuf " * (SIZE // 22), "cent mille": "cent mille " * (SIZE // 11),
    "letters one by one": "t r e m " * (SIZE // 8), "near numbers": "TREM 0412 192 " * (SIZE // 14),
    "mixed": "a1" * (SIZE // 2), "comme": "a comme b " * (SIZE // 10), "pas": "pas " * (SIZE // 4),
    "mal": "mal " * (SIZE // 4), "veux": "je veux me " * (SIZE // 11), "oui": "oui " * (SIZE // 4),
    "je": "je je les le " * (SIZE // 13), "questions": "oui non ok mais " * (SIZE // 16),
    "poitrine": "mal a la poitrin " * (SIZE // 17), "elisions": "d'" * (SIZE // 2),
    "words": "le la les un de " * (SIZE // 16), "zero": "o0" * (SIZE // 2), "full width": "１" * SIZE,
    "brackets": "(" * SIZE, "urls": "https://" * (SIZE // 8), "underscores": "_" * SIZE, "emoji": "👍" * SIZE,
    "quotes": "« " * (SIZE // 2), "ontario": "9876543217; " * (SIZE // 12), "nine": "123456789; " * (SIZE // 11),
    "valid": "TREM04121925; " * (SIZE // 14), "versions": "9876543217 ab, " * (SIZE // 15),
    "addresses": "a@b.ca, " * (SIZE // 8), "spaced addresses": "a @ b. ca, " * (SIZE // 11),
    "sang": "perdu beaucoup plein trop " * (SIZE // 26), "dying": "il est en train de " * (SIZE // 19),
    "feu": "mort de " * (SIZE // 8), "site": "site a b c " * (SIZE // 11),
}  # fmt: skip


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
def test_no_hostile_text_takes_long(reader: Callable[[str], object]) -> None:
    """100,000 characters of whatever is worst take well under a second (quadratic would take minutes)."""
    slow = {}
    for name, text in HOSTILE.items():
        start = time.process_time()
        reader(text)
        if (spent := time.process_time() - start) > 1.5:
            slow[name] = round(spent, 2)
    assert slow == {}
