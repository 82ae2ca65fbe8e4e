"""Where the files of visitors lie for a while: what they drop, and what is made for them to fetch."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

import gradio as gr

KEPT: Final = 3600
"""Seconds after which a file that nobody read or fetched is deleted."""
SWEPT_EVERY: Final = 60
"""Seconds between two looks for such files."""

_GRADIOS: Final = "GRADIO_TEMP_DIR"
"""The environment's name for the folder of Gradio's files; it takes it from nowhere else."""


def own_folder() -> Path:
    """A new folder for the files of this server alone, readable by its user alone, which Gradio is told to use."""
    above = os.environ.get(_GRADIOS)
    if above:
        Path(above).mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="framing-page-", dir=above or None)).resolve()
    os.environ[_GRADIOS] = str(folder)
    return folder


def private_place(folder: Path, name: str) -> Path:
    """Where a file of that name may be put: in a new folder of its own, whose name nobody can guess."""
    home = folder / secrets.token_urlsafe(24)
    home.mkdir(mode=0o700)
    return home / name


def put(file: Path, place: Path) -> None:
    """Have the content of `file` at `place`, too; without copying it where the disk can."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)


def forget(file: Path) -> None:
    """Delete a file, and its folder where nothing else is in it."""
    file.unlink(missing_ok=True)
    with suppress(OSError):
        file.parent.rmdir()


def sweep(folder: Path, older_than: float) -> None:
    """Delete what was written in `folder` more than `older_than` seconds ago, Gradio's empty placeholders among it."""
    limit = time.time() - older_than
    for above, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            place = Path(above, name)
            # A folder that holds something stays; one that was made a moment ago is waiting for its file.
            with suppress(OSError):
                if place.lstat().st_mtime < limit:
                    place.rmdir() if name in folders else place.unlink()


class Uploads:
    """Whose files are whose, so that they go when their visitor goes."""

    def __init__(self, folder: Path) -> None:
        """Keep account of the files in `folder`."""
        self._folder = folder
        self._files: dict[str, set[Path]] = defaultdict(set)
        self._lock = Lock()

    def watch(self, file: gr.File) -> None:
        """Note whose it is, as soon as something was dropped on that part of the page."""
        file.upload(self.claim, file, None, queue=False, show_progress="hidden", api_visibility="private")

    def claim(self, dropped: str | None, request: gr.Request) -> None:
        """Note that a dropped file belongs to the visitor who asks."""
        if dropped:
            self._note(Path(os.path.abspath(dropped)), request)

    def place(self, name: str, request: gr.Request) -> Path:
        """Where a file that is made for the visitor who asks may be put."""
        place = private_place(self._folder, name)
        self._note(place, request)
        return place

    def _note(self, file: Path, request: gr.Request) -> None:
        if self._folder in file.parents and request.session_hash:
            with self._lock:
                self._files[request.session_hash].add(file)

    def leave(self, request: gr.Request) -> None:
        """Delete what belongs to a visitor whose page is closed."""
        with self._lock:
            files = self._files.pop(request.session_hash or "", set())
        for file in files:
            forget(file)


def end(folder: Path) -> None:
    """Delete the folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
