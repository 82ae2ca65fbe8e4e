"""Token logits to calibrated scores and to the wording that is shown."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.decoding import SENSITIVITIES, Calibration, Candidate, LabelCalibration, Scale, Sensitivity, candidates, smooth_maximum
from framing.encoding import EncodedParagraph, sentence_of_token
from framing.taxonomy import CHANNELS, DEVICE_NAMES, TARGET, VOICE

LABEL, BLAME = DEVICE_NAMES.index("loaded_label"), DEVICE_NAMES.index("blame_attribution")
TEXT = "The reckless regime wrecked our harbour. Nobody asked the old man why."
SENTENCES = [(0, 40), (41, 70)]


def of_devices(fitted: tuple[LabelCalibration, ...]) -> dict[str, LabelCalibration]:
    return dict(zip(DEVICE_NAMES, fitted, strict=True))


def encode(text: str) -> EncodedParagraph:
    """Pieces of at most four characters, as a word-piece tokenizer would cut them."""
    bounds, words = [], []
    for word, match in enumerate(re.finditer(r"\w+|[^\w\s]", text)):
        for start in range(match.start(), match.end(), 4):
            bounds.append((start, min(start + 4, match.end())))
            words.append(word)
    starts, ends = np.array(bounds, dtype=np.int32).T
    ids = np.arange(len(bounds), dtype=np.int32)
    return EncodedParagraph(ids, starts, ends, np.zeros(len(ids), dtype=np.int8), np.array(words, dtype=np.int32))


ENCODED = encode(TEXT)
IN_SENTENCE = sentence_of_token(ENCODED, SENTENCES)
NEVER = [2.0] * len(DEVICE_NAMES)


def logits_with(strength: dict[str, float], channel: str, base: float = -5.0) -> np.ndarray:
    """`base` everywhere, but in `channel` the given logit at the first piece of each of the words given."""
    logits = np.full((len(ENCODED.ids), len(CHANNELS)), base, dtype=np.float32)
    for word, value in strength.items():
        logits[ENCODED.starts.tolist().index(TEXT.index(word)), CHANNELS.index(channel)] = value
    return logits


def find(logits: np.ndarray, device: int, sentence_logits: tuple[float, float] = (5.0, 5.0), cut: float = 0.0) -> list[Candidate]:
    fitted = tuple(replace(LabelCalibration(), token_cut=cut) for _ in DEVICE_NAMES)
    by_sentence = np.full((2, len(DEVICE_NAMES)), -9.0, dtype=np.float32)
    by_sentence[:, device] = sentence_logits
    minimum = [0.5 if d == device else 2.0 for d in range(len(DEVICE_NAMES))]
    return candidates(logits, ENCODED, IN_SENTENCE, by_sentence, Calibration(labels=of_devices(fitted)), minimum)


def wording(found: list[Candidate]) -> list[str]:
    return [TEXT[c.start : c.end] for c in found]


def test_a_scale_is_a_logistic_of_the_shifted_and_stretched_logit() -> None:
    assert Scale().probability(0.0) == 0.5
    assert Scale(temperature=2.0, bias=1.0).probability([1.0, 3.0, -1.0]) == pytest.approx(
        [0.5, 1 / (1 + math.exp(-1)), 1 / (1 + math.exp(1))]
    )
    assert 0.0 < Scale(0.01).probability(-1e9) < 1e-9


def test_a_calibration_is_the_same_after_it_was_stored_as_json() -> None:
    devices = tuple(
        LabelCalibration(Scale(1.5 + d, 0.1), Scale(0.7, -d / 3), Scale(2.0, d), 0.31 + d / 10, 0.4, -0.25 * d)
        for d in range(len(DEVICE_NAMES))
    )
    fitted = Calibration(dict(zip(DEVICE_NAMES, devices, strict=True)), Scale(1.1, -0.2), 0.45, 0.75)
    assert Calibration.from_dict(fitted.to_dict()) == fitted
    assert Calibration.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted


@pytest.mark.parametrize("missing", ["labels", "voice", "voice_threshold", "target_cut", "article_labels"])
def test_a_stored_calibration_that_lacks_a_part_is_refused(missing: str) -> None:
    stored = Calibration().to_dict()
    del stored[missing]
    with pytest.raises(KeyError, match=missing):
        Calibration.from_dict(stored)


def test_the_smooth_maximum_by_hand() -> None:
    logits = np.array([[0.0], [2.0], [7.0]], dtype=np.float32)
    pooled = smooth_maximum(logits, np.array([0, 0, 2], dtype=np.int32), 3, 2.0)
    # ln((e^0 + e^4) / 2) / 2; nothing in segment 1; a single token is its own maximum.
    assert pooled[:, 0].tolist() == pytest.approx([math.log((1 + math.exp(4)) / 2) / 2, -30.0, 7.0])


@given(
    st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=30),
    st.floats(0.25, 16),
)
def test_the_smooth_maximum_lies_between_mean_and_maximum(values: list[float], sharpness: float) -> None:
    logits = np.array(values, dtype=np.float32)[:, None]
    pooled = float(smooth_maximum(logits, np.zeros(len(values), dtype=np.int32), 1, sharpness)[0, 0])
    assert np.mean(values) - 1e-3 <= pooled <= max(values) + 1e-3


def test_a_piece_over_the_cut_marks_the_whole_word() -> None:
    assert wording(find(logits_with({"reckless": 2.0}, "loaded_label"), LABEL, (5.0, -5.0))) == ["reckless"]


def test_a_gap_of_one_word_is_closed_and_one_of_two_is_not() -> None:
    one = logits_with({"reckless": 2.0, "wrecked": 2.0}, "loaded_label")
    assert wording(find(one, LABEL, (5.0, -5.0))) == ["reckless regime wrecked"]
    two = logits_with({"reckless": 2.0, "our": 2.0}, "loaded_label")
    assert wording(find(two, LABEL, (5.0, -5.0))) == ["reckless", "our"]


def test_a_sentence_below_its_threshold_shows_nothing_however_strong_its_tokens() -> None:
    logits = logits_with({"reckless": 9.0, "old": 2.0}, "loaded_label")
    assert wording(find(logits, LABEL, (-0.01, 0.01))) == ["old"]
    assert find(logits, LABEL, (-0.01, -0.01)) == []
    assert candidates(logits, ENCODED, IN_SENTENCE, np.full((2, 4), 9.0, np.float32), Calibration(), NEVER) == []


def test_a_sentence_that_counts_shows_its_strongest_wording_when_no_token_reaches_the_cut() -> None:
    logits = logits_with({"reckless": -1.0, "our": -2.5}, "loaded_label")
    assert wording(find(logits, LABEL, (5.0, -5.0))) == ["reckless"]
    near = logits_with({"reckless": -1.0, "regime": -1.5}, "loaded_label")
    assert wording(find(near, LABEL, (5.0, -5.0))) == ["reckless regime"]


def test_marked_words_on_both_sides_of_a_sentence_end_stay_two_findings() -> None:
    logits = logits_with({"harbour": 3.0, ".": 3.0, "Nobody": 3.0}, "loaded_label")
    found = find(logits, LABEL)
    assert wording(found) == ["harbour.", "Nobody"]
    assert [c.sentence for c in found] == [0, 1]


def test_a_finding_carries_the_mean_logits_of_its_tokens() -> None:
    logits = logits_with({"old": 3.0, "man": 1.0}, "loaded_label")
    logits[:, CHANNELS.index(VOICE)] = np.arange(len(ENCODED.ids))
    (found,) = find(logits, LABEL, (-5.0, 5.0))
    first = ENCODED.starts.tolist().index(TEXT.index("old"))
    assert (found.device, found.logit, found.voice_logit) == (LABEL, 2.0, first + 0.5)


def test_the_blamed_target_is_the_strongest_run_inside_the_blame() -> None:
    words = {"reckless": 2.0, "regime": 2.0, "wrecked": 2.0, "our": 2.0, "harbour": 2.0}
    logits = logits_with(words, "blame_attribution")
    # «harbour» is over the cut too but weaker, «man» is outside the blame.
    logits[:, CHANNELS.index(TARGET)] = logits_with({"regime": 3.0, "harbour": 1.0, "man": 9.0}, TARGET)[:, CHANNELS.index(TARGET)]
    (found,) = find(logits, BLAME, (5.0, -5.0))
    assert TEXT[found.start : found.end] == "reckless regime wrecked our harbour"
    assert found.target is not None
    assert TEXT[slice(*found.target)] == "regime"


def test_a_target_that_is_only_implied_is_none_and_labels_have_none() -> None:
    blame = logits_with({"wrecked": 2.0}, "blame_attribution")
    assert [c.target for c in find(blame, BLAME, (5.0, -5.0))] == [None]
    label = logits_with({"regime": 2.0}, "loaded_label")
    label[:, CHANNELS.index(TARGET)] = 9.0
    assert [c.target for c in find(label, LABEL, (5.0, -5.0))] == [None]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cut=st.floats(-3, 3))
def test_findings_are_whole_words_inside_their_sentence_in_reading_order(seed: int, cut: float) -> None:
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (len(ENCODED.ids), len(CHANNELS))).astype(np.float32)
    fitted = tuple(replace(LabelCalibration(), token_cut=cut) for _ in DEVICE_NAMES)
    by_sentence = smooth_maximum(logits[:, : len(DEVICE_NAMES)], IN_SENTENCE, 2, 4.0)
    found = candidates(logits, ENCODED, IN_SENTENCE, by_sentence, Calibration(labels=of_devices(fitted), target_cut=cut), [0.5] * 4)
    counting = {(d, s) for s in range(2) for d in range(4) if by_sentence[s, d] >= 0}
    assert {(c.device, c.sentence) for c in found} == counting
    assert [(c.start, c.end) for c in found] == sorted((c.start, c.end) for c in found)
    for c in found:
        low, high = SENTENCES[c.sentence]
        assert low <= c.start < c.end <= high
        assert re.fullmatch(r"(\w+|[^\w\s])(\s*(\w+|[^\w\s]))*", TEXT[c.start : c.end])
        assert not re.search(r"\w\w", TEXT[max(0, c.start - 1) : c.start + 1] + "|" + TEXT[c.end - 1 : c.end + 1])
        assert c.target is None or c.start <= c.target[0] < c.target[1] <= c.end


def test_gaps_up_to_the_fitted_width_are_closed_and_short_runs_beside_longer_ones_left_out() -> None:
    logits = logits_with({"The": 3, "regime": 3, "wrecked": 3, "Nobody": 3, "man": 3, "why": 3}, "loaded_label")

    def found(gap: int, shortest: int) -> list[str]:
        fitted = tuple(LabelCalibration(gap=gap, shortest=shortest) for _ in DEVICE_NAMES)
        by_sentence = np.full((2, len(DEVICE_NAMES)), 5.0, dtype=np.float32)
        minimum = [0.5 if d == LABEL else 2.0 for d in range(len(DEVICE_NAMES))]
        return wording(candidates(logits, ENCODED, IN_SENTENCE, by_sentence, Calibration(labels=of_devices(fitted)), minimum))

    assert found(0, 1) == ["The", "regime wrecked", "Nobody", "man why"]
    assert found(0, 2) == ["regime wrecked", "man why"]
    assert found(1, 1) == ["The reckless regime wrecked", "Nobody", "man why"]
    assert found(4, 1) == ["The reckless regime wrecked", "Nobody asked the old man why"]
    assert found(0, 9) == ["regime wrecked", "man why"]


@given(st.floats(0.01, 0.99))
def test_sensitivities_move_the_odds_of_the_fitted_threshold_by_a_factor_of_e(fitted: float) -> None:
    calibration = LabelCalibration(sentence_threshold=fitted)

    def odds(level: Sensitivity) -> float:
        return calibration.threshold_at(level) / (1 - calibration.threshold_at(level))

    assert calibration.threshold_at("balanced") == pytest.approx(fitted)
    assert odds("quiet") == pytest.approx(math.e * odds("balanced"))
    assert odds("thorough") == pytest.approx(odds("balanced") / math.e)


def test_a_threshold_that_nothing_reaches_stays_so() -> None:
    assert {LabelCalibration(sentence_threshold=1.0).threshold_at(level) for level in SENSITIVITIES} == {1.0}
