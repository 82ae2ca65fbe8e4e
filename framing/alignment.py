"""Lays two versions of a text beside each other: which paragraphs and which words of one are those of the other.

Paragraphs that did not change come first. Among those between them the words are compared, so that a paragraph may be edited, cut in two
or put together with its neighbour. What is left may have moved. Words are compared as they are written, white space is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

SHARED: Final = 0.5
"""Share of the shorter paragraph's words that two paragraphs have in common, in order, where one is an edited version of the other."""
ALIKE: Final = 0.6
"""Share of all words that two paragraphs have in common, in any order, where one may be the other, moved and edited."""

# Bounds on the work: beyond them, in texts far longer than articles or of hardly two different words, parts count as changed altogether.
_MOST_EQUAL_PAIRS: Final = 3_000_000
_MOST_PARAGRAPH_PAIRS: Final = 40_000

_WORD: Final = re.compile(r"\w+|[^\w\s]")
Bounds = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of a text, with its paragraphs as ranges of them."""

    bounds: tuple[tuple[int, int], ...]
    written: tuple[str, ...]
    firsts: tuple[int, ...]
    """Index of the first word of each paragraph, and at the end the number of words."""

    @classmethod
    def of(cls, text: str, paragraphs: Bounds) -> Words:
        """Cut the paragraphs (start, end) of `text` into words."""
        bounds: list[tuple[int, int]] = []
        firsts = [0]
        for start, end in paragraphs:
            bounds.extend(match.span() for match in _WORD.finditer(text, start, end))
            firsts.append(len(bounds))
        return cls(tuple(bounds), tuple(text[start:end] for start, end in bounds), tuple(firsts))

    def __len__(self) -> int:
        """How many paragraphs."""
        return len(self.firsts) - 1

    def paragraph(self, index: int) -> tuple[str, ...]:
        """The words of a paragraph as written."""
        return self.written[self.firsts[index] : self.firsts[index + 1]]

    def of_paragraphs(self, indices: Sequence[int]) -> list[tuple[int, int]]:
        """(paragraph, word) indices of each word in these paragraphs."""
        return [(index, word) for index in indices for word in range(self.firsts[index], self.firsts[index + 1])]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which parts of two texts are the same. All are pairs of indices (first text, second text).

    `in_place` are paragraphs in the same order on both sides, each index at most once; `moved` those that changed places. `words` maps
    words. `rewritten` are groups of paragraphs between unchanged ones that stand in place of each other.
    """

    in_place: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int], ...]
    words: dict[int, int]
    rewritten: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def align(one: Words, other: Words) -> Alignment:
    """Align two texts."""
    keys, other_keys = [one.paragraph(i) for i in range(len(one))], [other.paragraph(j) for j in range(len(other))]
    unchanged = _equal_pairs(keys, other_keys)
    taken, other_taken = {i for i, _ in unchanged}, {j for _, j in unchanged}
    moved = _equal_leftovers(keys, other_keys, taken, other_taken)
    words: dict[int, int] = {}
    for i, j in (*unchanged, *moved):
        words.update(zip(range(one.firsts[i], one.firsts[i + 1]), range(other.firsts[j], other.firsts[j + 1]), strict=True))
    taken |= {i for i, _ in moved}
    other_taken |= {j for _, j in moved}
    edited: list[tuple[int, int]] = []
    rewritten = []
    for first, second in _gaps(unchanged, len(one), len(other)):
        mine, theirs = tuple(i for i in first if i not in taken), tuple(j for j in second if j not in other_taken)
        if mine and theirs:
            rewritten.append((mine, theirs))
            edited += _map_words(one, other, mine, theirs, words)
    left = [i for i in range(len(one)) if i not in taken | {i for i, _ in edited}]
    other_left = [j for j in range(len(other)) if j not in other_taken | {j for _, j in edited}]
    for i, j in _similar(keys, other_keys, left, other_left):
        moved += _map_words(one, other, (i,), (j,), words)
    return Alignment(tuple(sorted([*unchanged, *_one_to_one(one, other, edited, words)])), tuple(sorted(moved)), words, tuple(rewritten))


