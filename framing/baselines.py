"""What a simple method reaches on the same sentences: all-positive, the larger class, TF-IDF with logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from framing import metrics
from framing.calibration import GRID, fit_scale
from framing.corpora.base import Example
from framing.segmentation import sentence_bounds
from framing.taxonomy import DEVICE_NAMES


def baseline_figures(train: Sequence[Example], dev: Sequence[Example], seed: int) -> dict[str, dict[str, float]]:
    """Per device: sentence F1 and paragraph calibration error of the baselines; `voice`: their accuracy inside gold spans.

    TF-IDF is trained on `train`; its threshold and its scale are fitted on `dev`, as the model's are.
    """
    train_texts, train_gold = _sentences(train)
    dev_texts, dev_gold = _sentences(dev)
    dev_paragraphs = [example.text for example in dev]
    figures: dict[str, dict[str, float]] = {}
    for index, name in enumerate(DEVICE_NAMES):
        gold = dev_gold[:, index]
        every = metrics.precision_recall_f1(np.ones_like(gold), gold)[2]
        classifier = _classifier(seed).fit(train_texts, train_gold[:, index])
        scores = classifier.decision_function(dev_texts)
        probabilities = fit_scale(scores, gold).probability(scores)
        paragraph_gold = np.array([any(s.device == name for s in example.spans) for example in dev])
        paragraph_scores = classifier.decision_function(dev_paragraphs)
        paragraph = fit_scale(paragraph_scores, paragraph_gold).probability(paragraph_scores)
        figures[name] = {
            "all_positive_f1": every,
            "tfidf_f1": max(metrics.precision_recall_f1(probabilities >= t, gold)[2] for t in GRID),
            "tfidf_average_precision": metrics.average_precision(probabilities, gold),
            "tfidf_ece": metrics.expected_calibration_error(paragraph, paragraph_gold),
        }
    figures["voice"] = _voice(train, dev, seed)
    return figures


def _voice(train: Sequence[Example], dev: Sequence[Example], seed: int) -> dict[str, float]:
    train_texts, train_reported = _span_contexts(train)
    dev_texts, dev_reported = _span_contexts(dev)
    if len(set(train_reported)) < 2 or not dev_texts:
        return {}
    guessed = _classifier(seed).fit(train_texts, train_reported).predict(dev_texts)
    share = float(np.mean(dev_reported))
    return {"majority_accuracy": max(share, 1 - share), "tfidf_accuracy": float((guessed == np.array(dev_reported)).mean())}


def _classifier(seed: int) -> Pipeline:
    vectors: Any = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return make_pipeline(vectors, LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000, random_state=seed))


def _sentences(examples: Sequence[Example]) -> tuple[list[str], NDArray[np.bool_]]:
    texts, gold = [], []
    for example in examples:
        for start, end in sentence_bounds(example.text, 0, len(example.text)):
            texts.append(example.text[start:end])
            gold.append([any(s.device == d and s.start < end and s.end > start for s in example.spans) for d in DEVICE_NAMES])
    return texts, np.array(gold, dtype=bool)


def _span_contexts(examples: Sequence[Example]) -> tuple[list[str], list[bool]]:
    texts, reported = [], []
    for example in examples:
        bounds = sentence_bounds(example.text, 0, len(example.text))
        for span in example.spans:
            if span.voice is None:
                continue
            first = next((s for s, e in bounds if s < span.end and e > span.start), span.start)
            last = max((e for s, e in bounds if s < span.end and e > span.start), default=span.end)
            texts.append(example.text[first:last])
            reported.append(span.voice == "reported")
    return texts, reported
