"""Scores one shard into its part files, which are there whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Queue
from typing import Final

from framing.batch.formats import RowWriter, writer_of
from framing.batch.lines import json_line
from framing.batch.parts import Parts, settle, unfinished_name, write_whole
from framing.batch.rows import RejectedRow, ScoredRow
from framing.batch.scoring import score_rows
from framing.batch.settings import Columns, Settings, config_hash
from framing.batch.shards import Finished, Portion
from framing.errors import InputError
from framing.screener import Screener

ROWS_AHEAD: Final = 64
"""Results that may wait for the writing thread."""

Advance = Callable[[int, int], None]
"""Called with the rows done and their words."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that scoring a shard needs to know, the same for every shard of a run."""

    parts: Parts
    settings: Settings
    columns: Columns
    flat: bool
    strict: bool


def score_shard(screener: Screener, shard: Portion, plan: Plan, advance: Advance) -> None:
    """Score the rows of a shard into its part files.

    Raises InputError at a rejected row when the plan is strict, and OSError where nothing can be written.
    """
    scored_file, rejects_file = plan.parts.scored_file(shard.number), plan.parts.rejects_file(shard.number)
    articles = words = 0
    rejected: list[RejectedRow] = []
    unfinished = unfinished_name(scored_file)
    try:
        with _Background(writer_of(plan.parts.format, unfinished, plan.flat)) as write:
            for row in score_rows(screener, shard.rows(), plan.settings, config_hash(plan.settings, plan.columns)):
                if isinstance(row, RejectedRow):
                    refuse_if_strict(row, plan.strict)
                    rejected.append(row)
                    advance(1, 0)
                else:
                    length = len(row.screening.text.split())
                    articles, words = articles + 1, words + length
                    write(row)
                    advance(1, length)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    settle(unfinished, scored_file)
    write_whole(rejects_file, "".join(json_line(row.to_dict()) for row in rejected))
    finished = Finished(articles, len(rejected), words, shard.digest)
    write_whole(plan.parts.finished_file(shard.number), json_line(finished.to_dict()))


def refuse_if_strict(row: RejectedRow, strict: bool) -> None:
    """Raise InputError for a rejected row of a strict run."""
    if strict:
        raise InputError(f"{row} (--strict stops here; without it the row goes to the rejects)")


class _Background:
    """A context that gives a function to write rows with, in a thread; errors of the thread are raised at the next row or the end."""

    def __init__(self, writer: RowWriter) -> None:
        self._writer = writer
        self._queue: Queue[ScoredRow | None] = Queue(ROWS_AHEAD)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="framing-writer", daemon=True)

    def __enter__(self) -> Callable[[ScoredRow], None]:
        self._thread.start()
        return self._put

    def _put(self, row: ScoredRow) -> None:
        if self._error is not None:
            raise self._error
        self._queue.put(row)

    def _work(self) -> None:
        for row in iter(self._queue.get, None):
            # After an error the queue is emptied all the same: who fills it must not wait for ever.
            if self._error is None:
                try:
                    self._writer.write(row)
                except BaseException as error:
                    self._error = error

    def __exit__(self, *failure: object) -> None:
        self._queue.put(None)
        self._thread.join()
        try:
            self._writer.close()
        except OSError:
            if failure[0] is None and self._error is None:
                raise
        if self._error is not None and failure[0] is None:
            raise self._error
