"""Editors' verdicts on findings: what one says, how it is taken back, and the file of JSON lines that holds them.

    right    the finding marks what its device means
    wrong    it does not
    missed   wording of that device that no finding marked

A row has the fields of `Verdict`, or those of `Retraction`, which takes an earlier row back: rows are only ever added. Unknown fields are
passed over, so that a later version may add some; `version` counts up when a field changes its meaning. The file holds unpublished copy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, get_args
from uuid import UUID

from framing.errors import CorpusError, InputError, nearest
from framing.taxonomy import DEVICE_NAMES, VOICES

SCHEMA_VERSION: Final = 1
LONGEST_PARAGRAPH: Final = 100_000
"""Characters; the longest paragraph of a newspaper has some thousands."""
LONGEST_REASON: Final = 10_000
LONGEST_NAME: Final = 1_000
"""Characters of a source's or a model's name, and of the other short fields."""

Judgement = Literal["right", "wrong", "missed"]
JUDGEMENTS: Final[tuple[str, ...]] = get_args(Judgement)

_SHA256: Final = re.compile("[0-9a-f]{64}")
_LIMITS: Final = {"text": LONGEST_PARAGRAPH, "reason": LONGEST_REASON}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an editor says of wording of one paragraph.

    `start` and `end` count code points of `text`, the whole paragraph. `voice` and `score` are the finding's; a missed wording has no
    score, and a voice only where the editor gave one. `model` is the name and revision that screened. `source` is the name of the document
    and `document` the SHA-256 of its text, which tells paragraphs of one draft. `time` is UTC, ISO 8601; `id` a UUID.

    Raises:
        InputError: a value of the wrong type, out of its range or too long; the message names the field.
    """

    verdict: Judgement
    text: str
    start: int
    end: int
    device: str
    voice: Literal["own", "reported"] | None
    score: float | None
    reason: str
    model: str
    source: str
    document: str
    time: str
    id: str
    version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        """Refuse what cannot be, so that nothing is written that would not be read."""
        _check_version(self.version)
        for name in ("verdict", "text", "device", "reason", "model", "source", "document", "time", "id"):
            _check_text(name, getattr(self, name), _LIMITS.get(name, LONGEST_NAME))
        _check_choice("verdict", self.verdict, JUDGEMENTS)
        _check_choice("device", self.device, DEVICE_NAMES)
        if self.voice is not None:
            _check_choice("voice", self.voice, VOICES)
        _check_range(self.start, self.end, self.text)
        _check_score(self.score, self.verdict)
        if not _SHA256.fullmatch(self.document):
            raise InputError(f"the field 'document' is '{self.document}', expected the SHA-256 of its text (Screening.text_sha256)")
        _check_time(self.time)
        _check_uuid("id", self.id)

    @property
    def wording(self) -> str:
        """The characters that the verdict is on."""
        return self.text[self.start : self.end]

    def to_line(self) -> bytes:
        """The row as UTF-8, its line end included."""
        return _line(self)


@dataclass(frozen=True, slots=True)
class Retraction:
    """Takes back the verdict whose `id` is `retracts`, as though it had not been given; `time` and `id` as of a verdict.

    Raises:
        InputError: a value of the wrong type or that cannot be; the message names the field.
    """

    retracts: str
    time: str
    id: str
    version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        """Refuse what cannot be, so that nothing is written that would not be read."""
        _check_version(self.version)
        for name in ("retracts", "time", "id"):
            _check_text(name, getattr(self, name), LONGEST_NAME)
        _check_uuid("retracts", self.retracts)
        _check_time(self.time)
        _check_uuid("id", self.id)

    def to_line(self) -> bytes:
        """The row as UTF-8, its line end included."""
        return _line(self)


Row = Verdict | Retraction


