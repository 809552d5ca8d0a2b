from itertools import islice

import pytest

from actions.rules.username import check_username, find_username, suggestions

EMAIL = "lucie.tremblay@gmail.com"


@pytest.mark.parametrize(
    ("sentence", "username"),
    [
        ("lucie_88", "lucie_88"),
        ("  lucie_88 ", "lucie_88"),
        ("lucie_88.", "lucie_88"),
        ("« lucie_88 »", "lucie_88"),
        ("mettez lucie_88 svp", "lucie_88"),
        ("Mettez lucie_88, merci!", "lucie_88"),
        ("je veux lucie_88", "lucie_88"),
        ("mon nom d'utilisateur serait LucieT88", "LucieT88"),
        ("je voudrais prendre tremblay88 comme nom d'utilisateur", "tremblay88"),
        ("utilisez soleil_bleu s'il vous plaît", "soleil_bleu"),
        ("mets tremblay", "tremblay"),
        ("je prends « minouche » comme nom", "minouche"),
        ("lucie barre en bas 88", "lucie_88"),
        ("lucie@tremblay", "lucie@tremblay"),
        ("lucie.tremblay", "lucie.tremblay"),
        ("lucie!", "lucie!"),
        ("abc", "abc"),
        ("lucie.tremblay@gmail.com", EMAIL),
        ("mettez lucie.tremblay@gmail.com", EMAIL),
        ("mon courriel", EMAIL),
        ("utilisez mon courriel", EMAIL),
        ("la même adresse que mon courriel", EMAIL),
        ("je voudrais mon email svp", EMAIL),
        ("lucie_88 ou lucie_99", None),
        ("lucie tremblay", None),
        ("je ne sais pas quoi mettre", None),
        ("mettez ce que vous voulez", None),
        ("", None),
        ("   ", None),
    ],
)
def test_the_username_of_a_sentence(sentence: str, username: str | None) -> None:
    assert find_username(sentence, EMAIL) == username


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("lucie_88", []),
        ("lucie@88", []),
        ("abcdef", []),
        ("a" * 30, []),
        ("______", []),
        ("123456", []),
        ("LUCIE.TREMBLAY@gmail.com", []),
        ("lucie", ["length"]),
        ("a" * 31, ["length"]),
        ("lucie.88", ["characters"]),
        ("lucie 88", ["characters"]),
        ("lucie-88", ["characters"]),
        ("élodie88", ["characters"]),
        ("é", ["length", "characters"]),
        ("autre.adresse@gmail.com", ["characters"]),
        ("lucie_88\n", ["characters"]),
        ("", ["length", "characters"]),
    ],
)
def test_the_portals_rule(value: str, problems: list[str]) -> None:
    assert check_username(value, EMAIL) == problems


def test_an_email_longer_than_30_characters_may_be_the_username() -> None:
    email = "une.tres.longue.adresse.courriel@videotron.ca"
    assert check_username(email, email) == []
    assert find_username(email, email) == email


@pytest.mark.parametrize(
    "typed", ["lucie", "lucie_88", "Lucie Tremblay", "é", "", "lucie.tremblay@gmail.com", "x" * 80, "!!!", "lu"]
)
def test_suggestions_are_valid_different_and_many(typed: str) -> None:
    first = list(islice(suggestions(typed), 40))
    assert len(first) == len(set(first)) == 40
    assert all(check_username(one, None) == [] for one in first)
    assert typed not in first


@pytest.mark.parametrize(
    "typed", ["TREM04121925", "trem 0412 1925", "lucie TREM-0412-1925", "9876543217", "130 692 544"]
)
def test_suggestions_never_come_from_a_health_number(typed: str) -> None:
    for one in islice(suggestions(typed), 40):
        assert "trem" not in one
        assert not any(digits in one for digits in ("0412", "1925", "98765", "43217", "130692", "692544"))


def test_suggestions_look_like_what_was_typed() -> None:
    assert list(islice(suggestions("lucie"), 3)) == ["lucie_7", "lucie7", "lucie_22"]
