"""Spans that readers cut at the ends of paragraphs are whole again where an article's spans are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.assessment import item_rows
from framing.corpora.base import Example, cut
from framing.decoding import Calibration, LabelCalibration
from framing.encoding import EncodedParagraph
from framing.evaluation import label_figures
from framing.prediction import Calibrated, predict_examples
from framing.span_documents import SpanDocument, span_documents
from framing.summaries import technique_figures
from framing.text import Span
from framing.vocabularies import channels_of

CHANNELS = channels_of(["techniques"])
WORDS = Tokenizer(models.WordLevel({"[UNK]": 0, "mud": 1}, unk_token="[UNK]"))
WORDS.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
TEXT = "They met to sling mud\nmud over mud\n\nand went home to rest\nmud"
LINES = [(0, 21), (22, 34), (36, 57), (58, 61)]


def paragraphs(*spans: Span, lines: Sequence[tuple[int, int]] = LINES) -> list[Example]:
    def one(start: int, end: int) -> Example:
        own = cut(spans, start, end)
        return Example(f"a-{start}", "made", "made", "made#a", TEXT[start:end], own, frozenset(CHANNELS), start=start)

    return [one(*line) for line in lines]


def calibrated(examples: Sequence[Example]) -> list[Calibrated]:
    """A model that marks the word «mud» in every channel, and nothing else."""

    def predictor(encoded: Sequence[EncodedParagraph]) -> list[NDArray[np.float32]]:
        return [np.repeat(p.ids[:, None] * 8.0 - 4.0, len(CHANNELS), axis=1).astype(np.float32) for p in encoded]

    predictions = predict_examples(WORDS, predictor, 4.0, examples, CHANNELS)
    fitted = LabelCalibration(gap=0, sentence_threshold=0.3)
    return [Calibrated(p, Calibration(dict.fromkeys(p.labels, fitted))) for p in predictions]


def documents(examples: Sequence[Example], label: str = "slogans") -> list[SpanDocument]:
    given = calibrated(examples)
    return span_documents(given, given[0].prediction.labels.index(label))


def wordings(spans: Sequence[tuple[int, int]]) -> list[str]:
    return [TEXT[start:end] for start, end in spans]


def test_what_the_paragraphs_of_an_article_cut_is_one_span() -> None:
    (document,) = documents(paragraphs(Span(12, 34, "slogans"), Span(53, 61, "slogans")))
    assert (document.id, document.article) == ("a-0", "made#a")
    assert wordings(document.gold) == ["sling mud\nmud over mud", "rest\nmud"]
    assert wordings(document.predicted) == ["mud\nmud", "mud", "mud"]
    assert wordings(document.sentences) == [TEXT[start:end] for start, end in LINES]


def test_spans_that_only_touch_a_paragraphs_edge_stay_what_they_are() -> None:
    (document,) = documents(paragraphs(Span(18, 21, "slogans"), Span(22, 25, "slogans"), Span(18, 25, "whataboutism")))
    assert wordings(document.gold) == ["mud", "mud"]
    assert wordings(documents(paragraphs(Span(18, 25, "whataboutism")), "whataboutism")[0].gold) == ["mud\nmud"]


def test_a_span_may_reach_over_a_whole_paragraph() -> None:
    (document,) = documents(paragraphs(Span(12, 49, "slogans")))
    assert wordings(document.gold) == [TEXT[12:49]]


def test_paragraphs_that_are_no_neighbours_are_documents_of_their_own() -> None:
    first, _, third, last = paragraphs(Span(12, 61, "slogans"))
    apart = documents([first, replace(third, start=400), replace(last, start=422)])
    assert [len(document.gold) for document in apart] == [1, 1]
    # Corpora of single paragraphs do not say where in an article each stands.
    loose = [replace(example, id=f"p{number}", start=0) for number, example in enumerate((first, third, last))]
    assert [document.id for document in documents(loose)] == ["p0", "p1", "p2"]


def test_figures_and_the_rows_of_a_comparison_count_the_articles_spans() -> None:
    given = calibrated(paragraphs(Span(18, 25, "slogans"), Span(18, 25, "whataboutism"), Span(58, 61, "whataboutism")))
    figures: dict[str, Any] = label_figures(given, 1, samples=0)["slogans"]["span"]
    # Three marks, of which the first is the gold span.
    assert (figures["precision"], figures["recall"]) == (1 / 3, 1.0)
    (row,) = [row for row in item_rows(given) if row["level"] == "span" and row["label"] == "slogans"]
    assert (row["id"], row["gold"], row["predicted"]) == ("a-0", [(18, 25)], [(18, 25), (31, 34), (58, 61)])
    found = technique_figures(given, frozenset({"slogans", "whataboutism"}), 1, samples=20)
    assert found["spans"] == 3
