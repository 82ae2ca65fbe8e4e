"""Scores to stdout: row by row, without parts, for a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import chain, islice
from typing import TextIO

from framing.batch.computing import Computing
from framing.batch.lines import json_line
from framing.batch.rows import RejectedRow
from framing.batch.scoring import score_rows
from framing.batch.settings import Columns, Settings, config_hash
from framing.batch.shard_writing import refuse_if_strict
from framing.batch.shards import shards
from framing.batch.sources import Source
from framing.errors import FramingError


def score_to_stream(
    sources: Sequence[Source],
    columns: Columns,
    settings: Settings,
    flat: bool,
    computing: Computing,
    limit: int | None,
    strict: bool,
) -> None:
    """Write the rows of all sources to stdout as JSON Lines, each as soon as it is scored; rejected ones are told on stderr.

    Raises InputError at a rejected row when `strict`, and FramingError where stdout cannot be written any more.
    """
    for source in sources:
        source.check(columns)
    screener, config = computing.load(), config_hash(settings, columns)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    done = 0
    records = chain.from_iterable(source.records(columns) for source in sources)
    for shard in shards(islice(records, limit), {}):
        for row in score_rows(screener, shard.rows(), settings, config):
            if isinstance(row, RejectedRow):
                refuse_if_strict(row, strict)
                sys.stderr.write(f"framing: {row}\n")
                continue
            for fields in row.flat() if flat else [row.to_dict()]:
                _write(sys.stdout, json_line(fields), done)
            done += 1


def _write(stream: TextIO, line: str, done: int) -> None:
    try:
        stream.write(line)
        stream.flush()
    except OSError as error:
        # Python would write what is left to the same place once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise FramingError(f"stdout cannot be written any more ({error.strerror}); {done} articles went out whole") from error
