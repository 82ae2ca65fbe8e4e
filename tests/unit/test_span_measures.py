"""Measures of spans and of their techniques against hand-computed cases and the published definitions."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from framing import metrics
from framing.measures import measure

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda s: (s[0], s[0] + s[1])), max_size=5)
# A span, and the techniques that it has in the gold and in the prediction.
TECHNIQUES = st.sampled_from(["doubt", "slogans", "repetition"])
CLASSIFIED = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.tuples(TECHNIQUES, TECHNIQUES), min_size=1, max_size=3)), max_size=3, unique_by=lambda s: s[0]
)
# `evaluate` is slow on its first call of a process.
relaxed = settings(max_examples=40, deadline=None)


def compute(name: str, predictions: Any, references: Any) -> dict[str, Any]:
    found = measure(name).compute(predictions=predictions, references=references)
    assert found is not None
    return dict(found)


@pytest.mark.parametrize(
    ("predictions", "references", "precision", "recall"),
    [
        # A short gold span inside a long prediction: 10 of 40 characters earned, all found.
        ([[[0, 40]]], [[[10, 20]]], 0.25, 1.0),
        # Nested gold spans are one of 20 characters; the prediction lies within it and finds 5 of them.
        ([[[5, 10]]], [[[0, 20], [4, 12]]], 1.0, 0.25),
        # Adjacent gold spans stay two: the prediction earns 3/4 + 1/4 and finds half of the one, all of the other.
        ([[[3, 7]]], [[[0, 6], [6, 7]]], 1.0, (3 / 6 + 1) / 2),
        # Three predictions overlap in a chain and become [0, 12], which earns 2/12 + 3/12 and finds 2/4 and 3/3.
        ([[[0, 5], [4, 9], [8, 12]]], [[[10, 14], [6, 9]]], 5 / 12, (0.5 + 1) / 2),
        # Two predictions in one gold span: each earns all, together they find 6 of 10.
        ([[[0, 2], [5, 9]]], [[[0, 10]]], 1.0, 0.6),
        # Over two documents: shares 1 and 0 of two predictions, 1/2 of the one gold span.
        ([[[0, 5]], [[0, 5]]], [[[0, 10]], []], 0.5, 0.5),
        ([[]], [[[0, 3]]], 0.0, 0.0),
        ([[[0, 3]]], [[]], 0.0, 0.0),
        ([[]], [[]], 0.0, 0.0),
    ],
)  # fmt: skip
def test_span_identification_by_hand(predictions: Any, references: Any, precision: float, recall: float) -> None:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    assert compute("span_identification", predictions, references) == pytest.approx({"precision": precision, "recall": recall, "f1": f1})


@relaxed
@given(st.lists(st.tuples(SPANS, SPANS), min_size=1, max_size=3))
def test_span_identification_is_the_published_sum_over_merged_spans(documents: list[tuple[Any, Any]]) -> None:
    predicted, gold = [d[0] for d in documents], [d[1] for d in documents]
    found = compute("span_identification", predicted, gold)
    assert tuple(found.values()) == metrics.span_overlap(predicted, gold)
    # The formula with sets of characters: P = 1/|S| sum of |s & t| / |s|, R = 1/|T| sum of |s & t| / |t|.
    pairs = [
        ([set(range(*s)) for s in metrics.merge(p)], [set(range(*t)) for t in metrics.merge(g)]) for p, g in documents
    ]
    count_s, count_t = (sum(len(pair[side]) for pair in pairs) for side in (0, 1))
    earned = sum(len(s & t) / len(s) for ss, ts in pairs for s in ss for t in ts)
    shared = sum(len(s & t) / len(t) for ss, ts in pairs for s in ss for t in ts)
    assert found["precision"] == pytest.approx(earned / count_s if count_s else 0.0)
    assert found["recall"] == pytest.approx(shared / count_t if count_t else 0.0)


def spans(*triples: tuple[int, int, str]) -> list[dict[str, Any]]:
    return [{"start": start, "end": end, "technique": technique} for start, end, technique in triples]


def test_technique_classification_by_hand() -> None:
    # Three spans, two right. Doubt: 1 hit, 2 predicted, 1 gold. Slogans: 1, 1, 2.
    gold = [spans((0, 4, "doubt"), (6, 9, "slogans")), spans((0, 4, "slogans"))]
    predicted = [spans((6, 9, "slogans"), (0, 4, "doubt")), spans((0, 4, "doubt"))]
    found = compute("technique_classification", predicted, gold)
    assert found["micro_f1"] == pytest.approx(2 / 3)
    assert found["per_technique"] == pytest.approx({"doubt": 2 / 3, "slogans": 2 / 3})
    assert compute("technique_classification", [[]], [[]]) == {"micro_f1": 0.0, "per_technique": {}}


def test_a_span_with_several_techniques_is_paired_so_that_most_agree() -> None:
    gold = [spans((0, 4, "doubt"), (0, 4, "slogans"), (0, 4, "repetition"))]
    swapped = [spans((0, 4, "slogans"), (0, 4, "repetition"), (0, 4, "doubt"))]
    assert compute("technique_classification", swapped, gold)["micro_f1"] == 1.0
    # A technique that is gold once is right once.
    thrice = [spans((0, 4, "doubt"), (0, 4, "doubt"), (0, 4, "doubt"))]
    assert compute("technique_classification", thrice, gold)["micro_f1"] == pytest.approx(1 / 3)
    # A span without agreement before it takes nothing from it.
    before = [spans((0, 2, "doubt"), (5, 9, "doubt"), (5, 9, "slogans"))]
    assert compute("technique_classification", [spans((0, 2, "slogans"), (5, 9, "slogans"), (5, 9, "doubt"))], before)[
        "micro_f1"
    ] == pytest.approx(2 / 3)


@relaxed
@given(CLASSIFIED)
def test_technique_classification_is_that_of_the_best_permutation(groups: list[tuple[int, list[tuple[str, str]]]]) -> None:
    gold = [(start, start + 5, technique) for start, pairs in groups for technique, _ in pairs]
    predicted = [(start, start + 5, technique) for start, pairs in groups for _, technique in pairs]
    found = compute("technique_classification", [spans(*predicted)], [spans(*gold)])
    figures = metrics.technique_classification([predicted], [gold])
    assert (found["micro_f1"], found["per_technique"]) == (figures.micro, figures.per_technique)
    if not groups:
        return
    aligned_gold, aligned = [], []
    for _, pairs in groups:
        given_gold = [g for g, _ in pairs]
        aligned_gold += given_gold
        aligned += max(permutations(p for _, p in pairs), key=lambda order: sum(map(str.__eq__, order, given_gold)))
    assert found["micro_f1"] == pytest.approx(f1_score(aligned_gold, aligned, average="micro"))
    names = sorted({*aligned_gold, *aligned})
    per_technique = f1_score(aligned_gold, aligned, average=None, labels=names, zero_division=0)
    assert list(found["per_technique"]) == names
    assert list(found["per_technique"].values()) == pytest.approx(per_technique.tolist())


def test_techniques_of_other_spans_than_the_gold_ones_are_refused() -> None:
    with pytest.raises(ValueError, match=r"text 1: found spans \[\(0, 5\)\] that are not gold and missed \[\(0, 4\)\]"):
        compute("technique_classification", [[], spans((0, 5, "doubt"))], [[], spans((0, 4, "doubt"))])
    with pytest.raises(ValueError, match=r"found spans \[\] that are not gold and missed \[\(0, 4\)\]"):
        compute("technique_classification", [spans((0, 4, "doubt"))], [spans((0, 4, "doubt"), (0, 4, "slogans"))])
