"""Figures of blamed targets against a hand-computed case."""

from __future__ import annotations

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.corpora.base import Example
from framing.decoding import Calibration
from framing.encoding import EncodedParagraph
from framing.known_wording import target_figures, target_overlap
from framing.prediction import Calibrated, predict_examples
from framing.taxonomy import CHANNELS, TARGET
from framing.text import Span

WORDS = Tokenizer(models.WordLevel({"[UNK]": 0, "council": 1}, unk_token="[UNK]"))
WORDS.pre_tokenizer = pre_tokenizers.Whitespace()


def predictor(paragraphs: list[EncodedParagraph]) -> list[np.ndarray]:
    """Knows the council as the one to blame, and nobody else."""
    logits = [np.full((len(p.ids), len(CHANNELS)), -4.0, dtype=np.float32) for p in paragraphs]
    for of, paragraph in zip(logits, paragraphs, strict=True):
        of[paragraph.ids == 1, CHANNELS.index(TARGET)] = 4.0
    return logits


def example(number: int, text: str, target: str | None) -> Example:
    blamed = (text.index(target), text.index(target) + len(target)) if target else None
    span = Span(0, len(text), "blame_attribution", "own", blamed)
    return Example(f"made/{number}", "made", "paper", f"made#{number}", text, (span,), frozenset(CHANNELS))


def test_targets_have_an_interval_and_the_whole_span_beside_them() -> None:
    # Seven of the eleven characters of «The council» are found, none of «Ministers»; where no one is named, no one is found.
    examples = [
        example(0, "The council sank it.", "The council"),
        example(1, "Ministers sank it.", "Ministers"),
        example(2, "It was sunk.", None),
    ]
    predictions = predict_examples(WORDS, predictor, 4.0, examples, CHANNELS)
    found = target_figures([Calibrated(p, Calibration()) for p in predictions], seed=1, samples=200)
    recall = 7 / 11 / 2
    assert (found["precision"], found["recall"], found["support"]) == (1.0, pytest.approx(recall), 2)
    assert found["f1"] == pytest.approx(2 * recall / (1 + recall)) == pytest.approx(target_overlap(predictions, 0.0)[2])
    assert found["f1_interval"][0] <= found["f1"] <= found["f1_interval"][1]
    # Whole spans earn 11 of 20, 9 of 18 and 0 of 12 characters, and find both targets.
    precision = (11 / 20 + 9 / 18) / 3
    assert found["whole_span_f1"] == pytest.approx(2 * precision / (1 + precision))


def test_each_paragraph_has_its_own_calibrations_cut() -> None:
    examples = [example(0, "The council sank it.", "council"), example(1, "The council burned it.", "council")]
    predictions = predict_examples(WORDS, predictor, 4.0, examples, CHANNELS)
    cuts = [Calibrated(p, Calibration(target_cut=cut)) for p, cut in zip(predictions, (0.0, 5.0), strict=True)]
    assert target_figures(cuts, seed=1, samples=20)["recall"] == 0.5


def test_without_blame_there_is_no_interval() -> None:
    found = target_figures([], seed=1)
    assert (found["support"], found["f1"]) == (0, 0.0) and "f1_interval" not in found
