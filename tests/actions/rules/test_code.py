import pytest

from actions.rules.code import find_codes, format_code, read_code

from .tables import table

CASES = table("code")


@pytest.mark.parametrize(("said", "expected"), CASES)
def test_reads_the_code(said: str, expected: str) -> None:
    reading = read_code(said)
    code = reading.code.get_secret_value() if reading.code else None
    found = code or ("wrong" if reading.has_digits else "none")
    assert found == expected


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize(("said", "expected"), [case for case in CASES if not case[1].isdecimal()])
def test_no_code_is_found_where_none_is_read(said: str, expected: str) -> None:
    assert expected == "wrong" or find_codes(said) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("le code est 123 456", ["123456"]),
        ("123456", ["123456"]),
        ("1 2 3 4 5 6", ["123456"]),
        ("123456 ou 654321", ["123456", "654321"]),
        ("12 34 56", ["123456"]),
        ("né le 12 05 85", []),
        ("12-05-85", []),
        ("123456 $", []),
        ("123 456 rue Principale", []),
        ("dossier 123456", []),
        ("NAM TREM 0412 1925", []),
        ("987654321", []),
        ("123 456 789", []),
        ("9876-543-217", []),
        ("514 555 0123", []),
        ("1-800-555-0123", []),
        ("code postal H2X 3K8", []),
        ("45 000 $", []),
        ("12345", []),
        ("1234567", []),
    ],
)
def test_codes_found_in_any_text(text: str, values: list[str]) -> None:
    assert [span.value for span in find_codes(text)] == values


def test_spans_are_those_of_the_text_as_typed() -> None:
    text = "Œuf… le code： １２３ ４５６ svp"
    (span,) = find_codes(text)
    assert (text[span.start : span.end], span.value, span.entity) == ("１２３ ４５６", "123456", "code")


def test_the_code_never_shows_in_a_repr() -> None:
    assert "123456" not in repr(read_code("le code est 123456"))


def test_shown_in_two_groups() -> None:
    assert format_code("123456") == "123 456"


def test_every_way_to_say_two_digits() -> None:
    """Each number from 0 to 99, three times over, is read back."""
    for value, name in enumerate(_NAMES):
        two = f"{value}" if value > 9 else f"{value}0"
        said = name if value > 9 else f"{name} zéro"
        code = read_code(f"{said} {said} {said}").code
        assert code is not None, name
        assert code.get_secret_value() == two * 3


_LOW = """zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
    dix-sept dix-huit dix-neuf""".split()  # noqa: SIM905 - a sentence reads better


def _name(value: int) -> str:
    if value < 20:
        return _LOW[value]
    tens, unit = divmod(value, 10)
    if tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    base = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}[tens]
    if unit == 0:
        return base + ("s" if tens == 8 else "")
    joint = " et " if unit in (1, 11) and tens != 8 else "-"
    return f"{base}{joint}{_LOW[unit]}"


_NAMES = [_name(value) for value in range(100)]
