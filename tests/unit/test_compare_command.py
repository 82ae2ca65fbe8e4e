"""`framing compare`: folders of evaluations in, a table or JSON out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from framing.runs import write_run
from tests.conftest import Run
from tests.unit.evaluations import SETTING, evaluated
from tests.unit.scored_runs import scored


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, agreement, seeds in (("a", 0.95, (1,)), ("b", 0.7, (2, 3))):
        for seed in seeds:
            made = scored(f"harbour-{name}", {"slogans": agreement, "repetition": agreement}, seed)
            write_run(tmp_path / name / (f"seed-{seed}" if len(seeds) > 1 else ""), made.evaluation, made.rows)
    return tmp_path / "a", tmp_path / "b"


def test_the_table_names_both_sides_and_the_better_one_is_told(run: Run, folders: tuple[Path, Path]) -> None:
    outcome = run("compare", *folders, "--samples", 500)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("# Comparison on gazette, split dev")
    assert "A: harbour-a." in outcome.out
    assert "B: harbour-b (mean of 2 runs)." in outcome.out
    f1 = next(line for line in outcome.out.splitlines() if line.startswith("| Slogans | sentence"))
    assert re.fullmatch(r"\| Slogans \| sentence( \| 0\.\d+){2} \| \+0\.\d+ \[0\.\d+, 0\.\d+\]( \| 0\.\d+){2} \|", f1)


def test_json_holds_what_the_table_is_made_of(run: Run, folders: tuple[Path, Path]) -> None:
    found = json.loads(run("compare", *folders, "--format", "json", "--samples", 500).out)
    assert (found["models_a"], found["samples"]) == (["harbour-a"], 500)
    row = next(row for row in found["differences"] if (row["metric"], row["label"]) == ("f1", "slogans"))
    assert row["difference"] == pytest.approx(row["a"] - row["b"])
    assert row["low"] > 0


def test_what_cannot_be_compared_ends_with_2_and_the_remedy(run: Run, folders: tuple[Path, Path], tmp_path: Path) -> None:
    for arguments, told in (
        ((*folders, "--format", "yaml"), "--format 'yaml' is unknown; expected markdown or json"),
        ((folders[0], tmp_path / "nowhere"), "nowhere: found no evaluation.json"),
        ((*folders, "--samples", 10), "100"),
    ):
        outcome = run("compare", *arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert told in outcome.err


def test_an_output_folder_gets_json_markdown_and_a_page_with_a_chart_for_each_figure(
    run: Run, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    outcome = run("compare", *folders, "--samples", 200, "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "out/comparison.md").read_text(encoding="utf-8").strip() == outcome.out.strip()
    differences = json.loads((tmp_path / "out/comparison.json").read_text(encoding="utf-8"))["differences"]
    page = (tmp_path / "out/comparison.html").read_text(encoding="utf-8")
    assert page.count("<svg") == len({row["metric"] for row in differences if row["label"]})
    assert "A minus B, by label" in page
    (tmp_path / "file").write_text("x")
    outcome = run("compare", *folders, "--samples", 200, "-o", tmp_path / "file")
    assert (outcome.code, "cannot be written to" in outcome.err) == (2, True)


def test_a_matrix_has_a_row_for_each_evaluation_and_names_the_models(run: Run, folders: tuple[Path, Path], tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    write_run(whole, evaluated(), [])
    other = tmp_path / "other"
    write_run(other, evaluated(replace(SETTING, model="other@2", corpus="gazette", sources=("north", "south"))), [])
    outcome = run("matrix", whole, other, "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert "try@1: made, dev" in outcome.out
    assert "other@2: gazette, dev, north, south" in outcome.out
    assert (tmp_path / "out/matrix.html").is_file()
