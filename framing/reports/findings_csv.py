"""Writes the findings of screenings as a table, one row a finding, for spreadsheets and for statistics."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from framing.reports.view import View
from framing.screening import Finding, Screening

COLUMNS: Final = (
    *("source", "device", "voice", "score", "voice_score", "start", "end"),
    *("paragraph", "sentence", "text", "target", "model"),
)
BYTE_ORDER_MARK: Final = "\ufeff"

# With these at the start, a spreadsheet runs a cell instead of showing it; the wide ones too, under some East Asian settings.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")


def render_csv(screenings: Sequence[Screening], bom: bool = False, view: View | None = None) -> str:
    r"""All findings as CSV after RFC 4180: a header, then one row a finding, lines ended by `\r\n`.

    `start` and `end` count code points of the document's text as read; `paragraph` and `sentence` count from 1, the sentence
    within its paragraph; `target` is the wording of the blamed actor. A cell of text that a spreadsheet would run as a formula
    (it begins with = + - @, a tab or a line end) gets an apostrophe in front: whoever needs such wording exactly takes the JSON.

    `view`, of the one screening that is given, adds the findings that its editor dismissed, and a last column `dismissed` with the reason,
    empty for those that stand.

    The caller writes the text as UTF-8, without translating line ends. `bom` puts a byte order mark in front, without
    which Excel takes a file that it opens by a double click for another encoding.
    """
    dismissed = {one.finding: one.reason for one in view.dismissed} if view is not None else {}
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS if view is None else (*COLUMNS, "dismissed"))
    for screening in screenings:
        ends = [paragraph.end for paragraph in screening.paragraphs]
        for finding in sorted([*screening.findings, *dismissed], key=lambda found: (found.start, found.end)):
            row = _row(screening, finding, bisect_right(ends, finding.start))
            writer.writerow(row if view is None else (*row, _defused(dismissed.get(finding, ""))))
    return (BYTE_ORDER_MARK if bom else "") + written.getvalue()


def _row(screening: Screening, finding: Finding, paragraph: int) -> tuple[object, ...]:
    sentence = bisect_right([sentence.end for sentence in screening.paragraphs[paragraph].sentences], finding.start)
    return (
        *(_defused(cell) for cell in (screening.source, finding.device, finding.voice)),
        *(finding.score, finding.voice_score, finding.start, finding.end, paragraph + 1, sentence + 1),
        *(_defused(cell) for cell in (finding.text, _target(screening, finding), screening.model)),
    )


def _target(screening: Screening, finding: Finding) -> str:
    return screening.text[slice(*finding.target)] if finding.target is not None else ""


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
