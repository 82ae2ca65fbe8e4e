"""Scores files on Ray, shard by shard; a run that was stopped goes on with the shards that are not finished."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from framing.backends.choice import AUTO
from framing.batch.computing import Computing
from framing.batch.formats import Format
from framing.batch.running import Tally, join_rejects
from framing.batch.settings import Columns, Settings, describe
from framing.batch.shard_writing import Advance, Plan, score_shard
from framing.batch.shards import SHARD_ROWS, Finished
from framing.batch.sources import Source, sources_of
from framing.batching import WINDOW, WINDOW_CHARACTERS
from framing.errors import ConfigError, FramingError, InputError
from framing.scale.cluster import LOCAL, WorkerCount, check_pool, computing, connected, described, pool, probe
from framing.scale.folder import ShardFolder
from framing.scale.planning import FileShard, count_records, enter, file_shards, refuse_unusable
from framing.version import __version__

STATE_VERSION: Final = 1
MOST_BLOCKS: Final = 20_000
"""More units of work than this slow Ray down; larger runs put several shards into one."""


def score_files(
    inputs: Sequence[str | Path],
    output_dir: str | Path,
    *,
    model: str | Path | None = None,
    text_column: str | None = None,
    id_column: str | None = None,
    title_column: str | None = None,
    settings: Settings | None = None,
    format: str = Format.PARQUET,
    flat: bool = False,
    workers: WorkerCount = 1,
    num_cpus: float = 1,
    num_gpus: float = 0,
    shard_rows: int = SHARD_ROWS,
    limit: int | None = None,
    strict: bool = False,
    overwrite: bool = False,
    address: str = LOCAL,
    engine: str = AUTO,
    precision: str = AUTO,
    advance: Advance | None = None,
) -> Tally:
    """Score the articles in files into the folder `output_dir`, and tell how many there were.

    The folder holds one file of results a shard, `000000.parquet` and on, which together have the rows of `framing score`, in its order;
    rejected rows go to `OUTPUT_DIR.rejects.jsonl` beside it once all shards are finished. `_run/state.json` names inputs, settings and
    the model's revision and engine. Called again with the same, what is finished is not scored again; with other ones it is refused.

    Args:
        inputs: files, folders and globs, as `framing score` takes them, at the same paths on every node.
        output_dir: a folder that every node can write to.
        model: a folder at the same path on every node; without it the model that ships with the package.
        text_column: the column to read; without it the first of text, body, content, article that there is.
        id_column: the column with the ids; without it 'id' where there is one, else the row's number.
        title_column: a column to screen as the first paragraph.
        settings: how to screen; the defaults of `Screener.screen` without it.
        format: '.parquet' or '.jsonl'.
        flat: one row a finding instead of one an article.
        workers: how many, each with its own model; (1, 8) lets Ray choose between.
        num_cpus: processors of a worker, and the threads that it computes with.
        num_gpus: GPUs of a worker; 0.25 lets four share one.
        shard_rows: rows of a shard, the most that a worker which dies loses.
        limit: rows to read at most.
        strict: stop at the first row that holds no article.
        overwrite: start anew where the folder holds another run.
        address: 'local', 'auto' or 'ray://HOST:10001', as in `connected`; a connection that there is already comes first.
        engine: as in `Screener.load`.
        precision: as in `Screener.load`.
        advance: called with the rows and words of each shard as it is finished, first with those that were before.

    Raises:
        InputError: an input or the folder cannot be used, or the folder holds another run.
        ConfigError: numbers of workers, processors, GPUs or rows that cannot be.
        FramingError: no Ray answers, a worker fails, or nothing more can be written; finished shards stay.
        MissingExtra: Ray or pyarrow is not installed.
    """
    if format not in (Format.PARQUET, Format.JSON_LINES):
        raise InputError(f"found '{format}' as the form of shards; expected '.parquet' or '.jsonl'")
    if shard_rows < 1:
        raise ConfigError(f"found shard_rows {shard_rows}; expected 1 or more")
    check_pool(workers, num_cpus, num_gpus)
    columns, chosen = Columns(text_column, id_column, title_column), settings or Settings()
    sources = sources_of([str(given) for given in inputs])
    folder = ShardFolder(Path(output_dir).absolute(), Format(format))
    refuse_unusable(sources, folder.output)
    task = _Task(
        computing(model, num_cpus, num_gpus, engine, precision), "", Plan(folder, chosen, columns, flat, strict), os.getcwd(), sources
    )
    progress = advance or (lambda rows, words: None)
    with connected(address, workers, num_cpus) as ray, _quiet(ray):
        task.model = probe(ray, task.choice, num_cpus, num_gpus)
        run = {
            "version": STATE_VERSION,
            "framing": __version__,
            "model": task.model,
            "device": task.choice.device,
            "settings": describe(chosen, columns),
            "format": format,
            "flat": flat,
            "limit": limit,
            "batching": [shard_rows, WINDOW, WINDOW_CHARACTERS],
            "inputs": [source.identity() for source in sources],
        }
        try:
            with folder.locked():
                counts = _begin(ray, folder, run, task, overwrite)
                shards = file_shards(sources, counts, columns, shard_rows, limit)
                finished = folder.finished()
                left = [shard for shard in shards if shard.number not in finished]
                for before in finished.values():
                    progress(before.records, before.words)
                if left:
                    _score(ray, task, left, pool(ray, workers, num_cpus, num_gpus, len(left)), progress)
                return join_rejects(folder, folder.finished())
        except OSError as error:
            place = error.filename or folder.output
            raise FramingError(f"'{place}' cannot be written ({error.strerror or error}); make room, then run it again") from error


@dataclass(slots=True)
class _Task:
    """All that a worker needs to know."""

    choice: Computing
    model: str
    plan: Plan
    started_in: str
    sources: list[Source]


def _begin(ray: Any, folder: ShardFolder, run: dict[str, Any], task: _Task, overwrite: bool) -> list[int]:
    """The records of each input: as the run in the folder counted them, or counted now for a new run."""
    if folder.state_file.exists() and not overwrite:
        counts = folder.began().get("records")
        folder.check({**run, "records": counts})
        if isinstance(counts, list) and len(counts) == len(task.sources):
            return counts
    counting = ray.remote(num_cpus=1)(_count)
    counts = []
    for count, failure in ray.get([counting.remote(source, task.plan.columns, task.started_in) for source in task.sources]):
        if failure:
            raise InputError(failure)
        counts.append(count)
    folder.begin({**run, "records": counts})
    return counts


def _count(source: Source, columns: Columns, started_in: str) -> tuple[int, str]:
    try:
        enter(started_in, [source])
        return count_records(source, columns), ""
    except FramingError as error:
        return 0, str(error)


def _score(ray: Any, task: _Task, left: list[FileShard], arguments: dict[str, Any], advance: Advance) -> None:
    # Ray would make columns of a shard's fields; it goes as one object.
    packed = [{"shard": ray.cloudpickle.dumps(shard)} for shard in left]
    items = ray.data.from_items(packed, override_num_blocks=min(len(left), MOST_BLOCKS))
    results = items.map_batches(_ShardScorer, fn_constructor_args=(task,), batch_size=1, batch_format="pyarrow", **arguments)
    try:
        for row in results.iter_rows():
            if row["failure"]:
                raise FramingError(row["failure"])
            advance(row["records"], row["words"])
    except ray.exceptions.RayError as error:
        raise FramingError(f"Ray stopped ({' '.join(str(error).split())[-300:]}); run it again to go on from what is finished") from error


class _ShardScorer:
    """A worker: the model, and a call for each shard. What is wrong comes back as a row, for Ray would wrap and repeat it."""

    def __init__(self, task: _Task) -> None:
        self._task = task
        self._failure = ""
        try:
            enter(task.started_in, task.sources)
            self._screener = task.choice.load()
            found = described(self._screener)
            if found != task.model:
                self._failure = (
                    f"a worker loaded '{found}', the run began with '{task.model}'; the processors of the nodes differ, or their model "
                    "folders; name an engine and a precision that all have"
                )
        except FramingError as error:
            self._failure = str(error)

    def __call__(self, batch: Any) -> Any:
        import pyarrow
        from ray import cloudpickle

        shard: FileShard = cloudpickle.loads(batch.column("shard")[0].as_py())
        failure, finished = self._failure, None
        if not failure:
            try:
                finished = self._finish(shard)
            except FramingError as error:
                failure = str(error)
            except OSError as error:
                failure = f"'{error.filename or 'a shard'}' cannot be read or written ({error.strerror or error}); run it again to go on"
        row = {"records": finished.records if finished else 0, "words": finished.words if finished else 0, "failure": failure}
        return pyarrow.Table.from_pylist([row])

    def _finish(self, shard: FileShard) -> Finished | None:
        parts = self._task.plan.parts
        # Ray gives a shard out again where the worker died after its last file was written.
        if parts.finished_shard(shard.number) is None:
            score_shard(self._screener, shard, self._task.plan, lambda rows, words: None)
        return parts.finished_shard(shard.number)


@contextmanager
def _quiet(ray: Any) -> Iterator[None]:
    """Keep Ray Data's bars and messages from stderr meanwhile."""
    context = ray.data.DataContext.get_current()
    logger = logging.getLogger("ray.data")
    bars, level = context.enable_progress_bars, logger.level
    context.enable_progress_bars = False
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        context.enable_progress_bars = bars
        logger.setLevel(level)
