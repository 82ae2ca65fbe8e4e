"""Reads a page that a browser saved as one file (.mhtml)."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from framing.errors import InputError
from framing.readers.html import decode_page, read_page
from framing.text import Document


def read(data: bytes, source: str) -> Document:
    """The article in the archive's first HTML part."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html" and isinstance(part, EmailMessage):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                return read_page(decode_page(payload, source, part.get_content_charset()), source)
    raise InputError(f"'{source}' is a web archive without an HTML part; expected a saved page; save it again as .html")
