"""Fits scales and thresholds on dev predictions: per label and level, for the voice, and for the blamed target."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from framing import metrics
from framing.decoding import CANDIDATE_FLOOR, ArticleCalibration, Calibration, LabelCalibration, Scale, candidates
from framing.known_wording import target_overlap
from framing.prediction import ArticlePrediction, Calibrated, Prediction, gold_voices
from framing.span_documents import spans_of_label
from framing.taxonomy import DEVICE_NAMES, TARGET

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FOLDS: Final = 5
"""Parts of the articles that thresholds are fitted on in turn, to tell what new articles can expect."""
SHRINKAGE: Final = 50.0
"""Positives at which a device's own threshold and the shared one weigh the same."""
MINIMUM_CLASS: Final = 5
"""With fewer items of either class a scale keeps its default: two parameters cannot be fitted on less."""
GRID: Final = np.linspace(0.02, 0.98, 97)
TOKEN_CUTS: Final = np.linspace(-4.0, 2.0, 9)
GAPS: Final = (1, 2, 4)
SHORTEST: Final = (1, 2, 3, 5)
SPAN_THRESHOLDS: Final = np.linspace(0.05, 0.95, 19)


def fit(predictions: Sequence[Prediction], articles: Sequence[ArticlePrediction] = ()) -> Calibration:
    """Fit a whole calibration. The predictions must come from articles that the model was not trained on."""
    labels = predictions[0].labels if predictions else ()
    fitted = {}
    sentence, sentence_cuts = _fit_level(predictions, labels, "sentence")
    paragraph, paragraph_cuts = _fit_level(predictions, labels, "paragraph")
    for index, label in enumerate(labels):
        fitted[label] = LabelCalibration(sentence[index], paragraph[index], Scale(), sentence_cuts[index], paragraph_cuts[index])
    voice, voice_threshold = _fit_voice(predictions)
    target_cut = _fit_target_cut(predictions) if predictions and TARGET in predictions[0].channels else 0.0
    calibration = Calibration(fitted, voice, voice_threshold, target_cut, _fit_articles(articles))
    for index in range(len(labels)):
        calibration = _fit_cutting(predictions, calibration, index)
    return _fit_findings(predictions, calibration) if set(DEVICE_NAMES) <= set(labels) else calibration


def _fit_level(predictions: Sequence[Prediction], labels: Sequence[str], level: str) -> tuple[list[Scale], list[float]]:
    """Scale and threshold of each label at one level."""
    cells = [_cells(predictions, index, level) for index in range(len(labels))]
    scales = [fit_scale(logits, gold) for logits, gold in cells]
    stated = [scale.probability(logits) for scale, (logits, _) in zip(scales, cells, strict=True)]
    return scales, fit_thresholds(stated, [gold for _, gold in cells])


def _cells(predictions: Sequence[Prediction], index: int, level: str) -> tuple[Floats, Bools]:
    """Logits and gold of one label, where it is known."""
    if level == "sentence":
        logits = np.concatenate([p.sentence_logits[:, index] for p in predictions])
        gold = np.concatenate([p.gold_sentences[:, index] for p in predictions])
    else:
        logits = np.array([p.paragraph_logits[index] for p in predictions])
        gold = np.array([p.gold_paragraph[index] for p in predictions])
    return logits[gold >= 0].astype(np.float64), gold[gold >= 0] == 1


def _fit_articles(articles: Sequence[ArticlePrediction]) -> dict[str, ArticleCalibration]:
    labels = articles[0].labels if articles else ()
    scales, stated, gold = [], [], []
    for index in range(len(labels)):
        known = [article for article in articles if article.gold[index] >= 0]
        logits = np.array([article.logits[index] for article in known], dtype=np.float64)
        gold.append(np.array([article.gold[index] == 1 for article in known], dtype=bool))
        scales.append(fit_scale(logits, gold[-1]))
        stated.append(scales[-1].probability(logits))
    thresholds = fit_thresholds(stated, gold)
    return {label: ArticleCalibration(scale, cut) for label, scale, cut in zip(labels, scales, thresholds, strict=True)}


