"""Figures of merit over NumPy arrays: F1, average precision, span overlap, calibration error, bootstrap by article."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ECE_BINS: Final = 10


def precision_recall_f1(predicted: Bools, gold: Bools) -> tuple[float, float, float]:
    """Precision, recall and F1 of one label; 0 where a denominator is 0. Both arrays have the shape (items,)."""
    hits = float((predicted & gold).sum())
    precision = hits / predicted.sum() if predicted.any() else 0.0
    recall = hits / gold.sum() if gold.any() else 0.0
    f1 = 2 * hits / (predicted.sum() + gold.sum()) if predicted.any() or gold.any() else 0.0
    return float(precision), float(recall), float(f1)


def average_precision(scores: Floats, gold: Bools) -> float:
    """Area under the precision-recall curve as a step function; nan when no item is positive."""
    if not gold.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    # Tied scores form one step: their order says nothing about the scores.
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(gold[order])[last_of_tie]
    retrieved = np.flatnonzero(last_of_tie) + 1
    gains = np.diff(np.concatenate([[0], hits]))
    return float((gains * hits / retrieved).sum() / gold.sum())


def expected_calibration_error(probabilities: Floats, gold: Bools, bins: int = ECE_BINS) -> float:
    """Mean gap between stated probability and observed share over equal-width bins, weighted by their size.

    Naeini, Cooper, Hauskrecht, «Obtaining well calibrated probabilities using Bayesian binning», AAAI 2015.
    """
    if not len(probabilities):
        return float("nan")
    bin_of = np.minimum((probabilities * bins).astype(int), bins - 1)
    sizes = np.bincount(bin_of, minlength=bins)
    stated = np.bincount(bin_of, weights=probabilities, minlength=bins)
    observed = np.bincount(bin_of, weights=gold.astype(float), minlength=bins)
    return float(np.abs(stated - observed).sum() / sizes.sum())


def span_overlap(
    predicted: Sequence[Sequence[tuple[int, int]]], gold: Sequence[Sequence[tuple[int, int]]]
) -> tuple[float, float, float]:
    """Partial-overlap precision, recall and F1 of spans, texts paired by position, overlapping spans merged first.

    The measure of SemEval-2020 task 11, span identification (Da San Martino et al., 2020): a predicted span earns the
    share of its characters that are gold, a gold span the share of its characters that are found.
    """
    earned = found = 0.0
    predicted_count = gold_count = 0
    for one_predicted, one_gold in zip(predicted, gold, strict=True):
        merged_predicted, merged_gold = merge(one_predicted), merge(one_gold)
        predicted_count += len(merged_predicted)
        gold_count += len(merged_gold)
        for start, end in merged_predicted:
            for gold_start, gold_end in merged_gold:
                shared = max(0, min(end, gold_end) - max(start, gold_start))
                earned += shared / (end - start)
                found += shared / (gold_end - gold_start)
    precision = earned / predicted_count if predicted_count else 0.0
    recall = found / gold_count if gold_count else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def merge(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def bootstrap_interval(
    statistic: Callable[[NDArray[np.int64]], float], articles: Sequence[str], seed: int, samples: int = 1000
) -> tuple[float, float]:
    """95 % percentile interval of `statistic(item indices)`, resampling whole articles with replacement.

    `articles` names the article of each item: items of one article are not independent.
    """
    names, article_of_item = np.unique(np.asarray(articles), return_inverse=True)
    order = np.argsort(article_of_item, kind="stable")
    items_of_article = np.split(order, np.cumsum(np.bincount(article_of_item))[:-1])
    random = np.random.default_rng(seed)
    draws = [
        statistic(np.concatenate([items_of_article[a] for a in random.integers(len(names), size=len(names))]))
        for _ in range(samples)
    ]
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return float(low), float(high)