def read(path: Path) -> Iterator[tuple[int, Verdict]]:
    """Line numbers (from 1) and verdicts that were not taken back, in the order in which they were recorded.

    A retraction of a verdict that is not in the file takes nothing back. A last line that was cut off (no line end, no whole row) is what a
    crash or a writer at work leaves, and is passed over. Nothing else is but empty lines.

    Raises:
        CorpusError: the file cannot be read, or a row is neither a verdict nor a retraction; begins with file and line and says what to do.
    """
    rows = list(_rows(path))
    taken_back = {row.retracts for _, row in rows if isinstance(row, Retraction)}
    for number, row in rows:
        if isinstance(row, Verdict) and row.id not in taken_back:
            yield number, row


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                where = f"{path}, line {number}"
                try:
                    row = json.loads(line)
                # ValueError: not JSON, not UTF-8, or a number of too many digits.
                except (ValueError, RecursionError) as error:
                    if not line.endswith(b"\n"):
                        return
                    problem = f"{where}: not a row of JSON ({error}); a crash may have cut it off: delete the line"
                    raise CorpusError(problem) from error
                yield number, _row(row, where)
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file; expected the verdicts that editors recorded; check the path") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); expected a file of verdicts that this user may read") from error


def _row(row: Any, where: str) -> Row:
    if not isinstance(row, dict):
        raise CorpusError(f"{where}: found {type(row).__name__}, expected a JSON object; delete the line")
    kind: type[Row] = Retraction if "retracts" in row else Verdict
    names = [field.name for field in fields(kind)]
    for name in names:
        if name not in row:
            raise CorpusError(f"{where}: the field '{name}' is missing; expected {', '.join(names)}; correct or delete the line")
    try:
        return kind(**{name: row[name] for name in names})
    except InputError as error:
        raise CorpusError(f"{where}: {error}; correct or delete the line") from error


def _line(row: Row) -> bytes:
    return (json.dumps(asdict(row), ensure_ascii=False, allow_nan=False) + "\n").encode()


def _check_version(version: object) -> None:
    if type(version) is not int or version != SCHEMA_VERSION:
        raise InputError(f"the field 'version' is {version!r}, expected {SCHEMA_VERSION}; read it with the framing that wrote it")


def _check_uuid(name: str, value: str) -> None:
    try:
        UUID(value)
    except ValueError:
        raise InputError(f"the field '{name}' is '{value}', expected a UUID; give each row one of its own") from None


def _check_text(name: str, value: object, longest: int) -> None:
    if not isinstance(value, str):
        raise InputError(f"the field '{name}' holds {type(value).__name__}, expected a string")
    if len(value) > longest:
        raise InputError(f"the field '{name}' has {len(value)} characters, expected at most {longest}; shorten it")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the field '{name}' is not valid Unicode ({error.reason}); save the draft anew as UTF-8") from error


def _check_choice(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"the field '{name}' is {value!r}{nearest(str(value), known)}; expected one of {', '.join(known)}")


def _check_range(start: object, end: object, text: str) -> None:
    if type(start) is not int or type(end) is not int:
        raise InputError(f"the fields 'start' and 'end' are {start!r} and {end!r}, expected two whole numbers")
    if not 0 <= start < end <= len(text):
        raise InputError(f"[{start}, {end}) is not inside the paragraph's {len(text)} characters; count code points of the paragraph")


def _check_score(score: object, verdict: str) -> None:
    if verdict == "missed":
        if score is not None:
            raise InputError(f"the field 'score' is {score!r}, expected none: no finding marked what was missed")
    elif isinstance(score, bool) or not isinstance(score, int | float) or not 0.0 <= score <= 1.0:
        raise InputError(f"the field 'score' is {score!r}, expected the finding's probability, 0 to 1")


def _check_time(time: str) -> None:
    try:
        offset = datetime.fromisoformat(time).utcoffset()
    except ValueError:
        offset = None
    if offset != timedelta(0):
        raise InputError(f"the field 'time' is '{time}', expected UTC in ISO 8601, for example 2026-03-01T08:30:00+00:00")
