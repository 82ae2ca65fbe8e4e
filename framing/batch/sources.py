"""Command-line arguments to the inputs that they mean, and an input to its records."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from framing.batch import archives, columnar, delimited, json_lines
from framing.batch.kinds import DELIMITERS, DOCUMENT_SUFFIXES, ROW_SUFFIXES, Kind, kind_of
from framing.batch.opening import damage, opened
from framing.batch.rows import Record, RejectedRow
from framing.batch.settings import Columns
from framing.batch.singles import article_from_file
from framing.errors import InputError, MissingExtra
from framing.readers.inputs import expand

STDIN: Final = "-"
_COUNTED_BYTES: Final = 512 * 1024**2
"""Lines of smaller files are counted beforehand: a second at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """An input: its path or '-', and what it is."""

    path: str
    kind: Kind
    compression: str = ""

    @classmethod
    def of(cls, path: str) -> Source:
        """The input at `path`; raises InputError for a kind that is not read."""
        if path == STDIN:
            return cls(STDIN, Kind.JSON_LINES)
        kind, compression = kind_of(path)
        if kind is None:
            expected = " ".join([*ROW_SUFFIXES, *DOCUMENT_SUFFIXES])
            raise InputError(f"'{path}' is of a kind that is not read; expected one of {expected}, or .jsonl, .csv, .tsv with .gz or .zst")
        return cls(path, kind, compression)

    def records(self, columns: Columns) -> Iterator[Record]:
        """Its records in order; what goes wrong part-way becomes a last record that says so. Raises MissingExtra."""
        row = 0
        try:
            for record in self._records(columns):
                row += 1
                yield record
        except MissingExtra:
            raise
        except InputError as error:
            yield Record(partial(RejectedRow, self.path, row + 1, None, str(error)))
        except damage() as error:
            reason = f"cannot be read on from here ({_told(error)}); the file is damaged or cut"
            yield Record(partial(RejectedRow, self.path, row + 1, None, reason))

    def check(self, columns: Columns) -> None:
        """Raise InputError, or MissingExtra, where a table or archive cannot be opened or lacks a column: better now than hours later."""
        if self.kind is Kind.DOCUMENT or self.path == STDIN:
            return
        try:
            with closing(self._records(columns)) as records:
                next(records, None)
        except damage() as error:
            raise InputError(
                f"'{self.path}' cannot be read as {self.kind} ({_told(error)}); the file is damaged, or not what its name says"
            ) from error

    def _records(self, columns: Columns) -> Generator[Record, None, None]:
        if self.kind is Kind.DOCUMENT:
            yield Record(partial(article_from_file, self.path))
        elif self.kind is Kind.PARQUET:
            yield from columnar.records(self.path, columns)
        elif self.kind is Kind.ZIP:
            yield from archives.records(self.path, columns)
        else:
            with opened(self.path, self.compression) as stream:
                if self.kind is Kind.JSON_LINES:
                    yield from json_lines.records(stream, self.path, columns, keep_raw=self.path == STDIN)
                else:
                    yield from delimited.records(stream, self.path, columns, DELIMITERS[self.kind])

    def count(self) -> int | None:
        """How many records it has, where that is cheap to tell; a table may turn out to have fewer."""
        if self.kind is Kind.DOCUMENT:
            return 1
        if self.kind is Kind.PARQUET:
            return columnar.count(self.path)
        if self.kind is Kind.ZIP:
            kinds = [kind_of(member.filename)[0] for member in archives.members(self.path)]
            return len(kinds) if all(kind is Kind.DOCUMENT for kind in kinds) else None
        if self.kind is Kind.JSON_LINES and not self.compression and self.path != STDIN and os.path.getsize(self.path) <= _COUNTED_BYTES:
            return _lines(self.path)
        return None

    def identity(self) -> dict[str, Any]:
        """What tells the input from another: path as given and whole, size and time of the last change; for stdin the name alone."""
        if self.path == STDIN:
            return {"path": STDIN}
        try:
            status = os.stat(self.path)
        except OSError as error:
            raise InputError(f"'{self.path}' cannot be read ({error.strerror}); expected a readable file; check the path") from error
        return {"path": self.path, "absolute": os.path.abspath(self.path), "size": status.st_size, "modified_ns": status.st_mtime_ns}


def sources_of(arguments: Sequence[str]) -> list[Source]:
    """The inputs that files, folders, globs ('**' crosses folders) and '-' mean, in the order given, each once.

    A folder gives all files below it of a kind that is read, sorted, hidden ones left out. Raises InputError for an argument that
    gives nothing.
    """
    found: dict[str, str] = {}
    for argument in arguments:
        for path in expand(argument, _is_readable, [*ROW_SUFFIXES, *DOCUMENT_SUFFIXES], "JSON Lines on stdin"):
            found.setdefault(path if path == STDIN else os.path.abspath(path), path)
    return [Source.of(path) for path in found.values()]


def total(sources: Sequence[Source]) -> int | None:
    """Records of all inputs together, where that is cheap to tell."""
    found = 0
    for source in sources:
        count = source.count()
        if count is None:
            return None
        found += count
    return found


def _is_readable(path: str) -> bool:
    return kind_of(path)[0] is not None


def _told(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _lines(path: str) -> int:
    count, last = 0, b"\n"
    with opened(path) as stream:
        while chunk := stream.read(1 << 20):
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n")
