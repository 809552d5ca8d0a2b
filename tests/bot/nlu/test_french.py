"""French as patients type it, word by word and component by component."""

from __future__ import annotations

import random
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import Example, NluData
from bot.nlu.build import component_of
from bot.nlu.component import Training
from bot.nlu.french.fold import fold, pieces
from bot.nlu.french.noise import mistyped
from bot.nlu.french.spelling import Spellings
from bot.nlu.french.vectors import WordVectors
from bot.nlu.message import Message, Token
from bot.nlu.result import IntentScore
from tests.bot.nlu.data import DATA

KNOWN = frozenset(["code", "recu", "appelle", "message", "adresse", "allee", "clinique", "courriel", "arrive"])


@pytest.fixture(scope="module")
def spellings() -> Spellings:
    return Spellings.shipped()


# What is typed, and the standard words.
TYPED = [
    ("chu pas capable", "je suis pas capable"),
    ("chui inscrit", "je suis inscrit"),
    ("jsuis là", "je suis la"),
    ("J’ai reçu", "je ai recu"),
    ("jai pas recu lcode", "je ai pas recu le code"),
    ("jveux mon code", "je veux mon code"),
    ("g pas eu le code", "je ai pas eu le code"),
    ("c koi ça", "ce est quoi ca"),
    ("cest pas ça", "ce est pas ca"),
    ("c'est quoi", "ce est quoi"),
    ("kessé ça", "que est ce que ce est ca"),
    ("kes ki faut", "que est ce que qui faut"),
    ("pk vous demandez", "pourquoi vous demandez"),
    ("pourkoi", "pourquoi"),
    ("marche po", "marche pas"),
    ("ça marche pu pantoute", "ca marche plus pas du tout"),
    ("y'a une erreur", "il y a une erreur"),
    ("ya rien", "il y a rien"),
    ("il y a rien", "il y a rien"),
    ("mdp oublié", "mot de passe oublie"),
    ("mot de pass", "mot de passe"),
    ("mon password", "mon mot de passe"),
    ("mon imel", "mon courriel"),
    ("mes emails", "mes courriel"),
    ("couriel", "courriel"),
    ("dans mes spams", "dans mes pourriel"),
    ("le link marche pas", "le lien marche pas"),
    ("j'ai refresh la page", "je ai rafraichi la page"),
    ("carte d'assurance maladie", "carte soleil"),
    ("numéro d’assurance maladie", "nam"),
    ("ramequin", "ramq"),
    ("mon nass", "mon nas"),
    ("assurance social", "nas"),
    ("clinik du parc", "clinique du parc"),
    ("nom d'utilisateur", "nom utilisateur"),
    ("mon username", "mon nom utilisateur"),
    ("ouin ok", "oui ok"),
    ("dac", "de accord"),
    ("nope", "non"),
    ("👍", "oui"),
    ("👎🏽", "non"),
    ("euh oui", "oui"),
    ("svp", "svp"),
    ("s'il vous plaît", "svp"),
    ("nooooon", "non"),
    ("ouiiii", "oui"),
    ("messsage", "message"),
    ("allllée", "allee"),
    ("ＣＯＤＥ", "code"),
    ("tabarnak", "juron"),
    ("n-b", "nouveau brunswick"),
    ("lladresse", "lladresse"),
    ("jarrive", "je arrive"),
    ("dadresse", "de adresse"),
    ("qu'est-ce que", "que est ce que"),
    ("911", "911"),
    ("85531416", "__8chiffres__"),
    ("0123456789012345", "__12chiffres__"),
    ("", ""),
    ("...!!", ""),
    ("ça va?", "ca va ?"),
]


@pytest.mark.parametrize(("typed", "standard"), TYPED)
def test_spellings(spellings: Spellings, typed: str, standard: str) -> None:
    words = spellings.standard(list(pieces(typed)), KNOWN)
    assert " ".join(word.text for word in words) == standard
    assert all(0 <= word.start < word.end <= len(typed) for word in words)


def test_standard_words_stay_as_they_are(spellings: Spellings) -> None:
    """Nothing in the table rewrites its own standard words, except those that are shared on purpose."""
    for written, standard in spellings.table.items():
        words = [Token(word, 0, 1) for word in standard]
        again = tuple(word.text for word in spellings.standard(words, frozenset(standard)))
        assert again == standard, written


