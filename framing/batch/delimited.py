"""Reads CSV and TSV with a header line; fields in quotes may hold line breaks."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Final, cast

from framing.batch.fields import MAX_CHARACTERS, article_of, check_columns
from framing.batch.rows import Article, Record, RejectedRow
from framing.batch.settings import Columns
from framing.errors import InputError

MAX_LINE_CHARACTERS: Final = 4 * MAX_CHARACTERS
_UTF_16: Final = "utf-16"
# What Python puts for bytes that are not of the encoding; text that came in well cannot hold it.
_UNDECODED: Final = re.compile("[\udc80-\udcff]")


def records(stream: BinaryIO, input: str, columns: Columns, delimiter: str | None = None) -> Iterator[Record]:
    """One record for each row under the header; without `delimiter` the header tells whether it is a comma, a semicolon or a tab.

    Raises InputError where the header lacks a column that is needed.
    """
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))
    encoding = _encoding(buffered)
    # Bytes that are not UTF-8 are told in their row; of UTF-16 half a character is read as what it is.
    errors = "surrogatepass" if encoding == _UTF_16 else "surrogateescape"
    text = io.TextIOWrapper(buffered, encoding, errors=errors, newline="")
    try:
        first = text.readline(MAX_CHARACTERS)
        yield from _rows(text, first, input, columns, delimiter or _delimiter(first))
    finally:
        # Who stops half-way may have closed the file before.
        with suppress(ValueError):
            text.detach()


def _rows(text: io.TextIOWrapper, first: str, input: str, columns: Columns, delimiter: str) -> Iterator[Record]:
    # Not strict, a quote that is never closed would swallow all rows after it, and others would be taken out of the text.
    reader = csv.reader(_with_first(first, text), delimiter=delimiter, strict=True)
    try:
        header = _next(reader)
    except StopIteration:
        header = []
    except csv.Error as error:
        raise InputError(f"'{input}' has no readable header ({error}); expected the names of the columns in its first line") from None
    check_columns(header, columns, input)
    row = 0
    while True:
        line = reader.line_num + 1
        try:
            values = _next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            row += 1
            yield Record(partial(RejectedRow, input, row, line, f"not readable as CSV ({error}); check the quotes"))
            continue
        if values:
            row += 1
            yield Record(partial(_parse, header, values, columns, input, row, line))


def _next(reader: Iterator[list[str]]) -> list[str]:
    """The next row, of fields up to our own limit: the module's 131,072 characters are fewer than long articles have.

    The limit is the whole process's, so it is set for this row alone, whatever others have set it to.
    """
    others = csv.field_size_limit(MAX_CHARACTERS)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(others)


def _with_first(first: str, text: io.TextIOWrapper) -> Iterator[str]:
    line = first
    while line:
        yield line
        # Never more of a line than this at once: in a few packed bytes one line can be longer than the memory.
        line = text.readline(MAX_LINE_CHARACTERS)


def _parse(header: list[str], values: list[str], columns: Columns, input: str, row: int, line: int) -> Article | RejectedRow:
    if len(values) != len(header):
        reason = f"found {len(values)} fields, expected the {len(header)} of the header; check quotes and delimiter"
        return RejectedRow(input, row, line, reason)
    if any(not value.isascii() and _UNDECODED.search(value) for value in values):
        return RejectedRow(input, row, line, "not UTF-8; convert the file to UTF-8")
    return article_of(dict(zip(header, values, strict=True)), columns, input, row, line)


def _encoding(stream: io.BufferedReader) -> str:
    """UTF-16 where a byte order mark says so, as spreadsheets write it; else UTF-8."""
    return _UTF_16 if stream.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _delimiter(header: str) -> str:
    """The one that parts the header; a comma where none does."""
    return max(",;\t", key=header.count) if any(mark in header for mark in ",;\t") else ","
