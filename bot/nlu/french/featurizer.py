"""FrenchFeaturizer: word and character n-grams of standard words, and what the words mean roughly."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bot.nlu.component import Component, State, Training
from bot.nlu.features.ngrams import word_bound_ngrams, word_ngrams
from bot.nlu.features.vocabulary import Columns, Vocabulary
from bot.nlu.french.vectors import WordVectors
from bot.nlu.message import Features, Message
from bot.nlu.options import OptionError

Weighed = tuple[NDArray[np.int32], NDArray[np.float32]]
"""Columns and their values, of one message."""


@dataclass(frozen=True, slots=True)
class FrenchFeaturizerOptions:
    """Options of FrenchFeaturizer."""

    max_words: int = 2
    """Longest run of words."""
    skips: bool = True
    """Whether pairs of words with one word between them count."""
    edges: bool = True
    """Whether being the first or the last word counts."""
    min_characters: int = 3
    """Shortest run of characters inside a word."""
    max_characters: int = 5
    """Longest run of characters inside a word."""
    min_examples: int = 2
    """Examples that a run must be in to count."""
    vectors: float = 0.7
    """Weight of the word vectors beside words and characters, which weigh 1 each; 0 leaves them out."""


class _Table:
    """A vocabulary of n-grams with their inverse document frequency."""

    def __init__(self, vocabulary: Vocabulary, idf: NDArray[np.float32]) -> None:
        self.vocabulary = vocabulary
        self.idf = idf

    @classmethod
    def empty(cls) -> _Table:
        """Before training."""
        return cls(Vocabulary(np.empty(0, np.uint32)), np.empty(0, np.float32))

    @classmethod
    def learnt(cls, documents: Iterable[Iterable[str]], least: int) -> _Table:
        """From the n-grams of every example; rare ones weigh more (as in scikit-learn's TfidfVectorizer)."""
        seen_in: Counter[str] = Counter()
        total = 0
        for ngrams in documents:
            seen_in.update(set(ngrams))
            total += 1
        vocabulary, kept = Vocabulary.of(sorted(ngram for ngram, count in seen_in.items() if count >= least))
        counts = np.array([seen_in[ngram] for ngram in kept], np.float32)
        return cls(vocabulary, np.log((1 + total) / (1 + counts)) + np.float32(1))

    def __len__(self) -> int:
        """How many n-grams it has."""
        return len(self.idf)

    def weighed(self, ngrams: Iterable[str]) -> Weighed:
        """Columns and tf-idf values (1 + log tf, unit length) of a message's n-grams."""
        return self.weigh(self.vocabulary.columns(ngrams))

    def weigh(self, columns: ArrayLike) -> Weighed:
        """The same of columns that were looked up."""
        ids, counts = np.unique(columns, return_counts=True)
        values = ((np.log(counts) + 1) * self.idf[ids]).astype(np.float32)
        length = math.sqrt(float(values @ values))
        return ids.astype(np.int32), values / np.float32(length) if length else values

    def weigh_all(self, rows: Columns, columns: Columns, count: int) -> list[Weighed]:
        """What `weigh` gives for each of `count` messages; `rows` says which message each column is of."""
        keys, counts = np.unique(rows * max(len(self), 1) + columns, return_counts=True)
        owners, ids = np.divmod(keys, max(len(self), 1))
        values = ((np.log(counts) + 1) * self.idf[ids]).astype(np.float32)
        lengths = np.sqrt(np.bincount(owners, values * values, count)).astype(np.float32)
        values /= lengths[owners]
        ends = np.searchsorted(owners, np.arange(1, count))
        return list(zip(np.split(ids.astype(np.int32), ends), np.split(values, ends), strict=True))

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Everything, for the model's files."""
        return {f"{name}_keys": self.vocabulary.keys, f"{name}_idf": self.idf}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> _Table:
        """What `arrays` was made from."""
        return cls(Vocabulary(arrays[f"{name}_keys"].astype(np.uint32)), arrays[f"{name}_idf"].astype(np.float32))


_NONE = np.empty(0, np.intp)


def _owners(several: Sequence[Sequence[Any] | Columns]) -> Columns:
    """For each element of several sequences, put end to end: which sequence it is of."""
    return np.repeat(np.arange(len(several)), [len(one) for one in several])


class FrenchFeaturizer(Component[FrenchFeaturizerOptions]):
    """Weighs n-grams by tf-idf; needs FrenchNormalizer before it."""

    name = "FrenchFeaturizer"
    options_type = FrenchFeaturizerOptions

    def check(self) -> None:
        """Check the ranges; start with no vocabulary."""
        options = self.options
        if options.max_words < 1:
            raise OptionError("max_words", "expected at least 1")
        if not 1 <= options.min_characters <= options.max_characters:
            raise OptionError("min_characters", "expected 1 <= min_characters <= max_characters")
        if options.vectors < 0:
            raise OptionError("vectors", "expected 0 or more")
        self._words = _Table.empty()
        self._characters = _Table.empty()
        self._vectors: WordVectors | None = None
        self._spelled: dict[str, Columns] = {}
        """Columns of the character n-grams of training's words, while training; never of what a patient types."""

    def train(self, training: Training) -> None:
        """Learn both vocabularies."""
        least = self.options.min_examples
        spoken = [[word.text for word in message.words] for message in training.messages if not message.made_up]
        cut = {word: self._cut([word]) for word in {word for words in spoken for word in words}}
        self._words = _Table.learnt((self._word_ngrams(words) for words in spoken), least)
        self._characters = _Table.learnt(([ngram for word in words for ngram in cut[word]] for words in spoken), least)
        self._spelled = {word: self._characters.vocabulary.columns(ngrams) for word, ngrams in cut.items()}
        self._vectors = WordVectors.shipped() if self.options.vectors else None

    def process(self, message: Message) -> None:
        """Add the features: words, then characters, then vectors."""
        words = [word.text for word in message.words]
        ids, values = self._words.weighed(self._word_ngrams(words))
        parts = [(ids, values)]
        offset = len(self._words)
        ids, values = self._characters.weigh(self._character_columns(words))
        parts.append((ids + np.int32(offset), values))
        offset += len(self._characters)
        if self._vectors is not None:
            parts.append(self._meaning(words, offset))
            offset += self._vectors.size
        message.features.append(
            Features(np.concatenate([ids for ids, _ in parts]), np.concatenate([one for _, one in parts]), offset)
        )

    def process_all(self, messages: Sequence[Message]) -> None:
        """Add the features of training's messages: the same as `process`, in a fifth of the time."""
        spoken = [[word.text for word in message.words] for message in messages]
        count = len(spoken)
        ngrams = [self._word_ngrams(words) for words in spoken]
        columns, known = self._words.vocabulary.find(ngram for several in ngrams for ngram in several)
        by_word = self._words.weigh_all(_owners(ngrams)[known], columns[known], count)
        spelled = [self._character_columns(words) for words in spoken]
        by_character = self._characters.weigh_all(_owners(spelled), np.concatenate([*spelled, _NONE]), count)
        meant = self._meanings(spoken)
        first, second = len(self._words), len(self._words) + len(self._characters)
        size = second + meant.shape[1]
        dense = np.arange(second, size, dtype=np.int32)
        for message, words, characters, meaning in zip(messages, by_word, by_character, meant, strict=True):
            places = [words[0], characters[0] + np.int32(first)]
            values = [words[1], characters[1]]
            if meaning.any():
                places.append(dense)
                values.append(meaning)
            message.features.append(Features(np.concatenate(places), np.concatenate(values), size))

    def _meanings(self, spoken: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        if self._vectors is None:
            return np.empty((len(spoken), 0), np.float32)
        distinct = [list(dict.fromkeys(words)) for words in spoken]
        words = [word for several in distinct for word in several]
        places, known = self._words.vocabulary.find(words)
        idf = self._words.idf if len(self._words) else np.ones(1, np.float32)
        weights = np.where(known, idf[places], idf.max()).astype(np.float32)
        return self._vectors.means(_owners(distinct), words, weights, len(spoken)) * np.float32(self.options.vectors)

    def _word_ngrams(self, words: Sequence[str]) -> list[str]:
        found = word_ngrams(words, 1, self.options.max_words)
        if self.options.skips:
            found += [f"{first} _ {third}" for first, third in zip(words, words[2:], strict=False)]
        if self.options.edges and words:
            found += [f"^ {words[0]}", f"{words[-1]} $"]
        return found

    def _character_columns(self, words: Sequence[str]) -> Columns:
        look, known = self._characters.vocabulary.columns, self._spelled
        if not known:
            return look(self._cut(words))
        looked = []
        for word in words:
            if word not in known:
                known[word] = look(self._cut([word]))
            looked.append(known[word])
        return np.concatenate(looked) if looked else look([])

    def _cut(self, words: Sequence[str]) -> list[str]:
        return word_bound_ngrams(words, self.options.min_characters, self.options.max_characters)

    def _meaning(self, words: Sequence[str], offset: int) -> Weighed:
        assert self._vectors is not None
        idf, places = self._words.idf, self._words.vocabulary.places(words)
        weights = {word: 0.0 if place is None else float(idf[place]) for word, place in zip(words, places, strict=True)}
        rarest = float(idf.max()) if len(idf) else 1.0
        mean = self._vectors.mean(weights, rarest)
        if mean is None:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        ids = np.arange(offset, offset + self._vectors.size, dtype=np.int32)
        return ids, mean * np.float32(self.options.vectors)

    def state(self) -> State:
        """The vocabularies and the vectors."""
        arrays = self._words.arrays("word") | self._characters.arrays("character")
        return State(arrays=arrays | (self._vectors.arrays() if self._vectors is not None else {}))

    def restore(self, state: State) -> None:
        """Take them back."""
        arrays = state.arrays
        self._words = _Table.restored(arrays, "word")
        self._characters = _Table.restored(arrays, "character")
        self._vectors = WordVectors.restored(arrays) if "vectors" in arrays else None
