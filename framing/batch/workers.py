"""Processes that score shards, each with its own copy of the model."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any, Final, cast

from framing.batch.computing import Computing
from framing.batch.rows import Article, RejectedRow
from framing.batch.shard_writing import Advance, Plan, score_shard
from framing.batch.shards import Shard
from framing.errors import FramingError

_POLL_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Job:
    """A shard as it goes to a process."""

    number: int
    digest: str
    parsed: list[Article | RejectedRow]

    def rows(self) -> Iterator[Article | RejectedRow]:
        """The shard's records."""
        return iter(self.parsed)


class Pool:
    """`count` processes; a context that ends them. The name of the model is known once the first has loaded it."""

    def __init__(self, computing: Computing, count: int) -> None:
        """Start the processes; loading goes on in them. Raises nothing yet."""
        # A fresh interpreter each: a forked one inherits threads of libraries in an unknown state.
        context = multiprocessing.get_context("spawn")
        # Rows and words done, two cells for each process: a lock would outlive one that was killed with it in hand.
        self._progress = context.RawArray("q", 2 * count)
        self._told = (0, 0)
        self._processes: dict[Connection, Any] = {}
        computing = replace(computing, threads=max(1, (os.cpu_count() or 1) // count))
        for index in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, computing, self._progress, index), daemon=True)
            process.start()
            theirs.close()
            self._processes[ours] = process

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *failure: object) -> None:
        for connection, process in self._processes.items():
            connection.close()
            process.terminate()
        for process in self._processes.values():
            process.join()

    def model_name(self) -> str:
        """Name and revision of the weights, and the engine, once every process has loaded them. Raises FramingError where that fails."""
        names = [self._receive(connection) for connection in self._processes]
        return str(names[0])

    def score(self, shards: Iterator[Shard], plan: Plan, advance: Advance) -> None:
        """Score all shards, each in one process. Raises FramingError at the first one that fails, the others undone."""
        idle, busy = list(self._processes), set[Connection]()
        more = True
        while more or busy:
            while more and idle:
                shard = next(shards, None)
                if shard is None:
                    more = False
                    break
                parsed = list(shard.rows())
                connection = idle.pop()
                self._send(connection, (Job(shard.number, shard.digest, parsed), plan))
                busy.add(connection)
            for ready in cast(list[Connection], wait(list(busy), _POLL_SECONDS)):
                self._receive(ready)
                busy.remove(ready)
                idle.append(ready)
            self._tell(advance)

    def _tell(self, advance: Advance) -> None:
        rows, words = sum(self._progress[0::2]), sum(self._progress[1::2])
        if rows != self._told[0]:
            advance(rows - self._told[0], words - self._told[1])
            self._told = rows, words

    def _send(self, connection: Connection, message: object) -> None:
        try:
            connection.send(message)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise self._death(connection) from error

    def _receive(self, connection: Connection) -> object:
        try:
            failed, message = connection.recv()
        except (EOFError, ConnectionResetError) as error:
            raise self._death(connection) from error
        if failed:
            raise FramingError(message)
        return message

    def _death(self, connection: Connection) -> FramingError:
        process = self._processes[connection]
        process.join()
        return FramingError(
            f"a worker process ended with code {process.exitcode}; where that is -9 the machine ran out of memory: use fewer --workers"
        )


def _serve(connection: Connection, computing: Computing, progress: Any, index: int) -> None:
    """Load the model, say its name, then score what comes until the other side goes."""
    # Ctrl-C goes to the whole group; the process that was started by hand decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def advance(rows: int, words: int) -> None:
        progress[2 * index] += rows
        progress[2 * index + 1] += words

    try:
        screener = computing.load()
        connection.send((False, f"{screener.model_name}, {screener.engine}"))
        while True:
            job, plan = connection.recv()
            score_shard(screener, job, plan, advance)
            connection.send((False, None))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except FramingError as error:
        connection.send((True, str(error)))
    except OSError as error:
        connection.send((True, f"'{error.filename or 'a shard'}' cannot be written ({error.strerror or error})"))
