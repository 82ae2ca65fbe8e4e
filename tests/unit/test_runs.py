"""Folders of evaluations: what is written reads back, is whole or absent, and does not take another run's place."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from framing import assessment, runs
from framing.errors import ConfigError, InputError
from framing.runs import FIGURES, ITEMS, Run, read_run, read_runs, write_run
from tests.unit.scored_runs import scored

SENTENCE = {
    "label": "slogans",
    "id": "é#1",
    "article": "é",
    "level": "sentence",
    "item": 2,
    "gold": True,
    "flagged": False,
    "probability": 0.25,
}
SPANS = {"label": "slogans", "id": "é#1", "article": "é", "level": "span", "item": 0, "predicted": [(0, 4), (9, 12)], "gold": []}
EVALUATION = {
    "schema_version": 1,
    "model": "harbour-small",
    "corpus": "gazette",
    "split": "dev",
    "labels": {"slogans": {"sentence": {"f1": 0.5, "average_precision": math.nan, "f1_interval": (0.25, math.nan)}}},
    "articles": {},
    "own_labels": ["slogans"],
}


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a run in it."""
    write_run(tmp_path / "run", EVALUATION, [SENTENCE, SPANS])
    return tmp_path / "run"


def test_a_run_reads_back_as_it_was_but_for_nan_and_tuples(folder: Path) -> None:
    labels = {"slogans": {"sentence": {"f1": 0.5, "average_precision": None, "f1_interval": [0.25, None]}}}
    assert read_run(folder) == Run(EVALUATION | {"labels": labels}, (SENTENCE, SPANS | {"predicted": [[0, 4], [9, 12]]}))


def test_a_run_is_two_files_of_json_that_any_program_can_read(folder: Path) -> None:
    assert set(contents(folder)) == {FIGURES, ITEMS} == {"evaluation.json", "items.jsonl"}
    lines = (folder / ITEMS).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["article"] for line in lines] == ["é", "é"]
    assert "NaN" not in (folder / FIGURES).read_text(encoding="utf-8")


def test_evaluations_are_written_in_the_schema_that_is_read() -> None:
    assert runs.SCHEMA_VERSION == assessment.SCHEMA_VERSION


def test_the_same_model_corpus_and_split_are_replaced(folder: Path) -> None:
    (folder / f"{ITEMS}.part").write_text("what an earlier process was stopped at")
    write_run(folder, EVALUATION | {"labels": {}}, [SPANS])
    assert set(contents(folder)) == {FIGURES, ITEMS}
    assert read_run(folder).evaluation["labels"] == {}
    assert len(read_run(folder).rows) == 1


@pytest.mark.parametrize(("part", "other"), [("model", "harbour-large"), ("corpus", "courier"), ("split", "test")])
def test_another_run_is_not_overwritten_and_the_message_says_which_it_is(folder: Path, part: str, other: str) -> None:
    before = contents(folder)
    with pytest.raises(ConfigError) as refused:
        write_run(folder, EVALUATION | {part: other}, [])
    assert f"{folder} holds the run of harbour-small on gazette, split dev, expected one of " in str(refused.value)
    assert other in str(refused.value)
    assert "name another folder, or delete this one" in str(refused.value)
    assert contents(folder) == before


def test_a_run_of_chosen_sources_does_not_replace_one_of_all_of_them(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(ConfigError, match=r"split dev, expected one of harbour-small on gazette, split dev of coast, inland; name another"):
        write_run(folder, EVALUATION | {"sources": ["inland", "coast"]}, [SENTENCE])
    assert contents(folder) == before
    write_run(folder, EVALUATION | {"sources": []}, [SENTENCE])
    assert contents(folder) != before


@pytest.mark.parametrize("there", ["{", "[]", '{"schema_version": 99}', '{"schema_version": 1}'])
def test_a_file_that_is_no_run_is_not_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / FIGURES).write_text(there)
    with pytest.raises(ConfigError, match=r"not overwritten.*schema version 1; name another folder, or delete this one"):
        write_run(tmp_path, EVALUATION, [])
    assert contents(tmp_path) == {FIGURES: there.encode()}


def stopped(error: Exception) -> Iterator[Mapping[str, Any]]:
    yield SPANS
    raise error


@pytest.mark.parametrize("at", ["items", "figures"])
def test_a_failure_while_writing_leaves_the_earlier_run_and_no_half_of_the_new_one(folder: Path, tmp_path: Path, at: str) -> None:
    before = contents(folder)
    for place, left in ((folder, before), (tmp_path / "new", {})):
        # JSON has no infinity.
        evaluation = EVALUATION | ({"seed": math.inf} if at == "figures" else {})
        with pytest.raises(ValueError, match=r"stopped|JSON"):
            write_run(place, evaluation, stopped(ValueError("stopped")) if at == "items" else [SPANS])
        assert contents(place) == left


