"""What a user can rely on when tables, archives and folders of articles are read."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.batch import Columns, RejectedRow
from framing.batch.rows import Article
from framing.batch.sources import Source, total
from framing.errors import InputError, MissingExtra

ROWS = [{"id": "a", "text": "The council met.\nIt rained."}, {"id": "b", "text": "«Они», she said, “we”."}]


def read(path: Path | str, columns: Columns | None = None) -> list[Article | RejectedRow]:
    source = Source.of(str(path))
    source.check(columns or Columns())
    return [record.parse() for record in source.records(columns or Columns())]


def texts(path: Path | str, columns: Columns | None = None) -> list[tuple[str, str]]:
    return [(row.id, row.text) for row in read(path, columns) if isinstance(row, Article)]


def reasons(path: Path | str, columns: Columns | None = None) -> list[tuple[int, int | None, str]]:
    return [(row.row, row.line, row.reason) for row in read(path, columns) if isinstance(row, RejectedRow)]


def refusal(path: Path | str, columns: Columns | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(path, columns)
    return str(caught.value)


def lines(rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def table(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, ["id", "text"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


CONTENTS = {
    "a.jsonl": lines(ROWS),
    "a.ndjson": lines(ROWS),
    "a.csv": table(ROWS),
    "a.tsv": table(ROWS, "\t"),
    "semicolons.csv": table(ROWS, ";"),
    "marked.csv": b"\xef\xbb\xbf" + table(ROWS),
    "spreadsheet.csv": table(ROWS, "\t").decode().encode("utf-16"),
    "a.jsonl.gz": gzip.compress(lines(ROWS)),
    "a.csv.gz": gzip.compress(table(ROWS)),
    "a.tsv.gz": gzip.compress(table(ROWS, "\t")),
    "a.jsonl.zst": zstandard.compress(lines(ROWS[:1])) + zstandard.compress(lines(ROWS[1:])),
    "a.csv.zst": zstandard.compress(table(ROWS)),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_every_row_format_gives_the_same_articles(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(CONTENTS[name])
    assert texts(tmp_path / name) == [(row["id"], row["text"]) for row in ROWS]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_parquet_is_read_whatever_its_kind_of_text(tmp_path: Path, kind: pa.DataType) -> None:
    ids = pa.array([1, None])
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"noise": [[1], [2]], "body": pa.array([row["text"] for row in ROWS]).cast(kind), "id": ids}), file)
    assert texts(file) == [("1", ROWS[0]["text"]), ("2", ROWS[1]["text"])]
    assert total([Source.of(str(file))]) == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip), max_size=8))
def test_any_text_survives_csv_and_json_lines_character_for_character(tmp_path: Path, bodies: list[str]) -> None:
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["text"], *([body] for body in bodies)])
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": body}) + "\n" for body in bodies), encoding="utf-8")
    assert [text for _, text in texts(tmp_path / "a.csv")] == bodies
    assert [text for _, text in texts(tmp_path / "a.jsonl")] == bodies


def test_a_row_after_a_field_with_line_breaks_is_told_by_the_line_it_begins_in(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text\n1,"one\ntwo\nthree"\n2\n3,four\n')
    assert reasons(tmp_path / "a.csv") == [(2, 5, "found 1 fields, expected the 2 of the header; check quotes and delimiter")]
    assert texts(tmp_path / "a.csv") == [("1", "one\ntwo\nthree"), ("3", "four")]


def test_long_fields_of_csv_are_read_whole(tmp_path: Path) -> None:
    body = "word " * 100_000
    (tmp_path / "a.csv").write_text(f"text\n{body}\n")
    assert texts(tmp_path / "a.csv") == [("1", body)]


BAD = {
    b"{bad": "not JSON",
    b"[1]": "found JSON of type list",
    b'"text"': "found JSON of type str",
    b'{"title": "x"}': "no column holds a text; found 'title', expected one of text, body, content, article",
    b'{"text": 5}': "column 'text' holds a number",
    b'{"text": "  "}': "column 'text' is empty",
    b'{"text": null}': "no column holds a text",
    b'{"text": "x", "id": [1]}': "column 'id' holds a list",
    b'{"text": "\xff"}': "not UTF-8",
    b"[" * 100_000: "not JSON",
}


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_a_bad_line_is_told_with_its_number_and_reason_and_the_others_are_read(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "one"}\n\n' + line + b'\n{"body": "two"}')
    ((row, number, reason),) = reasons(tmp_path / "a.jsonl")
    assert (row, number) == (2, 3)
    assert BAD[line] in reason
    assert texts(tmp_path / "a.jsonl") == [("1", "one"), ("3", "two")]


def test_a_quote_that_is_never_closed_or_closed_too_early_is_told_and_never_taken_out_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text\n1,"Peace" is the word\n2,plain\n3,"never closed\n4,lost\n')
    told = reasons(tmp_path / "a.csv")
    assert [(row, line) for row, line, reason in told if "not readable as CSV" in reason] == [(1, 2), (3, 4)]
    assert texts(tmp_path / "a.csv") == [("2", "plain")]
    (tmp_path / "b.csv").write_text('id,text\n1,5" gun\n2,"a ""q"" b"\n')
    assert texts(tmp_path / "b.csv") == [("1", '5" gun'), ("2", 'a "q" b')]


def test_half_a_character_of_utf16_costs_at_most_its_row(tmp_path: Path) -> None:
    rows = "id,text\r\n1,one\r\n2,half ".encode("utf-16") + b"\x3d\xd8" + "\r\n3,three\r\n".encode("utf-16-le")
    (tmp_path / "a.csv").write_bytes(rows)
    assert [id for id, _ in texts(tmp_path / "a.csv")] == ["1", "2", "3"]
    (tmp_path / "b.csv").write_bytes(rows[:-3])
    assert texts(tmp_path / "b.csv")[0] == ("1", "one") and reasons(tmp_path / "b.csv")


def test_bytes_of_csv_that_are_not_utf8_reject_their_row_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"text\ncaf\xe9\nplain\n")
    assert reasons(tmp_path / "a.csv") == [(1, 2, "not UTF-8; convert the file to UTF-8")]
    assert texts(tmp_path / "a.csv") == [("2", "plain")]


def test_a_line_that_is_too_long_is_passed_over_and_the_next_one_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framing.batch.json_lines.MAX_LINE_BYTES", 1024**2)
    (tmp_path / "a.jsonl").write_bytes(lines([{"text": "x" * 3 * 1024**2}, {"text": "short"}]))
    assert reasons(tmp_path / "a.jsonl") == [(1, 1, "over 1 MB, the limit of a line; split it into articles")]
    assert texts(tmp_path / "a.jsonl") == [("2", "short")]


def test_columns_are_named_by_hand_and_a_title_becomes_the_first_paragraph(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        lines([{"url": "u", "head": "A title", "lead": "A lead.", "text": "no"}, {"url": "v", "head": "", "lead": "B"}])
    )
    assert texts(tmp_path / "a.jsonl", Columns("lead", "url", "head")) == [("u", "A title\n\nA lead."), ("v", "B")]


def test_an_article_without_a_title_is_read_without_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"id": 1, "head": None, "text": "one"}, {"id": 2, "text": "two"}]))
    assert texts(tmp_path / "a.jsonl", Columns(title="head")) == [("1", "one")]
    pq.write_table(pa.table({"id": [1], "head": pa.array([None], pa.string()), "text": ["one"]}), tmp_path / "a.parquet")
    assert texts(tmp_path / "a.parquet", Columns(title="head")) == [("1", "one")]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"]), tmp_path / "a.parquet")
    assert "found 2 columns 'text', expected one" in refusal(tmp_path / "a.parquet")


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_table_without_the_column_is_refused_before_anything_is_scored(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name == "a.csv":
        file.write_text("url,head\n1,2\n")
    else:
        pq.write_table(pa.table({"url": ["1"], "head": ["2"]}), file)
    assert refusal(file).endswith(
        "has no column for the text; found 'url', 'head', expected one of text, body, content, article; name it with --text-column"
    )
    assert refusal(file, Columns("heads")).endswith("has no column 'heads'; found 'url', 'head'; nearest is 'head'")


def test_a_parquet_column_of_numbers_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "a.parquet")
    assert "column 'text' holds int64; expected text" in refusal(tmp_path / "a.parquet")


@pytest.mark.parametrize("name", ["a.parquet", "a.zip", "a.jsonl.gz", "a.csv.zst", "a.tsv.gz"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is plain text and nothing else" * 10)
    assert f"{name}' " in (said := refusal(tmp_path / name)) and "check the path" not in said


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst"])
def test_a_compressed_file_that_was_cut_gives_its_rows_and_says_where_it_ends(tmp_path: Path, name: str) -> None:
    rows = [{"text": os.urandom(200).hex()} for _ in range(2000)]
    whole = gzip.compress(lines(rows)) if name.endswith("gz") else zstandard.compress(lines(rows))
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    found = read(tmp_path / name)
    assert 500 < len(found) < 1500
    assert isinstance(found[-1], RejectedRow)
    assert [row.text for row in found if isinstance(row, Article)] == [row["text"] for row in rows[: len(found) - 1]]


def archive(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_a_zip_gives_its_documents_and_tables_in_order_and_passes_over_the_rest(tmp_path: Path) -> None:
    members = {
        "../../etc/one.txt": b"First article.",
        "b/t.jsonl": lines(ROWS),
        "picture.png": b"\x89PNG",
        "__MACOSX/b/._one.txt": b"noise",
        ".hidden.txt": b"noise",
        "c.csv": table(ROWS[:1]),
        "d.md": b"# Head\n\nLast article.",
        "inner.zip": b"PK",
    }
    file = archive(tmp_path / "a.zip", members)
    found = [(row.input.split("!/")[1], row.id, row.row) for row in read(file) if isinstance(row, Article)]
    expected = [("../../etc/one.txt", 1), ("b/t.jsonl", 1), ("b/t.jsonl", 2), ("c.csv", 1), ("d.md", 1)]
    assert [(name, row) for name, _, row in found] == expected
    assert [id for _, id, _ in found] == ["../../etc/one.txt", "a", "b", "a", "d.md"]
    assert sorted(tmp_path.rglob("*")) == [file]


def test_a_damaged_or_locked_member_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    file = archive(
        tmp_path / "a.zip", {"one.txt": b"First article.", "two.txt": b"Second article.", "t.jsonl": lines(ROWS)}, zipfile.ZIP_STORED
    )
    data = bytearray(file.read_bytes())
    data[data.index(b"First")] ^= 1
    data[data.index(b"council")] ^= 1
    file.write_bytes(data)
    assert texts(file)[0] == ("two.txt", "Second article.")
    told = [row for row in read(file) if isinstance(row, RejectedRow)]
    assert [row.input.split("!/")[1] for row in told] == ["one.txt", "t.jsonl"]
    assert "CRC" in told[0].reason


def test_zip_bombs_are_refused_by_the_limit_that_they_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive(tmp_path / "bomb.zip", {"a.txt": b" " * 20_000_000})
    assert "over 200 times its size, the limit" in refusal(bomb)
    many = archive(tmp_path / "many.zip", {f"{n}.txt": b"x" for n in range(30)})
    monkeypatch.setattr("framing.batch.archives.MAX_MEMBERS", 20)
    assert "has 30 members; the limit is 20 members" in refusal(many)
    monkeypatch.setattr("framing.batch.archives.MAX_TOTAL_MEGABYTES", 1)
    assert "unpacks to 19 MB; the limit is 1 MB unpacked" in refusal(bomb)
    monkeypatch.setattr("framing.batch.archives.MAX_DOCUMENT_MEGABYTES", 0)
    assert "the limit is 0 MB a document" in reasons(archive(tmp_path / "one.zip", {"a.txt": b"x"}))[0][2]


def test_a_zip_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    assert "holds nothing to read" in refusal(archive(tmp_path / "a.zip", {"a.png": b"x"}))


def test_a_document_is_one_article_named_after_its_file_and_an_unreadable_one_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\nTwo.")
    (tmp_path / "b.pdf").write_bytes(b"no pdf")
    assert texts(tmp_path / "a.txt") == [(str(tmp_path / "a.txt"), "One.\n\nTwo.")]
    assert "b.pdf' is plain text" in reasons(tmp_path / "b.pdf")[0][2]


def test_json_lines_come_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines(ROWS))))
    assert texts("-") == [(row["id"], row["text"]) for row in ROWS]


@pytest.mark.parametrize(("name", "package"), [("a.parquet", "pyarrow"), ("a.csv.zst", "zstandard")])
def test_a_missing_package_is_told_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    for module in [each for each in sys.modules if each.split(".")[0] == package]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"'{package}', which is not installed; run: pip install 'framing\[batch\]'"):
        read(tmp_path / name)


@pytest.mark.parametrize("limit", [131_072, sys.maxsize])
def test_a_line_of_csv_without_end_takes_no_memory_beyond_the_limit_and_the_rows_after_it_are_read(tmp_path: Path, limit: int) -> None:
    # The module's limit is the whole process's: whatever other code has set it to counts for nothing here, and stays as it is.
    others = csv.field_size_limit(limit)
    packed = zstandard.ZstdCompressor().compressobj()
    with (tmp_path / "a.csv.zst").open("wb") as stream:
        stream.write(packed.compress(b"id,text\n"))
        for _ in range(120):
            stream.write(packed.compress(b"x" * 1024**2))
        stream.write(packed.compress(b"\n7,after\n") + packed.flush())
    tracemalloc.start()
    found = read(tmp_path / "a.csv.zst")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert csv.field_size_limit(others) == limit
    assert [row.text for row in found if isinstance(row, Article)] == ["after"]
    assert all("not readable as CSV (field larger than field limit" in row.reason for row in found if isinstance(row, RejectedRow))
    assert peak < 100 * 1024**2
