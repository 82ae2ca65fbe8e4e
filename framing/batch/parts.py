"""The folder OUT.parts of a run that is not finished: its finished shards, and the state that says which run it is."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from framing.batch.formats import Format
from framing.batch.shards import Finished
from framing.errors import InputError

STATE: Final = "state.json"
LOCK: Final = "lock"
UNFINISHED: Final = ".tmp"
COMPLETE: Final = "complete"
_OURS: Final = re.compile(r"state\.json|lock|\d{6,}\.[a-z]+|.+\.tmp")
_OVERWRITE: Final = "start anew with --overwrite"


class Parts:
    """Paths in the folder beside an output, and what they hold."""

    def __init__(self, output: Path, format: Format) -> None:
        """The folder of the run that writes `output`; nothing is made yet."""
        self.output = output
        self.format = format
        self.folder = output.with_name(output.name + ".parts")
        self.rejects = output.with_name(output.name + ".rejects.jsonl")

    def scored_file(self, number: int) -> Path:
        """The results of a shard."""
        return self.folder / f"{number:06d}{self.format}"

    def rejects_file(self, number: int) -> Path:
        """The rejected rows of a shard."""
        return self.folder / f"{number:06d}.rejects"

    def finished_file(self, number: int) -> Path:
        """Written last, so that a shard with this file is whole."""
        return self.folder / f"{number:06d}.finished"

    @property
    def state_file(self) -> Path:
        """What the run is of."""
        return self.folder / STATE

    def begin(self, run: Mapping[str, Any]) -> None:
        """Make the folder that of a new run, described by `run`."""
        self._clear()
        write_whole(self.state_file, json.dumps(run, indent=1) + "\n")

    def complete(self) -> None:
        """Say that the output is whole, and take the folder away."""
        write_whole(self.state_file, json.dumps({COMPLETE: True}) + "\n")
        self._remove()

    def tidy(self) -> None:
        """Take away what is left of the folder beside an output that is whole."""
        if self.folder.exists():
            with self.locked():
                self._remove()

    def _remove(self) -> None:
        # The state goes last: without it the other files would be nobody's.
        self._clear()
        shutil.rmtree(self.folder)

    def _clear(self) -> None:
        for entry in self.folder.iterdir():
            if entry.name not in (STATE, LOCK):
                entry.unlink(missing_ok=True)

    def is_complete(self) -> bool:
        """Whether the output is whole, and only taking the folder away was interrupted."""
        if not self.output.exists() or not self.folder.exists():
            return self.output.exists()
        return self.began().get(COMPLETE) is True if self.state_file.exists() else True

    def check(self, run: Mapping[str, Any]) -> None:
        """Refuse to go on with a run other than `run`; InputError names what differs."""
        began = self.began()
        differing = list(_differences(began, run))
        if differing:
            listed = "; ".join(differing[:4]) + (f"; and {len(differing) - 4} more" if len(differing) > 4 else "")
            raise InputError(f"'{self.folder}' holds a run that differs from this one: {listed}; give what it began with, or {_OVERWRITE}")

    def began(self) -> dict[str, Any]:
        """What the run in the folder is of. Raises InputError where that cannot be told."""
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"'{self.state_file}' cannot be read ({error}); {_OVERWRITE}") from error
        if not isinstance(state, dict):
            raise InputError(f"'{self.state_file}' does not say which run it is of; {_OVERWRITE}")
        return state

    def finished(self) -> dict[int, Finished]:
        """The shards that are whole; what a killed process left of others is taken away."""
        for leftover in self.folder.glob(f"*{UNFINISHED}"):
            leftover.unlink(missing_ok=True)
        numbers = [int(file.stem) for file in sorted(self.folder.glob("*.finished")) if file.stem.isdigit()]
        return {number: shard for number in numbers if (shard := self.finished_shard(number)) is not None}

    def finished_shard(self, number: int) -> Finished | None:
        """What was done with a shard, where it is whole; takes nothing away, since others may be in the making."""
        try:
            shard = Finished(**json.loads(self.finished_file(number).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return shard if self.scored_file(number).exists() and self.rejects_file(number).exists() else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder where it is not there, and keep other processes from it.

        Raises InputError where one is at it, and where the folder is not a run's.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        strange = [entry.name for entry in self.folder.iterdir() if not _OURS.fullmatch(entry.name)]
        if strange:
            raise InputError(f"'{self.folder}' is in the way and holds '{strange[0]}', which no run wrote; move it, or name another output")
        try:
            import fcntl
        except ModuleNotFoundError:  # Windows, where the lock is done without
            yield
            return
        with (self.folder / LOCK).open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"another process is writing '{self.output}'; wait for its end, or name another output") from None
            yield


def write_whole(path: Path, content: str) -> None:
    """Write `path` so that it is there whole or not at all, even when the machine stops."""
    unfinished = unfinished_name(path)
    with unfinished.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(content)
    settle(unfinished, path)


def unfinished_name(path: Path) -> Path:
    """Where to write what will be `path` once it is whole; differs by process, also between machines that share a disk."""
    return path.with_name(f"{path.name}.{platform.node()}.{os.getpid()}{UNFINISHED}")


def settle(unfinished: Path, path: Path) -> None:
    """Bring a written file to the disk and give it its name."""
    with unfinished.open("rb+") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(path)


def _differences(began: Mapping[str, Any], now: Mapping[str, Any], where: str = "") -> Iterator[str]:
    for key in sorted({*began, *now}):
        one, other = began.get(key), now.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differences(one, other, f"{where}{key}.")
        elif key == "inputs" and isinstance(one, list) and isinstance(other, list):
            yield from _input_differences(one, other)
        elif one != other:
            yield f"{where}{key} was {json.dumps(one)}, now {json.dumps(other)}"


def _input_differences(began: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[str]:
    before, after = ({entry.get("path"): entry for entry in entries} for entries in (began, now))
    yield from (f"input '{path}' is missing" for path in before if path not in after)
    yield from (f"input '{path}' is new" for path in after if path not in before)
    yield from (f"input '{path}' was changed" for path in before if path in after and before[path] != after[path])
    if began != now and list(before) != list(after) and set(before) == set(after):
        yield "the inputs come in another order"
