"""Cuts the records of all inputs into shards, the same way on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, Final, Protocol

from framing.batch.rows import Article, Record, RejectedRow
from framing.errors import InputError

SHARD_ROWS: Final = 1000
SHARD_CHARACTERS: Final = 16_000_000
"""A shard of long articles ends earlier: no more is read ahead for a process."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What was done with a shard's records. `digest` is of their bytes where they came from stdin."""

    articles: int
    rejected: int
    words: int
    digest: str

    @property
    def records(self) -> int:
        """All records of the shard."""
        return self.articles + self.rejected

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


class Portion(Protocol):
    """A shard as it is scored: read on the way, or handed to a process whole."""

    @property
    def number(self) -> int:
        """Its place among all shards, counted from 0."""

    @property
    def digest(self) -> str:
        """Hash of the bytes of the records taken, where they came from stdin."""

    def rows(self) -> Iterator[Article | RejectedRow]:
        """The records, parsed."""


class Shard:
    """Consecutive records. `rows` must be taken to its end before the next shard is asked for; `digest` is whole after that."""

    def __init__(self, number: int, records: Iterator[Record], size: int) -> None:
        """The shard `number`, counted from 0, whose records are the next `size` of `records`."""
        self._number = number
        self._size = size
        self._records = records
        self._hash = hashlib.sha256()

    @property
    def number(self) -> int:
        """Its place among all shards, counted from 0."""
        return self._number

    @property
    def digest(self) -> str:
        """Hash of the bytes of the records taken, where they came from stdin."""
        return self._hash.hexdigest()

    def rows(self) -> Iterator[Article | RejectedRow]:
        """The records, parsed as they are taken."""
        characters = 0
        for count, record in enumerate(self._records, start=1):
            self._hash.update(record.raw)
            row = record.parse()
            yield row
            characters += len(row.text) if isinstance(row, Article) else 0
            if count >= self._size or characters >= SHARD_CHARACTERS:
                return


def shards(records: Iterator[Record], finished: Mapping[int, Finished], size: int = SHARD_ROWS) -> Iterator[Shard]:
    """The shards that are not `finished` yet, in order.

    Raises InputError where the records of a finished shard are not there any more, or came from stdin and are others.
    """
    number = 0
    while True:
        if number in finished:
            _pass_over(records, number, finished[number])
        else:
            first = next(records, None)
            if first is None:
                return
            yield Shard(number, chain([first], records), size)
        number += 1


def _pass_over(records: Iterator[Record], number: int, shard: Finished) -> None:
    digest = hashlib.sha256()
    for count in range(shard.records):
        record = next(records, None)
        if record is None:
            raise InputError(
                f"the inputs end after record {count} of shard {number}, which was finished with {shard.records}; they are not those "
                "that the run began with: give the same ones, or start anew with --overwrite"
            )
        digest.update(record.raw)
    if digest.hexdigest() != shard.digest:
        raise InputError(
            f"stdin gives other records for shard {number} than the run began with; pipe in the same ones, or start anew with --overwrite"
        )
