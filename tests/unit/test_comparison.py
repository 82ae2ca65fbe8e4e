"""Comparing evaluations: differences, intervals and p values tell what the items tell, and unlike runs are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing import metrics
from framing.comparison import Comparison, Difference, compare
from framing.errors import ConfigError
from framing.resampling import holm, resampled_average_precision
from framing.runs import Run
from tests.unit.scored_runs import ARTICLES, scored

LABELS = {"slogans": 0.8, "repetition": 0.75, "casting_doubt": 0.7}
A = scored("harbour-a", LABELS, seed=1)
B = scored("harbour-b", LABELS, seed=2)
BETTER = scored("harbour-c", dict.fromkeys(LABELS, 0.97), seed=3)


def only(comparison: Comparison, metric: str, label: str | None) -> Difference:
    (found,) = [row for row in comparison.differences if (row.metric, row.label) == (metric, label)]
    return found


def rows(run: Run, label: str, level: str) -> list[dict[str, Any]]:
    return [row for row in run.rows if (row["label"], row["level"]) == (label, level)]


def test_a_run_has_nothing_over_itself() -> None:
    for row in compare([A], [A], 1, 500).differences:
        assert (row.difference, row.low, row.high, row.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_the_other_way_round_every_difference_changes_its_sign_and_nothing_else() -> None:
    forth, back = compare([A], [B], 1, 500), compare([B], [A], 1, 500)
    for one, other in zip(forth.differences, back.differences, strict=True):
        assert (one.metric, one.label, one.a, one.b) == (other.metric, other.label, other.b, other.a)
        assert np.allclose([one.difference, one.low, one.high], [-other.difference, -other.high, -other.low])
        assert one.p_value == pytest.approx(other.p_value)


def test_the_figures_of_each_side_are_those_of_its_items() -> None:
    found = compare([A], [B], 1, 200)
    for label in LABELS:
        for run, side in ((A, "a"), (B, "b")):
            items = rows(run, label, "sentence")
            flagged, gold = (np.array([row[part] for row in items]) for part in ("flagged", "gold"))
            scores = np.array([row["probability"] for row in items])
            spans = rows(run, label, "span")
            overlap = metrics.span_overlap([row["predicted"] for row in spans], [row["gold"] for row in spans])
            assert getattr(only(found, "f1", label), side) == pytest.approx(metrics.precision_recall_f1(flagged, gold)[2])
            assert getattr(only(found, "average_precision", label), side) == pytest.approx(metrics.average_precision(scores, gold))
            assert getattr(only(found, "span_f1", label), side) == pytest.approx(overlap[2])
    macro = only(found, "macro_f1", None)
    assert macro.a == pytest.approx(np.mean([only(found, "f1", label).a for label in LABELS]))


def test_a_clearly_better_run_is_found_and_noise_is_not() -> None:
    better = compare([BETTER], [A], 1, 1000)
    assert all(row.low > 0 and row.p_value < 0.01 for row in better.differences if row.metric == "f1")
    noise = compare([A], [B], 1, 1000)
    assert all(row.low < 0 < row.high for row in noise.differences if row.metric == "f1")


def test_p_values_are_adjusted_over_the_labels_of_one_figure_and_not_over_the_mean() -> None:
    found = compare([A], [B], 1, 500)
    for metric in ("f1", "average_precision", "span_f1"):
        family = [row for row in found.differences if row.metric == metric]
        assert [row.p_adjusted for row in family] == pytest.approx(holm([row.p_value for row in family]))
    assert only(found, "macro_f1", None).p_adjusted is None


def test_a_seed_gives_the_same_comparison_and_articles_are_those_of_the_items() -> None:
    assert compare([A], [B], 1, 300) == compare([A], [B], 1, 300)
    assert compare([A], [B], 1, 300).articles == ARTICLES


def test_intervals_go_by_article_not_by_item() -> None:
    def interval(run_a: Run, run_b: Run) -> float:
        row = only(compare([run_a], [run_b], 1, 2000), "f1", "slogans")
        return row.high - row.low

    def twice(run: Run, article: str) -> Run:
        """Each item and its copy; the copy in the same article, or in one of another name."""
        copies = ({**row, "id": f"{row['id']} again", "article": row["article"] + article} for row in run.rows)
        return replace(run, rows=run.rows + tuple(copies))

    # A copy in the same article says nothing new; in another article it counts as new evidence.
    assert interval(twice(A, ""), twice(B, "")) == pytest.approx(interval(A, B), rel=0.1)
    assert interval(twice(A, " again"), twice(B, " again")) == pytest.approx(interval(A, B) / 2**0.5, rel=0.1)


def test_labels_whose_sentences_are_unknown_are_compared_at_their_paragraphs() -> None:
    pair = [scored(name, {"slogans": 0.8}, seed, paragraphs_only=["slogans"], without_spans=["slogans"]) for seed, name in enumerate("ab")]
    (f1, ranking) = compare(pair[:1], pair[1:], 1, 200).differences
    assert (f1.metric, f1.level, ranking.metric, ranking.level) == ("f1", "paragraph", "average_precision", "paragraph")


def test_several_runs_of_a_side_stand_for_their_mean() -> None:
    found = compare([A, BETTER], [B], 1, 200)
    each = [only(compare([run], [B], 1, 200), "f1", "slogans").a for run in (A, BETTER)]
    assert only(found, "f1", "slogans").a == pytest.approx(np.mean(each))
    assert found.models_a == ("harbour-a", "harbour-c")


def test_labels_that_one_side_measured_alone_are_named_and_not_compared() -> None:
    found = compare([A], [scored("harbour-d", {"slogans": 0.8, "hostility": 0.8}, 4)], 1, 200)
    assert {row.label for row in found.differences} == {"slogans"}
    assert (found.only_a, found.only_b) == (("repetition", "casting_doubt"), ("hostility",))


def changed(run: Run, **setting: Any) -> Run:
    return replace(run, evaluation=run.evaluation | setting)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (changed(B, corpus="courier"), "of different corpora: found 'gazette' and 'courier'; evaluate both with the same --corpus"),
        (changed(B, split="test"), "of different splits: found 'dev' and 'test'"),
        (changed(B, view={"slogans": "loaded_label"}), "of different readings of labels"),
        (replace(B, rows=B.rows[1:]), "slogans: the runs hold different items"),
        (replace(B, rows=({**B.rows[0], "gold": not B.rows[0]["gold"]}, *B.rows[1:])), "has another gold in each run"),
        (scored("harbour-d", {"hostility": 0.8}), "no label in common: found slogans, repetition, casting_doubt and hostility"),
    ],
    ids=["corpus", "split", "view", "items", "gold", "labels"],
)
def test_runs_that_are_not_of_the_same_items_are_refused_with_what_differs(other: Run, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        compare([A], [other], 1, 200)
    assert told in str(refused.value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30), st.integers(0, 1000))
def test_average_precision_of_drawn_items_is_that_of_the_items_drawn(items: list[tuple[int, bool]], seed: int) -> None:
    scores, gold = np.array([score for score, _ in items], dtype=np.float64), np.array([positive for _, positive in items])
    drawn = np.random.default_rng(seed).integers(len(items), size=len(items))
    expected = metrics.average_precision(scores[drawn], gold[drawn])
    assert resampled_average_precision(scores, gold)(drawn) == pytest.approx(expected, nan_ok=True)


def test_labels_of_whole_articles_are_compared_at_their_articles() -> None:
    def frames(share: float, seed: int) -> Run:
        random = np.random.default_rng(seed)
        rows = []
        for n in range(60):
            flagged = (n % 2 == 1) if random.random() < share else n % 2 == 0
            scored = {"gold": n % 2 == 1, "flagged": flagged, "probability": 0.7 if flagged else 0.3}
            rows.append({"label": "conflict", "id": f"a#{n}", "article": f"a#{n}", "level": "article", "item": 0, **scored})
        setting = {"model": f"frames-{seed}", "corpus": "gazette", "split": "dev", "view": {}, "own_labels": []}
        return Run({"schema_version": 1, **setting, "labels": {}, "articles": {"conflict": {}}}, tuple(rows))

    found = compare([frames(0.95, 1)], [frames(0.6, 2)], 1, 300)
    assert [(row.metric, row.label, row.level) for row in found.differences] == [
        ("f1", "conflict", "article"),
        ("average_precision", "conflict", "article"),
    ]
    assert all(row.low > 0 for row in found.differences)
