"""Results read back as they were written, in every form."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from framing.batch import ScoredRow
from framing.batch.formats import Format, format_of, join, writer_of
from framing.batch.rows import FLAT_COLUMNS
from framing.errors import InputError, ModelError
from framing.screening import Finding, ScreenedParagraph, ScreenedSentence, Screening
from framing.taxonomy import DEVICE_NAMES

SCHEMA = json.loads((Path(__file__).parent.parent.parent / "framing/reports/screening.schema.json").read_text("utf-8"))


@st.composite
def scored_rows(draw: st.DrawFn, surrogates: bool = False) -> ScoredRow:
    characters = st.characters() if surrogates else st.characters(exclude_categories=["Cs"])
    text = draw(st.text(characters, min_size=2, max_size=30))
    probability = st.floats(0, 1).map(lambda p: round(p, 4))
    findings = tuple(
        Finding(0, end, text[:end], draw(st.sampled_from(DEVICE_NAMES)), draw(probability), draw(st.sampled_from(["own", "reported"])),
                draw(probability), draw(st.sampled_from([None, (0, 1)])))
        for end in draw(st.lists(st.integers(1, len(text)), max_size=3))
    )  # fmt: skip
    scores = {name: draw(probability) for name in DEVICE_NAMES}
    paragraph = ScreenedParagraph(0, len(text), scores, (ScreenedSentence(0, len(text), scores),), findings)
    screening = Screening("in, row 1", "m@1", text, draw(st.sampled_from([(), (paragraph,)])))
    return ScoredRow(draw(st.text(characters, max_size=5)), draw(st.integers(1, 10**12)), "in.jsonl", "c0ffee", screening)


def write(folder: Path, rows: list[ScoredRow], format: Format, flat: bool, size: int = 2) -> Path:
    """The rows in parts of `size`, joined."""
    parts = []
    for number, start in enumerate(range(0, len(rows), size)):
        parts.append(folder / f"{number}{format}")
        writer = writer_of(format, parts[-1], flat)
        for row in rows[start : start + size]:
            writer.write(row)
        writer.close()
    target = folder / f"out{format}"
    join(format, parts, target, flat)
    return target


EACH = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@EACH
@given(rows=st.lists(scored_rows(), max_size=5))
def test_json_lines_and_parquet_hold_the_same_and_the_screening_follows_its_schema(tmp_path: Path, rows: list[ScoredRow]) -> None:
    expected = [row.to_dict() for row in rows]
    lines = write(tmp_path, rows, Format.JSON_LINES, False).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert pq.read_table(write(tmp_path, rows, Format.PARQUET, False)).to_pylist() == expected
    for row in expected:
        Draft202012Validator(SCHEMA).validate(row["screening"])


@EACH
@given(rows=st.lists(scored_rows(), max_size=5))
def test_flat_rows_are_the_findings_in_every_form(tmp_path: Path, rows: list[ScoredRow]) -> None:
    expected = [finding for row in rows for finding in row.flat()]
    lines = write(tmp_path, rows, Format.JSON_LINES, True).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert pq.read_table(write(tmp_path, rows, Format.PARQUET, True)).to_pylist() == expected
    with write(tmp_path, rows, Format.CSV, True).open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    kinds: dict[str, Any] = {"row": int, "start": int, "end": int, "score": float, "voice_score": float}
    kinds["target"] = lambda value: json.loads(value) if value else None
    assert [{name: kinds.get(name, str)(value) for name, value in row.items()} for row in read] == expected


def test_a_lone_carriage_return_does_not_break_a_row_of_csv(tmp_path: Path) -> None:
    paragraph = ScreenedParagraph(0, 1, {}, (), (Finding(0, 1, "a", "loaded_label", 0.5, "own", 0.5, None),))
    row = ScoredRow("\r", 1, "in.jsonl", "c0ffee", Screening("in, row 1", "m@1", "a", (paragraph,)))
    with write(tmp_path, [row], Format.CSV, True).open(encoding="utf-8", newline="") as stream:
        (read,) = csv.DictReader(stream)
    assert (read["id"], read["text"]) == ("\r", "a")


@EACH
@given(rows=st.lists(scored_rows(surrogates=True), min_size=1, max_size=3), format=st.sampled_from(Format))
def test_broken_unicode_can_be_written_in_every_form(tmp_path: Path, rows: list[ScoredRow], format: Format) -> None:
    write(tmp_path, rows, format, True).read_bytes()
    if format is Format.JSON_LINES:
        lines = write(tmp_path, rows, format, False).read_bytes().decode("utf-8").splitlines()
        assert [json.loads(line)["id"] for line in lines] == [row.id for row in rows]


@pytest.mark.parametrize("format", Format)
def test_an_output_without_rows_is_a_valid_file(tmp_path: Path, format: Format) -> None:
    file = write(tmp_path, [], format, True)
    if format is Format.PARQUET:
        assert pq.read_table(file).column_names == list(FLAT_COLUMNS)
    else:
        assert file.read_text() == ("" if format is Format.JSON_LINES else ",".join(FLAT_COLUMNS) + "\n")


def test_columns_of_parquet_have_the_kinds_that_the_schema_says_even_where_all_rows_are_empty(tmp_path: Path) -> None:
    row = ScoredRow("a", 1, "in", "c", Screening("in", "m@1", "", ()))
    kinds = pq.read_schema(write(tmp_path, [row], Format.PARQUET, False))
    assert str(kinds.field("row").type) == "int64"
    finding = kinds.field("screening").type.field("paragraphs").type.value_type.field("findings").type.value_type
    assert [field.name for field in finding] == ["start", "end", "text", "device", "score", "voice", "voice_score", "target"]
    assert not finding.field("score").nullable
    assert finding.field("target").nullable


@pytest.mark.parametrize(
    ("format", "flat"), [(Format.JSON_LINES, False), (Format.PARQUET, False), (Format.PARQUET, True), (Format.CSV, True)]
)
def test_a_score_that_is_no_number_is_an_error_of_the_model(tmp_path: Path, format: Format, flat: bool) -> None:
    finding = Finding(0, 1, "x", "loaded_label", float("nan"), "own", 0.9, None)
    paragraph = ScreenedParagraph(0, 1, {"loaded_label": float("nan")}, (), (finding,))
    with pytest.raises(ModelError, match="not a finite number for 'a'"):
        write(tmp_path, [ScoredRow("a", 1, "in", "c", Screening("in", "m@1", "x", (paragraph,)))], format, flat)


@pytest.mark.parametrize(("name", "flat"), [("out.csv", False), ("out.txt", False), ("out", True), ("out.jsonl.gz", False)])
def test_an_output_of_a_form_that_is_not_written_is_refused(name: str, flat: bool) -> None:
    with pytest.raises(InputError, match=r"\.jsonl or \.parquet"):
        format_of(name, flat)
