"""Evaluations for tests of the reports, from a model that knows one word: hits, false alarms and misses of every label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.assessment import Setting, assess, baselines_beside
from framing.calibration import cross_fit, fit
from framing.ceilings import CEILINGS
from framing.corpora.base import Example
from framing.encoding import EncodedParagraph
from framing.evaluation import article_items, label_figures
from framing.prediction import ArticlePrediction, predict_examples
from framing.summaries import own_labels
from framing.taxonomy import CHANNELS
from framing.text import Span
from framing.vocabularies import ARTICLE_VOCABULARIES, graded

SETTING = Setting("try@1", "made", "dev", 1, {})
FRAMES = ARTICLE_VOCABULARIES["narrative_frames"]
WORDS = Tokenizer(models.WordLevel({"[UNK]": 0, "reckless": 1}, unk_token="[UNK]"))
WORDS.pre_tokenizer = pre_tokenizers.Whitespace()


def examples(count: int, labels: Sequence[str], corpus: str = "made", beside: str = "") -> list[Example]:
    """Paragraphs of two sentences, the second starting with `beside`; each label is marked less often than the one before it.

    Of eight paragraphs that may hold a label, one holds it in a word that the model does not know, one has the known word unmarked.
    """
    made = []
    for number in range(count):
        word = {3: "bent", 7: "reckless"}.get(number % 8, "reckless" if number % 2 else "grey")
        text = f"Council {number // 2} met. {beside}The {word} council stayed."
        start = text.index(word)
        marked = labels if number % 8 != 7 and word != "grey" else ()
        spans = [Span(start, start + len(word), label, "own") for place, label in enumerate(marked) if number >= place]
        made.append(
            Example(
                f"{corpus}/{number}{beside}",
                corpus,
                "paper",
                f"{corpus}#{number // 2}{beside}",
                text,
                tuple(spans),
                frozenset(CHANNELS).union(labels),
            )
        )
    return made


def evaluated(
    setting: Setting = SETTING, channels: Sequence[str] = CHANNELS, count: int = 40, beside: str = "", whole: bool = False
) -> dict[str, Any]:
    """A real evaluation on `examples`; `whole` adds baselines, ceilings and labels of articles."""

    def predictor(paragraphs: Sequence[EncodedParagraph]) -> list[NDArray[np.float32]]:
        random = np.random.default_rng(1)
        return [(p.ids[:, None] * 4 - 2 + random.normal(0, 0.5, (len(p.ids), len(channels)))).astype(np.float32) for p in paragraphs]

    labels = graded(channels)
    measured = examples(count, labels, setting.corpus, beside)
    calibrated = cross_fit(predict_examples(WORDS, predictor, 4.0, measured, channels), 3, seed=1)
    if not whole:
        return assess(setting, calibrated, 0.5, own_labels(measured))
    random = np.random.default_rng(1)
    articles = [
        ArticlePrediction(
            f"a#{n}", FRAMES, random.normal(n % 2, 1, len(FRAMES)).astype(np.float32), np.full(len(FRAMES), n % 2, dtype=np.int8)
        )
        for n in range(30)
    ]
    baselines = baselines_beside(examples(60, labels, "train"), measured, label_figures(calibrated, 1, samples=0), (), 1)
    items = article_items(articles, fit([], articles))
    return assess(setting, calibrated, 0.5, own_labels(measured), items, baselines, CEILINGS["devices"], calibrated)
