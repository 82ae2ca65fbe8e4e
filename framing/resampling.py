"""Compares two systems by resampling whole articles, and adjusts the p values of several comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from framing.metrics import ECE_BINS, article_draws

Floats = NDArray[np.float64]
Statistic = Callable[[NDArray[np.int64]], float]
"""A figure of the items with these indices."""
SumStatistic = Callable[[Floats], Floats]
"""Figures, shape (...), of sums over articles, shape (..., columns)."""
SAMPLES: Final = 10_000
# Draws are counted in parts of at most this many cells, so that memory stays flat.
_CELLS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """What system a has over system b on the same items: `difference`, its 95 % percentile interval and two-sided `p_value`.

    The p value is twice the share of resampled differences that lie at zero or on its other side than `difference`, with one added
    to both counts and at most 1: min(1, 2 (1 + opposite) / (1 + draws)). It is 1 where the difference is 0. Draws whose difference
    is nan are left out; where the difference itself is nan, all four figures are.
    """

    difference: float
    low: float
    high: float
    p_value: float


def paired_bootstrap(
    statistic_a: Statistic, statistic_b: Statistic, articles: Sequence[str], seed: int, samples: int = SAMPLES
) -> PairedDifference:
    """The difference of two figures of the same items, each draw of whole articles being given to both.

    `articles` names the article of each item. Raises ValueError when there are none.
    """
    _require(len(articles), "items")
    everything = np.arange(len(articles))
    draws = [statistic_a(items) - statistic_b(items) for items in article_draws(articles, seed, samples)]
    return _difference(statistic_a(everything) - statistic_b(everything), np.array(draws))


def sums_by_article(values: NDArray[np.number], articles: Sequence[str]) -> Floats:
    """Sums of `values`, shape (items, columns), over the items of each article: shape (articles, columns), articles by name.

    With them a figure that depends on sums alone (F1 on true positives, false positives and false negatives) is resampled by
    `bootstrap_sums` and `paired_bootstrap_sums` as by item, on the same draws for a seed and in a fraction of the time.
    """
    names, article_of_item = np.unique(np.asarray(articles), return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, article_of_item, values)
    return sums


def f1_counts(predicted: NDArray[np.bool_], gold: NDArray[np.bool_]) -> Floats:
    """Of each item whether it is a true positive, a false positive, a false negative: (items,) twice in, (items, 3) out."""
    return np.stack([predicted & gold, predicted & ~gold, ~predicted & gold], axis=1).astype(np.float64)


def f1_of_sums(sums: Floats) -> Floats:
    """F1 of true positives, false positives and false negatives, shape (..., 3); 0 where all three are 0."""
    hits, false_positives, false_negatives = np.moveaxis(sums, -1, 0)
    marked = 2 * hits + false_positives + false_negatives
    f1: Floats = np.divide(2 * hits, marked, out=np.zeros_like(marked), where=marked > 0)
    return f1


def matthews_of_sums(sums: Floats) -> Floats:
    """Matthews correlation of true positives, false positives, false negatives and true negatives, shape (..., 4); 0 where it has none."""
    hits, false_positives, false_negatives, passed = np.moveaxis(sums, -1, 0)
    marked, positive = hits + false_positives, hits + false_negatives
    spread = np.sqrt(marked * (false_negatives + passed) * positive * (false_positives + passed))
    product = hits * passed - false_positives * false_negatives
    correlation: Floats = np.divide(product, spread, out=np.zeros_like(product), where=spread > 0)
    return correlation


def calibration_gaps(probabilities: Floats, gold: NDArray[np.bool_], bins: int = ECE_BINS) -> Floats:
    """Stated probability less what came true, in the column of its bin: (items,) twice in, (items, bins) out.

    The absolute sums of the columns, added up and divided by the items, are `metrics.expected_calibration_error`.
    """
    gaps = np.zeros((len(gold), bins))
    gaps[np.arange(len(gold)), np.minimum((probabilities * bins).astype(int), bins - 1)] = probabilities - gold
    return gaps


def bootstrap_sums(statistic: SumStatistic, sums: Floats, seed: int, samples: int = SAMPLES) -> tuple[float, float]:
    """95 % percentile interval of `statistic`, resampling the rows of `sums`, shape (articles, columns)."""
    _require(len(sums), "articles")
    low, high = np.nanpercentile(statistic(_resampled(sums, seed, samples)), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_sums(
    statistic: SumStatistic, sums_a: Floats, sums_b: Floats, seed: int, samples: int = SAMPLES
) -> PairedDifference:
    """`paired_bootstrap` for a figure of sums: rows of both arrays, shape (articles, columns), belong to the same articles.

    Raises ValueError where the shapes differ or there are no articles.
    """
    if sums_a.shape != sums_b.shape:
        raise ValueError(f"found sums of shapes {sums_a.shape} and {sums_b.shape}, expected the same articles and columns in both")
    _require(len(sums_a), "articles")
    columns = sums_a.shape[1]
    drawn = _resampled(np.concatenate([sums_a, sums_b], axis=1), seed, samples)
    observed = float(statistic(sums_a.sum(axis=0)) - statistic(sums_b.sum(axis=0)))
    return _difference(observed, statistic(drawn[:, :columns]) - statistic(drawn[:, columns:]))


def resampled_average_precision(scores: Floats, gold: NDArray[np.bool_]) -> Statistic:
    """`metrics.average_precision` as a function of item indices, sorted once for all draws; nan when no drawn item is positive."""
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    ordered = gold[order].astype(np.float64)

    def figure(items: NDArray[np.int64]) -> float:
        times = np.bincount(items, minlength=len(order))[order]
        hits = np.cumsum(times * ordered)[last_of_tie]
        retrieved = np.cumsum(times)[last_of_tie]
        gains = np.diff(hits, prepend=0.0)
        return float((gains * hits / np.maximum(retrieved, 1)).sum() / hits[-1]) if hits[-1] else float("nan")

    return figure


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for the number of comparisons, in the order given: Holm's step-down method, at most 1.

    Holm, «A simple sequentially rejective multiple test procedure», 1979. Comparisons whose adjusted value is at most alpha are
    rejected with a chance of at most alpha of rejecting any true one, however they depend on each other. Raises ValueError for a
    value outside 0 to 1 or nan.
    """
    values = np.asarray(p_values, dtype=np.float64)
    outside = values[~((values >= 0) & (values <= 1))]
    if len(outside):
        raise ValueError(f"found p value {outside[0]}, expected values from 0 to 1; leave out comparisons that have none")
    order = np.argsort(values, kind="stable")
    stepped = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)), 1.0)
    adjusted = np.empty_like(values)
    adjusted[order] = stepped
    return [float(value) for value in adjusted]


def _resampled(sums: Floats, seed: int, samples: int) -> Floats:
    """Column sums of each draw of rows with replacement, shape (samples, columns)."""
    random = np.random.default_rng(seed)
    articles = len(sums)
    parts = []
    for start in range(0, samples, max(1, _CELLS // articles)):
        count = min(samples - start, max(1, _CELLS // articles))
        drawn = random.integers(articles, size=(count, articles)) + np.arange(count)[:, None] * articles
        times_drawn = np.bincount(drawn.ravel(), minlength=count * articles).reshape(count, articles)
        parts.append(times_drawn @ sums)
    return np.concatenate(parts)


def _difference(observed: float, draws: Floats) -> PairedDifference:
    draws = draws[~np.isnan(draws)]
    if np.isnan(observed) or not len(draws):
        return PairedDifference(*[float("nan")] * 4)
    opposite = int((np.sign(observed) * draws <= 0).sum())
    low, high = np.percentile(draws, [2.5, 97.5])
    return PairedDifference(float(observed), float(low), float(high), min(1.0, 2 * (1 + opposite) / (1 + len(draws))))


def _require(count: int, what: str) -> None:
    if not count:
        raise ValueError(f"found no {what} to resample, expected at least one")
