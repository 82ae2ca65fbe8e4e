"""What every corpus is read into, whatever its published format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.errors import CorpusError
from framing.taxonomy import DEVICE_NAMES, VOICES
from framing.text import Span


@dataclass(frozen=True, slots=True)
class Example:
    """One annotated paragraph.

    `article` is unique across corpora: the unit that a split never cuts. `known` are the channels of the taxonomy that
    the corpus annotates; the others are unknown, not absent, and are masked out of the loss and the metrics.
    `natural` is false for paragraphs picked because they looked likely to hold a device.
    """

    id: str
    corpus: str
    source: str
    article: str
    text: str
    spans: tuple[Span, ...]
    known: frozenset[str]
    natural: bool = True

    @property
    def sha256(self) -> str:
        """Hash of the paragraph's text in UTF-8."""
        return sha256(self.text)


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of `text` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(examples: Iterable[Example]) -> str:
    """A hash over ids, texts and spans, in order: two trainings with the same one saw the same data."""
    digest = hashlib.sha256()
    for example in examples:
        spans = [(s.start, s.end, s.device, s.voice, s.target) for s in example.spans]
        digest.update(json.dumps([example.id, example.sha256, spans, sorted(example.known)]).encode())
    return digest.hexdigest()[:16]


def read_jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers (from 1) and objects of a JSON Lines file; raises CorpusError with file and line."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise CorpusError(f"{path}, line {number}: not JSON ({error}); expected one object a line") from error
                if not isinstance(row, dict):
                    raise CorpusError(f"{path}, line {number}: found {type(row).__name__}, expected a JSON object")
                yield number, row
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 ({error}); convert it with iconv") from error


def require_text(row: dict[str, Any], where: str) -> str:
    """The row's `text`; raises CorpusError that begins with `where` when it is no text that UTF-8 can hold."""
    text = row["text"]
    if not isinstance(text, str):
        raise CorpusError(f"{where}: the field 'text' holds {type(text).__name__}, expected a string; export the corpus again")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CorpusError(f"{where}: the field 'text' is not valid Unicode ({error.reason}); export the corpus again") from error
    return text


def parse_spans(rows: Any, text_length: int, where: str) -> tuple[Span, ...]:
    """Spans of one annotation row; raises CorpusError that begins with `where` when a field is missing or out of range."""
    try:
        return tuple(_span(row, text_length) for row in rows)
    except KeyError as error:
        raise CorpusError(f"{where}: a span lacks the field {error}; expected start, end, device, voice") from error
    except (TypeError, ValueError) as error:
        raise CorpusError(f"{where}: {error}") from error


def _span(row: dict[str, Any], text_length: int) -> Span:
    start, end = int(row["start"]), int(row["end"])
    if not 0 <= start < end <= text_length:
        raise ValueError(f"span [{start}, {end}) is not inside the paragraph's {text_length} characters")
    if row["device"] not in DEVICE_NAMES:
        raise ValueError(f"device '{row['device']}' is unknown; expected one of {', '.join(DEVICE_NAMES)}")
    if row["voice"] not in VOICES:
        raise ValueError(f"voice '{row['voice']}' is unknown; expected 'own' or 'reported'")
    return Span(start, end, row["device"], row["voice"], _target(row, text_length))


def _target(row: dict[str, Any], text_length: int) -> tuple[int, int] | None:
    if not row.get("target"):
        return None
    start, end = map(int, row["target"])
    if not 0 <= start < end <= text_length:
        raise ValueError(f"target [{start}, {end}) is not inside the paragraph's {text_length} characters")
    return start, end
