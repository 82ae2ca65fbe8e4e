"""What every corpus is read into, whatever its published format."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from framing.errors import CorpusError
from framing.segmentation import sentence_bounds
from framing.taxonomy import DEVICE_NAMES, VOICES
from framing.text import Span

_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SPACE: Final = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True, eq=False)
class TokenLogits:
    """What a teacher model gave for the tokens of a paragraph: characters [starts, ends) of each, int32 (tokens,), and its logits, float32
    (tokens, channels).
    """

    teacher: str
    channels: tuple[str, ...]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    logits: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """One annotated paragraph (or sentence, comment, tweet: what the corpus labels as one).

    `article` is unique across corpora: the unit that a split never cuts. `known` are the labels (devices and their target and
    voice, or labels of `framing.vocabularies`) whose spans the corpus annotates; all others are unknown, not absent, and are
    masked out of the loss and the metrics. `natural` is false for paragraphs picked because they looked likely to hold a device.
    `labels` are those given to the paragraph as a whole, `article_labels` those given to the whole article, the same on each of
    its paragraphs; a label that is in neither is unknown. `split` is the published one ('train', 'dev', 'test'), if there is one.
    `start` is where the text begins in the published article, in characters: a span lies at `start + span.start` there.
    `sentences` are the published sentence bounds within the text; without them our own splitter draws them. `taught` is what a teacher
    model makes of a paragraph that nobody annotated.
    """

    id: str
    corpus: str
    source: str
    article: str
    text: str
    spans: tuple[Span, ...]
    known: frozenset[str]
    natural: bool = True
    labels: Mapping[str, bool] = field(default_factory=dict)
    article_labels: Mapping[str, bool] = field(default_factory=dict)
    split: str | None = None
    start: int = 0
    sentences: tuple[tuple[int, int], ...] | None = None
    taught: TokenLogits | None = None

    @property
    def sha256(self) -> str:
        """Hash of the paragraph's text in UTF-8."""
        return sha256(self.text)

    def sentence_bounds(self) -> list[tuple[int, int]]:
        """Start and end of each sentence within the text: the published ones, or those that our own splitter draws."""
        return list(self.sentences) if self.sentences is not None else sentence_bounds(self.text, 0, len(self.text))


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of `text` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(examples: Iterable[Example]) -> str:
    """A hash over ids, texts, spans and labels, in order: two trainings with the same one saw the same data."""
    digest = hashlib.sha256()
    for example in examples:
        spans = [(s.start, s.end, s.label, s.voice, s.target) for s in example.spans]
        row: list[Any] = [example.id, example.sha256, spans, sorted(example.known)]
        if example.labels or example.article_labels:
            row += [sorted(example.labels.items()), sorted(example.article_labels.items())]
        if example.taught is not None:
            row += [example.taught.teacher]
        digest.update(json.dumps(row).encode())
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


def read_json(path: Path) -> Any:
    """The content of a file that is one JSON value; raises CorpusError with file and line."""
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise CorpusError(f"{path}, line {error.lineno}: not JSON ({error.msg}); download the file again") from error


def read_list(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers (from 1) and objects of a file that is one JSON list; raises CorpusError with file and line."""
    text, decoder = read_text(path), json.JSONDecoder()
    position, line, counted = _after_space(text, 0), 1, 0
    if text[position : position + 1] != "[":
        raise CorpusError(f"{path}, line 1: found {text[position : position + 1]!r}, expected '[': the file holds one JSON list")
    while text[position : position + 1] != "]":
        start = _after_space(text, position + 1)
        line, counted = line + text.count("\n", counted, start), start
        try:
            row, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{path}, line {error.lineno}: not JSON ({error.msg}); expected a list of objects") from error
        if not isinstance(row, dict):
            raise CorpusError(f"{path}, line {line}: found {type(row).__name__}, expected a JSON object")
        yield line, row
        position = _after_space(text, end)
        if text[position : position + 1] not in (",", "]"):
            raise CorpusError(f"{path}, line {line}: the row is not followed by ',' or ']'; the file may be cut off: fetch it again")


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def require_fields(row: dict[str, Any], fields: Iterable[str], where: str) -> None:
    """Raises CorpusError that begins with `where` and names the first of `fields` that the row lacks."""
    for name in fields:
        if name not in row:
            raise CorpusError(f"{where}: the field '{name}' is missing; found {', '.join(row) or 'none'}")


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


def read_text(path: Path, keep_mark: bool = False) -> str:
    """A UTF-8 text file, its line ends as they are (offsets count them); raises CorpusError when it is missing or not UTF-8.

    A byte order mark is left out unless `keep_mark`: offsets of some corpora count it.
    """
    try:
        return path.read_bytes().decode("utf-8" if keep_mark else "utf-8-sig")
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 ({error}); convert it with iconv") from error


def read_table(path: Path, separator: str = "\t") -> Iterator[tuple[int, list[str]]]:
    """Line numbers (from 1) and fields of a separated file without quoting; empty lines are passed over."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r").split(separator)


def read_quoted_table(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of `quoted_rows`, all of as many fields as the header; raises CorpusError with file and line for one that is not."""
    expected = 0
    for first, row in quoted_rows(path, separator):
        expected = expected or len(row)
        if len(row) != expected:
            name = _SEPARATORS.get(separator, repr(separator))
            raise CorpusError(f"{path}, line {first}: found {len(row)} fields, expected {expected}, separated by {name}")
        yield first, row


def quoted_rows(path: Path, separator: str, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Line numbers (from 1) and fields of the rows of a separated file with quoting, the header among them as line 1.

    A quoted field may hold line ends, so a row is named by the line that it begins on. Raises CorpusError with file and line for a row
    that is no CSV; unless `strict`, quotation marks that stand in a quoted field as they are do not make it one.
    """
    reader = csv.reader(StringIO(read_text(path), newline=""), delimiter=separator, strict=strict)
    first = 1
    try:
        for row in reader:
            yield first, row
            first = reader.line_num + 1
    except csv.Error as error:
        raise CorpusError(f"{path}, line {first}: not a row of CSV ({error}); download the file again") from error


def checked_span(start: object, end: object, text_length: int, label: str, where: str, voice: str | None = None) -> Span:
    """A span from published offsets, end exclusive; raises CorpusError that begins with `where` when they are not inside the text."""
    try:
        first, last = int(str(start)), int(str(end))
    except ValueError:
        raise CorpusError(f"{where}: found offsets '{start}' and '{end}', expected two whole numbers; correct the row") from None
    if not 0 <= first < last <= text_length:
        raise CorpusError(f"{where}: span [{first}, {last}) is not inside the text's {text_length} characters; correct the row")
    return Span(first, last, label, voice)


def cut(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    """The parts of article spans that lie in [start, end), counted from `start`."""
    return tuple(
        Span(
            max(span.start, start) - start,
            min(span.end, end) - start,
            span.label,
            span.voice,
            open_start=span.start < start,
            open_end=span.end > end,
        )
        for span in spans
        if span.start < end and span.end > start
    )


def blocks(lines: Sequence[tuple[int, int]], longest: int) -> Iterator[list[tuple[int, int]]]:
    """Neighbouring lines (start, end) put together until a block would pass `longest` characters: context for what is read as one."""
    block: list[tuple[int, int]] = []
    for line in lines:
        if block and line[1] - block[0][0] > longest:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def line_bounds(text: str) -> list[tuple[int, int]]:
    """Start and end of each line that holds something, white space around it left out."""
    bounds, position = [], 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            first = position + line.index(stripped)
            bounds.append((first, first + len(stripped)))
        position += len(line) + 1
    return bounds
