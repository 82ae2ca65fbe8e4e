"""Fits scales and thresholds on dev predictions: per device and level, for the voice, and for the blamed target."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from framing import metrics
from framing.decoding import CANDIDATE_FLOOR, Calibration, DeviceCalibration, Scale, blamed_target, candidates
from framing.evaluation import Calibrated, Prediction, gold_voices, spans_of_device
from framing.taxonomy import DEVICE_NAMES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SHRINKAGE: Final = 50.0
"""Positives at which a device's own threshold and the shared one weigh the same."""
MINIMUM_CLASS: Final = 5
"""With fewer items of either class a scale keeps its default: two parameters cannot be fitted on less."""
GRID: Final = np.linspace(0.02, 0.98, 97)
TOKEN_CUTS: Final = np.linspace(-4.0, 2.0, 9)
GAPS: Final = (1, 2, 4)
SHORTEST: Final = (1, 2, 3, 5)


def fit(predictions: Sequence[Prediction]) -> Calibration:
    """Fit a whole calibration. The predictions must come from articles that the model was not trained on."""
    sentence_scales, paragraph_scales = [], []
    sentence_probabilities, sentence_gold, paragraph_probabilities, paragraph_gold = [], [], [], []
    for index in range(len(DEVICE_NAMES)):
        logits = np.concatenate([p.sentence_logits[:, index] for p in predictions]).astype(np.float64)
        gold = np.concatenate([p.gold_sentences[:, index] for p in predictions])
        sentence_scales.append(fit_scale(logits, gold))
        sentence_probabilities.append(sentence_scales[-1].probability(logits))
        sentence_gold.append(gold)
        logits = np.array([p.paragraph_logits[0, index] for p in predictions], dtype=np.float64)
        gold = np.array([bool(p.gold_sentences[:, index].any()) for p in predictions])
        paragraph_scales.append(fit_scale(logits, gold))
        paragraph_probabilities.append(paragraph_scales[-1].probability(logits))
        paragraph_gold.append(gold)
    sentence_thresholds = fit_thresholds(sentence_probabilities, sentence_gold)
    paragraph_thresholds = fit_thresholds(paragraph_probabilities, paragraph_gold)
    voice, voice_threshold = _fit_voice(predictions)
    calibration = Calibration(
        tuple(
            DeviceCalibration(sentence, paragraph, Scale(), sentence_threshold, paragraph_threshold)
            for sentence, paragraph, sentence_threshold, paragraph_threshold in zip(
                sentence_scales, paragraph_scales, sentence_thresholds, paragraph_thresholds, strict=True
            )
        ),
        voice,
        voice_threshold,
        _fit_target_cut(predictions),
    )
    for index in range(len(DEVICE_NAMES)):
        calibration = _fit_cutting(predictions, calibration, index)
    return _fit_findings(predictions, calibration)


def cross_fit(predictions: Sequence[Prediction], folds: int, seed: int) -> list[Calibrated]:
    """Each prediction with a calibration fitted on the articles of the other folds: what new articles can expect."""
    articles = sorted({p.example.article for p in predictions})
    random.Random(seed).shuffle(articles)
    fold_of = {article: index % folds for index, article in enumerate(articles)}
    fitted = [fit([p for p in predictions if fold_of[p.example.article] != fold]) for fold in range(folds)]
    return [Calibrated(p, fitted[fold_of[p.example.article]]) for p in predictions]


def fit_scale(logits: Floats, gold: Bools) -> Scale:
    """Platt scale by maximum likelihood; the identity where a class is too rare or the logits do not rank it."""
    if min(gold.sum(), (~gold).sum()) < MINIMUM_CLASS:
        return Scale()
    regression = LogisticRegression(C=1e3).fit(logits[:, None], gold)
    slope, intercept = float(regression.coef_[0, 0]), float(regression.intercept_[0])
    return Scale(1 / slope, -intercept / slope) if slope > 1e-3 else Scale()


