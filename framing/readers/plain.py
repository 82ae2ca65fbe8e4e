"""Reads plain text."""

from __future__ import annotations

from framing.readers.decoding import decode
from framing.text import Document


def read(data: bytes, source: str) -> Document:
    """The decoded text, newlines and NUL characters included; only a byte order mark is left out."""
    return Document.from_text(decode(data, source), source)
