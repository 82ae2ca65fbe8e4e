"""Cuts the records of all inputs into shards that workers read by themselves: ranges of the records of files."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from framing.batch.kinds import Kind
from framing.batch.rows import Article, RejectedRow
from framing.batch.settings import Columns
from framing.batch.sources import STDIN, Source
from framing.errors import FramingError, InputError

NO_DIGEST: Final = ""
"""Of a shard of files, which their sizes and times tell from others."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The records of an input from `start` to before `stop`, counted from 0."""

    source: Source
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class FileShard:
    """Consecutive records of the inputs, as they go to a worker; nothing is read until `rows` is asked for."""

    number: int
    pieces: tuple[Piece, ...]
    columns: Columns
    digest: str = NO_DIGEST

    def rows(self) -> Iterator[Article | RejectedRow]:
        """The records, parsed as they are taken."""
        for piece in self.pieces:
            # Closed at once, since a shard may be of a thousand documents.
            with closing(_records(piece, self.columns)) as rows:
                yield from rows


def file_shards(sources: Sequence[Source], counts: Sequence[int], columns: Columns, size: int, limit: int | None) -> list[FileShard]:
    """Shards of `size` records each, the last one shorter, over the inputs in order, as a run on one machine cuts them.

    `counts` are the records of each input. At most `limit` records are taken.
    """
    shards: list[FileShard] = []
    pieces: list[Piece] = []
    room, left = size, limit if limit is not None else sum(counts)
    for source, count in zip(sources, counts, strict=True):
        start = 0
        while start < count and left:
            stop = min(count, start + min(room, left))
            pieces.append(Piece(source, start, stop))
            room, left, start = room - (stop - start), left - (stop - start), stop
            if not room or not left:
                shards.append(FileShard(len(shards), tuple(pieces), columns))
                pieces, room = [], size
    if pieces:
        shards.append(FileShard(len(shards), tuple(pieces), columns))
    return shards


def count_records(source: Source, columns: Columns) -> int:
    """How many records an input gives, rejected ones among them; reads a table to its end, Parquet aside.

    Raises InputError where it cannot be opened or lacks a column, and MissingExtra.
    """
    source.check(columns)
    if source.kind is Kind.DOCUMENT or source.kind is Kind.PARQUET:
        return source.count() or 0
    return sum(1 for _ in source.records(columns))


def refuse_unusable(sources: Sequence[Source], output: Path) -> None:
    """Raise InputError for stdin, which no worker can read, and for what lies in the folder of the results."""
    for source in sources:
        if source.path == STDIN:
            raise InputError("found '-' on a cluster; expected files, which every worker can read; write stdin to a file first")
        if Path(source.path).absolute().is_relative_to(output):
            raise InputError(f"'{source.path}' lies in '{output}', which the same run writes; name a folder outside of the inputs")


def enter(folder: str, sources: Sequence[Source]) -> None:
    """Make relative paths mean on a worker what they mean in `folder`, where the run was started. Raises FramingError."""
    if all(os.path.isabs(source.path) for source in sources) or os.getcwd() == folder:
        return
    try:
        os.chdir(folder)
    except OSError as error:
        raise FramingError(
            f"a worker cannot enter '{folder}' ({error.strerror}), where the relative paths of the inputs begin; give paths from the root"
        ) from error


def _records(piece: Piece, columns: Columns) -> Generator[Article | RejectedRow, None, None]:
    for record in islice(piece.source.records(columns), piece.start, piece.stop):
        yield record.parse()
