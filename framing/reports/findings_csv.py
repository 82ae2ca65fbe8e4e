"""Writes the findings of screenings as a table, one row a finding, for spreadsheets and for statistics."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from framing.screening import Finding, Screening

COLUMNS: Final = (
    *("source", "device", "voice", "score", "voice_score", "start", "end"),
    *("paragraph", "sentence", "text", "target", "model"),
)
BYTE_ORDER_MARK: Final = "\ufeff"

# With these at the start, a spreadsheet runs a cell instead of showing it; the wide ones too, under some East Asian settings.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")


def render_csv(screenings: Sequence[Screening], bom: bool = False) -> str:
    r"""All findings as CSV after RFC 4180: a header, then one row a finding, lines ended by `\r\n`.

    `start` and `end` count code points of the document's text as read; `paragraph` and `sentence` count from 1, the sentence
    within its paragraph; `target` is the wording of the blamed actor. A cell of text that a spreadsheet would run as a formula
    (it begins with = + - @, a tab or a line end) gets an apostrophe in front: whoever needs such wording exactly takes the JSON.

    The caller writes the text as UTF-8, without translating line ends. `bom` puts a byte order mark in front, without
    which Excel takes a file that it opens by a double click for another encoding.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for screening in screenings:
        writer.writerows(_rows(screening))
    return (BYTE_ORDER_MARK if bom else "") + written.getvalue()


def _rows(screening: Screening) -> Iterator[tuple[object, ...]]:
    for number, paragraph in enumerate(screening.paragraphs, 1):
        ends = [sentence.end for sentence in paragraph.sentences]
        for finding in paragraph.findings:
            sentence = sum(end <= finding.start for end in ends) + 1
            yield (
                *(_defused(cell) for cell in (screening.source, finding.device, finding.voice)),
                *(finding.score, finding.voice_score, finding.start, finding.end, number, sentence),
                *(_defused(cell) for cell in (finding.text, _target(screening, finding), screening.model)),
            )


def _target(screening: Screening, finding: Finding) -> str:
    return screening.text[slice(*finding.target)] if finding.target is not None else ""


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
