"""Figures of merit against hand-computed cases and against scikit-learn."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from framing.metrics import (
    average_precision,
    bootstrap_interval,
    expected_calibration_error,
    merge,
    precision_recall_f1,
    span_overlap,
)

SCORES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]) | st.floats(0, 1)
SCORED = st.lists(st.tuples(SCORES, st.booleans()), min_size=1, max_size=50)
Spans = list[tuple[int, int]]


def bools(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


def test_precision_recall_and_f1_by_hand() -> None:
    # Three predicted, four true, two in common.
    predicted, gold = bools(1, 1, 1, 0, 0, 0), bools(1, 1, 0, 1, 1, 0)
    assert precision_recall_f1(predicted, gold) == pytest.approx((2 / 3, 1 / 2, 4 / 7))


@pytest.mark.parametrize(("predicted", "gold"), [((0, 0), (0, 0)), ((1, 0), (0, 0)), ((0, 0), (1, 0)), ((), ())])
def test_a_share_of_nothing_is_zero_and_no_error(predicted: tuple[int, ...], gold: tuple[int, ...]) -> None:
    assert precision_recall_f1(bools(*predicted), bools(*gold)) == (0.0, 0.0, 0.0)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=50))
def test_precision_recall_and_f1_are_those_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    predicted, gold = np.array(pairs, dtype=bool).T
    expected = precision_recall_fscore_support(gold, predicted, average="binary", zero_division=0)[:3]
    assert precision_recall_f1(predicted, gold) == pytest.approx(tuple(map(float, expected)))


def test_average_precision_by_hand() -> None:
    # True at ranks 1 and 3: (1/1 + 2/3) / 2.
    assert average_precision(np.array([0.9, 0.8, 0.7, 0.1]), bools(1, 0, 1, 0)) == pytest.approx(5 / 6)
    assert math.isnan(average_precision(np.array([0.9, 0.8]), bools(0, 0)))


def test_average_precision_takes_nothing_from_the_order_of_ties() -> None:
    scores = np.array([0.5, 0.5, 0.5, 0.5])
    assert average_precision(scores, bools(1, 0, 0, 0)) == average_precision(scores, bools(0, 0, 0, 1)) == 0.25


@given(SCORED)
def test_average_precision_is_that_of_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    scores, gold = np.array([s for s, _ in pairs]), np.array([g for _, g in pairs])
    if gold.any():
        assert average_precision(scores, gold) == pytest.approx(float(average_precision_score(gold, scores)))


def test_calibration_error_by_hand() -> None:
    # Bin 0.1-0.2 holds two of 0.15, one true: off by 0.35. The last bin holds 0.95 (true) and 1.0 (not): off by 0.475.
    error = expected_calibration_error(np.array([0.15, 0.15, 0.95, 1.0]), bools(1, 0, 1, 0))
    assert error == pytest.approx((2 * 0.35 + 2 * 0.475) / 4)
    assert expected_calibration_error(np.array([0.0, 1.0]), bools(0, 1)) == 0.0
    assert expected_calibration_error(np.array([1.0]), bools(0)) == 1.0
    assert math.isnan(expected_calibration_error(np.array([]), bools()))


def test_calibration_error_of_probabilities_that_come_true_as_stated_is_small() -> None:
    random = np.random.default_rng(5)
    probabilities = random.uniform(size=20_000)
    gold = random.uniform(size=20_000) < probabilities
    assert expected_calibration_error(probabilities, gold) < 0.02
    assert expected_calibration_error(np.sqrt(probabilities), gold) > 0.1


@pytest.mark.parametrize(
    ("predicted", "gold", "precision", "recall"),
    [
        ([[(0, 10)]], [[(0, 10)]], 1.0, 1.0),
        ([[(0, 10)]], [[(5, 25)]], 0.5, 0.25),  # five characters shared, of ten and of twenty
        ([[(0, 10), (50, 60)]], [[(5, 25)]], 0.25, 0.25),  # the second prediction earns nothing
        ([[(0, 30)]], [[(0, 10), (20, 30)]], 20 / 30, 1.0),  # one prediction over two spans earns both shares
        ([[(0, 5), (5, 10)]], [[(0, 10)]], 1.0, 1.0),  # two predictions share the credit of one span
        ([[(0, 2), (2, 10)]], [[(2, 10)]], 0.5, 1.0),  # spans that only touch stay two
        ([[(0, 6), (4, 10)]], [[(0, 10)]], 1.0, 1.0),  # predictions that overlap earn their characters once
        ([[(0, 10)], []], [[(0, 10)], [(0, 4)]], 1.0, 0.5),  # averaged over all spans of all texts
        ([[(0, 10)], []], [[], [(0, 10)]], 0.0, 0.0),  # the same place in another text is not a hit
    ],
)
def test_span_overlap_by_hand(
    predicted: list[Spans], gold: list[Spans], precision: float, recall: float
) -> None:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    assert span_overlap(predicted, gold) == pytest.approx((precision, recall, f1))
    assert span_overlap(gold, predicted) == pytest.approx((recall, precision, f1))


@pytest.mark.parametrize(("predicted", "gold"), [([[]], [[]]), ([[]], [[(0, 3)]]), ([[(0, 3)]], [[]]), ([], [])])
def test_span_overlap_of_nothing_is_zero(predicted: list[Spans], gold: list[Spans]) -> None:
    assert span_overlap(predicted, gold) == (0.0, 0.0, 0.0)


def test_span_overlap_refuses_texts_that_do_not_pair_up() -> None:
    with pytest.raises(ValueError, match="zip"):
        span_overlap([[(0, 3)]], [[(0, 3)], [(0, 3)]])


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda s: (s[0], s[0] + s[1])), max_size=6)


@given(SPANS)
def test_merged_spans_hold_the_same_characters_once(spans: list[tuple[int, int]]) -> None:
    merged = merge(spans)
    characters = [i for start, end in merged for i in range(start, end)]
    assert characters == sorted({i for start, end in spans for i in range(start, end)})


@given(st.lists(st.tuples(SPANS, SPANS), max_size=4))
def test_span_overlap_is_a_share_and_perfect_against_itself(texts: list[tuple[Spans, Spans]]) -> None:
    predicted, gold = [p for p, _ in texts], [g for _, g in texts]
    assert all(0 <= figure <= 1 + 1e-9 for figure in span_overlap(predicted, gold))
    assert span_overlap(gold, gold) == pytest.approx((1.0, 1.0, 1.0) if any(gold) else (0.0, 0.0, 0.0))


def test_the_bootstrap_draws_whole_articles() -> None:
    # Two articles of 500 equal items each: a draw is all ones, all zeros or half; drawn item by item it would hug 0.5.
    values = np.repeat([0.0, 1.0], 500)
    articles = np.repeat(["a", "b"], 500).tolist()
    seen = set()

    def mean(items: np.ndarray) -> float:
        seen.add(float(values[items].mean()))
        return float(values[items].mean())

    assert bootstrap_interval(mean, articles, seed=1) == (0.0, 1.0)
    assert seen == {0.0, 0.5, 1.0}


def test_the_bootstrap_draws_as_many_articles_as_there_are_and_keeps_all_their_items() -> None:
    articles = ["b", "a", "b", "c", "b"]
    sizes = {"a": 1, "b": 3, "c": 1}

    def check(items: np.ndarray) -> float:
        counts = np.bincount(items, minlength=5)
        assert counts[0] == counts[2] == counts[4]  # the items of b come together
        assert sum(counts[articles.index(name)] for name in sizes) == 3
        return float(len(items))

    low, high = bootstrap_interval(check, articles, seed=2, samples=500)
    assert (low, high) == (3.0, 9.0)


def test_the_bootstrap_is_the_same_for_a_seed_and_narrows_with_more_articles() -> None:
    values = np.random.default_rng(0).normal(size=400)

    def interval(count: int, seed: int) -> tuple[float, float]:
        return bootstrap_interval(lambda items: float(values[items].mean()), [f"a{i}" for i in range(count)], seed, samples=300)

    assert interval(400, 3) == interval(400, 3) != interval(400, 4)
    assert np.diff(interval(400, 3)) < np.diff(interval(25, 3)) / 2
    # The interval of a mean is about the mean plus and minus 1.96 standard errors.
    low, high = interval(400, 3)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.2)


def test_draws_without_a_figure_are_left_out_of_the_interval() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = bootstrap_interval(lambda items: float("nan") if 0 not in items else 1.0, ["a", "b", "c"], seed=1, samples=100)
    assert (low, high) == (1.0, 1.0)
