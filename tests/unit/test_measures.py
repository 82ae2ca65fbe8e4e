"""Measures against hand-computed cases, against the functions they call and against scikit-learn."""

from __future__ import annotations

import doctest
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, matthews_corrcoef

from framing import metrics
from framing.errors import MissingExtra
from framing.measures import MEASURES, measure

ROOT = Path(__file__).parent.parent.parent
PROBABILITIES = st.sampled_from([0.0, 0.1, 0.5, 1.0]) | st.floats(0, 1)
ITEMS = st.lists(st.tuples(PROBABILITIES, st.sampled_from([0, 1, -1])), min_size=1, max_size=20)
CELLS = st.integers(1, 4).flatmap(
    lambda labels: st.lists(
        st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0, 1, -1])), min_size=labels, max_size=labels), min_size=1, max_size=8
    )
)
# `evaluate` is slow on its first call of a process.
relaxed = settings(max_examples=40, deadline=None)


def compute(name: str, predictions: Any, references: Any, **options: Any) -> dict[str, Any]:
    found = measure(name).compute(predictions=predictions, references=references, **options)
    assert found is not None
    return dict(found)


def halves(items: list[tuple[float, int]]) -> tuple[list[float], list[int], np.ndarray, np.ndarray]:
    """Predictions and references as given, then the scores and gold of the items that are known."""
    values, gold = np.array([i[0] for i in items], dtype=float), np.array([i[1] for i in items])
    return values.tolist(), gold.tolist(), values[gold >= 0], gold[gold >= 0] == 1


def same(found: float, expected: float) -> bool:
    return found == pytest.approx(expected, nan_ok=True)


def test_multilabel_f1_by_hand() -> None:
    # Label 0: 1 hit, 2 predicted, 1 gold. Label 1: never gold, once predicted. Label 2: its only wrong cell is unknown.
    found = compute("multilabel_f1", [[1, 0, 1], [1, 1, 1]], [[1, 0, 1], [0, 0, -1]])
    assert found["per_label"] == pytest.approx([2 / 3, math.nan, 1.0], nan_ok=True)
    assert found["support"] == [1, 0, 1]
    assert found["macro"] == pytest.approx((2 / 3 + 1) / 2)
    assert found["micro"] == pytest.approx(2 * 2 / (4 + 2))


def test_labels_that_are_never_gold_leave_no_macro() -> None:
    found = compute("multilabel_f1", [[0, 0]], [[0, -1]])
    assert math.isnan(found["macro"])
    assert (found["micro"], found["support"]) == (0.0, [0, 0])


@relaxed
@given(CELLS)
def test_multilabel_f1_is_that_of_scikit_learn_on_known_cells(rows: list[list[tuple[int, int]]]) -> None:
    predicted, gold = np.moveaxis(np.array(rows), -1, 0)
    known = gold >= 0
    found = compute("multilabel_f1", predicted.tolist(), gold)
    figures = metrics.multilabel_f1(predicted == 1, gold == 1, known)
    assert same(found["macro"], figures.macro)
    micro = f1_score(gold[known], predicted[known], zero_division=0) if known.any() else 0.0
    assert found["micro"] == figures.micro == pytest.approx(micro)
    assert found["per_label"] == pytest.approx(list(figures.per_label), nan_ok=True)
    by_label = [
        f1_score(gold[known[:, c], c], predicted[known[:, c], c], zero_division=0) if (gold[:, c] == 1).any() else math.nan
        for c in range(gold.shape[1])
    ]
    assert found["per_label"] == pytest.approx(by_label, nan_ok=True)
    supported = [value for value in by_label if not math.isnan(value)]
    assert same(found["macro"], float(np.mean(supported)) if supported else math.nan)


def test_multilabel_f1_without_a_mask_knows_every_cell_and_refuses_other_shapes() -> None:
    gold = np.array([[True, False], [True, True]])
    assert metrics.multilabel_f1(~gold, gold) == metrics.multilabel_f1(~gold, gold, np.ones_like(gold))
    with pytest.raises(ValueError, match=r"shapes \(2, 1\) \(predicted\), \(2, 2\) \(gold\)"):
        metrics.multilabel_f1(gold[:, :1], gold)
    with pytest.raises(ValueError, match="give a single label as a column"):
        metrics.multilabel_f1(gold[:, 0], gold[:, 0])


