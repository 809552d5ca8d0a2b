"""Clinic search: an index in memory, forgiving about spelling, built once and queried in well under 1 ms."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from actions.portal.search_words import is_common, is_near_common, tokens
from actions.portal.types import ClinicHit, SearchResult

MIN_LETTERS: Final = 4
MAX_HITS: Final = 5

_EXACT, _PREFIX, _INNER, _FUZZY = 1.0, 0.8, 0.5, 0.6
_NAME, _SITE, _CITY, _POSTAL, _ADDRESS = 3.0, 2.5, 2.0, 2.0, 1.5
_RERANKED: Final = 40
_LONGEST_QUERY: Final = 200
_MOST_WORDS: Final = 12
_SAINT = "saint"
_WINDOW: Final = 3

Scores = dict[int, float]
"""Entry number → score."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One site of a clinic, as searched."""

    hit: ClinicHit
    postal_code: str = ""


class ClinicIndex:
    """The clinics as words: which word stands in which entries, and how much it counts there."""

    def __init__(self, entries: Iterable[Entry]):
        self._entries = list(entries)
        self._names: list[str] = []
        self._whole: dict[str, list[int]] = defaultdict(list)
        words: dict[str, Scores] = defaultdict(dict)
        joined: dict[str, Scores] = defaultdict(dict)
        for number, entry in enumerate(self._entries):
            self._add(number, entry, words, joined)
        self._words, self._joined = _Vocabulary(words), _Vocabulary(joined)

    def __len__(self) -> int:
        return len({entry.hit.clinic_id for entry in self._entries})

    def search(self, query: str) -> SearchResult:
        """The clinics that a patient may mean, best first, each once with the site that matched."""
        typed = tokens(query[:_LONGEST_QUERY])[:_MOST_WORDS]
        if sum(map(len, typed)) < MIN_LETTERS:
            return SearchResult("too_short", [])
        if exact := self._whole.get("".join(typed)):
            scores = dict.fromkeys(exact, 100.0)
            telling = [word for word in typed if not is_common(word)]
            return self._result(typed, {**self._all_words(telling), **scores} if telling else scores)
        telling = [word for word in typed if not is_common(word)]
        scores = self._all_words(telling)
        if not scores and all(is_near_common(word) for word in telling):
            return SearchResult("common_only", [])
        return self._result(typed, scores)

    def _add(self, number: int, entry: Entry, words: dict[str, Scores], joined: dict[str, Scores]) -> None:
        hit = entry.hit
        name = tokens(hit.name)
        self._names.append(" ".join(name))
        self._whole["".join(name)].append(number)
        fields = (
            (name, _NAME),
            (tokens(hit.site), _SITE),
            (tokens(hit.city), _CITY),
            (tokens(entry.postal_code), _POSTAL),
            (tokens(hit.address), _ADDRESS),
        )
        for field, weight in fields:
            for word in field:
                if not is_common(word):
                    _raise(words[word], number, weight)
            for word in _joins(field):
                _raise(joined[word], number, weight)

    def _all_words(self, telling: Sequence[str]) -> Scores:
        """Entries with every word; when there is none, those with the most of them, half at least."""
        found = [scores for scores in map(self._one_word, telling) if scores is not None]
        if not found:
            return {}
        found.sort(key=len)
        every = {
            number: score + sum(other[number] for other in found[1:])
            for number, score in found[0].items()
            if all(number in other for other in found[1:])
        }
        if every or len(found) == 1:
            return every
        counts: dict[int, int] = defaultdict(int)
        total: Scores = defaultdict(float)
        for scores in found:
            for number, score in scores.items():
                counts[number] += 1
                total[number] += score
        most = max(counts.values(), default=0)
        return {n: total[n] for n, count in counts.items() if count == most} if 2 * most >= len(found) else {}

    def _one_word(self, word: str) -> Scores | None:
        """Entries that have this word or one like it; None when the word says nothing (a stray « a »)."""
        scores: Scores = {}
        exact = self._words.add_exact(word, scores)
        if len(word) >= 2:
            self._words.add_prefixed(word, scores)
            if not exact:
                self._joined.add_exact(word, scores)
            if not scores:
                self._joined.add_prefixed(word, scores)
        if scores or len(word) < MIN_LETTERS:
            return scores if scores or len(word) > 2 or word.isdigit() else None
        self._words.add_inner(word, scores)
        if not scores and is_near_common(word):
            return None
        if not scores and not word.isdigit():
            self._words.add_similar(word, scores)
        if not scores and not word.isdigit():
            self._joined.add_similar(word, scores)
        return scores

    def _result(self, typed: Sequence[str], scores: Scores) -> SearchResult:
        best: dict[str, int] = {}
        for number, score in scores.items():
            clinic_id = self._entries[number].hit.clinic_id
            other = best.get(clinic_id)
            if other is None or (score, -number) > (scores[other], -other):
                best[clinic_id] = number
        if not best:
            return SearchResult("none", [])
        query = " ".join(typed)

        def rank(number: int) -> tuple[float, str, int]:
            likeness = fuzz.ratio(query, self._names[number]) / 100
            return -(scores[number] + likeness), self._names[number], number

        likeliest = heapq.nlargest(_RERANKED, best.values(), key=lambda number: (scores[number], -number))
        top = sorted(likeliest, key=rank)[:MAX_HITS]
        return SearchResult("found", [self._entries[number].hit for number in top], len(best))