def rows(in_place: Sequence[tuple[int, int]], count: int, other_count: int) -> Iterator[tuple[int | None, int | None]]:
    """Every paragraph of both texts once, in reading order, those in place side by side, others alone: of the first text first."""
    for (first, second), pair in zip(_gaps(in_place, count, other_count), [*in_place, None], strict=True):
        yield from ((i, None) for i in first)
        yield from ((None, j) for j in second)
        if pair is not None:
            yield pair


def _gaps(pairs: Sequence[tuple[int, int]], count: int, other_count: int) -> Iterator[tuple[range, range]]:
    """What lies before, between and after pairs that are in order."""
    first, second = 0, 0
    for i, j in (*pairs, (count, other_count)):
        yield range(first, i), range(second, j)
        first, second = i + 1, j + 1


def _equal_pairs(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Indices of equal members, in order on both sides; what stands at the beginning and the end of both is never compared further."""
    shorter = min(len(one), len(other))
    head = next((k for k in range(shorter) if one[k] != other[k]), shorter)
    tail = next((k for k in range(shorter - head) if one[-1 - k] != other[-1 - k]), shorter - head)
    middle, other_middle = one[head : len(one) - tail], other[head : len(other) - tail]
    counts = Counter(other_middle)
    pairs = [(k, k) for k in range(head)]
    if sum(counts[member] for member in middle) <= _MOST_EQUAL_PAIRS:
        for block in SequenceMatcher(None, middle, other_middle, autojunk=False).get_matching_blocks():
            pairs += [(head + block.a + k, head + block.b + k) for k in range(block.size)]
    return pairs + [(len(one) - k, len(other) - k) for k in range(tail, 0, -1)]


def _equal_leftovers(
    keys: Sequence[Hashable], other_keys: Sequence[Hashable], taken: set[int], other_taken: set[int]
) -> list[tuple[int, int]]:
    places: dict[Hashable, deque[int]] = defaultdict(deque)
    for j, key in enumerate(other_keys):
        if j not in other_taken:
            places[key].append(j)
    return [(i, places[key].popleft()) for i, key in enumerate(keys) if i not in taken and places.get(key)]


def _map_words(
    one: Words, other: Words, mine: Sequence[int], theirs: Sequence[int], words: dict[int, int]
) -> list[tuple[int, int]]:
    """Align the words of paragraphs; adds to `words` those of the pairs of paragraphs that share enough, and gives these pairs."""
    first, second = one.of_paragraphs(mine), other.of_paragraphs(theirs)
    shared: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for a, b in _equal_pairs([one.written[word] for _, word in first], [other.written[word] for _, word in second]):
        (i, word), (j, counterpart) = first[a], second[b]
        shared[i, j].append((word, counterpart))
    found = []
    for (i, j), pairs in shared.items():
        if len(pairs) >= SHARED * min(len(one.paragraph(i)), len(other.paragraph(j))):
            words.update(pairs)
            found.append((i, j))
    return found


def _one_to_one(one: Words, other: Words, edited: Sequence[tuple[int, int]], words: dict[int, int]) -> list[tuple[int, int]]:
    """Of the pieces of a paragraph that was cut up or put together, the one that holds most of it."""

    def held(pair: tuple[int, int]) -> int:
        (i, j) = pair
        inside = range(other.firsts[j], other.firsts[j + 1])
        return sum(words.get(word, -1) in inside for word in range(one.firsts[i], one.firsts[i + 1]))

    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in sorted(edited, key=lambda pair: (-held(pair), pair)):
        if i not in chosen and j not in taken:
            chosen[i] = j
            taken.add(j)
    return list(chosen.items())


def _similar(
    keys: Sequence[tuple[str, ...]], other_keys: Sequence[tuple[str, ...]], left: Sequence[int], other_left: Sequence[int]
) -> list[tuple[int, int]]:
    """Leftover paragraphs that have most of their words in common, the most similar first, each once."""
    if len(left) * len(other_left) > _MOST_PARAGRAPH_PAIRS:
        return []
    counts = {j: Counter(other_keys[j]) for j in other_left}
    scored = []
    for i in left:
        count = Counter(keys[i])
        for j in other_left:
            common = sum(min(times, counts[j][word]) for word, times in count.items())
            share = 2 * common / (len(keys[i]) + len(other_keys[j]))
            if share >= ALIKE:
                scored.append((-share, i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(scored):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return list(pairs.items())
