"""Scales and thresholds fitted on dev predictions."""

from __future__ import annotations

import numpy as np
import pytest

from framing.calibration import SHRINKAGE, cross_fit, fit, fit_scale, fit_thresholds
from framing.corpora.base import Example
from framing.decoding import Calibration, Scale
from framing.encoding import EncodedParagraph
from framing.metrics import expected_calibration_error, precision_recall_f1
from framing.prediction import predict_examples
from framing.text import Span
from tests.unit.evaluations import WORDS


def draw(count: int, scale: Scale, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits and labels that are positive with exactly the probability that `scale` states."""
    random = np.random.default_rng(seed)
    logits = random.normal(-1.0, 3.0, count)
    return logits, random.random(count) < scale.probability(logits)


def test_a_scale_is_recovered_from_labels_drawn_by_it() -> None:
    true = Scale(temperature=2.0, bias=0.7)
    fitted = fit_scale(*draw(50_000, true))
    assert fitted.temperature == pytest.approx(true.temperature, rel=0.05)
    assert fitted.bias == pytest.approx(true.bias, abs=0.1)


def test_fitting_makes_overconfident_logits_honest() -> None:
    logits, gold = draw(20_000, Scale(temperature=3.0))
    assert expected_calibration_error(Scale().probability(logits), gold) > 0.1
    assert expected_calibration_error(fit_scale(logits, gold).probability(logits), gold) < 0.02


@pytest.mark.parametrize("positives", [0, 4, 100])
def test_a_class_too_rare_to_fit_keeps_the_identity(positives: int) -> None:
    gold = np.arange(100) < positives
    assert fit_scale(np.linspace(-3, 3, 100), gold) == Scale()


def test_logits_that_rank_the_wrong_way_are_not_turned_over() -> None:
    logits, gold = draw(2_000, Scale())
    assert fit_scale(-logits, gold) == Scale()


def test_a_frequent_label_gets_its_own_threshold_and_a_rare_one_nearly_the_shared_one() -> None:
    random = np.random.default_rng(1)
    frequent = random.random(40_000)
    rare = random.random(400)
    # The frequent label is right from 0.3 on, the rare one from 0.9 on.
    frequent_threshold, rare_threshold = fit_thresholds([frequent, rare], [frequent >= 0.3, rare >= 0.985])
    assert frequent_threshold == pytest.approx(0.3, abs=0.02)
    positives = int((rare >= 0.985).sum())
    assert 0 < positives < SHRINKAGE / 4
    assert rare_threshold < 0.9
    assert precision_recall_f1(frequent >= frequent_threshold, frequent >= 0.3)[2] > 0.97


def test_a_label_without_positives_takes_the_shared_threshold() -> None:
    scores = np.random.default_rng(2).random(5_000)
    own, shared = fit_thresholds([scores, scores], [scores >= 0.5, np.zeros(5_000, dtype=bool)])
    assert shared == pytest.approx(own, abs=0.02)


def test_without_labels_there_are_no_thresholds_and_nothing_is_fitted() -> None:
    assert fit_thresholds([], []) == []
    assert fit([]) == Calibration(labels={})
    assert cross_fit([], 5, seed=1) == []


@pytest.mark.parametrize(("label", "own"), [("persuasion", True), ("loaded_label", False)])
def test_spans_of_a_label_that_is_no_device_have_a_threshold_of_their_own(label: str, own: bool) -> None:
    # Both kinds of sentence mostly hold the label, but in the uncertain ones it is not where the model sees it.
    made, strength = [], {}
    for number in range(120):
        sure = number % 2 == 0
        text = "A reckless word." if sure else "A grey reckless word."
        start = text.index("reckless" if sure else "A grey")
        gold = (Span(start, start + (8 if sure else 6), label, "own"),) if sure or number % 6 else ()
        made.append(Example(f"made/{number}", "made", "paper", f"made#{number}", text, gold, frozenset({label})))
        strength[text] = 4.0 if sure else 1.0

    def predictor(paragraphs: list[EncodedParagraph]) -> list[np.ndarray]:
        assert len(paragraphs) == len(made)
        return [(p.ids[:, None] * 8 - 8 + strength[e.text]).astype(np.float32) for p, e in zip(paragraphs, made, strict=True)]

    fitted = fit(predict_examples(WORDS, predictor, 4.0, made, (label,))).labels[label]
    if own:
        assert fitted.span_threshold is not None and fitted.spans_from > fitted.sentence_threshold + 0.1
    else:
        assert fitted.span_threshold is None and fitted.spans_from == fitted.sentence_threshold