def test_matthews_by_hand() -> None:
    # tp 1, fp 1, fn 1, tn 3: (1 x 3 - 1 x 1) / sqrt(2 x 2 x 4 x 4).
    assert compute("matthews", [1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0])["matthews"] == pytest.approx(2 / 8)
    assert compute("matthews", [1, 0, 1], [0, 1, -1])["matthews"] == pytest.approx(-1.0)
    assert compute("matthews", [1, 1], [1, 0])["matthews"] == compute("matthews", [], [])["matthews"] == 0.0


@relaxed
@given(ITEMS)
def test_matthews_is_that_of_scikit_learn(items: list[tuple[float, int]]) -> None:
    predictions, references, values, gold = halves([(float(p > 0.3), g) for p, g in items])
    found = compute("matthews", predictions, references)["matthews"]
    assert found == metrics.matthews(values == 1, gold)
    assert len(set(gold)) < 2 or found == pytest.approx(matthews_corrcoef(gold, values == 1))


def test_brier_by_hand() -> None:
    assert compute("brier", [0.8, 0.4, 0.9], [1, 0, -1])["brier"] == pytest.approx((0.04 + 0.16) / 2)
    assert math.isnan(compute("brier", [0.5], [-1])["brier"])


@relaxed
@given(ITEMS)
def test_brier_is_that_of_scikit_learn(items: list[tuple[float, int]]) -> None:
    predictions, references, values, gold = halves(items)
    found = compute("brier", predictions, references)["brier"]
    assert same(found, metrics.brier(values, gold))
    assert len(gold) == 0 or found == pytest.approx(brier_score_loss(gold, values, pos_label=True, labels=[False, True]))


def test_average_precision_by_hand() -> None:
    # The item of 0.95 is not annotated; true at ranks 1 and 3 of the others.
    found = compute("average_precision", [0.95, 0.9, 0.8, 0.7], [-1, 1, 0, 1])
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert compute("average_precision", [3.5, -2.0], [1, 0])["average_precision"] == 1.0


@relaxed
@given(ITEMS)
def test_average_precision_is_that_of_scikit_learn(items: list[tuple[float, int]]) -> None:
    predictions, references, values, gold = halves(items)
    found = compute("average_precision", predictions, references)["average_precision"]
    assert same(found, metrics.average_precision(values, gold))
    assert not gold.any() or found == pytest.approx(average_precision_score(gold, values))


def test_calibration_error_by_hand() -> None:
    # Bin 0.1-0.2: two of 0.15, one true. Bin 0.9-1: one of 0.95, true. The fourth item is unknown.
    found = compute("calibration_error", [0.15, 0.15, 0.95, 0.5], [1, 0, 1, -1])
    assert found["calibration_error"] == pytest.approx((2 * 0.35 + 0.05) / 3)
    # In one bin the mean probability is 1.25 / 3, the share of positives 2 / 3.
    assert compute("calibration_error", [0.15, 0.15, 0.95], [1, 0, 1], bins=1)["calibration_error"] == pytest.approx(0.25)
    with pytest.raises(ValueError, match="bins=0, expected at least 1"):
        compute("calibration_error", [0.1], [0], bins=0)


@relaxed
@given(ITEMS)
def test_calibration_error_is_that_of_the_function_it_calls(items: list[tuple[float, int]]) -> None:
    predictions, references, values, gold = halves(items)
    found = compute("calibration_error", predictions, references)["calibration_error"]
    assert same(found, metrics.expected_calibration_error(values, gold))


def test_voice_accuracy_by_hand() -> None:
    found = compute("voice_accuracy", ["own", "own", "reported", "reported"], ["own", "reported", "reported", "unknown"])
    assert found == pytest.approx({"accuracy": 2 / 3, "majority": 2 / 3, "support": 3})
    none = compute("voice_accuracy", ["own"], ["unknown"])
    assert none["support"] == 0
    assert math.isnan(none["accuracy"])


