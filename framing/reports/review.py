"""What the reports for reviews say alike: a finding as one remark, and its place in the file that its author edits."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from framing.readers.inputs import SUFFIX_KINDS
from framing.reports.characters import terminal_text
from framing.reports.wording import in_words
from framing.screening import Finding, Screening
from framing.taxonomy import device

STDIN: Final = "-"
VOICE_WORDS: Final = {"own": "the outlet's own voice", "reported": "reported speech"}

_LINE_END: Final = re.compile("\r\n|\n|\r")
_QUOTED: Final = 100
"""Characters of wording that a remark quotes: the rest is there to be seen at the place itself."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where wording stands in a file: lines and columns count from 1, columns in code points, `end_column` is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Lines:
    """The lines of a text; line feed, carriage return and the two together each end one."""

    def __init__(self, text: str) -> None:
        """Find where each line begins."""
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def region(self, start: int, end: int) -> Region:
        """The lines and columns of `text[start:end]`."""
        return Region(*self._position(start), *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def has_lines(screening: Screening) -> bool:
    """Whether the text of a screening is the file itself, so that its lines are the file's.

    Of Word documents, PDFs and web pages, whatever they are called, the text is extracted: a line of it is nowhere in the file.
    """
    return not screening.extracted and SUFFIX_KINDS.get(PurePath(screening.source).suffix.lower(), "text") in ("text", "markdown")


def path_below(source: str, root: Path) -> str | None:
    """The path of a file from the folder `root`, with '/' between its parts; None for stdin and for a file outside `root`."""
    if source == STDIN:
        return None
    # Symbolic links are left as they are: a review names the file as its repository does.
    relative = os.path.relpath(os.path.abspath(source), os.path.abspath(root))
    path = PurePath(relative)
    return None if path.is_absolute() or path.parts[:1] == ("..",) else path.as_posix()


def remark(screening: Screening, finding: Finding) -> str:
    """A finding in one line: device, wording, probability, voice, and who is blamed."""
    facts = [in_words(finding.score), VOICE_WORDS[finding.voice]]
    if finding.target is not None:
        facts.append(f"blamed: {_quoted(screening.text[slice(*finding.target)])}")
    return f"{device(finding.device).title}: {_quoted(finding.text)} ({'; '.join(facts)})"


def _quoted(wording: str) -> str:
    shown = " ".join(terminal_text(wording).split())
    return f"'{shown if len(shown) <= _QUOTED else shown[: _QUOTED - 1].rstrip() + '…'}'"
