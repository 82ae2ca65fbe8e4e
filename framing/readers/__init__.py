"""Reads a file, or stdin, as a Document: .txt .md .html .mhtml .docx .pdf, one module per format.

The packages behind HTML, DOCX and PDF are the optional extra `docs`; they are imported when such a file is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from framing.errors import InputError
from framing.readers import docx, html, markdown, mhtml, pdf, plain
from framing.readers.decoding import decode_unicode
from framing.readers.inputs import SUFFIX_KINDS, SUFFIXES, expand_inputs
from framing.readers.loading import KIND_NAMES, load, sniff
from framing.text import Document

__all__ = ["SUFFIXES", "expand_inputs", "read_bytes", "read_document"]

_READERS: dict[str, Callable[[bytes, str], Document]] = {
    "text": plain.read,
    "markdown": markdown.read,
    "html": html.read,
    "mhtml": mhtml.read,
    "docx": docx.read,
    "pdf": pdf.read,
}
_TEXTUAL = ("text", "html", "mhtml")
_AS_THEY_ARE = ("text", "markdown")


def read_document(path: str | Path) -> Document:
    """The article in the file `path`; '-' reads stdin.

    The format follows the suffix, checked against the first bytes; stdin and unknown suffixes go by the bytes alone.
    `Document.text` of .txt and .md is the decoded file, character for character (a byte order mark is not part of
    it); of the other formats it is the extracted text, paragraphs separated by a blank line. Raises InputError.
    """
    source = str(path)
    data = load(source)
    suffix = "" if source == "-" else Path(source).suffix.lower()
    document = read_bytes(data, source, suffix)
    if not document.paragraphs:
        raise InputError(
            f"'{source}' holds no text to screen, only white space or markup; expected at least one paragraph of prose"
        )
    return document


def read_bytes(data: bytes, source: str, suffix: str = "") -> Document:
    """The article, which may be empty, in the bytes of a document; `suffix` is that of its name. Raises InputError."""
    kind = _choose(source, suffix, data)
    return replace(_READERS[kind](data, source), extracted=kind not in _AS_THEY_ARE)


def _choose(source: str, suffix: str, data: bytes) -> str:
    """The name of the reader for `data`; raises InputError where the bytes contradict the suffix."""
    found = sniff(data)
    expected = SUFFIX_KINDS.get(suffix)
    if expected is None:
        if found not in _READERS:
            raise InputError(
                f"'{source}' is {KIND_NAMES[found]}; expected one of {' '.join(SUFFIXES)}; export it to one of these"
            )
        if suffix and found == "text" and decode_unicode(data) is None:
            raise InputError(
                f"'{source}' has the unknown suffix '{suffix}' and is not UTF-8 text; expected one of "
                f"{' '.join(SUFFIXES)}; if it is text, rename it to end in .txt"
            )
        return found
    if expected in ("text", "markdown") and found in _TEXTUAL:
        return expected
    if expected in ("html", "mhtml") and found in _TEXTUAL:
        return "mhtml" if found == "mhtml" else expected
    if found == expected:
        return expected
    remedy = {
        "pdf": "rename it to end in .pdf",
        "docx": "rename it to end in .docx",
        "html": "rename it to end in .html",
        "mhtml": "rename it to end in .mhtml",
        "text": "rename it to end in .txt, or export it again",
        "encrypted": "open it in the word processor and save it without the password",
        "ole": "save it as .docx in the word processor",
        "rtf": "save it as .docx in a word processor",
    }.get(found, f"export it to one of {' '.join(SUFFIXES)}")
    raise InputError(f"'{source}' is {KIND_NAMES[found]}; expected {KIND_NAMES[expected]}; {remedy}")
