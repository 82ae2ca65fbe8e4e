"""What the page works with, and how a draft comes in: pasted or dropped, within limits that are named when they are passed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any, Final

from framing.app.uploads import Uploads, forget
from framing.errors import FramingError, InputError
from framing.house import HouseList
from framing.readers import read_bytes, read_document
from framing.reference import ReferenceRates
from framing.screener import Screener
from framing.screening import Screening
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
    """What all visitors share: the loaded model, the house list's file, the file that verdicts go to, the rates of agency copy.

    `uploads` has the files of each, which no other sees.
    """

    screener: Screener
    house_list: Path
    feedback: Path
    reference: ReferenceRates
    uploads: Uploads

    def house(self) -> HouseList:
        """The house list as it is now; raises ConfigError where it cannot be read."""
        return HouseList.load(self.house_list)

    def screen(self, document: Document, *, house_list: bool = True, **arguments: Any) -> Screening:
        """Screen a draft for anybody who asks, page or program; what the house list has stays unmarked unless `house_list` is False.

        `arguments` are those of `Screener.screen`.
        """
        screening = self.screener.screen(document, **arguments)
        return self.house().apply(screening) if house_list else screening

    def told(self, error: FramingError) -> str:
        """What a visitor is told of an error: files by their names, without the folders in which the server has them."""
        said = str(error)
        for file in (self.house_list, self.feedback):
            said = said.replace(str(file), file.name)
        return said


def feedback_path() -> Path:
    """Where verdicts are kept: `$FRAMING_FEEDBACK`, or `feedback.jsonl` in the working directory."""
    return Path(os.environ.get("FRAMING_FEEDBACK") or "feedback.jsonl")


def pasted(text: str | None, source: str = PASTED) -> Document:
    """A pasted draft; raises InputError for an empty one and for one over the limit."""
    if not (text or "").strip():
        raise InputError("there is no draft yet; paste one, drop a file, or take the sample")
    return _within_limits(Document.from_text(text or "", source))


def again(text: str, source: str) -> Document:
    """The text of an earlier draft, edited: Markdown stays Markdown, with its front matter and its comments passed over."""
    markdown = PurePath(source).suffix.lower() == ".md"
    return read_bytes(text.encode("utf-8", "replace"), source, ".md") if markdown else Document.from_text(text, source)


def uploaded(path: str | Path) -> Document:
    """A dropped file, read and deleted at once; raises InputError when it cannot be read or is over a limit."""
    place = Path(path)
    if not place.exists():
        raise InputError(f"'{place.name}' is no longer here: what was dropped waits for an hour at most; drop it again")
    try:
        return _within_limits(replace(read_document(place), source=place.name))
    except InputError as error:
        # The message names where the upload lay for a moment; its reader knows the file by its own name.
        raise InputError(str(error).replace(str(place), place.name)) from error
    finally:
        forget(place)


def _within_limits(document: Document) -> Document:
    if len(document.text) > MAX_CHARACTERS:
        raise InputError(
            f"the draft has {len(document.text):,} characters, the page takes {MAX_CHARACTERS:,}; cut it in parts, or run: "
            "framing screen FILE"
        )
    return document
