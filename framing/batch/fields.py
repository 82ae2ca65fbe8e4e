"""One record's fields to an article: which column is the text, which the id, and what a row must hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from framing.batch.rows import Article, RejectedRow
from framing.batch.settings import ID_COLUMN, TEXT_COLUMNS, Columns
from framing.errors import InputError, nearest

MAX_CHARACTERS: Final = 5_000_000
"""Of one article; far beyond any, so that one broken row cannot take the machine's memory."""


def article_of(fields: Mapping[str, Any], columns: Columns, input: str, row: int, line: int | None) -> Article | RejectedRow:
    """The article that a record's fields hold, or why they hold none."""
    try:
        text = _text(fields, columns)
        # An article may do without a title, not without the column that is named for it.
        titled = columns.title is not None and fields.get(columns.title, "") is not None
        title = _string(fields, columns.title) if columns.title is not None and titled else ""
        id = _id(fields, columns, row)
    except ValueError as error:
        return RejectedRow(input, row, line, str(error))
    return Article(id, input, row, line, f"{title}\n\n{text}" if title.strip() else text)


def check_columns(found: Sequence[str], columns: Columns, input: str) -> None:
    """Refuse a table that lacks a column that is needed, of which each row would be rejected. Raises InputError."""
    for name in (columns.text, columns.id, columns.title):
        if name is not None and name not in found:
            raise InputError(f"'{input}' has no column '{name}'; found {_listed(found)}{nearest(name, found)}")
    if columns.text is None and not any(name in found for name in TEXT_COLUMNS):
        raise InputError(f"'{input}' has no column for the text; {_expected(found)}")


def _text(fields: Mapping[str, Any], columns: Columns) -> str:
    name = columns.text
    if name is None:
        name = next((each for each in TEXT_COLUMNS if fields.get(each) is not None), None)
    if name is None:
        raise ValueError(f"no column holds a text; {_expected(fields)}")
    text = _string(fields, name)
    if not text.strip():
        raise ValueError(f"column '{name}' is empty; expected the text of an article")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"column '{name}' holds {len(text)} characters; the limit is {MAX_CHARACTERS} an article; split it")
    return text


def _string(fields: Mapping[str, Any], name: str) -> str:
    if name not in fields:
        raise ValueError(f"there is no column '{name}'; found {_listed(fields)}{nearest(name, fields)}")
    value = fields[name]
    if not isinstance(value, str):
        raise ValueError(f"column '{name}' holds {_kind(value)}; expected text")
    return value


def _id(fields: Mapping[str, Any], columns: Columns, row: int) -> str:
    if columns.id is None and fields.get(ID_COLUMN) in (None, ""):
        return str(row)
    name = columns.id or ID_COLUMN
    if name not in fields:
        raise ValueError(f"there is no column '{name}'; found {_listed(fields)}{nearest(name, fields)}")
    value = fields[name]
    if value in (None, "") or isinstance(value, (bool, bytes, list, dict)):
        raise ValueError(f"column '{name}' holds {_kind(value)}; expected an id, text or a number")
    return str(value)


def _expected(fields: Iterable[str]) -> str:
    return f"found {_listed(fields)}, expected one of {', '.join(TEXT_COLUMNS)}; name it with --text-column"


def _listed(fields: Iterable[str]) -> str:
    names = list(fields)
    return (", ".join(f"'{name}'" for name in names[:8]) + (", ..." if len(names) > 8 else "")) or "none"


def _kind(value: object) -> str:
    if value in (None, ""):
        return "nothing"
    return {"bool": "true or false", "int": "a number", "float": "a number", "list": "a list", "dict": "an object"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )
