import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sms import in_characters, in_segments, is_gsm7, mended, plain_typography, segments

DIGITS = "1234567890" * 50


class TestSegments:
    @pytest.mark.parametrize(
        ("text", "count"),
        [
            # Twilio's message-segment-calculator, tests/index.test.js
            ("{" + DIGITS[1:159], 1),
            ("{" + DIGITS[1:160], 2),
            ("😜" + DIGITS[1:69], 1),
            ("😜" + DIGITS[1:70], 2),
            # 3GPP TS 23.038 and 23.040: 160 septets or 70 units alone, 153 or 67 each when there are more
            ("", 0),
            (DIGITS[:160], 1),
            (DIGITS[:161], 2),
            (DIGITS[:306], 2),
            (DIGITS[:307], 3),
            (DIGITS[:459], 3),
            (DIGITS[:460], 4),
            ("ê" * 70, 1),
            ("ê" * 71, 2),
            ("ê" * 134, 2),
            ("ê" * 135, 3),
            ("ê" * 201, 3),
            ("ê" * 202, 4),
            ("€" * 80, 1),
            ("€" * 81, 2),
            # a character of two units is not torn apart at the end of a segment
            ("€" * 76 + "a" + "€" * 76, 2),
            ("€" * 153, 3),
        ],
    )
    def test_published_examples(self, text: str, count: int) -> None:
        assert segments(text) == count

    def test_the_alphabet_of_french(self) -> None:
        assert is_gsm7("àéèùìòÇäöü@£$¥É")
        for letter in "âêîôûëïçÀÈœŒ’«»…\u00a0":
            assert not is_gsm7(letter)


class TestTypography:
    def test_what_costs_segments_for_nothing_goes(self) -> None:
        assert plain_typography("C’est l’«\u00a0œil\u00a0» – voilà…") == "C'est l'\"oeil\" - voilà..."

    def test_spelling_stays(self) -> None:
        text = "C’est prêt, reçu « bientôt »."
        assert plain_typography(text) == text

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("lucie¡example.com", "lucie@example.com"),
            ("¡hola!", "¡hola!"),
            ("mon courriel: a¡b.ca", "mon courriel: a@b.ca"),
        ],
    )
    def test_an_at_sign_that_a_carrier_changed(self, text: str, read: str) -> None:
        assert mended(text) == read


class TestCutting:
    def test_at_the_end_of_a_sentence(self) -> None:
        text = " ".join(f"Voici la phrase {number}, assez longue pour remplir." for number in range(30))
        parts = in_segments(text)
        assert " ".join(parts) == text
        assert all(part.endswith("remplir.") and segments(part) <= 3 for part in parts)
        assert len(parts) == 4

    def test_a_sentence_too_long_is_cut_between_words(self) -> None:
        parts = in_segments("mot " * 200)
        assert all(part.split() == ["mot"] * len(part.split()) for part in parts)

    def test_an_address_is_not_cut(self) -> None:
        link = "https://exemple.ca/s/" + "a" * 22
        parts = in_segments("Une phrase. " * 37 + link)
        assert any(link in part for part in parts)

    def test_numbered_lines_are_not_torn_from_their_numbers(self) -> None:
        parts = in_segments("x" * 440 + "\n1. Oui\n2. Non, merci beaucoup de cette aide")
        assert not any(part.endswith(("1.", "2.")) for part in parts)

    @given(st.text(max_size=900), st.integers(1, 3))
    def test_every_part_fits(self, text: str, most: int) -> None:
        parts = in_segments(text, most)
        assert all(part and segments(part) <= most for part in parts)

    @given(st.text(alphabet="aé.? \n😜", max_size=300))
    def test_nothing_is_lost(self, text: str) -> None:
        assert "".join("".join(in_segments(text, 1)).split()) == "".join(text.split())

    @given(st.text(max_size=300), st.integers(2, 50))
    def test_other_channels_count_utf16_units(self, text: str, longest: int) -> None:
        parts = in_characters(text, longest)
        assert all(0 < len(part.encode("utf-16-le", "surrogatepass")) <= 2 * longest for part in parts)
        assert "".join("".join(parts).split()) == "".join(text.split())
