"""Reads JSON Lines, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, Final

from framing.batch.fields import article_of
from framing.batch.rows import Article, Record, RejectedRow
from framing.batch.settings import Columns

MAX_LINE_BYTES: Final = 50 * 1024**2
_BOM: Final = b"\xef\xbb\xbf"


def records(stream: BinaryIO, input: str, columns: Columns, keep_raw: bool = False) -> Iterator[Record]:
    """One record for each line that is not blank; a line over the limit is a record that says so."""
    row = 0
    for line, content in _lines(stream):
        if content is None or content.strip():
            row += 1
            yield Record(partial(_parse, content, columns, input, row, line), (content or b"") if keep_raw else b"")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """(number, bytes) of each line; None for the bytes of one that is too long, which is never held whole."""
    number = 0
    while content := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        too_long = len(content) > MAX_LINE_BYTES
        while content and not content.endswith(b"\n") and len(content) > MAX_LINE_BYTES:
            content = stream.readline(MAX_LINE_BYTES + 1)
        yield number, None if too_long else content.removeprefix(_BOM) if number == 1 else content


def _parse(content: bytes | None, columns: Columns, input: str, row: int, line: int) -> Article | RejectedRow:
    if content is None:
        return RejectedRow(input, row, line, f"over {MAX_LINE_BYTES // 1024**2} MB, the limit of a line; split it into articles")
    try:
        # As text first: bytes would let json guess at UTF-16, and pass over what is not UTF-8.
        fields: Any = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        return RejectedRow(input, row, line, f"not UTF-8 ({error.reason} at byte {error.start}); convert the file to UTF-8")
    except (ValueError, RecursionError) as error:
        return RejectedRow(input, row, line, f"not JSON ({error}); expected one object a line")
    if not isinstance(fields, dict):
        return RejectedRow(input, row, line, f"found JSON of type {type(fields).__name__}; expected an object with a column for the text")
    return article_of(fields, columns, input, row, line)
