"""Reads inputs that hold one article each: text, Markdown, web pages, Word documents, PDFs."""

from __future__ import annotations

from pathlib import PurePosixPath

from framing.batch.fields import MAX_CHARACTERS
from framing.batch.rows import Article, RejectedRow
from framing.errors import InputError, MissingExtra
from framing.readers import read_bytes, read_document
from framing.text import Document


def article_from_file(path: str) -> Article | RejectedRow:
    """The article in the document `path`, whose name is its id, or why it cannot be read. Raises MissingExtra."""
    try:
        return _article(read_document(path), path, path)
    except MissingExtra:
        # Not the document's fault: every other one of its kind would be rejected, too.
        raise
    except InputError as error:
        return RejectedRow(path, 1, None, str(error))


def article_from_bytes(data: bytes, input: str, name: str) -> Article | RejectedRow:
    """The article in the bytes of a document; `name` is its id and tells its format by its suffix. Raises InputError."""
    return _article(read_bytes(data, input, PurePosixPath(name).suffix.lower()), input, name)


def _article(document: Document, input: str, id: str) -> Article | RejectedRow:
    if not document.paragraphs:
        return RejectedRow(input, 1, None, "holds no text to screen, only white space or markup; expected at least one paragraph of prose")
    if len(document.text) > MAX_CHARACTERS:
        return RejectedRow(input, 1, None, f"holds {len(document.text)} characters; the limit is {MAX_CHARACTERS} an article; split it")
    return Article(id, input, 1, None, document.text, document)
