"""Tells by its name what an input is."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath
from typing import Final

from framing.batch.opening import COMPRESSED
from framing.readers import SUFFIXES

DOCUMENT_SUFFIXES: Final = SUFFIXES


class Kind(StrEnum):
    """What an input holds: many articles, or one in a document."""

    JSON_LINES = "JSON Lines"
    CSV = "CSV"
    TSV = "TSV"
    PARQUET = "Parquet"
    ZIP = "zip"
    DOCUMENT = "document"


ROW_SUFFIXES: Final = {
    ".jsonl": Kind.JSON_LINES,
    ".ndjson": Kind.JSON_LINES,
    ".csv": Kind.CSV,
    ".tsv": Kind.TSV,
    ".parquet": Kind.PARQUET,
    ".zip": Kind.ZIP,
}
DELIMITERS: Final = {Kind.CSV: None, Kind.TSV: "\t"}
_COMPRESSIBLE: Final = (Kind.JSON_LINES, Kind.CSV, Kind.TSV)


def kind_of(name: str) -> tuple[Kind | None, str]:
    """(kind, suffix of its compression or '') of an input by its name; None for a kind that is not read."""
    path = PurePath(name)
    suffix = path.suffix.lower()
    if suffix in COMPRESSED:
        kind = ROW_SUFFIXES.get(PurePath(path.stem).suffix.lower())
        return (kind, suffix) if kind in _COMPRESSIBLE else (None, suffix)
    return (Kind.DOCUMENT if suffix in DOCUMENT_SUFFIXES else ROW_SUFFIXES.get(suffix)), ""
