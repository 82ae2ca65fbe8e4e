"""What a model gives for examples: logits pooled at every level, with the gold beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.corpora.base import Example
from framing.encoding import EncodedParagraph
from framing.prediction import Prediction, Predictor, gold_voices, predict_articles, predict_examples
from framing.taxonomy import CHANNELS, DEVICE_NAMES, VOICE
from framing.text import Span
from framing.vocabularies import BIAS, ROLES

TEXT = "They wrecked our harbour. Nobody asked why."
WORDS = Tokenizer(models.WordLevel({"[UNK]": 0, "wrecked": 1, "why": 2}, unk_token="[UNK]"))
WORDS.pre_tokenizer = pre_tokenizers.Whitespace()
SHARP = 50.0
"""Sharpness at which a smooth maximum of few tokens is nearly the maximum."""


def example(*spans: Span, known: frozenset[str] = frozenset(CHANNELS), **changes: Any) -> Example:
    return replace(Example("p/0", "made", "paper", "made#p", TEXT, spans, known), **changes)


def by_word(channels: Sequence[str]) -> Predictor:
    """A model whose logit is 10 times the id of the word, plus the channel's number."""

    def predictor(paragraphs: Sequence[EncodedParagraph]) -> list[NDArray[np.float32]]:
        return [(p.ids[:, None] * 10 + np.arange(len(channels))).astype(np.float32) for p in paragraphs]

    return predictor


def predict(examples: Sequence[Example], channels: Sequence[str] = CHANNELS) -> list[Prediction]:
    return predict_examples(WORDS, by_word(channels), SHARP, examples, channels)


def test_sentences_and_paragraphs_get_about_their_strongest_token_for_each_label() -> None:
    (found,) = predict([example()])
    assert found.labels == DEVICE_NAMES
    assert found.sentence_logits.shape == (2, 4)
    assert found.paragraph_logits.shape == (4,)
    np.testing.assert_allclose(found.sentence_logits, [[10, 11, 12, 13], [20, 21, 22, 23]], atol=0.1)
    np.testing.assert_allclose(found.paragraph_logits, [20, 21, 22, 23], atol=0.1)


def test_target_and_voice_are_channels_that_are_not_pooled() -> None:
    channels = (*CHANNELS, *BIAS)
    (found,) = predict([example()], channels)
    assert found.labels == (*DEVICE_NAMES, *BIAS)
    np.testing.assert_allclose(found.paragraph_logits[4], 20 + channels.index(BIAS[0]), atol=0.1)
    assert found.strength(VOICE).tolist() == found.logits[:, channels.index(VOICE)].tolist()


def test_gold_is_present_absent_or_unknown_at_both_levels() -> None:
    marked = example(Span(5, 12, "loaded_label", "own"), known=frozenset({"loaded_label", "bloc_rhetoric"}))
    (found,) = predict([marked])
    assert found.gold_sentences.dtype == found.gold_paragraph.dtype == np.int8
    assert found.gold_sentences.tolist() == [[1, -1, 0, -1], [0, -1, 0, -1]]
    assert found.gold_paragraph.tolist() == [1, -1, 0, -1]


def test_published_sentences_are_those_that_are_scored() -> None:
    (found,) = predict([example(sentences=((0, len(TEXT)),))])
    assert found.bounds == [(0, len(TEXT))]
    assert found.sentence_logits.shape == (1, 4)


def test_a_model_of_whole_articles_alone_gives_nothing_of_tokens_and_is_not_run_for_them() -> None:
    def untouched(paragraphs: Sequence[EncodedParagraph]) -> list[NDArray[np.float32]]:
        raise AssertionError("there is no channel to run the encoder for")

    (found,) = predict_examples(WORDS, untouched, SHARP, [example()], ())
    assert found.labels == ()
    assert found.sentence_logits.shape == (2, 0)
    assert found.paragraph_logits.shape == found.gold_paragraph.shape == (0,)


def test_the_voice_is_read_inside_spans_whose_voice_is_known() -> None:
    spans = (Span(5, 12, "loaded_label", "reported"), Span(39, 42, "bloc_rhetoric", "own"), Span(0, 4, "unsourced_claim"))
    (found,) = predict([example(*spans)])
    voice = CHANNELS.index(VOICE)
    assert gold_voices(found) == [(10.0 + voice, True), (20.0 + voice, False)]
    (other,) = predict([example(*spans)], ROLES)
    assert gold_voices(other) == []


FRAMES = ("narrative_frames.conflict", "narrative_frames.morality")


def articles(examples: Sequence[Example]) -> list[tuple[str, list[float], list[int]]]:
    def predictor(given: Sequence[Sequence[EncodedParagraph]]) -> NDArray[np.float32]:
        return np.array([[len(article), sum(len(p.ids) for p in article)] for article in given], dtype=np.float32)

    return [(a.article, a.logits.tolist(), a.gold.tolist()) for a in predict_articles(WORDS, predictor, examples, FRAMES)]


def test_paragraphs_of_an_article_are_read_together_wherever_they_stand() -> None:
    conflict = {FRAMES[0]: True}
    first, second = (example(article=name, article_labels=conflict) for name in ("made#1", "made#2"))
    assert articles([first, second, first]) == [("made#1", [2.0, 18.0], [1, -1]), ("made#2", [1.0, 9.0], [1, -1])]


def test_paragraphs_that_another_corpus_has_of_an_article_without_its_labels_are_not_read_with_it() -> None:
    unlabelled, labelled = example(corpus="other"), example(article_labels={FRAMES[0]: True})
    for order in ([unlabelled, labelled], [labelled, unlabelled]):
        assert articles(order) == [("made#p", [1.0, 9.0], [1, -1])]


@pytest.mark.parametrize("given", [{}, {"policy_frames.economic": True}])
def test_an_article_of_which_no_label_is_known_is_left_out(given: dict[str, bool]) -> None:
    assert articles([example(article_labels=given)]) == []
