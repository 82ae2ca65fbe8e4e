"""What goes through a batch: a record as read, the article in it, and its result or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from framing.screening import Screening
from framing.text import Document

FLAT_COLUMNS: Final = ("id", "row", "input", "start", "end", "text", "device", "score", "voice", "voice_score", "target")
"""Of a row a finding."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article to screen. `row` counts the records of `input` from 1; `line` is the line of it that the record begins in."""

    id: str
    input: str
    row: int
    line: int | None
    text: str
    document: Document | None = None
    """The article as its format's reader splits it; None for plain text, which is split later."""

    def split(self) -> Document:
        """The article with its paragraphs and sentences."""
        return self.document or Document.from_text(self.text, f"{self.input}, row {self.row}")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A record that is no article, and why. `line` is None where the format has no lines."""

    input: str
    row: int
    line: int | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, one line of OUT.rejects.jsonl."""
        return {"input": self.input, "row": self.row, "line": self.line, "reason": self.reason}

    def __str__(self) -> str:
        """As a message: the place first."""
        place = f"line {self.line}" if self.line is not None else f"row {self.row}"
        # Documents have no rows, and their readers' messages begin with their name.
        return self.reason if self.reason.startswith(f"'{self.input}'") else f"{self.input}, {place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A screened article and where it came from; `config` is the hash of the settings that it was screened under."""

    id: str
    row: int
    input: str
    config: str
    screening: Screening

    @property
    def model(self) -> str:
        """Name and revision of the weights."""
        return self.screening.model

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; `framing/reports/screening.schema.json` describes what stands under `screening`."""
        return {
            "id": self.id,
            "row": self.row,
            "input": self.input,
            "model": self.model,
            "config": self.config,
            "screening": self.screening.to_dict(),
        }

    def flat(self) -> list[dict[str, Any]]:
        """One row a finding, in reading order."""
        place = {"id": self.id, "row": self.row, "input": self.input}
        return [place | finding.to_dict() for finding in self.screening.findings]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an input before anything in it is looked at, so that those of finished shards can be passed over cheaply."""

    parse: Callable[[], Article | RejectedRow]
    raw: bytes = b""
    """The record's bytes where the input is a stream that cannot be told again by size and time."""
