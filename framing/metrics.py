"""Figures of merit over NumPy arrays and spans, with an interval by bootstrap over articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ECE_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class MultilabelF1:
    """F1 over several labels. `per_label` is nan, and left out of `macro`, where a label has no support (known gold positives)."""

    micro: float
    macro: float
    per_label: tuple[float, ...]
    support: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TechniqueF1:
    """Micro-averaged F1, and the F1 of each technique that is predicted or gold, by name."""

    micro: float
    per_technique: Mapping[str, float]


def precision_recall_f1(predicted: Bools, gold: Bools) -> tuple[float, float, float]:
    """Precision, recall and F1 of one label; 0 where a denominator is 0. Both arrays have the shape (items,)."""
    hits = float((predicted & gold).sum())
    precision = hits / predicted.sum() if predicted.any() else 0.0
    recall = hits / gold.sum() if gold.any() else 0.0
    f1 = 2 * hits / (predicted.sum() + gold.sum()) if predicted.any() or gold.any() else 0.0
    return float(precision), float(recall), float(f1)


def multilabel_f1(predicted: Bools, gold: Bools, known: Bools | None = None) -> MultilabelF1:
    """F1 per label, their mean (macro) and that of all cells together (micro); 0 where nothing is predicted or gold.

    All arrays have the shape (items, labels). Cells that are not `known` count nowhere; without `known` all count. Micro counts the
    false positives of labels without support, macro leaves those labels out and is nan when no label has support. Raises ValueError
    where the shapes differ.
    """
    known = np.ones_like(gold) if known is None else known
    if gold.ndim != 2 or predicted.shape != gold.shape or known.shape != gold.shape:
        raise ValueError(
            f"found shapes {predicted.shape} (predicted), {gold.shape} (gold) and {known.shape} (known), expected one shape "
            "(items, labels); give a single label as a column: array[:, None]"
        )
    hits = (predicted & gold & known).sum(axis=0)
    support = (gold & known).sum(axis=0)
    marked = (predicted & known).sum(axis=0) + support
    per_label = np.where(support > 0, 2 * hits / np.maximum(marked, 1), np.nan)
    macro = float(per_label[support > 0].mean()) if support.any() else float("nan")
    micro = float(2 * hits.sum() / marked.sum()) if marked.any() else 0.0
    return MultilabelF1(micro, macro, tuple(map(float, per_label)), tuple(map(int, support)))


def matthews(predicted: Bools, gold: Bools) -> float:
    """Matthews correlation of two arrays of shape (items,), from -1 to 1; 0 where either of them is constant.

    Matthews, «Comparison of the predicted and observed secondary structure of T4 phage lysozyme», 1975.
    """
    items, marked, positive = float(len(gold)), float(predicted.sum()), float(gold.sum())
    spread = np.sqrt(marked * (items - marked) * positive * (items - positive))
    return float((items * (predicted & gold).sum() - marked * positive) / spread) if spread else 0.0


def cohen_kappa(one: Bools, other: Bools) -> float:
    """Agreement of two judgements of the same items beyond chance, both of shape (items,); nan where chance alone would always agree.

    Cohen, «A coefficient of agreement for nominal scales», 1960.
    """
    observed = float((one == other).mean())
    chance = float(one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean()))
    return (observed - chance) / (1 - chance) if chance < 1 else float("nan")


def brier(probabilities: Floats, gold: Bools) -> float:
    """Mean squared distance of stated probabilities from what came true, both of shape (items,); nan for no items.

    The form for two classes, from 0 to 1; Brier, «Verification of forecasts expressed in terms of probability», 1950, counts both
    classes and is twice as large.
    """
    return float(np.mean((probabilities - gold) ** 2)) if len(probabilities) else float("nan")


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
    share of its characters that are gold, a gold span the share of its characters that are found; both shares are averaged over
    all spans of all texts. Spans that only touch stay two. Where neither side has a span, all three are 0; the task's scorer gives
    an F1 of 1 there.
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


def technique_classification(
    predicted: Sequence[Sequence[tuple[int, int, str]]], gold: Sequence[Sequence[tuple[int, int, str]]]
) -> TechniqueF1:
    """F1 of the techniques given to known spans (start, end, technique), texts paired by position.

    The measure of SemEval-2020 task 11, technique classification (Da San Martino et al., 2020). Each span has one technique, so micro
    F1 is the share of spans that got theirs. Where one span is gold with several techniques it stands there once for each, on both
    sides, and its predictions are paired with its gold so that as many as possible agree: as many as the two multisets of techniques
    have in common. How the others are paired changes no figure. The task's scorer pairs one by one to the same end, but after a span
    with no agreement it may leave out the pairing of the span that follows. 0 where there are no spans.

    Raises ValueError where the two sides of a text do not hold the same spans equally often.
    """
    hits: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    for number, (one_predicted, one_gold) in enumerate(zip(predicted, gold, strict=True)):
        spans, gold_spans = (Counter(span[:2] for span in side) for side in (one_predicted, one_gold))
        if spans != gold_spans:
            raise ValueError(
                f"text {number}: found spans {sorted((spans - gold_spans).elements())} that are not gold and missed "
                f"{sorted((gold_spans - spans).elements())}, expected the gold spans; give each one technique for each time that it is gold"
            )
        for (_, _, technique), count in (Counter(one_predicted) & Counter(one_gold)).items():
            hits[technique] += count
        marked.update(technique for side in (one_predicted, one_gold) for _, _, technique in side)
    per_technique = {technique: 2 * hits[technique] / marked[technique] for technique in sorted(marked)}
    return TechniqueF1(2 * hits.total() / marked.total() if marked else 0.0, per_technique)


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
    low, high = np.nanpercentile([statistic(items) for items in article_draws(articles, seed, samples)], [2.5, 97.5])
    return float(low), float(high)


def article_draws(articles: Sequence[str], seed: int, samples: int) -> Iterator[NDArray[np.int64]]:
    """Item indices of `samples` draws of as many whole articles as there are, with replacement; `articles` as above."""
    names, article_of_item = np.unique(np.asarray(articles), return_inverse=True)
    order = np.argsort(article_of_item, kind="stable")
    items_of_article = np.split(order, np.cumsum(np.bincount(article_of_item))[:-1])
    random = np.random.default_rng(seed)
    for _ in range(samples):
        yield np.concatenate([items_of_article[a] for a in random.integers(len(names), size=len(names))])
