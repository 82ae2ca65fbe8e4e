"""Fetches the bytes of an input, within a size limit, and tells what kind of file they are."""

from __future__ import annotations

import codecs
import io
import re
import stat
import sys
import zipfile
from pathlib import Path

from framing.errors import InputError

MAX_MEGABYTES = 50
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024

KIND_NAMES = {
    "text": "plain text",
    "markdown": "Markdown",
    "html": "a web page",
    "mhtml": "a web archive (MHTML)",
    "docx": "a Word document (.docx)",
    "pdf": "a PDF",
    "zip": "a zip archive that is no Word document",
    "ole": "an old Office file (.doc, .xls, .ppt)",
    "encrypted": "a password-protected Office file",
    "rtf": "an RTF document",
    "compressed": "a compressed file",
    "image": "an image",
    "binary": "a binary file (it holds many NUL bytes; UTF-16 text needs a byte order mark: iconv adds one)",
}
_MAGIC = (
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "compressed"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ\0", "compressed"),
    (b"7z\xbc\xaf\x27\x1c", "compressed"),
    (b"\x28\xb5\x2f\xfd", "compressed"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# a comment may not run over its own end: otherwise a page of many comments takes exponential time
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_MHTML = re.compile(rb"content-type:\s*multipart/related", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*: ")


def load(source: str) -> bytes:
    """The bytes of the file `source`, or of stdin for '-'; InputError where that cannot be, or they are too many."""
    if source == "-":
        stdin = getattr(sys.stdin, "buffer", None)
        if stdin is None:
            raise InputError("'-' asks for stdin, which is closed; expected text there; pipe it in or name a file")
        data: bytes = stdin.read(MAX_BYTES + 1)
    else:
        data = _load_file(Path(source))
    if len(data) > MAX_BYTES:
        raise InputError(_too_large(source, f"over {MAX_MEGABYTES} MB"))
    if not data:
        raise InputError(f"'{source}' is empty (0 bytes); expected an article; check that it was saved or piped in")
    return data


def _load_file(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"'{path}' is a folder; expected a file; screen its files with '{path}/**'")
        if status.st_size > MAX_BYTES:
            raise InputError(_too_large(str(path), f"{status.st_size / 1024**2:.1f} MB"))
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"'{path}' does not exist; expected a file; check the spelling and the folder") from None
    except PermissionError:
        raise InputError(f"'{path}' may not be read by this user; ask its owner, or: chmod u+r '{path}'") from None
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' cannot be read ({error}); expected a readable file; check the path") from error


def _too_large(source: str, size: str) -> str:
    return f"'{source}' is too large: {size}; the limit is {MAX_MEGABYTES} MB a document; split it into articles"


def sniff(data: bytes) -> str:
    """The kind of file `data` is, a key of KIND_NAMES; 'text' for whatever is not recognised and not binary."""
    if data.startswith(b"PK\x03\x04"):
        return "docx" if _is_docx(data) else "zip"
    if b"%PDF-" in data[:1024] and (data.startswith(b"%PDF-") or b"\0" in data[:8192] or b"endobj" in data):
        return "pdf"
    if data.startswith(_OLE):
        return "encrypted" if _ENCRYPTED_STREAM in data else "ole"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    head = _text_head(data)
    if head is None:
        return "binary"
    if _HTML.match(head):
        return "html"
    if _HEADER_LINE.match(data) and _MHTML.search(data[:4096]):
        return "mhtml"
    return "text"


def _is_docx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        # a damaged document is for the Word reader to report
        return b"word/" in data
    return "[Content_Types].xml" in names and any(name.startswith("word/") for name in names)


def _text_head(data: bytes) -> str | None:
    """The first characters, roughly decoded, or None for binary data; a few NUL bytes do not make text binary."""
    head = data[:8192]
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return head.decode("utf-32", "replace")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    nuls = head.count(0)
    if nuls > max(4, len(head) // 100):
        return None
    if nuls:
        # legacy encodings never hold NUL, so such text has to be UTF-8
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return None
    return head.decode("utf-8-sig", "replace")
