"""Opens an input's bytes: a file, stdin, and what gzip or Zstandard compressed."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from framing.errors import InputError, MissingExtra

COMPRESSED: Final = (".gz", ".zst")


@contextmanager
def opened(path: str, suffix: str = "") -> Iterator[BinaryIO]:
    """The bytes of the file `path`, or of stdin for '-'; `suffix` .gz or .zst decompresses them. Raises InputError, MissingExtra."""
    if path == "-":
        yield _stdin()
        return
    try:
        with Path(path).open("rb") as stream, decompressed(stream, suffix) as content:
            yield content
    except gzip.BadGzipFile:
        # Damage, which who reads the content tells: the path is right.
        raise
    except OSError as error:
        raise InputError(f"'{path}' cannot be read ({error.strerror or error}); expected a readable file; check the path") from error


@contextmanager
def decompressed(stream: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    """What `stream` holds, taken out of .gz or .zst; any other suffix gives it as it is."""
    if suffix == ".gz":
        with gzip.GzipFile(fileobj=stream, mode="rb") as content:
            yield cast(BinaryIO, io.BufferedReader(cast(Any, content), 1 << 16))
    elif suffix == ".zst":
        zstandard = require_batch("zstandard", "Reading .zst")
        with zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True, closefd=False) as content:
            yield cast(BinaryIO, io.BufferedReader(content, 1 << 16))
    else:
        yield stream


def damage() -> tuple[type[BaseException], ...]:
    """What reading damaged bytes raises; a package that was not imported yet raised nothing."""
    own = {"zstandard": "ZstdError", "pyarrow": "ArrowException"}
    imported = {name: module for name in own if (module := sys.modules.get(name)) is not None}
    return (EOFError, OSError, UnicodeError, zlib.error, *(getattr(module, own[name]) for name, module in imported.items()))


def require_batch(module: str, purpose: str) -> Any:
    """The imported `module` of the extra `batch`; MissingExtra where it is not installed."""
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtra(module.split(".")[0], "batch", purpose) from error


def _stdin() -> BinaryIO:
    if sys.stdin is None or not hasattr(sys.stdin, "buffer"):
        raise InputError("'-' asks for stdin, which is closed; expected JSON Lines there; pipe them in or name a file")
    try:
        # A handle of our own: a thread that waits on Python's would hold its lock, and with it the end of the program.
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    except (OSError, io.UnsupportedOperation):
        return cast(BinaryIO, sys.stdin.buffer)
