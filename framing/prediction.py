"""Runs a model over labelled examples: logits at every level, gold beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from framing.corpora.base import Example
from framing.decoding import Calibration, smooth_maximum
from framing.encoding import EncodedParagraph, encode_paragraphs, sentence_of_token, tokens_inside
from framing.gold import Gold, article_gold, paragraph_gold, stretch_gold
from framing.taxonomy import CHANNELS, VOICE
from framing.vocabularies import graded

Array = NDArray[np.float32]
Predictor = Callable[[Sequence[EncodedParagraph]], list[Array]]
ArticlePredictor = Callable[[Sequence[Sequence[EncodedParagraph]]], Array]


@dataclass(frozen=True, slots=True)
class Prediction:
    """An example and what the model gave for it, before calibration; `labels` are the graded ones among `channels`."""

    example: Example
    encoded: EncodedParagraph
    bounds: list[tuple[int, int]]
    sentence_of_token: NDArray[np.int32]
    channels: tuple[str, ...]
    labels: tuple[str, ...]
    logits: Array
    """float32, (tokens, channels)"""
    sentence_logits: Array
    """float32, (sentences, labels)"""
    paragraph_logits: Array
    """float32, (labels,)"""
    gold_sentences: Gold
    """int8, (sentences, labels): 1 present, 0 absent, -1 unknown"""
    gold_paragraph: Gold
    """int8, (labels,)"""

    def strength(self, label: str) -> Array:
        """Token logits of one channel, float32, (tokens,)."""
        column: Array = self.logits[:, self.channels.index(label)]
        return column


@dataclass(frozen=True, slots=True)
class ArticlePrediction:
    """An article, its logits, float32, (article labels,), and its gold, int8, (article labels,)."""

    article: str
    labels: tuple[str, ...]
    logits: Array
    gold: Gold


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A prediction and the calibration to read it with; cross-fitting gives each article one fitted on the others."""

    prediction: Prediction
    calibration: Calibration


def predict_examples(
    tokenizer: Tokenizer, predictor: Predictor, sharpness: float, examples: Sequence[Example], channels: Sequence[str] = CHANNELS
) -> list[Prediction]:
    """Run the model over examples and pool its logits, in order."""
    encoded = encode_paragraphs(tokenizer, [example.text for example in examples])
    labels = graded(channels)
    columns = [list(channels).index(label) for label in labels]
    predictions = []
    given = predictor(encoded) if channels else [np.zeros((len(paragraph.ids), 0), dtype=np.float32) for paragraph in encoded]
    for example, paragraph, logits in zip(examples, encoded, given, strict=True):
        bounds = example.sentence_bounds()
        sentences = sentence_of_token(paragraph, bounds)
        marks = logits[:, columns]
        predictions.append(
            Prediction(
                example,
                paragraph,
                bounds,
                sentences,
                tuple(channels),
                labels,
                logits,
                smooth_maximum(marks, sentences, len(bounds), sharpness),
                smooth_maximum(marks, np.zeros_like(sentences), 1, sharpness)[0],
                stretch_gold(example, bounds, labels),
                paragraph_gold(example, labels),
            )
        )
    return predictions


def predict_articles(
    tokenizer: Tokenizer, predictor: ArticlePredictor, examples: Sequence[Example], labels: Sequence[str]
) -> list[ArticlePrediction]:
    """Logits of each article that some label of `labels` is known of, by the order of their first paragraphs."""
    of_article: dict[str, list[Example]] = {}
    gold: dict[str, Gold] = {}
    for example in examples:
        # Another corpus may have the article, or paragraphs of it, without these labels.
        if ((of_this := article_gold(example, labels)) >= 0).any():
            of_article.setdefault(example.article, []).append(example)
            gold.setdefault(example.article, of_this)
    if not of_article:
        return []
    encoded = [encode_paragraphs(tokenizer, [e.text for e in members]) for members in of_article.values()]
    rows = zip(of_article, predictor(encoded), strict=True)
    return [ArticlePrediction(article, tuple(labels), logits, gold[article]) for article, logits in rows]


def gold_voices(prediction: Prediction) -> list[tuple[float, bool]]:
    """(mean voice logit inside the span, is it reported) of each gold span whose voice is known."""
    if VOICE not in prediction.channels:
        return []
    strength = prediction.strength(VOICE)
    pairs = []
    for span in prediction.example.spans:
        inside = tokens_inside(prediction.encoded, span.start, span.end)
        if span.voice is not None and inside.any():
            pairs.append((float(strength[inside].mean()), span.voice == "reported"))
    return pairs
