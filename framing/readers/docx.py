"""Reads a Word document."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from framing.errors import InputError
from framing.readers.optional import quiet, require
from framing.text import Document

MAX_UNPACKED_MEGABYTES = 200
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "\u2011"}
# not shown to a reader: properties, deleted or moved-away wording, the copy of a text box for old versions of Word
_HIDDEN = frozenset(
    [f"{_WORD}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "sdtPr", "tblPr")]
    + ["{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"]
)


def read(data: bytes, source: str) -> Document:
    """The body's paragraphs in order, tables and text boxes included, with tracked changes accepted."""
    library = require("docx", "python-docx", "Reading a Word document")
    _check_archive(data, source)
    with quiet("docx"):
        try:
            body = library.Document(io.BytesIO(data)).element.body
        except Exception as error:  # the parser meets hostile files, and lets many kinds of errors through
            raise _damaged(source, error) from error
    if body is None:
        raise _damaged(source, "it has no body")
    return Document.from_text("\n\n".join(_paragraphs(body)), source)


def _check_archive(data: bytes, source: str) -> None:
    """Refuse what would not fit in memory once unpacked, and what asks for a password."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(source, error) from error
    # zipfile never unpacks more than an entry declares, so that the declared sizes can be trusted
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_MEGABYTES * 1024**2:
        raise InputError(
            f"'{source}' unpacks to {unpacked / 1024**2:.0f} MB; the limit is {MAX_UNPACKED_MEGABYTES} MB; "
            "take the pictures out, or save the text as .txt"
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputError(f"'{source}' is password-protected; expected an open .docx; save it without the password")


def _damaged(source: str, reason: object) -> InputError:
    return InputError(
        f"'{source}' cannot be read as a Word document ({reason}); expected a .docx; open it in the word processor "
        "and save it again as .docx"
    )


def _paragraphs(body: Any) -> Iterator[str]:
    """The text of each paragraph, in the order of the document; a text box follows the paragraph that anchors it."""
    pending = [body]
    pieces: list[str] = []
    while pending:
        element = pending.pop()
        if element.tag == f"{_WORD}p":
            boxes: list[Any] = []
            _collect(element, pieces, boxes)
            # Where the mark that ends it was deleted with changes tracked, the next paragraph goes on.
            if element.find(f"{_WORD}pPr/{_WORD}rPr/{_WORD}del") is None:
                text, pieces = "".join(pieces), []
                if text.strip():
                    yield text
            pending.extend(reversed(boxes))
        elif element.tag not in _HIDDEN:
            pending.extend(reversed(element))
    if text := "".join(pieces).strip():
        yield text


def _collect(paragraph: Any, pieces: list[str], boxes: list[Any]) -> None:
    """Gather the wording of one paragraph in `pieces`, and the paragraphs nested in it (text boxes) in `boxes`."""
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag in _HIDDEN:
            continue
        if element.tag == f"{_WORD}p":
            boxes.append(element)
        elif element.tag == f"{_WORD}t":
            pieces.append(element.text or "")
        elif element.tag in _TEXT:
            pieces.append(_TEXT[element.tag])
        else:
            stack.extend(reversed(element))
