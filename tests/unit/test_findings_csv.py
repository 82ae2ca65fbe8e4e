"""What a spreadsheet, or a statistics program, can rely on in the table of findings."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.reports.findings_csv import COLUMNS, render_csv
from framing.screening import Screening
from tests.unit.screenings import mark, screening, screenings, texts

no_deadline = settings(deadline=None)  # a machine under load is slow, not wrong


def rows(*shown: Screening, bom: bool = False) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(shown, bom), newline=""), strict=True))


def bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(tuple("=+-@\t\r\n＝＋－＠")) else cell


@no_deadline
@given(st.lists(screenings(texts), max_size=3))
def test_a_reader_gets_every_finding_back_and_no_cell_that_a_spreadsheet_runs(shown: list[Screening]) -> None:
    read = rows(*shown)
    findings = [(one, finding) for one in shown for finding in one.findings]
    assert len(read) == len(findings)
    for row, (one, finding) in zip(read, findings, strict=True):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) for cell in row.values())
        assert (bare(row["source"]), bare(row["text"]), row["device"], row["voice"]) == (
            *(one.source, finding.text),
            *(finding.device, finding.voice),
        )
        assert (float(row["score"]), float(row["voice_score"])) == (finding.score, finding.voice_score)
        paragraph = one.paragraphs[int(row["paragraph"]) - 1]
        assert finding in paragraph.findings
        assert paragraph.sentences[int(row["sentence"]) - 1].start <= finding.start or row["sentence"] == "1"
        assert one.text[int(row["start"]) : int(row["end"])] == finding.text


def test_a_row_says_where_who_and_how_sure() -> None:
    text = "Rain.\n\nIt fell. The corrupt regime, he said, \"broke\" the dams."
    finding = mark(text, "The corrupt regime, he said, \"broke\" the dams", "blame_attribution", 0.93, voice="reported", target=(16, 34))
    assert render_csv([screening(text, finding)]) == (
        "source,device,voice,score,voice_score,start,end,paragraph,sentence,text,target,model\r\n"
        "draft.txt,blame_attribution,reported,0.93,0.9,16,61,2,2,"
        '"The corrupt regime, he said, ""broke"" the dams",The corrupt regime,a model\r\n'
    )


def test_no_findings_give_a_header_alone() -> None:
    assert render_csv([]) == render_csv([screening("Nothing here.")]) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("start", "=+-@＝＋－＠")
def test_wording_that_begins_as_a_formula_is_defused(start: str) -> None:
    text = f'{start}HYPERLINK("http://example.org")'
    assert rows(screening(text, mark(text, text), source=text))[0]["text"] == f"'{text}"
    assert rows(screening(text, mark(text, text), source=text))[0]["source"] == f"'{text}"


def test_a_byte_order_mark_is_there_only_when_asked_for() -> None:
    assert not render_csv([]).startswith("\ufeff")
    assert render_csv([], bom=True) == "\ufeff" + render_csv([])
