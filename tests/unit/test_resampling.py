"""Comparisons of two systems by resampling articles, and p values adjusted for how many were made."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing import metrics
from framing.evaluation import Items, item_figures
from framing.metrics import bootstrap_interval, precision_recall_f1, span_overlap
from framing.resampling import (
    Floats,
    bootstrap_sums,
    f1_counts,
    f1_of_sums,
    holm,
    paired_bootstrap,
    paired_bootstrap_sums,
    sums_by_article,
)

P_VALUES = st.lists(st.sampled_from([0.0, 0.01, 0.05, 0.5, 1.0]) | st.floats(0, 1), max_size=6)


class Systems:
    """Two systems over 40 articles of 1 to 9 items; a agrees with the gold more often than b."""

    def __init__(self, share_a: float, share_b: float) -> None:
        random = np.random.default_rng(7)
        self.articles = [f"paper/{i}" for i in range(40) for _ in range(int(random.integers(1, 10)))]
        random.shuffle(self.articles)
        items = len(self.articles)
        self.gold = random.random(items) < 0.3
        self.a = np.where(random.random(items) < share_a, self.gold, ~self.gold)
        self.b = np.where(random.random(items) < share_b, self.gold, ~self.gold)

    def f1_a(self, items: np.ndarray) -> float:
        return precision_recall_f1(self.a[items], self.gold[items])[2]

    def f1_b(self, items: np.ndarray) -> float:
        return precision_recall_f1(self.b[items], self.gold[items])[2]

    def sums(self) -> tuple[Floats, Floats]:
        return (
            sums_by_article(f1_counts(self.a, self.gold), self.articles),
            sums_by_article(f1_counts(self.b, self.gold), self.articles),
        )


def test_a_clear_difference_is_seen_and_its_sign_turns_with_the_order() -> None:
    systems = Systems(0.95, 0.7)
    ahead = paired_bootstrap(systems.f1_a, systems.f1_b, systems.articles, seed=1, samples=500)
    assert 0 < ahead.low < ahead.difference < ahead.high
    # No draw lies on the other side: what remains is the smoothing.
    assert ahead.p_value == pytest.approx(2 / 501)
    behind = paired_bootstrap(systems.f1_b, systems.f1_a, systems.articles, seed=1, samples=500)
    assert (behind.difference, behind.low, behind.high) == pytest.approx((-ahead.difference, -ahead.high, -ahead.low))
    assert behind.p_value == ahead.p_value


def test_a_system_does_not_differ_from_itself() -> None:
    systems = Systems(0.9, 0.9)
    same = paired_bootstrap(systems.f1_a, systems.f1_a, systems.articles, seed=1, samples=200)
    assert (same.difference, same.low, same.high, same.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_both_systems_are_drawn_on_the_same_articles() -> None:
    # b is a plus a constant, on values that vary much by article: paired, the difference does not vary at all.
    values = np.repeat(np.array([0.0, 10.0, -50.0, 80.0]), 3)
    articles = np.repeat(["a", "b", "c", "d"], 3).tolist()
    shifted = paired_bootstrap(lambda i: float(values[i].mean()) + 1, lambda i: float(values[i].mean()), articles, seed=4, samples=300)
    assert (shifted.difference, shifted.low, shifted.high) == pytest.approx((1.0, 1.0, 1.0))


def test_the_p_value_is_twice_the_smoothed_share_of_draws_on_the_other_side() -> None:
    # Two articles, differences 3 and -1: draws give 3, 1, 1 or -1, so a quarter lies on the other side of 1.
    differences = np.array([3.0, -1.0])
    seen: list[float] = []

    def a(items: np.ndarray) -> float:
        seen.append(float(differences[items].mean()))
        return seen[-1]

    found = paired_bootstrap(a, lambda items: 0.0, ["x", "y"], seed=2, samples=999)
    assert found.difference == 1.0 == seen[-1]
    opposite = sum(value <= 0 for value in seen[:-1])
    assert found.p_value == 2 * (1 + opposite) / 1000
    assert found.p_value == pytest.approx(0.5, abs=0.08)
    assert (found.low, found.high) == (-1.0, 3.0)


def test_where_nothing_differs_p_values_below_a_tenth_are_about_a_tenth() -> None:
    # 300 pairs of systems that differ by chance alone, over 50 articles of one item each.
    random = np.random.default_rng(0)
    below = 0
    for seed in range(300):
        sums_a, sums_b = random.normal(size=(50, 1)), random.normal(size=(50, 1))
        below += paired_bootstrap_sums(lambda sums: sums[..., 0], sums_a, sums_b, seed, samples=400).p_value < 0.1
    assert 0.06 < below / 300 < 0.15


def test_draws_without_a_figure_are_left_out_and_a_figure_that_is_nan_stays_nan() -> None:
    articles = ["a", "b", "c"]
    found = paired_bootstrap(lambda i: 1.0 if 0 in i else math.nan, lambda i: 0.0, articles, seed=1, samples=200)
    assert (found.difference, found.low, found.high) == (1.0, 1.0, 1.0)
    assert found.p_value < 2 / 100
    missing = paired_bootstrap(lambda i: math.nan, lambda i: 0.0, articles, seed=1, samples=20)
    assert all(map(math.isnan, (missing.difference, missing.low, missing.high, missing.p_value)))


def test_sums_give_exactly_what_items_give() -> None:
    systems = Systems(0.9, 0.85)
    sums_a, sums_b = systems.sums()
    assert bootstrap_sums(f1_of_sums, sums_a, 5, 400) == pytest.approx(bootstrap_interval(systems.f1_a, systems.articles, 5, 400))
    fast = paired_bootstrap_sums(f1_of_sums, sums_a, sums_b, 5, 400)
    slow = paired_bootstrap(systems.f1_a, systems.f1_b, systems.articles, 5, 400)
    assert (fast.difference, fast.low, fast.high, fast.p_value) == pytest.approx((slow.difference, slow.low, slow.high, slow.p_value))


def test_many_articles_are_counted_in_parts_that_join_without_a_seam() -> None:
    # 30,000 articles: one part holds fewer draws than are asked for.
    sums = np.random.default_rng(1).normal(size=(30_000, 1))
    random = np.random.default_rng(3)
    means = [sums[random.integers(30_000, size=30_000)].mean() for _ in range(150)]
    found = bootstrap_sums(lambda drawn: drawn[..., 0] / 30_000, sums, seed=3, samples=150)
    assert found == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])))


def test_sums_by_article_stand_in_the_order_of_names() -> None:
    values = np.array([[1, 10], [2, 20], [4, 40]])
    assert sums_by_article(values, ["b", "a", "b"]).tolist() == [[2, 20], [5, 50]]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_f1_of_counts_is_f1(pairs: list[tuple[bool, bool]]) -> None:
    predicted, gold = np.array(pairs, dtype=bool).T
    counts = f1_counts(predicted, gold)
    assert counts.shape == (len(pairs), 3)
    assert float(f1_of_sums(counts.sum(axis=0))) == pytest.approx(precision_recall_f1(predicted, gold)[2])
    assert f1_of_sums(counts).shape == (len(pairs),)


def test_figures_of_spans_can_be_resampled_by_their_sums_too() -> None:
    # Columns: earned, predicted spans, found, gold spans of each article.
    sums = np.array([[0.5, 1, 0.25, 1], [1, 1, 1, 1], [0, 0, 0, 1]])

    def span_f1(drawn: Floats) -> Floats:
        precision = drawn[..., 0] / np.maximum(drawn[..., 1], 1)
        recall = drawn[..., 2] / np.maximum(drawn[..., 3], 1)
        return np.asarray(2 * precision * recall / np.maximum(precision + recall, 1e-12))

    predicted, gold = [[(0, 10)], [(0, 4)], []], [[(5, 25)], [(0, 4)], [(0, 3)]]
    assert float(span_f1(sums.sum(axis=0))) == pytest.approx(span_overlap(predicted, gold)[2])
    slow = bootstrap_interval(
        lambda items: span_overlap([predicted[i] for i in items], [gold[i] for i in items])[2], ["a", "b", "c"], 9, 300
    )
    assert bootstrap_sums(span_f1, sums, 9, 300) == pytest.approx(slow)


def test_nothing_to_resample_and_sums_that_do_not_pair_up_are_refused() -> None:
    with pytest.raises(ValueError, match="found no items to resample"):
        paired_bootstrap(lambda i: 0.0, lambda i: 0.0, [], seed=1)
    with pytest.raises(ValueError, match="found no articles to resample"):
        bootstrap_sums(f1_of_sums, np.zeros((0, 3)), seed=1)
    with pytest.raises(ValueError, match=r"shapes \(2, 3\) and \(3, 3\)"):
        paired_bootstrap_sums(f1_of_sums, np.zeros((2, 3)), np.zeros((3, 3)), seed=1)


def test_holm_by_hand() -> None:
    # Sorted: 0.005 x 4, 0.01 x 3, 0.03 x 2, 0.04 x 1; the last may not fall below the one before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.4, 0.6]) == pytest.approx([0.8, 0.8])
    assert holm([0.9, 0.8, 0.7]) == [1.0, 1.0, 1.0]
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


@given(P_VALUES)
def test_holm_is_the_closed_test_by_bonferroni(p_values: list[float]) -> None:
    # A comparison is rejected when every group of comparisons that holds it is, each by Bonferroni.
    everything = range(len(p_values))
    groups = [group for size in range(1, len(p_values) + 1) for group in combinations(everything, size)]
    expected = [max(min(1.0, len(g) * min(p_values[j] for j in g)) for g in groups if i in g) for i in everything]
    assert holm(p_values) == pytest.approx(expected)


@given(P_VALUES)
def test_holm_keeps_order_and_bounds_whatever_the_order_given(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    ranked = [q for _, q in sorted(zip(p_values, adjusted, strict=True))]
    assert ranked == sorted(ranked)
    assert holm(p_values[::-1]) == adjusted[::-1]


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_a_p_value_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="expected values from 0 to 1"):
        holm([0.5, value])


def test_intervals_of_items_are_those_of_a_bootstrap_item_by_item() -> None:
    systems = Systems(0.8, 0.7)
    figures = item_figures(Items(np.zeros(len(systems.gold)), systems.a, systems.gold, systems.articles), seed=3, samples=400)

    def macro(items: np.ndarray) -> float:
        return (systems.f1_a(items) + precision_recall_f1(~systems.a[items], ~systems.gold[items])[2]) / 2

    assert figures["f1_interval"] == pytest.approx(bootstrap_interval(systems.f1_a, systems.articles, 3, 400))
    assert figures["macro_f1_interval"] == pytest.approx(bootstrap_interval(macro, systems.articles, 3, 400))
    low, high = figures["macro_f1_interval"]
    assert low < figures["macro_f1"] < high


def test_intervals_of_every_figure_are_those_of_its_definition_on_drawn_articles() -> None:
    systems = Systems(0.9, 0.85)
    probabilities = np.clip(np.where(systems.a, 0.7, 0.2) + np.random.default_rng(2).normal(0, 0.2, len(systems.gold)), 0.0, 1.0)
    found = item_figures(Items(probabilities, systems.a, systems.gold, systems.articles), seed=3, samples=300)
    figures = {
        "mcc": lambda items: metrics.matthews(systems.a[items], systems.gold[items]),
        "ece": lambda items: metrics.expected_calibration_error(probabilities[items], systems.gold[items]),
        "brier": lambda items: metrics.brier(probabilities[items], systems.gold[items]),
        "precision": lambda items: precision_recall_f1(systems.a[items], systems.gold[items])[0],
        "recall": lambda items: precision_recall_f1(systems.a[items], systems.gold[items])[1],
    }
    for name, figure in figures.items():
        assert found[f"{name}_interval"] == pytest.approx(bootstrap_interval(figure, systems.articles, 3, 300))
        assert found[name] == pytest.approx(figure(np.arange(len(systems.gold))))
