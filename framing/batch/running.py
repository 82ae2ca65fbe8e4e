"""A whole run: refuses what cannot be, scores what is not scored yet, and puts the parts together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Final

from framing.batch.computing import Computing
from framing.batch.formats import format_of, join
from framing.batch.lines import concatenate
from framing.batch.parts import Parts, settle, unfinished_name
from framing.batch.rows import Record
from framing.batch.settings import Columns, Settings, describe
from framing.batch.shard_writing import Advance, Plan, score_shard
from framing.batch.shards import SHARD_CHARACTERS, SHARD_ROWS, Finished, shards
from framing.batch.sources import Source
from framing.batch.workers import Pool
from framing.batching import WINDOW, WINDOW_CHARACTERS
from framing.errors import InputError
from framing.version import __version__

STATE_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a run."""

    sources: Sequence[Source]
    output: Path
    columns: Columns = field(default_factory=Columns)
    settings: Settings = field(default_factory=Settings)
    flat: bool = False
    computing: Computing = field(default_factory=Computing)
    limit: int | None = None
    workers: int = 1
    strict: bool = False
    resume: bool = False
    overwrite: bool = False
    shard_rows: int = SHARD_ROWS


@dataclass(frozen=True, slots=True)
class Tally:
    """What all finished shards hold together."""

    articles: int
    rejected: int
    words: int


class Run:
    """A run that has been found possible; a context that lets its processes and its lock go."""

    def __init__(self, request: Request) -> None:
        """Check the request and load the model. Raises FramingError for all that can be known before the first article."""
        self._request = request
        self.parts = Parts(request.output, format_of(str(request.output), request.flat))
        self._stack = ExitStack()
        refuse_existing(self.parts, request)
        for source in request.sources:
            source.check(request.columns)
        try:
            self._begin()
        except BaseException:
            self._stack.close()
            raise

    def _begin(self) -> None:
        request = self._request
        identities = [source.identity() for source in request.sources]
        if request.workers > 1:
            self._pool = self._stack.enter_context(Pool(request.computing, request.workers))
            model = self._pool.model_name()
        else:
            self._screener = request.computing.load()
            # A run goes on only where its scores come out the same, so the engine counts too.
            model = f"{self._screener.model_name}, {self._screener.engine}"
        run = {
            "version": STATE_VERSION,
            "framing": __version__,
            "model": model,
            "device": request.computing.device,
            "settings": describe(request.settings, request.columns),
            "flat": request.flat,
            "limit": request.limit,
            "batching": [request.shard_rows, SHARD_CHARACTERS, WINDOW, WINDOW_CHARACTERS],
            "inputs": identities,
        }
        try:
            self._stack.enter_context(self.parts.locked())
            if request.resume and self.parts.state_file.exists():
                self.parts.check(run)
            else:
                self.parts.begin(run)
        except OSError as error:
            message = f"'{self.parts.folder}' cannot be written ({error.strerror}); name an output in a folder that you may write to"
            raise InputError(message) from error
        self.finished = self.parts.finished()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *failure: object) -> None:
        self._stack.close()

    def score(self, advance: Advance) -> Tally:
        """Score every shard that is not finished, write the output, and take the parts away.

        Raises OSError where nothing more can be written, and FramingError; finished shards stay in either case.
        """
        request = self._request
        plan = Plan(self.parts, request.settings, request.columns, request.flat, request.strict)
        left = shards(islice(self._records(), request.limit), self.finished, request.shard_rows)
        if request.workers > 1:
            self._pool.score(left, plan, advance)
        else:
            for shard in left:
                score_shard(self._screener, shard, plan, advance)
        return self._join()

    def _records(self) -> Iterator[Record]:
        return chain.from_iterable(source.records(self._request.columns) for source in self._request.sources)

    def _join(self) -> Tally:
        finished = self.parts.finished()
        tally = join_rejects(self.parts, finished)
        unfinished = unfinished_name(self.parts.output)
        join(self.parts.format, [self.parts.scored_file(number) for number in sorted(finished)], unfinished, self._request.flat)
        settle(unfinished, self.parts.output)
        self.parts.complete()
        return tally


def join_rejects(parts: Parts, finished: dict[int, Finished]) -> Tally:
    """Write the rejected rows of all finished shards into one file, where there are any. Raises OSError."""
    tally = tally_of(finished)
    if tally.rejected:
        unfinished = unfinished_name(parts.rejects)
        concatenate([parts.rejects_file(number) for number in sorted(finished)], unfinished)
        settle(unfinished, parts.rejects)
    else:
        parts.rejects.unlink(missing_ok=True)
    return tally


def tally_of(finished: dict[int, Finished]) -> Tally:
    """Sums over the finished shards."""
    each = finished.values()
    return Tally(sum(f.articles for f in each), sum(f.rejected for f in each), sum(f.words for f in each))


def refuse_existing(parts: Parts, request: Request) -> None:
    """Raise InputError where the output or a part of it is there already, and nothing says what to do with it.

    To go on with a run that is finished takes away what a kill in its last moment left, and raises AlreadyFinished.
    """
    if request.resume and request.overwrite:
        raise InputError("found --resume and --overwrite; expected one of them")
    outputs = {os.path.abspath(parts.output), os.path.abspath(parts.rejects)}
    for source in request.sources:
        if os.path.abspath(source.path) in outputs:
            raise InputError(f"'{source.path}' is read and written by the same run; name an output outside of the inputs")
    if request.resume and parts.is_complete():
        parts.tidy()
        raise AlreadyFinished(f"'{parts.output}' is finished, there is nothing to go on with; score again with --overwrite")
    if request.resume or request.overwrite:
        return
    if parts.output.exists():
        raise InputError(f"'{parts.output}' is there already; name another output, or replace it with --overwrite")
    if parts.state_file.exists():
        raise InputError(f"'{parts.folder}' holds a run that was not finished; go on with --resume, or start anew with --overwrite")


class AlreadyFinished(InputError):
    """There is nothing to go on with: the output is whole."""