def test_a_full_disk_is_told_with_the_folder(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(ConfigError, match=r"run cannot be written to \(No space left on device\); name a folder"):
        write_run(folder, EVALUATION, stopped(OSError(28, "No space left on device")))
    assert contents(folder) == before


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(ConfigError, match=r"run cannot be written to \(.+\); name a folder that you may write to"):
        write_run(tmp_path / "run", EVALUATION, [])


def test_where_nothing_is_the_missing_file_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere/evaluation\.json: cannot be read.*framing evaluate"):
        read_run(tmp_path / "nowhere")
    (folder / ITEMS).unlink()
    with pytest.raises(InputError, match=r"run/items\.jsonl: cannot be read.*framing evaluate"):
        read_run(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'{\n"schema_version": 1,\n', r"evaluation\.json, line 3: not JSON"),
        (b"\xff", r"evaluation\.json: not UTF-8"),
        (b"[1]", r"evaluation\.json: found schema version None, expected 1"),
        (b'{"schema_version": 2}', r"evaluation\.json: found schema version 2, expected 1"),
        (b'{"schema_version": 1, "model": "m", "corpus": "c"}', r"evaluation\.json: found no split"),
        (b'{"schema_version": 1, "model": "m", "corpus": "c", "split": "s"}', r"evaluation\.json: found no labels"),
        (b'{"schema_version": 1, "model": "m", "corpus": "c", "split": "s", "labels": []}', r"found labels \[\], expected .* dict"),
    ],
)
def test_malformed_figures_are_refused_with_what_was_found(folder: Path, text: bytes, told: str) -> None:
    (folder / FIGURES).write_bytes(text)
    with pytest.raises(InputError, match=f"{told}.*; run `framing evaluate` again"):
        read_run(folder)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        ("7", "found level None, expected one of sentence, paragraph, article, span"),
        ('{"level": "word"}', "found level 'word', expected one of"),
        ('{"level": ["span"]}', r"found level \['span'\], expected one of"),
        *((json.dumps({k: v for k, v in SENTENCE.items() if k not in ("level", part)}), "found level None") for part in ("id",)),
        *((json.dumps({k: v for k, v in SENTENCE.items() if k != part}), f"found no {part};") for part in SENTENCE if part != "level"),
        *((json.dumps({k: v for k, v in SPANS.items() if k != part}), f"found no {part};") for part in ("id", "predicted", "gold")),
        (json.dumps(SENTENCE | {"probability": None}), "found probability null, expected a value of type float"),
        (json.dumps(SENTENCE | {"gold": "yes"}), 'found gold "yes", expected a value of type bool'),
    ],
)
def test_a_malformed_row_is_refused_with_its_line(folder: Path, line: str, told: str) -> None:
    first, _ = (folder / ITEMS).read_text(encoding="utf-8").splitlines()
    (folder / ITEMS).write_text(f"{first}\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"items\.jsonl, line 2: {told}.*run `framing evaluate` again"):
        read_run(folder)


def test_rows_that_are_not_utf8_are_refused(folder: Path) -> None:
    (folder / ITEMS).write_bytes(b'{"id": "\xe9"}\n')
    with pytest.raises(InputError, match=r"items\.jsonl: not UTF-8"):
        read_run(folder)


def test_an_item_that_stands_twice_is_refused_since_one_of_the_two_would_be_left_out(folder: Path) -> None:
    write_run(folder, EVALUATION, [SENTENCE, SENTENCE | {"item": 3}, SPANS, SENTENCE | {"gold": False}])
    with pytest.raises(InputError, match=r"items\.jsonl, line 4: found sentence 2 of 'é#1' for slogans again, after line 1; give each"):
        read_run(folder)


def test_runs_are_the_one_in_the_folder_or_else_those_in_its_subfolders_by_name(tmp_path: Path) -> None:
    for seed in (2, 10, 1):
        run = scored(f"harbour-{seed}", {"slogans": 0.9}, seed)
        write_run(tmp_path / f"seed-{seed:02}", run.evaluation, run.rows)
    (tmp_path / "sweep.md").write_text("a table beside the runs")
    (tmp_path / "empty").mkdir()
    assert [run.evaluation["model"] for run in read_runs(tmp_path)] == ["harbour-1", "harbour-2", "harbour-10"]
    assert [run.evaluation["model"] for run in read_runs(tmp_path / "seed-10")] == ["harbour-10"]
    for nothing in (tmp_path / "empty", tmp_path / "nowhere", tmp_path / "sweep.md"):
        with pytest.raises(InputError, match=rf"{nothing.name}: found no evaluation\.json, expected one in it or in its subfolders; name"):
            read_runs(nothing)
