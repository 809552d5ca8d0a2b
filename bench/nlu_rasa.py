"""The same training and test sentences through Rasa 3.6.21's DIET and LogisticRegression pipelines, and through ours.

Run by `make bench-nlu`; `RASA_ENV` may name an environment that has Rasa. Writes `results/nlu_rasa.json` and prints
the table of docs/benchmarks.md. Training DIET for 100 epochs takes an hour or more on two
cores; it is measured last, and what is measured before it is written and printed at once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.rasa_environment import find_rasa
from bot.commands.check_nlu import read_examples
from bot.nlu.data import Example

ROOT = Path(__file__).parents[1]
SIDE = ROOT / "bench/nlu_rasa_side.py"
RESULTS = ROOT / "results/nlu_rasa.json"

_FEATURES = """
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
"""
PIPELINES = {
    "Rasa LogisticRegression": _FEATURES + "  - name: LogisticRegressionClassifier\n",
    "Rasa DIET": _FEATURES + "  - name: DIETClassifier\n    epochs: {epochs}\n    constrain_similarities: true\n",
}
"""Rasa's default pipeline, and before it the same features under its lighter classifier."""


def main() -> int:
    """Measure each pipeline, write the figures, print the table."""
    arguments = _arguments()
    tests = read_examples(ROOT / arguments.test)
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="nlu-bench-") as folder:
        work = Path(folder)
        (work / "sentences.json").write_text(json.dumps([example.text for example in tests]), encoding="utf-8")
        shutil.copytree(ROOT / "data/nlu", work / "data")
        python = Path(sys.executable)
        results["sofy"] = _measure(python, "sofy", str(ROOT), work, tests)
        _write(results)
        rasa = find_rasa(print)
        if rasa is not None:
            for name, pipeline in PIPELINES.items():
                print(f"{name}...", flush=True)
                config = work / f"{name.replace(' ', '-')}.yml"
                body = pipeline.replace("{epochs}", str(arguments.epochs))
                config.write_text(f"recipe: default.v1\nlanguage: fr\nassistant_id: bench\npipeline:{body}")
                results[name] = _measure(rasa.parent / "python", "rasa", str(config), work, tests)
                _write(results)
    return 0


def _write(results: dict[str, Any]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(table(results), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", default="tests/nlu", help="test sentences: a file or folder in Rasa's format")
    parser.add_argument("--epochs", type=int, default=100, help="DIET's epochs (Rasa's default: 100)")
    return parser.parse_args()


def _measure(python: Path, engine: str, config: str, work: Path, tests: Sequence[Example]) -> dict[str, Any]:
    model = str(work / f"model-{Path(config).stem}")
    trained = _run(python, "train", engine, config, str(work / "data"), model)
    tested = _run(python, "test", engine, model, str(work / "sentences.json"))
    said = [answer["intent"] for answer in tested.pop("answers_list")]
    return {"train_seconds": trained["seconds"], **tested, **scores([one.intent for one in tests], said)}


def _run(python: Path, *arguments: str) -> dict[str, Any]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false"}
    command = [str(python), str(SIDE), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    if "answers" in answer:
        times = [one["seconds"] * 1000 for one in answer["answers"]]
        answer["parse_ms_median"] = statistics.median(times)
        answer["parse_ms_99"] = statistics.quantiles(times, n=100)[98]
        answer["answers_list"] = answer.pop("answers")
    return answer


def scores(meant: Sequence[str], said: Sequence[str]) -> dict[str, float]:
    """Accuracy and macro F1."""
    right = Counter(one for one, other in zip(meant, said, strict=True) if one == other)
    total, told = Counter(meant), Counter(said)
    f1 = [2 * right[intent] / (total[intent] + told[intent]) for intent in total]
    return {"accuracy": sum(right.values()) / len(meant), "macro_f1": statistics.mean(f1)}


def table(results: dict[str, Any]) -> str:
    """The figures side by side, in Markdown."""
    rows = (
        ("accuracy", "accuracy", "{:.2%}"),
        ("macro F1", "macro_f1", "{:.2%}"),
        ("training", "train_seconds", "{:.1f} s"),
        ("import", "import_seconds", "{:.2f} s"),
        ("load", "load_seconds", "{:.3f} s"),
        ("model file", "model_mb", "{:.1f} MB"),
        ("resident memory", "memory_mb", "{:.0f} MB"),
        ("parse, median", "parse_ms_median", "{:.2f} ms"),
        ("parse, 99th percentile", "parse_ms_99", "{:.2f} ms"),
    )
    lines = ["| | " + " | ".join(results) + " |", "|---" * (len(results) + 1) + "|"]
    for title, key, shape in rows:
        lines.append(f"| {title} | " + " | ".join(shape.format(one[key]) for one in results.values()) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
