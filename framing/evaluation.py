"""Predictions over labelled examples, and the figures that they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from framing import metrics
from framing.corpora.base import Example
from framing.decoding import Calibration, marked_tokens, smooth_maximum
from framing.encoding import EncodedParagraph, encode_paragraphs, sentence_of_token
from framing.segmentation import sentence_bounds
from framing.taxonomy import CHANNELS, DEVICE_NAMES, VOICE

Array = NDArray[np.float32]
Bools = NDArray[np.bool_]
Predictor = Callable[[Sequence[EncodedParagraph]], list[Array]]


@dataclass(frozen=True, slots=True)
class Prediction:
    """An example and what the model gave for it, before calibration."""

    example: Example
    encoded: EncodedParagraph
    sentence_of_token: NDArray[np.int32]
    logits: Array
    """float32, (tokens, channels)"""
    sentence_logits: Array
    """float32, (sentences, devices)"""
    paragraph_logits: Array
    """float32, (1, devices)"""
    gold_sentences: Bools
    """bool, (sentences, devices): a gold span of the device overlaps the sentence"""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A prediction and the calibration to read it with; cross-fitting gives each article one fitted on the others."""

    prediction: Prediction
    calibration: Calibration


def predict_examples(tokenizer: Tokenizer, predictor: Predictor, sharpness: float, examples: Sequence[Example]) -> list[Prediction]:
    """Run the model over examples and pool its logits, in order."""
    encoded = encode_paragraphs(tokenizer, [example.text for example in examples])
    predictions = []
    for example, paragraph, logits in zip(examples, encoded, predictor(encoded), strict=True):
        bounds = sentence_bounds(example.text, 0, len(example.text))
        sentences = sentence_of_token(paragraph, bounds)
        devices = logits[:, : len(DEVICE_NAMES)]
        gold = [[any(s.device == d and s.start < e and s.end > b for s in example.spans) for d in DEVICE_NAMES] for b, e in bounds]
        predictions.append(
            Prediction(
                example,
                paragraph,
                sentences,
                logits,
                smooth_maximum(devices, sentences, len(bounds), sharpness),
                smooth_maximum(devices, np.zeros_like(sentences), 1, sharpness),
                np.asarray(gold, dtype=bool).reshape(len(bounds), len(DEVICE_NAMES)),
            )
        )
    return predictions


def gold_voices(prediction: Prediction) -> list[tuple[float, bool]]:
    """(mean voice logit inside the span, is it reported) of each gold span whose voice is known."""
    channel = CHANNELS.index(VOICE)
    pairs = []
    for span in prediction.example.spans:
        inside = (prediction.encoded.starts < span.end) & (prediction.encoded.ends > span.start)
        if span.voice is not None and inside.any():
            pairs.append((float(prediction.logits[inside, channel].mean()), span.voice == "reported"))
    return pairs


def quick_figures(predictions: Sequence[Prediction]) -> dict[str, float]:
    """Threshold-free figures for early stopping: sentence average precision per device and their mean, voice accuracy."""
    scores = np.concatenate([p.sentence_logits for p in predictions]).astype(np.float64)
    gold = np.concatenate([p.gold_sentences for p in predictions])
    precisions = [metrics.average_precision(scores[:, d], gold[:, d]) for d in range(len(DEVICE_NAMES))]
    voices = [pair for p in predictions for pair in gold_voices(p)]
    figures = {f"sentence_ap_{name}": value for name, value in zip(DEVICE_NAMES, precisions, strict=True)}
    figures["sentence_ap"] = float(np.nanmean(precisions)) if not np.all(np.isnan(precisions)) else 0.0
    if voices:
        figures["voice_accuracy"] = float(np.mean([(logit > 0) == reported for logit, reported in voices]))
    return figures


def device_figures(calibrated: Sequence[Calibrated], seed: int, samples: int = 1000) -> dict[str, dict[str, Any]]:
    """Sentence, paragraph and span figures of each device, with 95 % intervals by article where they are headline figures."""
    table = {}
    for index, name in enumerate(DEVICE_NAMES):
        probabilities, predicted, gold, article = _sentence_arrays(calibrated, index)
        precision, recall, f1 = metrics.precision_recall_f1(predicted, gold)
        interval = metrics.bootstrap_interval(partial(_f1, predicted, gold), article, seed, samples)
        paragraph = np.array([float(_fitted(c, index).paragraph.probability(c.prediction.paragraph_logits[0, index])) for c in calibrated])
        flagged = np.array([p >= _fitted(c, index).paragraph_threshold for p, c in zip(paragraph, calibrated, strict=True)])
        gold_paragraph = np.array([bool(c.prediction.gold_sentences[:, index].any()) for c in calibrated])
        predicted_spans, gold_spans = spans_of_device(calibrated, index)
        table[name] = {
            "sentence": {"precision": precision, "recall": recall, "f1": f1, "f1_interval": list(interval),
                         "average_precision": metrics.average_precision(probabilities, gold), "support": int(gold.sum())},
            "paragraph": {"f1": metrics.precision_recall_f1(flagged, gold_paragraph)[2], "support": int(gold_paragraph.sum()),
                          "average_precision": metrics.average_precision(paragraph, gold_paragraph),
                          "ece": metrics.expected_calibration_error(paragraph, gold_paragraph)},
            "span": dict(zip(("precision", "recall", "f1"), metrics.span_overlap(predicted_spans, gold_spans), strict=True)),
        }  # fmt: skip
    return table


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


def spans_of_device(calibrated: Sequence[Calibrated], index: int) -> tuple[list[list[tuple[int, int]]], list[list[tuple[int, int]]]]:
    """Predicted and gold spans of one device, a list a paragraph."""
    predicted: list[list[tuple[int, int]]] = []
    gold: list[list[tuple[int, int]]] = []
    for c in calibrated:
        p, fitted = c.prediction, _fitted(c, index)
        strength, by_sentence = p.logits[:, index], p.sentence_logits[:, index]
        runs = marked_tokens(strength, p.encoded, p.sentence_of_token, by_sentence, fitted, fitted.sentence_threshold)
        predicted.append([(int(p.encoded.starts[inside[0]]), int(p.encoded.ends[inside[-1]])) for _, inside in runs])
        gold.append([(s.start, s.end) for s in p.example.spans if s.device == DEVICE_NAMES[index]])
    return predicted, gold


def _f1(predicted: Bools, gold: Bools, items: NDArray[np.int64]) -> float:
    return metrics.precision_recall_f1(predicted[items], gold[items])[2]


def _fitted(calibrated: Calibrated, index: int) -> Any:
    return calibrated.calibration.devices[index]


def _sentence_arrays(calibrated: Sequence[Calibrated], index: int) -> tuple[Any, Bools, Bools, list[str]]:
    probabilities, predicted, gold, article = [], [], [], []
    for c in calibrated:
        p = _fitted(c, index).sentence.probability(c.prediction.sentence_logits[:, index])
        probabilities.append(p)
        predicted.append(p >= _fitted(c, index).sentence_threshold)
        gold.append(c.prediction.gold_sentences[:, index])
        article += [c.prediction.example.article] * len(p)
    return np.concatenate(probabilities), np.concatenate(predicted), np.concatenate(gold), article
