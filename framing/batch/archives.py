"""Reads the documents and tables in a zip archive without unpacking it to the disk.

Names of members are labels and never paths: nothing is written anywhere.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

from framing.batch import delimited, json_lines
from framing.batch.kinds import DELIMITERS, DOCUMENT_SUFFIXES, Kind, kind_of
from framing.batch.opening import damage, decompressed
from framing.batch.rows import Article, Record, RejectedRow
from framing.batch.settings import Columns
from framing.batch.singles import article_from_bytes
from framing.errors import InputError, MissingExtra

MAX_MEMBERS: Final = 100_000
MAX_DOCUMENT_MEGABYTES: Final = 50
MAX_TOTAL_MEGABYTES: Final = 4096
MAX_RATIO: Final = 200
"""Unpacked to packed size of one member; prose shrinks to a third, tables of it to a tenth, and only bombs shrink to this."""
_SMALL: Final = 10 * 1024**2
"""Members that unpack to less may have any ratio: a page of blank lines is no danger."""
_SEPARATOR: Final = "!/"


def members(path: str) -> list[zipfile.ZipInfo]:
    """The members of the zip file `path` that can be read, in its order. Raises InputError for a bomb, and where there is none."""
    with _archive(path) as archive:
        listed = archive.infolist()
    if len(listed) > MAX_MEMBERS:
        raise InputError(f"'{path}' has {len(listed)} members; the limit is {MAX_MEMBERS} members; split it")
    # zipfile never gives more of a member than it declares, so that the declared sizes can be trusted.
    total = sum(member.file_size for member in listed)
    if total > MAX_TOTAL_MEGABYTES * 1024**2:
        raise InputError(f"'{path}' unpacks to {total // 1024**2} MB; the limit is {MAX_TOTAL_MEGABYTES} MB unpacked; split it")
    for member in listed:
        if member.file_size > max(_SMALL, MAX_RATIO * member.compress_size):
            raise InputError(
                f"'{path}': member '{member.filename}' unpacks to over {MAX_RATIO} times its size, the limit for a member of an archive, "
                "as a zip bomb does; take it out"
            )
    found = [member for member in listed if _is_readable(member)]
    if not found:
        raise InputError(f"'{path}' holds nothing to read; expected .jsonl, .csv, .tsv or documents ({' '.join(DOCUMENT_SUFFIXES)})")
    return found


def records(path: str, columns: Columns) -> Iterator[Record]:
    """The records of all members, one after the other; a document is one record, and a damaged member a record that says so."""
    found = members(path)
    with _archive(path) as archive:
        for member in found:
            input = f"{path}{_SEPARATOR}{member.filename}"
            kind, suffix = kind_of(member.filename)
            if kind is Kind.DOCUMENT:
                yield Record(partial(_document, archive, member, input))
            elif kind is not None:
                yield from _table(archive, member, input, kind, suffix, columns)


def _table(archive: zipfile.ZipFile, member: zipfile.ZipInfo, input: str, kind: Kind, suffix: str, columns: Columns) -> Iterator[Record]:
    row = 0
    try:
        with archive.open(member) as packed, decompressed(cast(BinaryIO, packed), suffix) as stream:
            if kind is Kind.JSON_LINES:
                found = json_lines.records(stream, input, columns)
            else:
                found = delimited.records(stream, input, columns, DELIMITERS[kind])
            for record in found:
                row += 1
                yield record
    except _DAMAGE + damage() as error:
        yield Record(partial(RejectedRow, input, row + 1, None, _damaged(error)))
    except MissingExtra:
        raise
    except InputError as error:
        yield Record(partial(RejectedRow, input, row + 1, None, str(error)))


def _document(archive: zipfile.ZipFile, member: zipfile.ZipInfo, input: str) -> Article | RejectedRow:
    if member.file_size > MAX_DOCUMENT_MEGABYTES * 1024**2:
        reason = f"unpacks to {member.file_size // 1024**2} MB; the limit is {MAX_DOCUMENT_MEGABYTES} MB a document; split it into articles"
        return RejectedRow(input, 1, None, reason)
    try:
        return article_from_bytes(archive.read(member), input, member.filename)
    except MissingExtra:
        raise
    except InputError as error:
        return RejectedRow(input, 1, None, str(error))
    except _DAMAGE as error:
        return RejectedRow(input, 1, None, _damaged(error))


# A wrong checksum, a cut stream, a password, an unknown method of compression.
_DAMAGE: Final[tuple[type[BaseException], ...]] = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError,
)  # fmt: skip


def _damaged(error: BaseException) -> str:
    return f"cannot be unpacked ({' '.join(str(error).split()) or type(error).__name__}); expected an open, undamaged member; pack it again"


def _is_readable(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    hidden = any(part.startswith((".", "~$")) and part != ".." for part in name.parts) or "__MACOSX" in name.parts
    kind, _ = kind_of(member.filename)
    return not member.is_dir() and not hidden and kind not in (None, Kind.ZIP, Kind.PARQUET)


@contextmanager
def _archive(path: str) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError(f"'{path}' cannot be read as a zip archive ({error}); pack it again") from error
    except OSError as error:
        raise InputError(f"'{path}' cannot be read ({error.strerror or error}); expected a readable file; check the path") from error
    with archive:
        yield archive
