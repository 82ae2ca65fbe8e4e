"""The forms that results are written in: parts while a run goes on, and one file of them at its end."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from framing.batch.lines import CsvPart, JsonLinesPart, concatenate
from framing.batch.rows import FLAT_COLUMNS, ScoredRow
from framing.errors import InputError


class Format(StrEnum):
    """A form of results, by the suffix of the output."""

    JSON_LINES = ".jsonl"
    CSV = ".csv"
    PARQUET = ".parquet"


class RowWriter(Protocol):
    """Writes one part."""

    def write(self, row: ScoredRow) -> None:
        """Add a row, or its findings."""

    def close(self) -> None:
        """Bring everything to the disk."""


def format_of(output: str, flat: bool) -> Format:
    """The form that the name of the output asks for; '-' is JSON Lines. Raises InputError for one that is not written."""
    suffix = ".jsonl" if output == "-" else Path(output).suffix.lower()
    if suffix == Format.CSV and not flat:
        raise InputError(f"'{output}': CSV cannot hold nested results; add --flat for one row a finding, or name a .jsonl or .parquet")
    if suffix not in list(Format):
        raise InputError(f"'{output}' ends in '{suffix}'; expected .jsonl or .parquet, or with --flat .csv, or '-' for stdout")
    return Format(suffix)


def writer_of(format: Format, path: Path, flat: bool) -> RowWriter:
    """A writer of one part into `path`. Raises OSError, and MissingExtra for Parquet without pyarrow."""
    if format is Format.PARQUET:
        from framing.batch.parquet import ParquetPart

        return ParquetPart(path, flat)
    stream = path.open("w", encoding="utf-8", newline="")
    return CsvPart(stream) if format is Format.CSV else JsonLinesPart(stream, flat)


def join(format: Format, parts: Sequence[Path], target: Path, flat: bool) -> None:
    """Write the parts, in order, into the one file `target`. Raises OSError."""
    if format is Format.PARQUET:
        from framing.batch.parquet import join_parquet

        join_parquet(parts, target, flat)
        return
    header = ",".join(FLAT_COLUMNS) + "\r\n" if format is Format.CSV else ""
    concatenate(parts, target, header.encode())
