"""Keeps what was built for this machine: a folder an engine, written whole or not at all, built again when damaged."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "FRAMING_CACHE"
MANIFEST: Final = "engine.json"
_DIGITS: Final = 16
UNUSED_DAYS: Final = 90
"""So long after its last use an engine goes from the cache: of an earlier model, or of an earlier release of OpenVINO."""


def cache_folder() -> Path:
    """The folder that `$FRAMING_CACHE` names, or `framing` in the platform's folder for caches."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "framing"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/framing"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "framing"


def entry_name(identity: Mapping[str, Any]) -> str:
    """The name of the folder of an engine: a digest of all that it depends on."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:_DIGITS]


def note_use(folder: Path) -> None:
    """Mark the engine in a folder of the cache as used now; nothing where the cache can only be read."""
    with suppress(OSError):
        os.utime(folder)


def remove_unused(cache: Path) -> None:
    """Remove the engines of a cache that nothing used for `UNUSED_DAYS` days; other folders stay, and what cannot be removed."""
    oldest = time.time() - UNUSED_DAYS * 24 * 60 * 60
    for manifest in cache.glob(f"*/{MANIFEST}"):
        with suppress(OSError):
            if manifest.parent.stat().st_mtime < oldest:
                shutil.rmtree(manifest.parent, ignore_errors=True)


def file_digest(file: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_entry(folder: Path) -> dict[str, Any] | None:
    """The manifest of an engine, or None where there is no whole one: a file is missing, or is not as it was written."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        whole = all(file_digest(folder / name) == digest for name, digest in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if whole else None


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder` to write into, gone afterwards. Raises OSError where none can be made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent, ignore_cleanup_errors=True) as made:
        yield Path(made)


def write_manifest(folder: Path, manifest: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Write the manifest of an engine whose files are in place; gives it back with the digests of the files."""
    written = {**manifest, "files": {name: file_digest(folder / name) for name in names}}
    (folder / MANIFEST).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return written


def publish(made: Path, folder: Path) -> None:
    """Move a finished folder to its place; one that another process put there meanwhile stays, a damaged one goes."""
    if read_entry(folder) is not None:
        return
    shutil.rmtree(folder, ignore_errors=True)
    inside = made / folder.name
    inside.mkdir()
    for file in [file for file in made.iterdir() if file != inside]:
        file.rename(inside / file.name)
    try:
        inside.rename(folder)
    except OSError:
        if read_entry(folder) is None:
            raise