@pytest.mark.parametrize("line", ["chu", "chu je suis", "\tje suis", "chu\tje suis\nchu\tje", "!\tx"])
def test_a_wrong_table_is_told(line: str) -> None:
    with pytest.raises(ValueError, match=r"spellings\.tsv:\d: expected"):
        Spellings.of(line.split("\n"))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_pieces_know_their_places(text: str) -> None:
    last = 0
    for piece in pieces(text):
        assert last <= piece.start < piece.end <= len(text)
        assert piece.text
        last = piece.start


def test_folding_twice_changes_nothing() -> None:
    for number in range(0x110000):
        once = fold(chr(number))
        assert fold(once) == once, hex(number)


def words(text: str, **options: Any) -> list[str]:
    normalizer = component_of({"name": "FrenchNormalizer", **options})
    examples = [Message(one) for one in ["le code reçu", "le code reçu", "mon courriel", "mon courriel"]]
    normalizer.train(Training(NluData(), [], examples))
    message = Message(text)
    for name in ("email", "nam"):
        function = f"actions.rules.{name}.find_{name}s"
        component_of({"name": "FunctionEntityExtractor", "functions": [function]}).process(message)
    normalizer.process(message)
    return [word.text for word in message.words]


def test_values_are_masked() -> None:
    text = "mon courriel: lucie@exemple.ca, nam TEST 8553 1416."
    assert words(text, mask=["email", "nam"]) == ["mon", "courriel", "__email__", "nam", "__nam__"]
    assert "__nam__" not in words(text, mask=["email"])


def test_ne_says_nothing() -> None:
    assert words("je n'ai pas le code") == words("jai pas lcode") == ["je", "ai", "pas", "le", "code"]


def lexicon(text: str) -> list[tuple[str, Any, str]]:
    message = Message(text)
    for name, options in (("FrenchNormalizer", {}), ("LexiconEntityExtractor", {"lookups": ["field", "province"]})):
        made = component_of({"name": name, **options})
        made.train(Training(DATA, [], [Message(example.text) for example in DATA.examples]))
        made.process(message)
    return [(one.entity, one.value, text[one.start : one.end]) for one in message.entities]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mon Courriel", [("field", "email", "Courriel")]),
        ("mon imel pis mon mdp", [("field", "email", "imel"), ("field", "password", "mdp")]),
        ("mon adresse de courriel", [("field", "email", "adresse de courriel")]),
        ("je suis de l’ONTARIO ou du Quebec", [("province", "ON", "ONTARIO"), ("province", "quebec", "Quebec")]),
        ("courrielle-moi ça", [("field", "email", "courrielle")]),
        ("décourageant", []),
    ],
)
def test_lexicon(text: str, found: list[tuple[str, Any, str]]) -> None:
    assert lexicon(text) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ajouter la clinique du Parc", "Parc"),
        ("ajoute la clinique des érables svp", "érables"),
        ("GMF Boréal", "Boréal"),
        ("clinique médicale du Lac", "Lac"),
        ("la Clinique Saint-Louis", "Saint-Louis"),
        ("c'est la clinique Info-Data merci", "Info-Data"),
        ("la clinique de la Rivière est-elle liée", "Rivière"),
        ("la clinique du docteur", None),
        ("ma clinique est pas là", None),
        ("ma clinique m'a envoyé un courriel", None),
        ("ajouter une clinique", None),
        ("la clinique de mon quartier", None),
        ("la clinique du coin", None),
        ("ma clinique, Parc", None),
        ("le GMF au complet", None),
        ("clinique lucie@exemple.ca", None),
        ("une clinique sans rendez-vous", None),
        ("clinique", None),
    ],
)
def test_clinic_names(text: str, name: str | None) -> None:
    message = Message(text)
    component_of({"name": "FunctionEntityExtractor", "functions": ["actions.rules.email.find_emails"]}).process(message)
    component_of({"name": "ClinicExtractor"}).process(message)
    found = [one for one in message.entities if one.entity == "clinic"]
    assert [one.value for one in found] == ([name] if name else [])
    assert all(text[one.start : one.end] == one.value for one in found)


