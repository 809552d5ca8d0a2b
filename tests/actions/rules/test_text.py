import pytest

from actions.rules.nas import looks_like_sin, luhn
from actions.rules.numbers import read_digits, readings
from actions.rules.text import align, fold, plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  ÉTÉ   à Québec ", "ete a quebec"),
        ("C’est", "c'est"),
        ("l`été", "l'ete"),
        ("Œuf ÆON", "oeuf aeon"),
        ("ＡＢＣ１２３", "abc123"),
        ("e\u0301te\u0301", "ete"),
        ("a\u00a0b\u202fc\nd\te", "a b c d e"),
        ("zéro\u200bun", "zeroun"),
        ("trait\u2011d\u2019union \u2013", "trait-d'union -"),
        ("٣٤", "34"),
        ("STRAẞE", "strasse"),
        ("\x00\x1b[31m", "[31m"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["C’est ça!", "cest ca", "c est ça", "c'est, ça..."])
def test_plain_reads_elisions_the_same(text: str) -> None:
    assert plain(text) == "cest ca"


def test_folded_characters_know_where_they_were() -> None:
    text = "Œuf\u200b １２"
    folded = align(text)
    assert folded.text == "oeuf 12"
    assert folded.span(0, 2) == (0, 1)
    assert folded.span(5, 7) == (5, 7)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("zero", "0"), ("vingt et un", "21"), ("soixante et onze", "71"), ("soixante dix neuf", "79"),
        ("quatre vingt", "80"), ("quatre vingts", "80"), ("quatre vingt un", "81"),
        ("quatre vingt dix sept", "97"), ("cent", "100"), ("cent un", "101"), ("deux cents", "200"),
        ("neuf cent quatre vingt dix neuf", "999"), ("mille", "1000"), ("deux mille vingt cinq", "2025"),
        ("mille neuf cent quatre vingt cinq", "1985"), ("double zero", "00"), ("triple huit", "888"),
        ("4 cinq", "45"), ("deux cents trois cents", "200300"), ("bonjour", None), ("vingt bonjour", None),
        ("double vingt", None),
    ],
)  # fmt: skip
def test_numbers_in_words(said: str, digits: str | None) -> None:
    assert read_digits(said.split()) == digits


def test_every_reading_of_a_length() -> None:
    assert readings(["quatre", "vingt", "douze"], 2) == {"92"}
    assert readings(["vingt", "deux"], 2) == {"22"}
    assert readings(["vingt", "deux"], 3) == {"202"}
    assert readings(["un"] * 20, 20) == set()


@pytest.mark.parametrize(
    ("digits", "plausible"),
    [
        ("130692544", True),
        ("046454286", False),
        ("130692545", False),
        ("830692543", False),
        ("13069254", False),
        ("13069254a", False),
    ],
)
def test_a_plausible_nas(digits: str, plausible: bool) -> None:
    assert looks_like_sin(digits) is plausible


def test_luhn() -> None:
    assert luhn("9876543217")
    assert not luhn("9876543218")
