import pytest

from actions.rules.password import check_password

WHO = {"username": "lucie_88", "email": "lucie.tremblay@gmail.com", "nam": "TREM04621918"}


@pytest.mark.parametrize(
    "secret",
    [
        "xK9$mqpLzr2",
        "Vq7!canotVoltige",
        "Zinc-4poteaux",
        "éÀ9_mqplzrt",
        "A1!aaaaaab",
        "9" + "a" * 19 + "B!" + "kz" * 9,
        "b7🙂Qwrtplkj",
    ],
)
def test_a_good_one(secret: str) -> None:
    assert check_password(secret, **WHO) == []


@pytest.mark.parametrize(
    ("secret", "unmet"),
    [
        ("", ["digit", "lower", "upper", "special", "length"]),
        ("xK$mqpLzrww", ["digit"]),
        ("XK9$MQPLZRT", ["lower"]),
        ("xk9$mqplzrt", ["upper"]),
        ("xK9mqpLzr2t", ["special"]),
        ("xK9$mqp Lzr2", ["space"]),
        ("xK9$mqp\u00a0Lzr2", ["space"]),
        ("xK9$mqp\tLzr2", ["space"]),
        ("xK9$mqpLz", ["length"]),
        ("xK9$" + "mqpLzr" * 7, ["length"]),
        ("xk mq", ["digit", "upper", "special", "space", "length"]),
    ],
)
def test_only_the_unmet_rules_are_named(secret: str, unmet: list[str]) -> None:
    assert check_password(secret, **WHO) == unmet


def test_from_10_to_40_characters() -> None:
    assert check_password("aB3$efghiz", **WHO) == []
    assert check_password("aB3$" + "qz" * 18, **WHO) == []


@pytest.mark.parametrize(
    "secret",
    [
        "Lucie_88!zzz", "zzLUCIE_88!z1", "Lucie88!zzzzA", "xLucie.Tremblay9!", "LucieTremblay9!", "xx9!LUCIETREMBLAYxx",
        "Trem!98qzwxkk", "9!xxTREMxxqz", "trém9!ZZqwkkx",
    ],
)  # fmt: skip
def test_personal(secret: str) -> None:
    assert "personal" in check_password(secret, **WHO)


@pytest.mark.parametrize(("secret", "email"), [("Xy9!leaqzkwm", "lea@gmail.com"), ("Xy9!abqzkwmt", "ab@gmail.com")])
def test_a_local_part_under_4_characters_is_no_matter(secret: str, email: str) -> None:
    assert check_password(secret, username=None, email=email, nam=None) == []


def test_a_number_without_letters_is_looked_for_whole() -> None:
    assert "personal" in check_password("xQ!9876543217z", username=None, email=None, nam="9876543217")
    assert check_password("xQ!987kmzzpt", username=None, email=None, nam="9876543217") == []


COMMON = """
    Bonjour2024! Soleil2024! Soleil#12345 Motdepasse1! MotDePasse2024$ M0tdep@sse1! Canadiens1! Tabarnak99$
    Tabarnak!!!1 Québec2024! Montreal514! Montréal#514 Chocolat123! Password123! P@ssw0rd2024 P@$$w0rd1234
    Qwerty12345! Azerty12345! Bienvenue1! Welcome2024! Iloveyou12!! Jetaime2024! Hockey1234!! Nordiques95!
    Crisse12345! Calisse1234! Poutine2024! Admin12345!! Princesse12! Soleil!Soleil1 BonjourBonjour1!
    Ete2024!!!!! Hiver2024!!! Janvier2024! Nathalie1965! Sylvain1970! Tremblay1234! Desjardins1! Letmein1234!
    123456789aA! Aa111111111! Sofy2024!!!! Clinique2024! Doudou12345! Minou123456! !2024Bonjour
    2024!Bonjour!2024 B0nj0ur2024! S0l3il2024!! Abcdef12345!
"""


@pytest.mark.parametrize("secret", COMMON.split())
def test_common(secret: str) -> None:
    assert "common" in check_password(secret, username=None, email=None, nam=None)


@pytest.mark.parametrize("secret", ["Soleilvert9!", "Bonjourlucien9!", "7%4Kq93!2#aa", "Kw9#2mZ!x1pq"])
def test_a_common_word_and_more_is_let_through(secret: str) -> None:
    assert check_password(secret, username=None, email=None, nam=None) == []