@pytest.mark.parametrize(
    ("name", "predictions", "references", "message"),
    [
        ("matthews", [1, 0.7], [1, 0], "predictions, item 1: found 0.7, expected 0 or 1; cut scores"),
        ("matthews", [1], [2], r"references, item 0: found 2, expected 0, 1 or -1 \(unknown\)"),
        ("multilabel_f1", [[1, 0], [1, -1]], [[1, 0], [1, 0]], "predictions, item 1: found -1, expected 0 or 1"),
        ("multilabel_f1", [[1, 0], [1]], [[1, 0], [1, 0]], "predictions, item 1: found 1 labels, expected 2"),
        ("brier", [0.5, 1.5], [1, 0], "predictions, item 1: found 1.5, expected a probability from 0 to 1"),
        ("calibration_error", [math.nan], [1], "predictions, item 0: found nan, expected a probability"),
        ("average_precision", [math.nan], [1], "predictions, item 0: found nan, expected a number"),
        ("span_identification", [[[0, 3]], [[5, 5]]], [[], []], r"predictions, document 1: found span \[5, 5\], expected 0 <= start < end"),
        ("span_identification", [[]], [[[-1, 2]]], r"references, document 0: found span \[-1, 2\]"),
        ("span_identification", [[[0, 3, 4]]], [[]], "don't match the expected format"),
        ("brier", [0.5], [1, 0], r"Mismatch in the number of predictions \(1\) and references \(2\)"),
        ("voice_accuracy", ["quoted"], ["own"], "predictions, item 0: found voice 'quoted', expected one of own, reported"),
        ("voice_accuracy", ["unknown"], ["own"], "predictions, item 0: found voice 'unknown'"),
    ],
)  # fmt: skip
def test_values_that_would_give_a_wrong_figure_are_refused(name: str, predictions: Any, references: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute(name, predictions, references)


def test_rows_can_be_added_in_batches() -> None:
    brier = measure("brier")
    brier.add(prediction=0.5, reference=1)
    brier.add_batch(predictions=np.array([0.0, 1.0], dtype=np.float32), references=np.array([False, True]))
    assert brier.compute() == pytest.approx({"brier": 0.25 / 3})


def test_an_unknown_measure_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(ValueError, match="measure 'f1' is unknown") as caught:
        measure("f1")
    assert all(name in str(caught.value) for name in MEASURES)


def test_without_the_library_the_message_has_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "evaluate", None)
    for module in ("base", "brier"):
        monkeypatch.delitem(sys.modules, f"framing.measures.{module}", raising=False)
    with pytest.raises(MissingExtra, match=r"The measure 'brier' needs the package 'evaluate'.*pip install 'framing\[train\]'"):
        measure("brier")


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_says_what_it_is_and_its_example_is_true(name: str) -> None:
    created = measure(name)
    assert created.name == name
    assert len(created.description) > 80
    assert "\n@" in created.citation
    assert created.inputs_description.count("references: ") == 1
    example = doctest.DocTestParser().get_doctest(created.inputs_description, {"measure": measure}, name, None, None)
    ran = doctest.DocTestRunner(verbose=False).run(example)
    assert (ran.attempted > 0, ran.failed) == (True, 0)


SCRIPT = """
import os, sys
import evaluate, framing.measures
from pathlib import Path
home = Path(os.environ["HOME"])
for name in framing.measures.MEASURES:
    framing.measures.measure(name)
one = framing.measures.measure("brier")
print(one.compute(predictions=[0.5], references=[1]), list(home.rglob("*")))
folder = Path(framing.measures.__file__).parent
for name in framing.measures.MEASURES:
    assert evaluate.load(str(folder / f"{name}.py")).name == name
loaded = evaluate.load(str(folder / "brier.py"))
print(loaded.compute(predictions=[0.5], references=[1]), {path.name for path in (home / ".cache" / "huggingface").iterdir()})
"""


def test_measures_write_nothing_to_the_users_home_and_load_by_path_without_a_network(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "XDG_"))}
    environment |= {"HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HF_EVALUATE_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    # Loading by path copies the module into the library's own cache, and no rows.
    assert ran.stdout.splitlines() == ["{'brier': 0.25} []", "{'brier': 0.25} {'modules'}"]


def test_naming_the_measures_loads_no_heavy_library() -> None:
    code = "import framing.measures, sys; print(sorted({'evaluate', 'datasets', 'torch'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() == "[]"


def test_a_cache_folder_that_is_asked_for_is_used(tmp_path: Path) -> None:
    found = measure("brier", cache_dir=str(tmp_path)).compute(predictions=[0.5], references=[1])
    assert found == {"brier": 0.25}
    assert (tmp_path / "brier").is_dir()
