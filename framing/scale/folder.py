"""The folder that a run on a cluster writes: a file of results a shard, and beside them what says which run it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from framing.batch.formats import Format
from framing.batch.parts import UNFINISHED, Parts
from framing.batch.shards import Finished
from framing.errors import InputError

# Readers of folders of Parquet pass over names that begin so.
RUN: Final = "_run"
_RESULTS: Final = re.compile(r"\d{6,}\.(?:jsonl|parquet)(?:\..+\.tmp)?")


class ShardFolder(Parts):
    """Results stay in `output`, a folder; the state, and what each shard left, in the folder `_run` of it."""

    def __init__(self, output: Path, format: Format) -> None:
        """The folder of the run that writes `output`; nothing is made yet."""
        super().__init__(output, format)
        self.folder = output / RUN

    def scored_file(self, number: int) -> Path:
        """The results of a shard."""
        return self.output / f"{number:06d}{self.format}"

    def begin(self, run: Mapping[str, Any]) -> None:
        """Make the folder that of a new run, described by `run`. Raises InputError where it holds what no run wrote."""
        entries = [entry for entry in self.output.iterdir() if entry.name != RUN]
        strange = [entry.name for entry in entries if not _RESULTS.fullmatch(entry.name)]
        if strange:
            raise InputError(f"'{self.output}' holds '{strange[0]}', which no run wrote; name another folder")
        # Before any of its results, what says that they are whole.
        super().begin(run)
        for entry in entries:
            entry.unlink()

    def finished(self) -> dict[int, Finished]:
        """The shards that are whole; what a killed process left of others is taken away."""
        for leftover in self.output.glob(f"*{UNFINISHED}"):
            leftover.unlink(missing_ok=True)
        return super().finished()
