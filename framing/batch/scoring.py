"""Articles in, scored rows out, in order and one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from framing.batch.rows import Article, RejectedRow, ScoredRow
from framing.batch.settings import Columns, Settings, config_hash
from framing.batch.shards import shards
from framing.batch.sources import Source
from framing.batching import WINDOW, prefetched
from framing.screener import Screener
from framing.text import Document


def score_file(
    screener: Screener,
    path: str | Path,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    title_column: str | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    limit: int | None = None,
    settings: Settings | None = None,
    window: int = WINDOW,
) -> Iterator[ScoredRow | RejectedRow]:
    """Score the articles in one file, as `framing score` does, row by row as they are done.

    Args:
        screener: the loaded model.
        path: .jsonl, .csv, .tsv (also .gz or .zst), .parquet, .zip, or one document.
        text_column: the column to read; without it the first of text, body, content, article that there is.
        id_column: the column with the ids; without it 'id' where there is one, else the row's number.
        title_column: a column to screen as the first paragraph.
        on_progress: called with the rows done and all rows, None where their number is not known.
        cancelled: asked before each row; once it says yes, no further row comes.
        limit: rows to read at most.
        settings: how to screen; the defaults of `Screener.screen` without it.
        window: articles that are read together: fewer come sooner, more come faster.

    Raises:
        InputError: the file cannot be opened, is a zip bomb, or lacks a column. Later trouble comes as rejected rows.
        MissingExtra: the format needs a package that is not installed.
    """
    source = Source.of(str(path))
    columns = Columns(text_column, id_column, title_column)
    source.check(columns)
    return _score_source(screener, source, columns, settings or Settings(), on_progress, cancelled, limit, window)


def _score_source(
    screener: Screener,
    source: Source,
    columns: Columns,
    settings: Settings,
    on_progress: Callable[[int, int | None], None] | None,
    cancelled: Callable[[], bool] | None,
    limit: int | None,
    window: int,
) -> Iterator[ScoredRow | RejectedRow]:
    count = source.count() if on_progress is not None else None
    whole = count if count is None or limit is None else min(count, limit)
    done = 0
    for shard in shards(islice(source.records(columns), limit), {}):
        for row in score_rows(screener, shard.rows(), settings, config_hash(settings, columns), window):
            if cancelled is not None and cancelled():
                return
            done += 1
            if on_progress is not None:
                on_progress(done, whole)
            yield row


def score_rows(
    screener: Screener, rows: Iterable[Article | RejectedRow], settings: Settings, config: str, window: int = WINDOW
) -> Iterator[ScoredRow | RejectedRow]:
    """The rows of one shard, scored, in order; rejected ones pass through. Reading goes on in a thread while the model works."""
    waiting: deque[Article | RejectedRow] = deque()

    def documents() -> Iterator[Document]:
        for row, document in prefetched(map(_split, rows), _weight):
            waiting.append(row)
            if document is not None:
                yield document

    for screening in screener.stream(documents(), window=window, **settings.arguments()):
        while isinstance(row := waiting.popleft(), RejectedRow):
            yield row
        yield ScoredRow(row.id, row.row, row.input, config, settings.house.apply(screening))
    for row in waiting:
        if isinstance(row, RejectedRow):
            yield row


def _split(row: Article | RejectedRow) -> tuple[Article | RejectedRow, Document | None]:
    return row, row.split() if isinstance(row, Article) else None


def _weight(pair: tuple[Article | RejectedRow, Document | None]) -> int:
    return len(pair[1].text) if pair[1] is not None else 0