def fit_thresholds(probabilities: Sequence[Floats], gold: Sequence[Bools]) -> list[float]:
    """F1-optimal threshold of each label, shrunk towards the one that suits all labels together, the more the rarer the label."""
    curves = [np.array([metrics.precision_recall_f1(p >= t, g)[2] for t in GRID]) for p, g in zip(probabilities, gold, strict=True)]
    shared = GRID[int(np.mean(curves, axis=0).argmax())]
    thresholds = []
    for curve, positives in zip(curves, gold, strict=True):
        support = float(positives.sum())
        own = GRID[int(curve.argmax())] if support else shared
        thresholds.append(float((support * own + SHRINKAGE * shared) / (support + SHRINKAGE)))
    return thresholds


def _fit_voice(predictions: Sequence[Prediction]) -> tuple[Scale, float]:
    pairs = [pair for p in predictions for pair in gold_voices(p)]
    logits = np.array([logit for logit, _ in pairs], dtype=np.float64)
    reported = np.array([is_reported for _, is_reported in pairs], dtype=bool)
    scale = fit_scale(logits, reported)
    if not len(pairs):
        return scale, 0.5
    accuracy = [float(((scale.probability(logits) >= t) == reported).mean()) for t in GRID]
    best = GRID[np.flatnonzero(np.array(accuracy) == max(accuracy))]
    return scale, float((len(pairs) * best.mean() + SHRINKAGE * 0.5) / (len(pairs) + SHRINKAGE))


def _fit_target_cut(predictions: Sequence[Prediction]) -> float:
    def score(cut: float) -> float:
        return target_overlap(predictions, cut)[2]

    return float(max(TOKEN_CUTS, key=score))


def target_overlap(predictions: Sequence[Prediction], cut: float) -> tuple[float, float, float]:
    """Partial-overlap precision, recall and F1 of blamed targets inside gold blame spans."""
    predicted: list[list[tuple[int, int]]] = []
    gold: list[list[tuple[int, int]]] = []
    for p in predictions:
        for span in p.example.spans:
            inside = np.flatnonzero((p.encoded.starts < span.end) & (p.encoded.ends > span.start))
            if span.device != "blame_attribution" or not len(inside):
                continue
            target = blamed_target(p.logits, p.encoded, inside, cut)
            predicted.append([target] if target else [])
            gold.append([span.target] if span.target else [])
    return metrics.span_overlap(predicted, gold)


def _with_device(calibration: Calibration, index: int, **changes: Any) -> Calibration:
    devices = list(calibration.devices)
    devices[index] = replace(devices[index], **changes)
    return replace(calibration, devices=tuple(devices))


def _fit_cutting(predictions: Sequence[Prediction], calibration: Calibration, index: int) -> Calibration:
    """The token cut, gap and shortest length of one device that give the best partial-overlap F1, one after the other."""
    threshold = calibration.devices[index].sentence_threshold
    scale = calibration.devices[index].sentence
    # Paragraphs without a sentence that counts and without gold add nothing to the figure.
    relevant = [
        p for p in predictions if p.gold_sentences[:, index].any() or (scale.probability(p.sentence_logits[:, index]) >= threshold).any()
    ]

    def score(change: dict[str, Any]) -> float:
        trial = _with_device(calibration, index, **change)
        return metrics.span_overlap(*spans_of_device([Calibrated(p, trial) for p in relevant], index))[2]

    cuts: list[dict[str, Any]] = [{"token_cut": float(cut)} for cut in TOKEN_CUTS]
    for choices in (cuts, [{"gap": gap} for gap in GAPS], [{"shortest": shortest} for shortest in SHORTEST], cuts):
        calibration = _with_device(calibration, index, **max(choices, key=score))
    return calibration


def _fit_findings(predictions: Sequence[Prediction], calibration: Calibration) -> Calibration:
    logits: list[list[float]] = [[] for _ in DEVICE_NAMES]
    right: list[list[bool]] = [[] for _ in DEVICE_NAMES]
    for p in predictions:
        floor = [CANDIDATE_FLOOR] * len(DEVICE_NAMES)
        for found in candidates(p.logits, p.encoded, p.sentence_of_token, p.sentence_logits, calibration, floor):
            name = DEVICE_NAMES[found.device]
            logits[found.device].append(found.logit)
            right[found.device].append(
                any(s.device == name and s.start < found.end and s.end > found.start for s in p.example.spans)
            )
    for index in range(len(DEVICE_NAMES)):
        scale = fit_scale(np.array(logits[index], dtype=np.float64), np.array(right[index], dtype=bool))
        calibration = _with_device(calibration, index, finding=scale)
    return calibration
