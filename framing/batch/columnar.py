"""Reads Parquet a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from framing.batch.fields import article_of, check_columns
from framing.batch.opening import require_batch
from framing.batch.rows import Record
from framing.batch.settings import ID_COLUMN, TEXT_COLUMNS, Columns
from framing.errors import InputError

ROWS_AT_ONCE: Final = 64


def records(path: str, columns: Columns) -> Iterator[Record]:
    """One record for each row of the Parquet file `path`; only the columns that are needed are read.

    Raises InputError where the file is none, lacks a column or holds no text in it; MissingExtra without pyarrow.
    """
    with _parquet_file(path) as file:
        names = _needed(file.schema_arrow, columns, path)
        row = 0
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=names):
            for fields in batch.to_pylist():
                row += 1
                yield Record(partial(_parse, fields, columns, path, row))


def count(path: str) -> int:
    """How many rows the Parquet file `path` says it has."""
    with _parquet_file(path) as file:
        return int(file.metadata.num_rows)


def _parquet_file(path: str) -> Any:
    parquet = require_batch("pyarrow.parquet", "Reading Parquet")
    arrow = require_batch("pyarrow", "Reading Parquet")
    try:
        return parquet.ParquetFile(path, memory_map=True)
    except OSError as error:
        raise InputError(f"'{path}' cannot be read ({error.strerror or error}); expected a readable file; check the path") from error
    except arrow.ArrowException as error:
        raise InputError(f"'{path}' is no readable Parquet file ({error}); write it again") from error


def _parse(fields: Mapping[str, Any], columns: Columns, path: str, row: int) -> Any:
    return article_of(fields, columns, path, row, None)


def _needed(schema: Any, columns: Columns, path: str) -> list[str]:
    found = list(schema.names)
    check_columns(found, columns, path)
    texts = [columns.text] if columns.text is not None else [name for name in TEXT_COLUMNS if name in found]
    for name in [*texts, *([columns.title] if columns.title is not None else [])]:
        if found.count(name) > 1:
            raise InputError(f"'{path}': found {found.count(name)} columns '{name}', expected one; rename the others")
        if not _holds_text(schema.field(name).type):
            raise InputError(f"'{path}': column '{name}' holds {schema.field(name).type}; expected text; name another column")
    id = columns.id or (ID_COLUMN if ID_COLUMN in found else None)
    return list(dict.fromkeys([*texts, *(name for name in (id, columns.title) if name is not None)]))


def _holds_text(kind: Any) -> bool:
    value = str(getattr(kind, "value_type", kind)) if str(kind).startswith("dictionary") else str(kind)
    return value in ("string", "large_string", "string_view")
