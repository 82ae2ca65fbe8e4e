"""Writes results as Parquet under an explicit schema: the fields of the JSON form as nested columns."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from framing.batch.lines import LONE_SURROGATE, json_line
from framing.batch.opening import require_batch
from framing.batch.rows import FLAT_COLUMNS, ScoredRow
from framing.taxonomy import DEVICE_NAMES

ROWS_HELD: Final = 64
"""Rows that are held as Python objects; in columns they take a tenth of the memory."""
_COMPRESSION: Final = "zstd"


class ParquetPart:
    """Gathers the rows of one part and writes them as one row group."""

    def __init__(self, path: Path, flat: bool) -> None:
        """Write into the file `path` when closed. Raises MissingExtra."""
        self._arrow = require_batch("pyarrow", "Writing Parquet")
        self._path, self._flat = path, flat
        self._schema = schema(flat)
        self._rows: list[dict[str, Any]] = []
        self._tables: list[Any] = []

    def write(self, row: ScoredRow) -> None:
        """Add a row, or its findings."""
        self._rows += row.flat() if self._flat else [row.to_dict()]
        if len(self._rows) >= ROWS_HELD:
            self._convert()

    def _convert(self) -> None:
        self._tables.append(_table(self._rows, self._schema))
        self._rows = []

    def close(self) -> None:
        """Write the file."""
        if self._rows:
            self._convert()
        table = self._arrow.concat_tables(self._tables or [self._schema.empty_table()]).combine_chunks()
        require_batch("pyarrow.parquet", "Writing Parquet").write_table(table, self._path, compression=_COMPRESSION)


def _table(rows: Sequence[dict[str, Any]], schema: Any) -> Any:
    """Rows, at least one, as an Arrow table; a field that a row lacks is null, where the schema lets it."""
    # By way of JSON, because Arrow's conversion of Python objects first imports pandas, a quarter of a second.
    reader = require_batch("pyarrow.json", "Writing Parquet")
    lines = "".join(json_line(encodable(row)) for row in rows).encode()
    table = reader.read_json(
        io.BytesIO(lines),
        read_options=reader.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=reader.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    return table.cast(schema)


def join_parquet(parts: Sequence[Path], target: Path, flat: bool) -> None:
    """Write the parts into one file, a row group each. Raises OSError."""
    parquet = require_batch("pyarrow.parquet", "Writing Parquet")
    with parquet.ParquetWriter(target, schema(flat), compression=_COMPRESSION) as writer:
        for part in parts:
            # Its function for whole tables would import pandas.
            with parquet.ParquetFile(part) as file:
                table = file.read()
            if table.num_rows:
                writer.write_table(table)


def schema(flat: bool) -> Any:
    """The Arrow schema of the results: one row an article, or with `flat` one row a finding. Raises MissingExtra."""
    arrow = require_batch("pyarrow", "Writing Parquet")
    string, number, real = arrow.string(), arrow.int64(), arrow.float64()

    def record(**fields: Any) -> Any:
        return arrow.struct([arrow.field(name, kind, nullable=name == "target") for name, kind in fields.items()])

    def many(kind: Any) -> Any:
        return arrow.list_(arrow.field("item", kind, nullable=False))

    target = many(number)
    marked = {"start": number, "end": number, "text": string, "device": string, "score": real, "voice": string, "voice_score": real}
    if flat:
        columns = {"id": string, "row": number, "input": string, **marked, "target": target}
        return arrow.schema([arrow.field(name, columns[name], nullable=name == "target") for name in FLAT_COLUMNS])
    scores = record(**dict.fromkeys(DEVICE_NAMES, real))
    sentence = record(start=number, end=number, scores=scores)
    finding = record(**marked, target=target)
    paragraph = record(start=number, end=number, scores=scores, sentences=many(sentence), findings=many(finding))
    counts = record(findings=number, own=number, reported=number, per_1000_words=real)
    summary = record(
        words=number,
        sentences=number,
        findings=number,
        devices=record(**dict.fromkeys(DEVICE_NAMES, counts)),
        strongest_paragraphs=many(number),
    )
    screening = record(schema_version=number, source=string, model=string, text_sha256=string, paragraphs=many(paragraph), summary=summary)
    columns = {"id": string, "row": number, "input": string, "model": string, "config": string, "screening": screening}
    return arrow.schema([arrow.field(name, kind, nullable=False) for name, kind in columns.items()])


def encodable(value: Any) -> Any:
    """The value with lone surrogates replaced, which no column of text can hold."""
    if isinstance(value, str):
        return value if value.isascii() else LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: encodable(part) for key, part in value.items()}
    return [encodable(part) for part in value] if isinstance(value, list) else value
