"""Records editors' verdicts on a screening, and takes them back. `framing.verdicts` reads them; the corpus `feedback` trains on them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePath
from threading import Lock
from typing import Final, Literal
from uuid import uuid4

from framing.errors import FramingError, InputError
from framing.screening import Finding, Screening, Voice
from framing.verdicts import Retraction, Row, Verdict, read

if sys.platform != "win32":
    import fcntl

__all__ = ["Verdict", "missed", "of_finding", "read", "record", "retraction"]

_READ_AND_APPEND: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_THREADS: Final = Lock()
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


def of_finding(screening: Screening, finding: Finding, verdict: Literal["right", "wrong"], reason: str = "") -> Verdict:
    """The verdict on one of a screening's findings, dated now.

    Raises:
        InputError: the finding is not one of this screening, the verdict is neither 'right' nor 'wrong', or a text is too long.
    """
    if verdict not in ("right", "wrong"):
        raise InputError(f"verdict '{verdict}' on a finding is unknown; expected 'right' or 'wrong' ('missed' is for what has no finding)")
    for paragraph in screening.paragraphs:
        if finding in paragraph.findings:
            bounds = (paragraph.start, paragraph.end)
            return _verdict(screening, bounds, finding.start, finding.end, verdict, finding.device, finding.voice, finding.score, reason)
    raise InputError(
        f"the finding '{finding.text[:60]}' at [{finding.start}, {finding.end}) is none of the screening of '{screening.source}'; "
        "expected one of its findings; screen the draft again"
    )


def missed(screening: Screening, start: int, end: int, device: str, voice: Voice | None = None, reason: str = "") -> Verdict:
    """The verdict, dated now, that the wording `screening.text[start:end]` should have been marked with `device`.

    White space at the edges, which a selection often takes along, is left out.

    Raises:
        InputError: the range is empty, outside the text, in no paragraph or in several; device or voice is unknown; a text is too long.
    """
    text = screening.text
    if not 0 <= start <= end <= len(text):
        raise InputError(f"[{start}, {end}) is not inside the text's {len(text)} characters; mark wording of '{screening.source}'")
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise InputError(f"the range at {start} holds no wording; mark at least one word")
    for paragraph in screening.paragraphs:
        if paragraph.start < end and start < paragraph.end:
            if paragraph.start <= start and end <= paragraph.end:
                return _verdict(screening, (paragraph.start, paragraph.end), start, end, "missed", device, voice, None, reason)
            raise InputError(f"[{start}, {end}) crosses the paragraph [{paragraph.start}, {paragraph.end}); mark wording of one paragraph")
    raise InputError(f"[{start}, {end}) lies in no paragraph of '{screening.source}'; mark wording of one paragraph")


def _verdict(
    screening: Screening,
    bounds: tuple[int, int],
    start: int,
    end: int,
    verdict: Literal["right", "wrong", "missed"],
    device: str,
    voice: Voice | None,
    score: float | None,
    reason: str,
) -> Verdict:
    first, last = bounds
    return Verdict(
        verdict=verdict,
        text=screening.text[first:last],
        start=start - first,
        end=end - first,
        device=device,
        voice=voice,
        score=score,
        reason=reason,
        model=screening.model,
        source=_name(screening.source),
        document=screening.text_sha256,
        time=_now(),
        id=str(uuid4()),
    )


def retraction(verdict: Verdict) -> Retraction:
    """The row, dated now, that takes a recorded verdict back."""
    return Retraction(verdict.id, _now(), str(uuid4()))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _name(source: str) -> str:
    """The file's name without its folders, which say whose machine it was; bytes that are no UTF-8, which names may hold, as escapes."""
    return (PurePath(source).name or source).encode("utf-8", "backslashreplace").decode()


def record(path: Path, row: Row) -> None:
    """Append a verdict or a retraction to the file, which is made, with its folders, where it is not there; returns when the disk has it.

    Threads and processes may record at once: each row is one write under a lock. A file that is made here is for its owner alone, as it
    holds unpublished copy; the mode of one that is there stays. After a line that a crash cut off the row begins on a new line.

    Raises:
        FramingError: the row cannot be written; names the file and the remedy, and leaves the file as it was.
    """
    line = row.to_line()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, _READ_AND_APPEND, 0o600)
        try:
            with _locked(descriptor):
                _append(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise FramingError(f"'{path}': the verdict was not recorded ({error.strerror}); {_remedy(error)}") from error


def _append(descriptor: int, line: bytes) -> None:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if size:
        os.lseek(descriptor, size - 1, os.SEEK_SET)
        if os.read(descriptor, 1) != b"\n":
            line = b"\n" + line
    try:
        if os.write(descriptor, line) != len(line):
            # A disk takes a part of a row only when it has no place for the rest.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError:
        # What went wrong first is what the user has to hear.
        with suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


@contextmanager
def _locked(descriptor: int) -> Iterator[None]:
    if sys.platform == "win32":
        # It has no such lock: there one process at a time has to record.
        with _THREADS:
            yield
        return
    # flock, as it belongs to the open file: a POSIX lock belongs to the process, so that threads would not wait for each other.
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _remedy(error: OSError) -> str:
    if error.errno in _FULL:
        return "free some space on that disk and record it again"
    if error.errno in _FORBIDDEN:
        return "allow this user to write there (chmod u+rw), or name another file"
    return "name a file in a folder that you may write to"
