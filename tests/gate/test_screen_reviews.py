"""`framing screen` for reviews: SARIF, CSV, annotations and lines of real files, and the house list, with the shipped model."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.gate.conftest import ROOT

NAME = "harbour-strike.md"


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the sample below it and no house list."""
    monkeypatch.delenv("FRAMING_HOUSE_LIST", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / NAME).write_bytes((ROOT / "data/samples" / NAME).read_bytes())
    return tmp_path


def test_sarif_points_at_the_lines_of_the_file(run: Run, newsroom: Path) -> None:
    outcome = run("screen", "copy", "--format", "sarif", "-o", "out.sarif")
    assert (outcome.code, outcome.out) == (1, "")
    (found,) = json.loads((newsroom / "out.sarif").read_text("utf-8"))["runs"]
    lines = (newsroom / "copy" / NAME).read_text("utf-8").split("\n")
    assert len(found["results"]) >= 8
    for result in found["results"]:
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        assert place["artifactLocation"]["uri"] == f"copy/{NAME}"
        assert lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == region["snippet"]["text"]


def test_a_clean_article_gives_a_log_without_results_and_code_0(run: Run, newsroom: Path) -> None:
    outcome = run("screen", "-", "--format", "sarif", stdin=b"The council met on Tuesday.")
    assert outcome.code == 0
    assert json.loads(outcome.out)["runs"][0]["results"] == []


def test_every_format_for_reviews_has_the_same_findings(run: Run, newsroom: Path) -> None:
    outputs = {name: run("screen", "copy", "--format", name) for name in ("sarif", "csv", "github", "lines")}
    assert {outcome.code for outcome in outputs.values()} == {1}
    results = json.loads(outputs["sarif"].out)["runs"][0]["results"]
    rows = list(csv.DictReader(io.StringIO(outputs["csv"].out, newline="")))
    assert [(int(row["start"]), row["device"]) for row in rows] == [(r["properties"]["start"], r["ruleId"]) for r in results]
    assert len(outputs["github"].out.splitlines()) == len(outputs["lines"].out.splitlines()) == len(rows)
    assert f"::warning file=copy/{NAME},line=11" in outputs["github"].out
    assert f"copy/{NAME}:11:" in outputs["lines"].out


def test_csv_goes_to_a_file_with_the_line_ends_of_csv(run: Run, newsroom: Path) -> None:
    run("screen", "copy", "--format", "csv", "-o", "out.csv")
    content = (newsroom / "out.csv").read_bytes()
    assert content.startswith(b"source,device,")
    assert content.count(b"\r\n") == content.count(b"\n")


def test_terms_of_the_house_list_are_left_out_and_counted_on_stderr(run: Run, newsroom: Path) -> None:
    def texts(*options: object) -> tuple[list[str], str]:
        outcome = run("screen", "copy", "--format", "csv", *options)
        return [row["text"] for row in csv.DictReader(io.StringIO(outcome.out, newline=""))], outcome.err

    assert "cronies" in texts()[0]
    (newsroom / "house-list.txt").write_text("# agreed\nloaded_label: Cronies\n")
    found, told = texts()
    assert "cronies" not in found
    assert "Ferrant and his cronies knew it and looked away" in found
    assert told == "framing: 1 finding left out by the house list 'house-list.txt'\n"
    assert "cronies" in texts("--no-house-list")[0]
    (newsroom / "other.txt").write_text("lackeys\ncronies\n")
    found, told = texts("--house-list", "other.txt")
    assert not {"cronies", "lackeys"} & set(found)
    left_out = len(texts("--no-house-list")[0]) - len(found)
    assert left_out > 0
    assert told == f"framing: {left_out} finding{'' if left_out == 1 else 's'} left out by the house list 'other.txt'\n"


def test_an_article_whose_only_findings_are_on_the_list_is_clean(run: Run, newsroom: Path) -> None:
    found = run("screen", "copy", "--format", "csv")
    texts = [row["text"] for row in csv.DictReader(io.StringIO(found.out, newline=""))]
    (newsroom / "all.txt").write_text("".join(f"{text}\n" for text in texts))
    outcome = run("screen", "copy", "--house-list", "all.txt", "--format", "lines")
    assert (outcome.code, outcome.out) == (0, "")


def test_a_house_list_that_is_missing_or_cannot_be_read_ends_with_2(run: Run, newsroom: Path) -> None:
    missing = run("screen", "copy", "--house-list", "none.txt")
    assert missing.code == 2
    assert "house list 'none.txt' does not exist" in missing.err
    (newsroom / "house-list.txt").write_text("regime\nloaded_lable: regime\n")
    unread = run("screen", "copy")
    assert unread.code == 2
    assert "house list 'house-list.txt', line 2" in unread.err
    assert run("screen", "copy", "--no-house-list").code == 1
