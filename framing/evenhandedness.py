"""Measures how much a model's scores depend on which side a text names: the scores of paragraphs and of their swapped copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from framing.corpora.base import Example
from framing.metrics import Floats, bootstrap_interval
from framing.sides import Pair
from framing.swapping import Swapped, swaps_of

Score = Callable[[Sequence[Example]], Floats]
"""Gives calibrated paragraph probabilities of examples: float, (examples, labels)."""

BOOTSTRAP_SAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval, articles resampled; of a single article the interval says nothing."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LabelShift:
    """How one label's probabilities move: `flips` is the share of swaps in which a probability crosses the threshold."""

    label: str
    mean_absolute: Figure
    mean: Figure
    percentile_95: Figure
    flips: Figure


@dataclass(frozen=True, slots=True)
class DirectionShift:
    """Mean of swapped minus original probability where a text named `source` alone and now names `target` in its place.

    Above 0, the name of `target` raises the score.
    """

    source: str
    target: str
    label: str
    swaps: int
    mean: Figure


@dataclass(frozen=True, slots=True)
class PairShift:
    """One pair: the mean absolute shift and the share of flips over its swaps and all labels."""

    pair: str
    kind: str
    swaps: int
    mean_absolute: Figure
    flips: Figure


@dataclass(frozen=True, slots=True)
class SwapReport:
    """What swapping did to the scores. A paragraph gives one swap for each pair that it names a side of.

    `pairs` stand with the largest mean absolute shift first, `directions` with the largest mean shift, of either sign, first.
    """

    paragraphs: int
    articles: int
    swaps: int
    labels: tuple[LabelShift, ...]
    pairs: tuple[PairShift, ...]
    directions: tuple[DirectionShift, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain dictionaries, lists and numbers, as JSON holds them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Swap:
    original: int
    pair: Pair
    swapped: Swapped
    example: Example


def swap_report(
    examples: Sequence[Example],
    pairs: Sequence[Pair],
    score: Score,
    thresholds: Sequence[float],
    labels: Sequence[str],
    seed: int,
    samples: int = BOOTSTRAP_SAMPLES,
) -> SwapReport:
    """Swap every pair in every example that names a side of it, and compare the scores.

    Args:
        examples: paragraphs; those that name no side are not scored.
        pairs: the pairs, each applied by itself.
        score: called once, with the originals, each of them once, and all swapped copies.
        thresholds: paragraph threshold of each label, in the order of `labels`.
        labels: names of the columns that `score` gives.
        seed: of the bootstrap.
        samples: bootstrap samples for each interval.

    Raises:
        ValueError: no example names a side, or the number of thresholds or the shape of the scores is not that of the labels.
    """
    if len(thresholds) != len(labels):
        raise ValueError(f"found {len(thresholds)} thresholds, expected one for each of the {len(labels)} labels")
    swaps = [_Swap(index, *swap) for index, example in enumerate(examples) for swap in swaps_of(example, pairs)]
    if not swaps:
        raise ValueError(f"none of {len(examples)} examples names a side of {len(pairs)} pairs, so nothing was swapped; give others")
    touched = sorted({swap.original for swap in swaps})
    scores = np.asarray(score([*(examples[index] for index in touched), *(swap.example for swap in swaps)]), dtype=np.float64)
    if scores.shape != (len(touched) + len(swaps), len(labels)):
        raise ValueError(f"scores have the shape {scores.shape}, expected {(len(touched) + len(swaps), len(labels))}: examples, labels")
    row = {index: position for position, index in enumerate(touched)}
    before, after = scores[[row[swap.original] for swap in swaps]], scores[len(touched) :]
    articles = [swap.example.article for swap in swaps]
    return SwapReport(
        len(touched),
        len(set(articles)),
        len(swaps),
        shift_figures(before, after, thresholds, labels, articles, seed, samples),
        _pair_figures(swaps, before, after, np.asarray(thresholds), articles, seed, samples),
        _direction_figures(swaps, after - before, labels, articles, seed, samples),
    )


def shift_figures(
    before: Floats,
    after: Floats,
    thresholds: Sequence[float],
    labels: Sequence[str],
    articles: Sequence[str],
    seed: int,
    samples: int = BOOTSTRAP_SAMPLES,
) -> tuple[LabelShift, ...]:
    """Figures of each label from the probabilities of originals and swapped copies, both (swaps, labels), paired by position.

    `articles` names the article of each swap. A probability at the threshold or above is a flag, as it is in screening.
    """
    shifts = after - before
    flips = _flips(before, after, np.asarray(thresholds))
    return tuple(
        LabelShift(
            label,
            _figure(np.abs(shifts[:, column]), np.mean, articles, seed, samples),
            _figure(shifts[:, column], np.mean, articles, seed, samples),
            _figure(np.abs(shifts[:, column]), lambda values: np.percentile(values, 95), articles, seed, samples),
            _figure(flips[:, column], np.mean, articles, seed, samples),
        )
        for column, label in enumerate(labels)
    )


def _pair_figures(
    swaps: Sequence[_Swap], before: Floats, after: Floats, thresholds: Floats, articles: Sequence[str], seed: int, samples: int
) -> tuple[PairShift, ...]:
    absolute = np.abs(after - before).mean(axis=1)
    flips = _flips(before, after, thresholds).mean(axis=1)
    figures = []
    for pair in {swap.pair.name: swap.pair for swap in swaps}.values():
        items = [index for index, swap in enumerate(swaps) if swap.pair.name == pair.name]
        inside = [articles[index] for index in items]
        of_pair = _figure(absolute[items], np.mean, inside, seed, samples), _figure(flips[items], np.mean, inside, seed, samples)
        figures.append(PairShift(pair.name, pair.kind, len(items), *of_pair))
    return tuple(sorted(figures, key=lambda figure: (-figure.mean_absolute.value, figure.pair)))


def _direction_figures(
    swaps: Sequence[_Swap], shifts: Floats, labels: Sequence[str], articles: Sequence[str], seed: int, samples: int
) -> tuple[DirectionShift, ...]:
    directions: dict[tuple[str, str], list[int]] = {}
    for index, swap in enumerate(swaps):
        # A text that names both sides goes in both directions at once, so it says nothing of either.
        if 0 in swap.swapped.replaced:
            source, target = swap.pair.keys if swap.swapped.replaced[0] else reversed(swap.pair.keys)
            directions.setdefault((source, target), []).append(index)
    figures = [
        DirectionShift(
            source,
            target,
            label,
            len(items),
            _figure(shifts[items, column], np.mean, [articles[index] for index in items], seed, samples),
        )
        for (source, target), items in directions.items()
        for column, label in enumerate(labels)
    ]
    return tuple(sorted(figures, key=lambda figure: (-abs(figure.mean.value), figure.source, figure.target, figure.label)))


def _flips(before: Floats, after: Floats, thresholds: Floats) -> Floats:
    return np.not_equal(before >= thresholds, after >= thresholds).astype(np.float64)


def _figure(values: Floats, statistic: Callable[[Floats], Any], articles: Sequence[str], seed: int, samples: int) -> Figure:
    def of_items(items: NDArray[np.int64]) -> float:
        return float(statistic(values[items]))

    return Figure(float(statistic(values)), *bootstrap_interval(of_items, articles, seed, samples))
