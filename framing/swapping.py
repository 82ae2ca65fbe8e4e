"""Swaps the names of two opposed sides in a text, so that what is said stays and only whom it is said of changes.

Where the rules of `framing.naming` err the text reads oddly, but every offset still selects the wording meant.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from framing.corpora.base import Example
from framing.naming import Edit, edits
from framing.sides import Pair
from framing.text import Span


@dataclass(frozen=True, slots=True)
class Swapped:
    """A text with two sides swapped, and its spans where they are now.

    `replaced` counts the places where a form of the first and of the second side stood. `edits` are all changes in order, those
    to «a» and «an» among them; outside of them the text is as it was.
    """

    text: str
    spans: tuple[Span, ...]
    replaced: tuple[int, int]
    edits: tuple[Edit, ...]

    def map_offset(self, offset: int, *, end: bool = False) -> int:
        """Where an offset of the text as it was lies now; one inside an edit moves to its start, or with `end` to its end."""
        return _map_offset(self.edits, offset, end)


def swap(text: str, spans: Sequence[Span], pair: Pair) -> Swapped | None:
    """`text` with each side of the pair named where the other was, both at once; None when it names neither.

    A span that touches a replaced form covers the whole of what stands there now.
    """
    changes = tuple(edits(text, pair))
    if not changes:
        return None
    pieces, position = [], 0
    for edit in changes:
        pieces += [text[position : edit.start], edit.new]
        position = edit.end
    sides = [edit.side for edit in changes]
    moved = tuple(_map_span(changes, span) for span in spans)
    return Swapped("".join([*pieces, text[position:]]), moved, (sides.count(0), sides.count(1)), changes)


def swap_example(example: Example, pair: Pair) -> Example | None:
    """The example with the pair swapped: `~` and the pair's name after its id, all else kept; None when it names neither side."""
    swapped = swap(example.text, example.spans, pair)
    return None if swapped is None else _with_swap(example, pair, swapped)


def touching(text: str, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs of which the text may hold a form: no pair that `swap` would change is missing."""
    words = frozenset(re.findall(r"\w+", text.lower()))
    return [pair for pair in pairs if words & pair.first_words]


def swaps_of(example: Example, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Swapped, Example]]:
    """One swap of the example for each pair that it names a side of, each pair by itself."""
    for pair in touching(example.text, pairs):
        swapped = swap(example.text, example.spans, pair)
        if swapped is not None:
            yield pair, swapped, _with_swap(example, pair, swapped)


def augment(examples: Sequence[Example], pairs: Sequence[Pair], share: float, seed: int) -> list[Example]:
    """The examples, and after them a swapped copy of a share of those that name a side, by a pair drawn at random; what a teacher said
    of a paragraph holds for that very wording, and such a paragraph gets none.

    Labels, splits and articles are kept, so that a copy stays on its original's side of a split. Raises ValueError for a share
    outside of [0, 1].
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share {share} is no share; expected a number from 0 to 1")
    named = [example for example in examples if example.taught is None] if share else []
    copies = [choice for example in named if (choice := _random_swap(example, pairs, seed)) is not None]
    drawn = sorted(random.Random(seed).sample(range(len(copies)), round(share * len(copies))))
    return [*examples, *(copies[index] for index in drawn)]


def _random_swap(example: Example, pairs: Sequence[Pair], seed: int) -> Example | None:
    candidates = touching(example.text, pairs)
    # Seeded by the id, so that an example gets the same copy whatever other examples stand beside it.
    random.Random(f"{seed}:{example.id}").shuffle(candidates)
    return next((copy for pair in candidates if (copy := swap_example(example, pair)) is not None), None)


def _with_swap(example: Example, pair: Pair, swapped: Swapped) -> Example:
    bounds = example.sentences
    if bounds is not None:
        bounds = tuple((swapped.map_offset(start), swapped.map_offset(end, end=True)) for start, end in bounds)
    return replace(example, id=f"{example.id}~{pair.name}", text=swapped.text, spans=swapped.spans, sentences=bounds)


def _map_offset(changes: Sequence[Edit], offset: int, end: bool) -> int:
    shift = 0
    for edit in changes:
        if offset <= edit.start:
            break
        if offset < edit.end:
            return edit.start + shift + (len(edit.new) if end else 0)
        shift += len(edit.new) - (edit.end - edit.start)
    return offset + shift


def _map_span(changes: Sequence[Edit], span: Span) -> Span:
    target = span.target and (_map_offset(changes, span.target[0], False), _map_offset(changes, span.target[1], True))
    return replace(span, start=_map_offset(changes, span.start, False), end=_map_offset(changes, span.end, True), target=target)