def cross_fit(predictions: Sequence[Prediction], folds: int, seed: int) -> list[Calibrated]:
    """Each prediction with a calibration fitted on the articles of the other folds: what new articles can expect.

    With fewer articles than folds each is a fold; of a single one nothing is left to fit on, and the list is empty.
    """
    articles = sorted({p.example.article for p in predictions})
    if len(articles) < 2:
        return []
    folds = min(folds, len(articles))
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
    if not gold:
        return []
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


def _with_label(calibration: Calibration, label: str, **changes: Any) -> Calibration:
    return replace(calibration, labels={**calibration.labels, label: replace(calibration.labels[label], **changes)})


def _fit_cutting(predictions: Sequence[Prediction], calibration: Calibration, index: int) -> Calibration:
    """The token cut, gap and shortest length of one label that give the best partial-overlap F1, one after the other.

    A label that is no device gets a threshold of its own for spans, too, shrunk towards that of sentences: the best trade between
    misses and false alarms is another where long spans weigh more. A device's spans are what shows why its sentence counts.
    """
    label = predictions[0].labels[index]
    fitted = calibration.labels[label]
    free = label not in DEVICE_NAMES
    lowest = min(fitted.sentence_threshold, float(SPAN_THRESHOLDS[0])) if free else fitted.sentence_threshold
    # Paragraphs without a sentence that counts and without gold add nothing to the figure.
    relevant = [
        p
        for p in predictions
        if label in p.example.known
        and ((p.gold_sentences[:, index] > 0).any() or (fitted.sentence.probability(p.sentence_logits[:, index]) >= lowest).any())
    ]
    if not relevant:
        return calibration

    scores: dict[LabelCalibration, float] = {}

    def score(change: dict[str, Any]) -> float:
        trial = _with_label(calibration, label, **change)
        # The second round over the cuts asks again for what the first one asked, where gap and length stayed as they were.
        if trial.labels[label] not in scores:
            scores[trial.labels[label]] = metrics.span_overlap(*spans_of_label([Calibrated(p, trial) for p in relevant], index))[2]
        return scores[trial.labels[label]]

    cuts: list[dict[str, Any]] = [{"token_cut": float(cut)} for cut in TOKEN_CUTS]
    shapes: list[list[dict[str, Any]]] = [[{"gap": gap} for gap in GAPS], [{"shortest": shortest} for shortest in SHORTEST]]
    thresholds: list[dict[str, Any]] = [{"span_threshold": float(threshold)} for threshold in SPAN_THRESHOLDS] if free else []
    for choices in (thresholds, cuts, *shapes, thresholds, cuts):
        if choices:
            calibration = _with_label(calibration, label, **max(choices, key=score))
    if free:
        support = sum(len(spans) for spans in spans_of_label([Calibrated(p, calibration) for p in relevant], index)[1])
        own = calibration.labels[label].spans_from
        shrunk = (support * own + SHRINKAGE * fitted.sentence_threshold) / (support + SHRINKAGE)
        calibration = _with_label(calibration, label, span_threshold=shrunk)
    return calibration


def _fit_findings(predictions: Sequence[Prediction], calibration: Calibration) -> Calibration:
    logits: list[list[float]] = [[] for _ in DEVICE_NAMES]
    right: list[list[bool]] = [[] for _ in DEVICE_NAMES]
    for p in predictions:
        if not p.example.known.issuperset(DEVICE_NAMES):
            continue
        floor = [CANDIDATE_FLOOR] * len(DEVICE_NAMES)
        for found in candidates(p.logits, p.encoded, p.sentence_of_token, p.sentence_logits, calibration, floor):
            name = DEVICE_NAMES[found.device]
            logits[found.device].append(found.logit)
            right[found.device].append(any(s.label == name and s.start < found.end and s.end > found.start for s in p.example.spans))
    for index, name in enumerate(DEVICE_NAMES):
        scale = fit_scale(np.array(logits[index], dtype=np.float64), np.array(right[index], dtype=bool))
        calibration = _with_label(calibration, name, finding=scale)
    return calibration
