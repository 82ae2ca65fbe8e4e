"""What the page works with, and how a draft comes in: pasted or dropped, within limits that are named when they are passed."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from framing.errors import InputError
from framing.readers import read_document
from framing.reference import ReferenceRates
from framing.screener import Screener
from framing.text import Document

MAX_CHARACTERS: Final = 200_000
"""Longest draft that the page takes, in characters: some 33,000 words. `framing screen` takes longer ones."""
MAX_UPLOAD: Final = "50mb"
"""Largest file that can be dropped, as Gradio writes sizes."""
DRAFT_TYPES: Final = (".txt", ".md", ".html", ".docx", ".pdf")
BATCH_TYPES: Final = (".csv", ".tsv", ".jsonl", ".parquet", ".zip")
PASTED: Final = "pasted draft"


@dataclass(frozen=True, slots=True)
class Newsroom:
    """What all visitors share: the loaded model, the house list's file, the file that verdicts go to, the rates of agency copy."""

    screener: Screener
    house_list: Path
    feedback: Path
    reference: ReferenceRates


def feedback_path() -> Path:
    """Where verdicts are kept: `$FRAMING_FEEDBACK`, or `feedback.jsonl` in the working directory."""
    return Path(os.environ.get("FRAMING_FEEDBACK") or "feedback.jsonl")


def pasted(text: str | None, source: str = PASTED) -> Document:
    """A pasted draft; raises InputError for an empty one and for one over the limit."""
    if not (text or "").strip():
        raise InputError("there is no draft yet; paste one, drop a file, or take the sample")
    return _within_limits(Document.from_text(text or "", source))


def uploaded(path: str | Path) -> Document:
    """A dropped file, read and deleted at once; raises InputError when it cannot be read or is over a limit."""
    place = Path(path)
    try:
        return _within_limits(replace(read_document(place), source=place.name))
    except InputError as error:
        # The message names where the upload lay for a moment; its reader knows the file by its own name.
        raise InputError(str(error).replace(str(place), place.name)) from error
    finally:
        forget(place)


def forget(upload: Path) -> None:
    """Delete an uploaded file with its folder, which Gradio names after the digest of the content."""
    upload.unlink(missing_ok=True)
    with suppress(OSError):
        upload.parent.rmdir()


def _within_limits(document: Document) -> Document:
    if len(document.text) > MAX_CHARACTERS:
        raise InputError(
            f"the draft has {len(document.text):,} characters, the page takes {MAX_CHARACTERS:,}; cut it in parts, or run: "
            "framing screen FILE"
        )
    return document
