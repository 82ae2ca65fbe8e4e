"""Lets one process at a time do what another would undo."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other writers of `path` out, threads and processes alike; on Windows it keeps nobody out.

    The lock is a file of its own beside `path`, because what it guards is replaced. Raises OSError where it cannot be made.
    """
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        if sys.platform != "win32":
            import fcntl

            # flock, as it belongs to the open file: a POSIX lock belongs to the process, so that threads would not wait for each other.
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
