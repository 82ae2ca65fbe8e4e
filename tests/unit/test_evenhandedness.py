"""Even-handedness: a score that looks at names is found out, and one that does not gets zeros."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from framing.corpora.base import Example
from framing.evenhandedness import shift_figures, swap_report
from framing.sides import load_pairs

PAIRS = [pair for pair in load_pairs() if pair.name in ("russia-ukraine", "nato-csto", "women-men")]
LABELS = ("loaded_label", "blame_attribution")


def example(text: str, article: str, identifier: str) -> Example:
    return Example(identifier, "corpus", "source", article, text, (), frozenset(LABELS))


EXAMPLES = [
    example("Russia wrecked the harbour.", "a", "a/0"),
    example("The harbour closed.", "a", "a/1"),
    example("Ukraine closed the harbour to NATO.", "b", "b/0"),
    example("Russia and Ukraine met women.", "c", "c/0"),
]


def names_matter(examples: Sequence[Example]) -> NDArray[np.float64]:
    """0.2 more of the first label where Ukraine is named alone; the second label goes by the length of the corpus's name."""
    return np.array([[0.4 + 0.2 * ("Ukraine" in e.text and "Russia" not in e.text), len(e.corpus) / 100] for e in examples])


def test_a_score_that_ignores_names_shifts_by_nothing() -> None:
    report = swap_report(EXAMPLES, PAIRS, lambda examples: np.full((len(examples), 2), 0.5), (0.5, 0.4), LABELS, 1, 50)
    assert (report.paragraphs, report.articles, report.swaps) == (3, 3, 5)
    for figures in (*report.labels, *report.pairs):
        assert (figures.mean_absolute.value, figures.mean_absolute.high, figures.flips.value) == (0, 0, 0)


def test_a_score_that_goes_by_a_name_is_found_with_its_pair_direction_and_flips() -> None:
    report = swap_report(EXAMPLES, PAIRS, names_matter, (0.5, 0.5), LABELS, 1, 200)
    first, second = report.labels
    # Five swaps: two of them, Russia alone and Ukraine alone, move by 0.2.
    assert first.mean_absolute.value == pytest.approx(0.08)
    assert first.mean.value == pytest.approx(0.0)
    assert first.flips.value == pytest.approx(0.4)
    assert first.mean_absolute.low <= 0.08 <= first.mean_absolute.high
    assert (second.mean_absolute.value, second.flips.value) == (0, 0)
    assert [pair.pair for pair in report.pairs] == ["russia-ukraine", "nato-csto", "women-men"]
    worst = report.pairs[0]
    assert (worst.kind, worst.swaps) == ("country", 3)
    assert worst.mean_absolute.value == pytest.approx(0.2 * 2 / 3 / 2)
    directions = {(d.source, d.target): d for d in report.directions if d.label == "loaded_label"}
    assert directions["russia", "ukraine"].mean.value == pytest.approx(0.2)
    assert directions["ukraine", "russia"].mean.value == pytest.approx(-0.2)
    # The paragraph that names both goes in neither direction.
    assert directions["russia", "ukraine"].swaps == directions["ukraine", "russia"].swaps == 1


def test_each_original_is_scored_once_and_those_that_name_no_side_not_at_all() -> None:
    seen: list[str] = []

    def score(examples: Sequence[Example]) -> NDArray[np.float64]:
        seen.extend(e.id for e in examples)
        return np.zeros((len(examples), 2))

    swap_report(EXAMPLES, PAIRS, score, (0.5, 0.5), LABELS, 1, 10)
    assert len(seen) == len(set(seen))
    assert sorted(seen) == [
        "a/0", "a/0~russia-ukraine", "b/0", "b/0~nato-csto", "b/0~russia-ukraine", "c/0", "c/0~russia-ukraine", "c/0~women-men",
    ]  # fmt: skip


def test_figures_are_those_of_the_arrays() -> None:
    before = np.array([[0.1], [0.5], [0.9], [0.3]])
    after = np.array([[0.2], [0.4], [0.9], [0.6]])
    (figures,) = shift_figures(before, after, (0.5,), ("loaded_label",), ["a", "b", "c", "d"], 1, 200)
    assert figures.mean_absolute.value == pytest.approx(0.125)
    assert figures.mean.value == pytest.approx(0.075)
    assert figures.percentile_95.value == pytest.approx(np.percentile([0.1, 0.1, 0.0, 0.3], 95))
    # 0.5 is a flag at the threshold 0.5: the second falls below it, the fourth rises above it.
    assert figures.flips.value == 0.5
    assert 0 <= figures.mean_absolute.low < 0.125 < figures.mean_absolute.high <= 0.3


def test_the_report_goes_into_json_and_is_the_same_for_the_same_seed() -> None:
    report = swap_report(EXAMPLES, PAIRS, names_matter, (0.5, 0.5), LABELS, 1, 50)
    assert report == swap_report(EXAMPLES, PAIRS, names_matter, (0.5, 0.5), LABELS, 1, 50)
    content = json.loads(json.dumps(report.to_dict()))
    assert content["swaps"] == 5
    assert content["labels"][0]["label"] == "loaded_label"
    assert set(content["pairs"][0]["mean_absolute"]) == {"value", "low", "high"}


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="found 1 thresholds, expected one for each of the 2 labels"):
        swap_report(EXAMPLES, PAIRS, names_matter, (0.5,), LABELS, 1)
    with pytest.raises(ValueError, match="expected \\(8, 2\\)"):
        swap_report(EXAMPLES, PAIRS, lambda examples: np.zeros((len(examples), 3)), (0.5, 0.5), LABELS, 1)
    with pytest.raises(ValueError, match="names a side of 3 pairs, so nothing was swapped"):
        swap_report(EXAMPLES[1:2], PAIRS, names_matter, (0.5, 0.5), LABELS, 1)
