"""How far two independent readings of the same paragraphs agree, label by label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from framing.corpora.base import Example
from framing.errors import CorpusError
from framing.gold import UNKNOWN, stretch_gold
from framing.metrics import Bools, bootstrap_interval, cohen_kappa, precision_recall_f1, span_overlap
from framing.text import Span
from framing.vocabularies import coarser, graded

SAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """Agreement on one label, over sentences and over characters.

    `first` and `second` count the sentences that hold the label in each reading. F1 is twice what both hold over what each holds, so that
    neither reading stands for the truth. `kappa` is Cohen's. `spans` is the
    partial-overlap F1 of SemEval-2020 task 11.
    """

    label: str
    first: int
    second: int
    sentences: float
    interval: tuple[float, float]
    kappa: float
    characters: float
    spans: float


@dataclass(frozen=True, slots=True)
class ReadingsAgreement:
    """Agreement of two readings: `paragraphs` in `articles` that both read, labels, and the voices of spans that overlap."""

    paragraphs: int
    articles: int
    labels: tuple[LabelAgreement, ...]
    voice: float
    """Share of pairs of overlapping spans of one label that have the same voice; nan without pairs."""
    voiced_pairs: int


def agreement(first: Sequence[Example], second: Sequence[Example], seed: int) -> ReadingsAgreement:
    """Compare the paragraphs, paired by id, that stand in both readings; intervals resample whole articles.

    Raises:
        CorpusError: no id stands in both, or a paragraph of one id has two texts.
    """
    pairs = list(_pairs(first, second))
    if not pairs:
        raise CorpusError(f"found no id that stands in both readings ({len(first)} and {len(second)} paragraphs), expected some to compare")
    labels = graded(sorted({label for one, other in pairs for label in one.known & other.known}))
    voices = [a.voice == b.voice for one, other in pairs for a, b in _overlapping(one, other) if a.voice and b.voice]
    return ReadingsAgreement(
        paragraphs=len(pairs),
        articles=len({one.article for one, _ in pairs}),
        labels=tuple(_label_agreement(label, pairs, seed) for label in labels),
        voice=float(np.mean(voices)) if voices else float("nan"),
        voiced_pairs=len(voices),
    )


def _pairs(first: Sequence[Example], second: Sequence[Example]) -> Iterator[tuple[Example, Example]]:
    other_of = {example.id: example for example in second}
    for one in first:
        other = other_of.get(one.id)
        if other is None:
            continue
        if other.text != one.text:
            raise CorpusError(
                f"paragraph '{one.id}' has another text in each reading, expected the same; compare two readings of one version"
            )
        yield one, other


def _label_agreement(label: str, pairs: Sequence[tuple[Example, Example]], seed: int) -> LabelAgreement:
    marks: tuple[list[Bools], list[Bools]] = ([], [])
    articles: list[str] = []
    shared = held = 0
    for one, other in pairs:
        bounds = one.sentence_bounds()
        gold = [stretch_gold(example, bounds, [label])[:, 0] for example in (one, other)]
        known = (gold[0] != UNKNOWN) & (gold[1] != UNKNOWN)
        for side, found in zip(marks, gold, strict=True):
            side.append(found[known] > 0)
        articles += [one.article] * int(known.sum())
        inside = [_characters(example, label) for example in (one, other)]
        shared += int((inside[0] & inside[1]).sum())
        held += int(inside[0].sum() + inside[1].sum())
    yes, also = (np.concatenate(side) for side in marks)
    return LabelAgreement(
        label=label,
        first=int(yes.sum()),
        second=int(also.sum()),
        sentences=precision_recall_f1(yes, also)[2],
        interval=bootstrap_interval(partial(_f1, yes, also), articles, seed, SAMPLES),
        kappa=cohen_kappa(yes, also),
        characters=2 * shared / held if held else 0.0,
        spans=span_overlap(*([_bounds(example, label) for example in side] for side in zip(*pairs, strict=True)))[2],
    )


def _f1(yes: Bools, also: Bools, items: NDArray[np.int64]) -> float:
    return precision_recall_f1(yes[items], also[items])[2]


def _bounds(example: Example, label: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in example.spans if label in coarser(span.label)]


def _characters(example: Example, label: str) -> Bools:
    inside = np.zeros(len(example.text), dtype=np.bool_)
    for start, end in _bounds(example, label):
        inside[start:end] = True
    return inside


def _overlapping(one: Example, other: Example) -> Iterator[tuple[Span, Span]]:
    for a in one.spans:
        for b in other.spans:
            if a.label == b.label and a.start < b.end and b.start < a.end:
                yield a, b
