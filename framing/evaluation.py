"""Figures of a model over labelled examples: sentence, paragraph, span and article level."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from framing import metrics
from framing.decoding import Calibration, LabelCalibration
from framing.prediction import ArticlePrediction, Calibrated, Prediction, gold_voices
from framing.resampling import (
    bootstrap_sums,
    calibration_gaps,
    f1_counts,
    f1_of_sums,
    matthews_of_sums,
    resampled_average_precision,
    sums_by_article,
)
from framing.span_documents import span_documents

Array = NDArray[np.float32]
Bools = NDArray[np.bool_]


def quick_figures(predictions: Sequence[Prediction], articles: Sequence[ArticlePrediction] = ()) -> dict[str, float]:
    """Threshold-free figures for early stopping: average precision per label and their mean, voice accuracy.

    A label is measured over sentences, or over paragraphs where its sentences are not known, or over articles.
    """
    figures = {}
    for index, label in enumerate(predictions[0].labels if predictions else ()):
        scores, gold = _items(predictions, index)
        if len(gold):
            figures[f"average_precision_{label}"] = metrics.average_precision(scores, gold)
    for index, label in enumerate(articles[0].labels if articles else ()):
        known = [article for article in articles if article.gold[index] >= 0]
        given = np.array([article.logits[index] for article in known], dtype=np.float64)
        figures[f"average_precision_{label}"] = metrics.average_precision(given, np.array([a.gold[index] == 1 for a in known]))
    measured = [value for value in figures.values() if not np.isnan(value)]
    figures["average_precision"] = float(np.mean(measured)) if measured else 0.0
    voices = [pair for p in predictions for pair in gold_voices(p)]
    if voices:
        figures["voice_accuracy"] = float(np.mean([(logit > 0) == reported for logit, reported in voices]))
    return figures


def sentences_known(predictions: Sequence[Prediction], index: int) -> bool:
    """Whether sentences of a label can be measured: some are known, and each paragraph that holds the label has one that is known to.

    Of a label given to whole paragraphs the sentences of those without it are known to be free, those of the others are not: such
    sentence figures would count little but negatives.
    """
    columns = [(p.gold_sentences[:, index], p.gold_paragraph[index]) for p in predictions]
    return any((of >= 0).any() for of, _ in columns) and all((of == 1).any() for of, whole in columns if whole == 1)


def _items(predictions: Sequence[Prediction], index: int) -> tuple[NDArray[np.float64], Bools]:
    if sentences_known(predictions, index):
        scores = np.concatenate([p.sentence_logits[:, index] for p in predictions]).astype(np.float64)
        gold = np.concatenate([p.gold_sentences[:, index] for p in predictions])
    else:
        scores = np.array([p.paragraph_logits[index] for p in predictions], dtype=np.float64)
        gold = np.array([p.gold_paragraph[index] for p in predictions])
    return scores[gold >= 0], gold[gold >= 0] == 1


def label_figures(calibrated: Sequence[Calibrated], seed: int, samples: int = 1000) -> dict[str, dict[str, Any]]:
    """Figures of each label that the examples know, with 95 % intervals by article where they are headline figures.

    Sentence and paragraph figures stand where some are known (`sentences_known`), span figures where the corpus annotates the label's
    spans.
    """
    table = {}
    predictions = [c.prediction for c in calibrated]
    for index, name in enumerate(calibrated[0].prediction.labels if calibrated else ()):
        figures: dict[str, Any] = {}
        sentences, paragraphs = sentence_items(calibrated, index), paragraph_items(calibrated, index)
        if sentences_known(predictions, index):
            figures["sentence"] = item_figures(sentences, seed, samples)
        if len(paragraphs.gold):
            figures["paragraph"] = item_figures(paragraphs, seed, samples)
        if len(paragraphs.gold) and any(name in c.prediction.example.known for c in calibrated):
            figures["span"] = span_figures(calibrated, index, seed, samples)
        if figures:
            table[name] = figures
    return table


@dataclass(frozen=True, slots=True)
class Items:
    """What is scored one by one: calibrated probabilities, flags and gold, all (items,), and the article of each."""

    probabilities: NDArray[np.float64]
    flagged: Bools
    gold: Bools
    articles: list[str]


def item_figures(items: Items, seed: int, samples: int = 1000) -> dict[str, Any]:
    """Precision, recall, F1, average precision, Matthews correlation, calibration error and Brier score with their intervals; support.

    `macro_f1` is the mean of the F1 of the two classes, present and absent. With `samples` 0 there are no intervals. That of the
    calibration error lies high, since each draw adds noise to every bin: take its upper end as the worst case.
    """
    precision, recall, f1 = metrics.precision_recall_f1(items.flagged, items.gold)
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        **(_intervals(items, seed, samples) if samples else {}),
        "average_precision": metrics.average_precision(items.probabilities, items.gold),
        "macro_f1": (f1 + metrics.precision_recall_f1(~items.flagged, ~items.gold)[2]) / 2,
        "mcc": metrics.matthews(items.flagged, items.gold),
        "ece": metrics.expected_calibration_error(items.probabilities, items.gold),
        "brier": metrics.brier(items.probabilities, items.gold),
        "support": int(items.gold.sum()),
        "items": len(items.gold),
    }


def _intervals(items: Items, seed: int, samples: int) -> dict[str, list[float]]:
    counts = [f1_counts(items.flagged, items.gold), f1_counts(~items.flagged, ~items.gold)]
    squares = (items.probabilities - items.gold)[:, None] ** 2
    gaps = calibration_gaps(items.probabilities, items.gold)
    sums = sums_by_article(np.concatenate([*counts, np.ones_like(squares), squares, gaps], axis=1), items.articles)

    def macro(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = (f1_of_sums(drawn[..., :3]) + f1_of_sums(drawn[..., 3:6])) / 2
        return mean

    whole: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
        "f1_interval": lambda drawn: f1_of_sums(drawn[..., :3]),
        "precision_interval": lambda drawn: drawn[..., 0] / np.maximum(drawn[..., 0] + drawn[..., 1], 1),
        "recall_interval": lambda drawn: drawn[..., 0] / np.maximum(drawn[..., 0] + drawn[..., 2], 1),
        "macro_f1_interval": macro,
        # The second three count the absent class, whose hits are what was rightly passed over.
        "mcc_interval": lambda drawn: matthews_of_sums(drawn[..., :4]),
        "brier_interval": lambda drawn: drawn[..., 7] / drawn[..., 6],
        "ece_interval": lambda drawn: np.abs(drawn[..., 8:]).sum(axis=-1) / drawn[..., 6],
    }
    intervals = {name: list(bootstrap_sums(statistic, sums, seed, samples)) for name, statistic in whole.items()}
    if items.gold.any():
        ranking = resampled_average_precision(items.probabilities, items.gold)
        intervals["average_precision_interval"] = list(metrics.bootstrap_interval(ranking, items.articles, seed, samples))
    return intervals


def headline_level(figures: Mapping[str, Any]) -> Literal["sentence", "paragraph"]:
    """The level that a label is first reported at: sentences where some are known, else paragraphs."""
    return "sentence" if "sentence" in figures else "paragraph"


def headline_figures(evaluation: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """(level, figures) that each label of an evaluation is first reported at, those of whole articles among them."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for label, figures in evaluation["labels"].items():
        level = headline_level(figures)
        found[label] = (level, figures[level])
    return found | {label: ("article", figures) for label, figures in evaluation["articles"].items()}


