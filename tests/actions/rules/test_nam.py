from datetime import date

import pytest

from actions.rules.nam import Correction, find_nams, mask_nam, mentions_sin, parse_nam, province_in
from actions.rules.ramq import check_digit, read_ramq

from .tables import lines, table

CASES = table("nam")
TODAY = date(2026, 1, 15)


def _said(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        return text[4:].strip(), text[1:3]
    return text, None


def _shown(text: str, province: str | None) -> str:
    result = parse_nam(text, province, today=TODAY)
    sin = " sin_like" if result.sin_like and result.problem != "sin" else ""
    if result.correction:
        assert result.value is None
        return f"?{result.correction.value} @ {result.correction.position}"
    if result.problem == "nine_digits":
        return f"!nine_digits {result.value}{sin}"
    if result.problem:
        assert result.value is None
        return f"!{result.problem}"
    return f"{'' if result.check_ok else '~'}{result.value}{sin}"


@pytest.mark.parametrize(("said", "expected"), CASES)
def test_reads_the_number(said: str, expected: str) -> None:
    assert _shown(*_said(said)) == expected


QUEBEC = [(said, expected) for said, expected in CASES if expected.isalnum() and expected[0].isalpha()]


@pytest.mark.parametrize(("said", "expected"), QUEBEC)
def test_finds_quebec_numbers_in_any_text(said: str, expected: str) -> None:
    assert expected in [span.value for span in find_nams(said)]


@pytest.mark.parametrize("text", lines("not_nams"))
def test_nothing_else_is_a_number(text: str) -> None:
    assert find_nams(text) == []


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ma carte de l'Ontario 9876-543-217-AB", "9876543217"),
        ("9876 543 217", "9876543217"),
        ("9876543217", "9876543217"),
        ("6000000015.", "6000000015"),
        ("mon NAM de l'Ontario est 9876543217", "9876543217"),
        ("ma carte du Nouveau-Brunswick 123 456 789", "123456789"),
    ],
)
def test_finds_the_other_provinces_numbers(text: str, value: str) -> None:
    assert [span.value for span in find_nams(text)] == [value]


def test_spans_are_those_of_the_text_as_typed() -> None:
    text = "Œuvre… NAM : ＴＲＥＭ 0412 1925, merci"
    (span,) = find_nams(text)
    assert (text[span.start : span.end], span.value, span.entity) == ("ＴＲＥＭ 0412 1925", "TREM04121925", "nam")


@pytest.mark.parametrize(
    ("said", "province"),
    [
        ("TREM04121925", "QC"),
        ("9876543217", "ON"),
        ("TEST85133112", "QC"),
        ("[NB] 123456789", "NB"),
        ("123456789", None),
    ],
)
def test_tells_the_province(said: str, province: str | None) -> None:
    assert parse_nam(*_said(said), today=TODAY).province == province


def test_names_the_character_and_its_place() -> None:
    assert parse_nam("DEMO5OO1O122").correction == Correction(6, "O", "0", "DEMO50010122", 3)


def test_a_look_alike_with_a_wrong_check_digit_is_not_offered() -> None:
    result = parse_nam("TREMO4121926")
    assert (result.problem, result.correction, result.value) == ("shape", None, None)


@pytest.mark.parametrize(
    ("number", "today", "ok"),
    [
        ("TREM04121916", date(2026, 1, 15), True),  # born 1904, 121 years old
        ("TREM04121916", date(2031, 1, 1), False),  # nobody is 127: only 2004 is left
        ("TEST24022915", date(2023, 12, 31), False),  # not born yet: 1924 and 1824 only
        ("TEST24022915", date(2026, 1, 15), True),
    ],
)
def test_the_century_is_one_in_which_the_person_can_be_alive(number: str, today: date, ok: bool) -> None:
    assert read_ramq(number, today).check_ok is ok


def test_the_check_digit_of_a_woman_uses_her_month_without_fifty() -> None:
    assert check_digit("TREM", date(2004, 12, 19), woman=True, sequence="1") == 8
    assert check_digit("TREM", date(2004, 12, 19), woman=False, sequence="2") == 5


def test_a_nas_is_never_kept() -> None:
    for said in ("mon NAS 130692544", "numéro d'assurance sociale 046 454 286"):
        result = parse_nam(said)
        assert result.value is None
        assert not any(char.isdigit() for char in repr(result))


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("TEST85031412", "TEST •••• ••12"),
        ("TEST85531416", "TEST •••• ••16"),
        ("9876543217", "•••• ••• •17"),
        ("123456789", "••• ••• •89"),
        ("ABCD900101A4", "ABCD •••• ••A4"),
        ("TEST8503", "••••"),
        ("", "••••"),
        ("lucie@gmail.com", "••••"),
    ],
)
def test_masked(value: str, masked: str) -> None:
    assert mask_nam(value) == masked


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("mon NAS", True),
        ("mon numéro d'assurance sociale", True),
        ("assurance social", True),
        ("social insurance number", True),
        ("c'est pas mon NAS", False),
        ("ce n'est pas mon numéro d'assurance sociale", False),
        ("mon NAM", False),
        ("assurance maladie", False),
        ("c'est nasal", False),
    ],
)
def test_speaks_of_a_nas(text: str, mentioned: bool) -> None:
    assert mentions_sin(text) is mentioned


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("ma carte de l'Ontario", "ON"),
        ("carte de l'ontario", "ON"),
        ("Ontarien", "ON"),
        ("OHIP", "ON"),
        ("Nouveau-Brunswick", "NB"),
        ("nouveau brunswick", "NB"),
        ("carte Medicare", "NB"),
        ("N.-B.", "NB"),
        ("NB", "NB"),
        ("au Québec", "QC"),
        ("ma carte soleil", "QC"),
        ("RAMQ", "QC"),
        ("du Québec ou de l'Ontario", None),
        ("oui", None),
        ("j'habite au nord", None),
    ],
)
def test_names_the_province(text: str, province: str | None) -> None:
    assert province_in(text) == province