def test_functions_that_overlap_give_the_first() -> None:
    functions = ["actions.rules.email.find_emails", "actions.rules.nam.find_nams"]
    message = Message("c'est test85531416@exemple.ca")
    component_of({"name": "FunctionEntityExtractor", "functions": functions}).process(message)
    assert [(one.entity, one.value) for one in message.entities] == [("email", "test85531416@exemple.ca")]


def test_noise_is_drawn_from_the_seed_and_keeps_values() -> None:
    text = "j'ai reçu le courriel de lucie@exemple.ca avec le numéro TEST85531416"
    noisy = [mistyped(text, random.Random(seed), 1.0) for seed in range(30)]
    assert noisy == [mistyped(text, random.Random(seed), 1.0) for seed in range(30)]
    assert len(set(noisy)) == 30
    assert all("lucie@exemple.ca" in one and "TEST85531416" in one for one in noisy)


def test_noise_adds_copies_to_training_only() -> None:
    noise = component_of({"name": "FrenchNoise", "share": 1.0})
    messages = [Message("bonjour madame", "greet")]
    training = Training(NluData(), [], messages)
    noise.train(training)
    assert [(message.intent, message.made_up) for message in training.messages] == [("greet", False), ("greet", True)]
    noise.process(messages[0])
    assert messages[0].text == "bonjour madame"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.integers(0, 1000))
def test_noise_takes_any_text(text: str, seed: int) -> None:
    mistyped(text, random.Random(seed), 1.0)


def test_vectors_are_near_for_near_words() -> None:
    vectors = WordVectors.shipped()

    def likeness(one: str, other: str) -> float:
        first, second = (vectors.mean({word: 1.0}, 1.0) for word in (one, other))
        assert first is not None
        assert second is not None
        return float(np.dot(first, second))

    assert likeness("mari", "epoux") > likeness("mari", "robot")
    assert likeness("ventre", "jambe") > likeness("ventre", "lien")
    assert vectors.mean({"zzzzqx": 1.0}, 1.0) is None
    assert vectors.mean({}, 1.0) is None


def test_every_vector_has_its_word() -> None:
    vectors = WordVectors.shipped()
    words = files("bot.nlu.french").joinpath("vectors.txt").read_text(encoding="ascii").split()
    assert len(vectors.vocabulary) == len(vectors.rows) == len(set(words)) == len(words)  # no two words share a key
    assert vectors.rows.dtype == np.int8


@pytest.mark.parametrize(
    ("text", "confidence", "first"),
    [("bonjour", 0.1, False), ("bonjour", 0.4, True), ("appelez une ambulance, il respire plus", 0.0, True)],
)
def test_urgent_intents_come_first(text: str, confidence: float, first: bool) -> None:
    urgent = component_of(
        {"name": "UrgentIntentClassifier", "intent": "emergency", "function": "actions.rules.emergency.danger_kind"}
    )
    message = Message(text)
    message.ranking = [IntentScore("greet", 1 - confidence), IntentScore("emergency", confidence)]
    message.best = message.ranking[0]
    urgent.process(message)
    assert message.best is not None
    assert (message.best.name == "emergency") is first
    assert [score.name for score in message.ranking].count("emergency") == 1
    assert message.ranking[0] == message.best
    if first:
        assert message.best.confidence == 0.9
        assert sum(score.confidence for score in message.ranking) == pytest.approx(1)
        component_of({"name": "FallbackClassifier", "ambiguity_threshold": 0.1}).process(message)
        assert message.best.name == "emergency"


def test_features_have_unit_length_and_know_nothing_of_new_words() -> None:
    data = NluData([Example("mon code", "a"), Example("bonjour", "b")])
    messages = [Message(example.text, example.intent) for example in data.examples]
    normalizer = component_of({"name": "FrenchNormalizer"})
    featurizer = component_of({"name": "FrenchFeaturizer", "min_examples": 1, "vectors": 0})
    for one in (normalizer, featurizer):
        one.train(Training(data, [], messages))
        for message in messages:
            one.process(message)
    assert float(np.linalg.norm(messages[0].features[0].values)) == pytest.approx(2**0.5, abs=1e-5)
    unknown = Message("xyzw")
    for one in (normalizer, featurizer):
        one.process(unknown)
    assert len(unknown.features[0].ids) == 0
    assert unknown.features[0].size == messages[0].features[0].size
