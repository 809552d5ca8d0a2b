import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.text import Words, chosen, fold, keyword, numbered
from bot.channels.typed import HIDDEN, hide_password
from bot.dialogue.messages import BotMessage
from bot.project.domain import Domain

GREETING = [
    {"title": "Créer mon compte", "payload": "/signup"},
    {"title": "J’ai déjà un compte", "payload": "/login"},
    {"title": "J’ai une question", "payload": "/help"},
]
RESUME = [{"title": "Oui, reprendre", "payload": "/affirm"}, {"title": "Non, recommencer", "payload": "/deny"}]
STUCK = [{"title": "Aide de ma clinique", "payload": "/human"}, {"title": "Arrêter", "payload": "/cancel"}]
NAMES = [{"title": "lucie_88", "payload": "lucie_88"}, {"title": "lucie_89", "payload": "lucie_89"}]
WORDS = Words(
    Domain(
        {
            "responses": {
                "utter_choose_number": [{"text": "Répondez {first} ou {last}."}],
                "utter_choose_one": [{"text": "Répondez 1."}],
                "utter_x": [{"text": "partout"}, {"text": "par texto", "channel": "twilio"}],
            }
        }
    )
)


class TestChoices:
    @pytest.mark.parametrize(
        ("text", "buttons", "payload"),
        [
            ("1", GREETING, "/signup"),
            (" 2. ", GREETING, "/login"),
            ("le 3", GREETING, "/help"),
            ("numéro 3", GREETING, "/help"),
            ("#2", GREETING, "/login"),
            ("(2)", GREETING, "/login"),
            ("deux", GREETING, "/login"),
            ("la première", GREETING, "/signup"),
            ("CREER MON COMPTE", GREETING, "/signup"),
            ("j'ai deja un compte!", GREETING, "/login"),
            ("question", GREETING, "/help"),
            ("une question", GREETING, "/help"),
            ("créer", GREETING, "/signup"),
            ("compte", GREETING, None),  # two titles have it
            ("4", GREETING, None),
            ("0", GREETING, None),
            ("12345", GREETING, None),
            ("je veux créer un compte pour ma mère", GREETING, None),
            ("ma", GREETING, None),
            ("", GREETING, None),
            ("oui", RESUME, "/affirm"),
            ("Non", RESUME, "/deny"),
            ("arreter", STUCK, "/cancel"),
            ("lucie_88", NAMES, "lucie_88"),
            ("1", [], None),
        ],
    )
    def test_what_an_answer_means(self, text: str, buttons: list[dict[str, str]], payload: str | None) -> None:
        assert chosen(text, buttons) == payload

    @given(st.text(max_size=80), st.lists(st.text(max_size=30), max_size=6))
    def test_only_payloads_that_were_sent(self, text: str, titles: list[str]) -> None:
        buttons = [{"title": title, "payload": f"/p{number}"} for number, title in enumerate(titles)]
        assert chosen(text, buttons) in {None, *(button["payload"] for button in buttons)}

    @given(st.text(max_size=60))
    def test_folding_twice_is_folding_once(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)


class TestRendering:
    def test_choices_are_numbered_through_a_turn(self) -> None:
        replies = [BotMessage(text="Bon.", buttons=RESUME), BotMessage(text="Ou?", buttons=STUCK[1:])]
        assert numbered(replies, WORDS, "twilio") == (
            "Bon.\n1. Oui, reprendre\n2. Non, recommencer\nOu?\n3. Arrêter\nRépondez 1, 2 ou 3."
        )

    def test_a_list_that_is_numbered_already_is_not_repeated(self) -> None:
        reply = BotMessage(text="Laquelle?\n1. Oui, reprendre", buttons=RESUME)
        assert numbered([reply], WORDS, "twilio").splitlines() == [
            "Laquelle?",
            "1. Oui, reprendre",
            "2. Non, recommencer",
            "Répondez 1 ou 2.",
        ]

    def test_one_choice(self) -> None:
        assert numbered([BotMessage(text="Bon.", buttons=STUCK[1:])], WORDS, "twilio").endswith("Répondez 1.")

    def test_responses_of_a_channel_come_first(self) -> None:
        assert WORDS.say("utter_x", "twilio") == "par texto"
        assert WORDS.say("utter_x", "telegram") == "partout"
        assert WORDS.say("utter_none", "telegram") == ""


class TestKeywords:
    @pytest.mark.parametrize(
        ("text", "meaning"),
        [
            ("STOP", "stop"),
            ("Arrêt.", "stop"),
            ("ARRET", "stop"),
            ("désabonner", "stop"),
            ("aide", "help"),
            ("HELP!", "help"),
            ("info", "help"),
            ("début", "start"),
            ("arrêter", None),  # a button says so: it ends the signup, not the messages
            ("stop ça", None),
            ("annuler", None),
            ("aidez-moi", None),
            ("", None),
        ],
    )
    def test_whole_messages_only(self, text: str, meaning: str | None) -> None:
        assert keyword(text) == meaning


class TestTypedPasswords:
    @pytest.mark.parametrize(
        "text",
        [
            "Tr0is-Canots!Verts",
            "mon mot de passe est Tr0is-Canots!Verts",
            "c'est Soleil2024!",
            "abc123",
            "12345678",
            "/affirm",
            "😀😀😀",
            "a@b.ca",
        ],
    )
    def test_hidden(self, text: str) -> None:
        assert hide_password(text) == HIDDEN

    @pytest.mark.parametrize(
        "text",
        [
            "aide",
            "pourquoi?",
            "annuler",
            "C'est quoi ce lien-là?",
            "le lien ne marche pas!!",
            "10 à 40 caractères, c'est long",
            "je ne veux pas",
            "",
        ],
    )
    def test_let_through(self, text: str) -> None:
        assert hide_password(text) == text

    @given(st.from_regex(r"[A-Z][a-z]{4,20}[0-9][!?$%&*][a-z]{0,10}", fullmatch=True), st.text(max_size=20))
    def test_what_follows_the_rules_of_passwords_is_hidden(self, password: str, before: str) -> None:
        assert hide_password(f"{before} {password}".strip()) == HIDDEN
