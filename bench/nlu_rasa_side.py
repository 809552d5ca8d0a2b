"""One half of `bench/nlu_rasa.py`: trains or measures one pipeline in a process of its own, and prints JSON.

Runs under our Python 3.11 and under Rasa's 3.10, so it imports nothing before it knows which.

    python nlu_rasa_side.py train ENGINE CONFIG DATA MODEL        {"seconds"}
    python nlu_rasa_side.py test  ENGINE MODEL SENTENCES          {"load_seconds", "memory_mb", "model_mb", "answers"}
"""

# ruff: noqa: PLC0415
from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def memory_mb() -> float:
    """Resident memory of this process now (Linux), else its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def train_ours(config: str, data: str, model: str) -> dict[str, Any]:
    """Train our pipeline on a folder of training data."""
    from bot.commands.check_nlu import read_examples
    from bot.nlu import NluData, Pipeline
    from bot.project.config import read_config
    from bot.project.project import load_project

    project = load_project(Path(config))
    kept = project.nlu
    examples = read_examples(Path(data))
    pipeline = read_config(Path(config), []).pipeline
    started = time.perf_counter()
    trained = Pipeline.train(pipeline, NluData(examples, kept.synonyms, kept.lookups, kept.regexes), [])
    seconds = time.perf_counter() - started
    folder = Path(model)
    folder.mkdir(parents=True)
    for name, content in trained.to_files().items():
        (folder / name).write_bytes(content)
    return {"seconds": seconds}


def test_ours(model: str, sentences: list[str]) -> dict[str, Any]:
    """Load and measure our model."""
    started = time.perf_counter()
    from bot.nlu import Pipeline

    imported = time.perf_counter()
    pipeline = Pipeline.from_files({path.name: path.read_bytes() for path in Path(model).iterdir()})
    loaded = time.perf_counter()
    answers = []
    for sentence in sentences:
        before = time.perf_counter()
        result = pipeline.parse(sentence)
        answers.append(_answer(result.as_dict(), time.perf_counter() - before))
    size = sum(path.stat().st_size for path in Path(model).iterdir())
    return {
        "import_seconds": imported - started,
        "load_seconds": loaded - imported,
        "memory_mb": memory_mb(),
        "model_mb": size / 1e6,
        "answers": answers,
    }


def train_rasa(config: str, data: str, model: str) -> dict[str, Any]:
    """Train a pipeline of Rasa's."""
    from rasa.model_training import train_nlu

    started = time.perf_counter()
    train_nlu(config, data, model, fixed_model_name="nlu")
    return {"seconds": time.perf_counter() - started}


def test_rasa(model: str, sentences: list[str]) -> dict[str, Any]:
    """Load and measure a model of Rasa's."""
    started = time.perf_counter()
    from rasa.core.agent import Agent

    imported = time.perf_counter()
    file = next(Path(model).glob("*.tar.gz"))
    agent = Agent.load(str(file))
    loaded = time.perf_counter()

    async def parse() -> list[dict[str, Any]]:
        answers = []
        for sentence in sentences:
            before = time.perf_counter()
            result = await agent.parse_message(sentence)
            answers.append(_answer(result, time.perf_counter() - before))
        return answers

    answers = asyncio.run(parse())
    return {
        "import_seconds": imported - started,
        "load_seconds": loaded - imported,
        "memory_mb": memory_mb(),
        "model_mb": file.stat().st_size / 1e6,
        "answers": answers,
    }


def _answer(result: dict[str, Any], seconds: float) -> dict[str, Any]:
    ranking = [one["name"] for one in result["intent_ranking"] if one["name"] != "nlu_fallback"]
    return {"intent": ranking[0] if ranking else result["intent"]["name"], "seconds": seconds}


def main() -> None:
    """Do what the command line says."""
    verb, engine, *rest = sys.argv[1:]
    if verb == "train":
        answer = (train_rasa if engine == "rasa" else train_ours)(rest[0], rest[1], rest[2])
    else:
        sentences = json.loads(Path(rest[1]).read_text(encoding="utf-8"))
        answer = (test_rasa if engine == "rasa" else test_ours)(rest[0], sentences)
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
