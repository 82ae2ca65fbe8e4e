"""Finds the wording in a news text that frames rather than informs.

`Screener.load().screen(text)` gives a `Screening`; its `findings` hold device, score, voice, wording and offsets.
"""

from __future__ import annotations

from framing.errors import ConfigError, CorpusError, FramingError, InputError, MissingExtra, ModelError
from framing.readers import read_document
from framing.screener import Screener
from framing.screening import Finding, ScreenedParagraph, ScreenedSentence, Screening, Summary
from framing.taxonomy import DEVICES, Device
from framing.text import Document, Paragraph, Sentence, Span
from framing.version import __version__

__all__ = [
    "DEVICES",
    "ConfigError",
    "CorpusError",
    "Device",
    "Document",
    "Finding",
    "FramingError",
    "InputError",
    "MissingExtra",
    "ModelError",
    "Paragraph",
    "ScreenedParagraph",
    "ScreenedSentence",
    "Screener",
    "Screening",
    "Sentence",
    "Span",
    "Summary",
    "__version__",
    "read_document",
]
