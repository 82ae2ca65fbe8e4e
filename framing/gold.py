"""What an annotation says of a stretch of text: each label present, absent or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from framing.corpora.base import Example
from framing.vocabularies import coarser, parts_of

PRESENT: Final = 1
ABSENT: Final = 0
UNKNOWN: Final = -1
Gold = NDArray[np.int8]


def stretch_gold(example: Example, bounds: Sequence[tuple[int, int]], labels: Sequence[str]) -> Gold:
    """Gold of stretches (sentences) of a paragraph, int8, shape (stretches, labels): 1 present, 0 absent, -1 unknown.

    A label is present where a span of it, or of a part of it, overlaps the stretch. It is unknown where the corpus does not annotate
    its spans, and where a merged label overlaps that may stand for it. A paragraph's label that is absent is absent from all its
    stretches; one that is present says something only of a paragraph that is a single stretch.
    """
    gold = np.full((len(bounds), len(labels)), UNKNOWN, dtype=np.int8)
    for column, label in enumerate(labels):
        if label in example.known:
            for row, (start, end) in enumerate(bounds):
                gold[row, column] = _in_stretch(example, label, start, end)
        elif label in example.labels and (len(bounds) == 1 or not example.labels[label]):
            gold[:, column] = int(example.labels[label])
    return gold


def paragraph_gold(example: Example, labels: Sequence[str]) -> Gold:
    """Gold of the whole paragraph, int8, shape (labels,); a label given to the paragraph itself goes before its spans."""
    gold: Gold = stretch_gold(example, [(0, len(example.text))], labels)[0]
    for column, label in enumerate(labels):
        if label in example.labels:
            gold[column] = int(example.labels[label])
    return gold


def article_gold(example: Example, labels: Sequence[str]) -> Gold:
    """Gold of the article that the paragraph belongs to, int8, shape (labels,)."""
    return np.array([int(example.article_labels.get(label, UNKNOWN)) for label in labels], dtype=np.int8)


def _in_stretch(example: Example, label: str, start: int, end: int) -> int:
    overlapping = [span.label for span in example.spans if span.start < end and span.end > start]
    if any(label in coarser(name) for name in overlapping):
        return PRESENT
    return UNKNOWN if any(label in parts_of(name) for name in overlapping) else ABSENT
