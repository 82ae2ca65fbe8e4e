"""Writes results as lines of text: JSON Lines and CSV."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TextIO

from framing.batch.rows import FLAT_COLUMNS, ScoredRow
from framing.errors import ModelError

LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# UTF-8 cannot hold lone surrogates, and some readers of lines also break at the other three.
_ESCAPED: Final = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def concatenate(parts: Sequence[Path], target: Path, header: bytes = b"") -> None:
    """Write `header` and then the bytes of the parts into `target`. Raises OSError."""
    with target.open("wb") as joined:
        joined.write(header)
        for part in parts:
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, joined, 1 << 20)


def json_line(fields: dict[str, Any]) -> str:
    """`fields` as one line of JSON with its line end, which can always be written as UTF-8.

    Raises ModelError where a score is no finite number.
    """
    try:
        line = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise ModelError(
            f"the model gave a score that is not a finite number for '{fields.get('id')}'; expected 0 to 1; its weights or calibration "
            "are damaged: fetch the model folder again, or train it again"
        ) from error
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", line) + "\n"


class JsonLinesPart:
    """One line an article, or with `flat` a finding."""

    def __init__(self, stream: TextIO, flat: bool) -> None:
        """Write into `stream`, which is closed in the end."""
        self._stream = stream
        self._flat = flat

    def write(self, row: ScoredRow) -> None:
        """Add a row, or its findings."""
        self._stream.writelines(map(json_line, row.flat() if self._flat else [row.to_dict()]))

    def close(self) -> None:
        """Bring everything to the disk."""
        self._stream.close()


class CsvPart:
    """One line a finding, without a header; line breaks stay inside quotes, and `target` is a JSON list."""

    def __init__(self, stream: TextIO) -> None:
        """Write into `stream`, which is closed in the end."""
        self._stream = stream
        # With the line ends of RFC 4180: with others the module leaves a lone carriage return unquoted, and readers break the row there.
        self._writer = csv.writer(stream)

    def write(self, row: ScoredRow) -> None:
        """Add the row's findings."""
        for finding in row.flat():
            # For its error alone: no form of output says that a score is no number.
            json_line(finding)
            finding["target"] = json.dumps(finding["target"]) if finding["target"] else ""
            self._writer.writerow([LONE_SURROGATE.sub("\ufffd", str(finding[name])) for name in FLAT_COLUMNS])

    def close(self) -> None:
        """Bring everything to the disk."""
        self._stream.close()