class _Vocabulary:
    """Words in order, with the entries each is in."""

    def __init__(self, postings: dict[str, Scores]):
        self._postings = postings
        self._sorted = sorted(postings)
        self._text = "\n" + "\n".join(self._sorted) + "\n"
        self._starts = [0]
        for word in self._sorted:
            self._starts.append(self._starts[-1] + len(word) + 1)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._sorted:
            self._by_length[len(word)].append(word)

    def add_exact(self, word: str, scores: Scores) -> bool:
        """Add the entries that have this very word."""
        postings = self._postings.get(word)
        if postings is not None:
            _merge(scores, postings, _EXACT)
        return postings is not None

    def add_prefixed(self, start: str, scores: Scores) -> None:
        """Add the entries that have a word beginning so."""
        position = bisect_left(self._sorted, start)
        while position < len(self._sorted) and self._sorted[position].startswith(start):
            _merge(scores, self._postings[self._sorted[position]], _PREFIX)
            position += 1

    def add_inner(self, part: str, scores: Scores) -> None:
        """Add the entries that have a word with this inside."""
        position = self._text.find(part)
        while position >= 0:
            index = bisect_left(self._starts, position) - 1
            _merge(scores, self._postings[self._sorted[index]], _INNER)
            position = self._text.find(part, self._starts[index + 1])

    def add_similar(self, word: str, scores: Scores) -> None:
        """Add the entries that have a word one slip away (two, for a long word)."""
        slips = 1 if len(word) < 7 else 2
        near = [
            w for length in range(len(word) - slips, len(word) + slips + 1) for w in self._by_length.get(length, ())
        ]
        for match, distance, _ in process.extract(word, near, scorer=OSA.distance, score_cutoff=slips, limit=8):
            _merge(scores, self._postings[match], _FUZZY * (1 - distance / len(word)))


def _joins(field: Sequence[str]) -> Iterator[str]:
    """Neighbouring telling words written as one (« infodata »), saints also abbreviated (« stjerome »)."""
    for start in range(len(field)):
        for end in range(start + 2, min(start + _WINDOW, len(field)) + 1):
            window = field[start:end]
            if any(map(is_common, window)):
                break
            yield "".join(window)
            if window[0] == _SAINT:
                rest = "".join(window[1:])
                yield from (f"st{rest}", f"ste{rest}", f"sainte{rest}")


def _merge(scores: Scores, postings: Scores, quality: float) -> None:
    for number, weight in postings.items():
        score = weight * quality
        if score > scores.get(number, 0.0):
            scores[number] = score


def _raise(postings: Scores, number: int, weight: float) -> None:
    if weight > postings.get(number, 0.0):
        postings[number] = weight
