"""A pipeline: trained, saved, loaded, and given anything at all to read."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import ModelFormatError, Pipeline
from bot.nlu.pipeline import MOST_CHARACTERS
from tests.bot.nlu.data import DATA, FRENCH, RASA_INIT

KEYWORDS = [{"name": "WhitespaceTokenizer"}, {"name": "KeywordIntentClassifier"}, {"name": "RegexEntityExtractor"}]
CONFIGS = {"rasa": RASA_INIT, "french": FRENCH, "keywords": KEYWORDS}
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pipelines() -> dict[str, Pipeline]:
    return {name: Pipeline.train(config, DATA, []) for name, config in CONFIGS.items()}


SAID = [
    "bonjour",
    "g pas resu lcode",
    "mon imel est a.b@exemple.ca",
    "TEST 8553 1416",
    "il respire plus!",
    "",
    "👍",
    "?",
]


@pytest.mark.parametrize("name", CONFIGS)
def test_a_loaded_pipeline_says_the_same(pipelines: dict[str, Pipeline], name: str) -> None:
    files = pipelines[name].to_files()
    loaded = Pipeline.from_files(files)
    for text in SAID:
        assert loaded.parse(text) == pipelines[name].parse(text)
    assert loaded.to_files() == files


@pytest.mark.parametrize("name", CONFIGS)
def test_training_twice_gives_the_same_bytes(pipelines: dict[str, Pipeline], name: str) -> None:
    assert Pipeline.train(CONFIGS[name], DATA, []).to_files() == pipelines[name].to_files()


@pytest.mark.parametrize("name", CONFIGS)
def test_only_json_and_plain_arrays(pipelines: dict[str, Pipeline], name: str) -> None:
    files = pipelines[name].to_files()
    assert {Path(file).suffix for file in files} <= {".json", ".npy"}
    assert all(content.startswith(b"\x93NUMPY") for file, content in files.items() if file.endswith(".npy"))


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u00a0"])
def test_blank_text_has_no_intent(pipelines: dict[str, Pipeline], name: str, text: str) -> None:
    result = pipelines[name].parse(text)
    assert result.as_dict() == {
        "text": text,
        "intent": {"name": None, "confidence": 0.0},
        "entities": [],
        "intent_ranking": [],
    }


STRANGE = [
    "😀😀😀",
    "\x00\x01\x02",
    "مرحبا بك",
    "\u202eabc\u202c",
    "\ud800",
    "e\u0301" * 50,
    "ﬁ ½ Ⅷ",
    "０１２３",
    "-" * 400,
]


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("text", STRANGE, ids=ascii)
def test_strange_text_has_a_result(pipelines: dict[str, Pipeline], name: str, text: str) -> None:
    result = pipelines[name].parse(text)
    assert result.text == text
    assert 0 <= result.intent["confidence"] <= 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_result(pipelines: dict[str, Pipeline], text: str) -> None:
    for pipeline in pipelines.values():
        result = pipeline.parse(text).as_dict()
        json.dumps(result)
        assert 0 <= result["intent"]["confidence"] <= 1
        confidences = [one["confidence"] for one in result["intent_ranking"] if one["name"] != "nlu_fallback"]
        assert confidences == sorted(confidences, reverse=True)
        for entity in result["entities"]:
            assert 0 <= entity["start"] < entity["end"] <= len(text)


LONG = ["a", " ", "-", "!a ", "é", "1 ", "a@", "\u0301", "😀", "clinique du ", "bonjour ", "' ", "ABCD1"]


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("piece", LONG, ids=ascii)
def test_long_text_takes_bounded_time(pipelines: dict[str, Pipeline], name: str, piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    started = time.perf_counter()
    pipelines[name].parse(text)
    assert time.perf_counter() - started < 1.0


def test_what_stands_after_the_limit_changes_nothing(pipelines: dict[str, Pipeline]) -> None:
    start = "bonjour ".ljust(MOST_CHARACTERS)
    for pipeline in pipelines.values():
        assert pipeline.parse(start + "appelez une ambulance").intent == pipeline.parse(start).intent


def test_loading_and_parsing_import_no_training_library(pipelines: dict[str, Pipeline], tmp_path: Path) -> None:
    for name, content in pipelines["french"].to_files().items():
        (tmp_path / name).write_bytes(content)
    code = (
        "import sys, pathlib\n"
        "from bot.nlu import Pipeline\n"
        f"files = {{path.name: path.read_bytes() for path in pathlib.Path({str(tmp_path)!r}).iterdir()}}\n"
        "pipeline = Pipeline.from_files(files)\n"
        "assert pipeline.parse('bonjour').intent['name'] == 'greet'\n"
        "print([name for name in ('sklearn', 'scipy', 'matplotlib', 'ruamel') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_progress_is_told(pipelines: dict[str, Pipeline]) -> None:
    told: list[tuple[int, int, str]] = []
    Pipeline.train(KEYWORDS, DATA, [], lambda done, total, name: told.append((done, total, name)))
    assert told == [
        (0, 3, "WhitespaceTokenizer"),
        (1, 3, "KeywordIntentClassifier"),
        (2, 3, "RegexEntityExtractor"),
        (3, 3, ""),
    ]


def test_damaged_files_are_told(pipelines: dict[str, Pipeline]) -> None:
    files = pipelines["french"].to_files()
    index = json.loads(files["pipeline.json"])
    cases = [
        {},
        files | {"pipeline.json": b"{"},
        files | {"pipeline.json": b"[]"},
        files | {"pipeline.json": json.dumps(index | {"format": 99}).encode()},
        files | {"pipeline.json": json.dumps(index | {"states": []}).encode()},
        {name: body for name, body in files.items() if not name.endswith("rows.npy")},
        {name: body[:40] if name.endswith(".npy") else body for name, body in files.items()},
    ]
    for case in cases:
        with pytest.raises(ModelFormatError, match="sofy train"):
            Pipeline.from_files(case)


def test_pickled_arrays_are_not_loaded(pipelines: dict[str, Pipeline]) -> None:
    import io

    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, np.array([object()], dtype=object), allow_pickle=True)
    files = pipelines["french"].to_files()
    name = next(file for file in files if file.endswith("rows.npy"))
    with pytest.raises(ModelFormatError):
        Pipeline.from_files(files | {name: buffer.getvalue()})