def span_figures(calibrated: Sequence[Calibrated], index: int, seed: int, samples: int = 1000) -> dict[str, Any]:
    """Partial-overlap precision, recall and F1 of one label's spans, with the interval of F1 by article.

    `all_positive_f1` is what marking every sentence from end to end would reach.
    """
    documents = span_documents(calibrated, index)
    predicted, gold = [document.predicted for document in documents], [document.gold for document in documents]

    def f1(rows: NDArray[np.int64]) -> float:
        return metrics.span_overlap([predicted[row] for row in rows], [gold[row] for row in rows])[2]

    figures: dict[str, Any] = dict(zip(("precision", "recall", "f1"), metrics.span_overlap(predicted, gold), strict=True))
    figures["all_positive_f1"] = metrics.span_overlap([document.sentences for document in documents], gold)[2]
    if samples:
        # Overlaps are recomputed for each draw, so these are fewer.
        figures["f1_interval"] = list(metrics.bootstrap_interval(f1, [d.article for d in documents], seed, min(samples, 200)))
    return figures


def sentence_items(calibrated: Sequence[Calibrated], index: int) -> Items:
    """The sentences of which one label is known."""
    pairs = [(c, c.prediction) for c in calibrated]
    return joined([_known(c, index, p.sentence_logits[:, index], p.gold_sentences[:, index], "sentence") for c, p in pairs])


def paragraph_items(calibrated: Sequence[Calibrated], index: int) -> Items:
    """The paragraphs of which one label is known."""
    cell, pairs = slice(index, index + 1), [(c, c.prediction) for c in calibrated]
    return joined([_known(c, index, p.paragraph_logits[cell], p.gold_paragraph[cell], "paragraph") for c, p in pairs])


def _known(calibrated: Calibrated, index: int, logits: Array, gold: NDArray[np.int8], level: Literal["sentence", "paragraph"]) -> Items:
    fitted: LabelCalibration = calibrated.calibration.labels[calibrated.prediction.labels[index]]
    scale, threshold = {
        "sentence": (fitted.sentence, fitted.sentence_threshold),
        "paragraph": (fitted.paragraph, fitted.paragraph_threshold),
    }[level]
    known = gold >= 0
    probabilities = scale.probability(logits[known])
    article = calibrated.prediction.example.article
    return Items(probabilities, probabilities >= threshold, gold[known] == 1, [article] * int(known.sum()))


def joined(parts: Sequence[Items]) -> Items:
    """The items of several parts as one."""
    return Items(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.flagged for part in parts]),
        np.concatenate([part.gold for part in parts]),
        [article for part in parts for article in part.articles],
    )


def article_items(articles: Sequence[ArticlePrediction], calibration: Calibration) -> dict[str, Items]:
    """The articles of which a label is known, for each article label that is known of some."""
    table = {}
    for index, name in enumerate(articles[0].labels if articles else ()):
        known = [article for article in articles if article.gold[index] >= 0]
        if not known:
            continue
        fitted = calibration.article_labels[name]
        stated = fitted.scale.probability(np.array([article.logits[index] for article in known]))
        gold = np.array([article.gold[index] == 1 for article in known])
        table[name] = Items(stated, stated >= fitted.threshold, gold, [a.article for a in known])
    return table


def article_figures(items: Mapping[str, Items], seed: int, samples: int = 1000) -> dict[str, dict[str, Any]]:
    """Figures of each article label, as `item_figures`."""
    return {name: item_figures(given, seed, samples) for name, given in items.items()}
