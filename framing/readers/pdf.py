"""Reads a PDF that holds text."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from types import ModuleType

from framing.errors import InputError
from framing.readers.optional import quiet, require
from framing.text import Document

MAX_PAGES = 500
"""Pages of a PDF at most; a longer one is a book, or made to keep the parser busy."""

_ENDS_SENTENCE = re.compile(r"[.!?…:。！？؟][\"'”’»)\]]*$")
_STARTS_ITEM = re.compile(r"(?:[•‣▪◦·*]|[-–—](?=\s)|\(?\d{1,2}[.)]\s)")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_HYPHENATED = re.compile(r"\w[-\u00ad]")
_PAGE_END = "\f"
_SHORT = 0.8


def read(data: bytes, source: str) -> Document:
    """The text of all pages, its wrapped lines joined to paragraphs.

    No character is dropped but white space: a word hyphenated at a line's end keeps its hyphen ('exam-ple'), because
    it may belong to the word ('well-known').
    """
    library = require("pypdf", "pypdf", "Reading a PDF")
    with quiet("pypdf"):
        try:
            pages = _page_texts(library, data, source)
        except InputError:
            raise
        except library.errors.DependencyError as error:
            require("cryptography", "cryptography", f"Reading the AES-encrypted PDF '{source}'")
            raise InputError(f"'{source}' cannot be decrypted ({error}); save it without encryption") from error
        except Exception as error:  # the parser meets hostile files, and lets many kinds of errors through
            raise InputError(
                f"'{source}' cannot be read as a PDF ({type(error).__name__}: {error}); expected an undamaged PDF; "
                "download or export it again, or save the text as .txt"
            ) from error
    lines = [line for page in pages for line in [*page.splitlines(), _PAGE_END]]
    if not any(line.strip() for line in lines):
        raise InputError(
            f"'{source}' is a PDF of {len(pages)} page(s) without text, probably a scan; expected text; "
            f"run OCR on it first, for example: ocrmypdf '{source}' readable.pdf"
        )
    return Document.from_text("\n\n".join(_paragraphs(lines)), source)


def _page_texts(library: ModuleType, data: bytes, source: str) -> list[str]:
    reader = library.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError(
            f"'{source}' is encrypted with a password; expected an open PDF; save it without the password, "
            f"for example: qpdf --decrypt --password=... '{source}' open.pdf"
        )
    if len(reader.pages) > MAX_PAGES:
        raise InputError(f"'{source}' has {len(reader.pages):,} pages; the limit is {MAX_PAGES}; split it, or save its text as .txt")
    # broken fonts yield halves of surrogate pairs, which no UTF-8 output can hold
    return [page.extract_text().encode("utf-16", "surrogatepass").decode("utf-16", "replace") for page in reader.pages]


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Join wrapped lines.

    A paragraph ends at a blank line, before a list item, around a page number, and after a line clearly shorter than
    the others that ends a sentence or is followed by a capital (a headline). A page's end alone does not end it.
    """
    width = _usual_width(lines)
    paragraph = ""
    previous = ""
    for raw_line in lines:
        line = raw_line.strip()
        if not line:
            # only the end of a page may fall inside a sentence
            if raw_line == _PAGE_END and previous and not _ends_sentence(previous):
                continue
            if paragraph:
                yield paragraph
            paragraph = previous = ""
            continue
        if paragraph and _begins_paragraph(previous, line, width):
            yield paragraph
            paragraph = ""
        paragraph = _join(paragraph, line)
        previous = line
    if paragraph:
        yield paragraph


def _usual_width(lines: list[str]) -> int:
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    return lengths[int(len(lengths) * 0.75)] if lengths else 0


def _begins_paragraph(previous: str, line: str, width: int) -> bool:
    if not previous or _STARTS_ITEM.match(line) or _PAGE_NUMBER.fullmatch(line) or _PAGE_NUMBER.fullmatch(previous):
        return True
    if len(previous) >= _SHORT * width:
        return False
    return _ends_sentence(previous) or line[0].isupper() or not line[0].isalpha()


def _ends_sentence(line: str) -> bool:
    return bool(_ENDS_SENTENCE.search(line[-20:]))


def _join(paragraph: str, line: str) -> str:
    if not paragraph:
        return line
    if _HYPHENATED.fullmatch(paragraph[-2:]) and line[0].islower():
        return paragraph + line
    if _is_unspaced(paragraph[-1]) and _is_unspaced(line[0]):
        return paragraph + line
    return f"{paragraph} {line}"


def _is_unspaced(char: str) -> bool:
    """Whether `char` belongs to a script that writes no spaces, as Chinese and Japanese."""
    return unicodedata.east_asian_width(char) in "WF" and unicodedata.category(char) in ("Lo", "Po", "Ps", "Pe")
