"""Figures of what is told of known wording: the voice of gold spans, and whom gold spans of blame blame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing import metrics
from framing.decoding import blamed_target
from framing.encoding import tokens_inside
from framing.prediction import Calibrated, Prediction, gold_voices

Spans = list[list[tuple[int, int]]]


def voice_figures(calibrated: Sequence[Calibrated], seed: int, samples: int = 1000) -> dict[str, Any]:
    """Accuracy of the voice inside gold spans, with its interval by article, and the share of the larger class."""
    right, article, reported = [], [], []
    for c in calibrated:
        for logit, is_reported in gold_voices(c.prediction):
            said = float(c.calibration.voice.probability(logit)) >= c.calibration.voice_threshold
            right.append(said == is_reported)
            article.append(c.prediction.example.article)
            reported.append(is_reported)
    if not right:
        return {"accuracy": float("nan"), "support": 0}
    hits = np.array(right)
    interval = metrics.bootstrap_interval(lambda items: float(hits[items].mean()), article, seed, samples)
    share = float(np.mean(reported))
    return {"accuracy": float(hits.mean()), "interval": list(interval), "support": len(right), "majority": max(share, 1 - share)}


def target_overlap(predictions: Sequence[Prediction], cut: float) -> tuple[float, float, float]:
    """Partial-overlap precision, recall and F1 of blamed targets inside gold blame spans."""
    predicted, gold, _, _ = _targets([(p, cut) for p in predictions])
    return metrics.span_overlap(predicted, gold)


def target_figures(calibrated: Sequence[Calibrated], seed: int, samples: int = 1000) -> dict[str, Any]:
    """`target_overlap`, each paragraph at its own calibration's cut, with the interval of F1 by article; `whole_span_f1` is what taking all
    of the blame for its target would reach.
    """
    predicted, gold, spans, articles = _targets([(c.prediction, c.calibration.target_cut) for c in calibrated])
    figures: dict[str, Any] = dict(zip(("precision", "recall", "f1"), metrics.span_overlap(predicted, gold), strict=True))
    figures |= {"support": sum(map(len, gold)), "whole_span_f1": metrics.span_overlap(spans, gold)[2]}
    if gold:

        def f1(rows: NDArray[np.int64]) -> float:
            return metrics.span_overlap([predicted[row] for row in rows], [gold[row] for row in rows])[2]

        figures["f1_interval"] = list(metrics.bootstrap_interval(f1, articles, seed, samples))
    return figures


def _targets(predictions: Sequence[tuple[Prediction, float]]) -> tuple[Spans, Spans, Spans, list[str]]:
    """Predicted and gold target, the span itself and the article of each gold blame span that has tokens."""
    predicted: Spans = []
    gold: Spans = []
    spans: Spans = []
    articles = []
    for p, cut in predictions:
        for span in p.example.spans:
            inside = np.flatnonzero(tokens_inside(p.encoded, span.start, span.end))
            if span.label != "blame_attribution" or not len(inside):
                continue
            target = blamed_target(p.logits, p.encoded, inside, cut)
            predicted.append([target] if target else [])
            gold.append([span.target] if span.target else [])
            spans.append([(span.start, span.end)])
            articles.append(p.example.article)
    return predicted, gold, spans, articles
