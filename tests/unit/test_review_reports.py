"""What GitHub Actions and editors can rely on: one command or one line a finding, and no draft that gives commands itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.readers import read_bytes
from framing.reports.github import render_github
from framing.reports.lines import render_lines
from framing.screening import Screening
from tests.unit.screenings import mark, screening, screenings, texts

no_deadline = settings(deadline=None)  # a machine under load is slow, not wrong
COMMAND = re.compile(r"::(?P<name>warning|notice) (?P<properties>[^\r\n:]*)::(?P<message>[^\r\n]*)")
TEXT = "Rain.\n\nThe corrupt\nregime fell. Its puppets ran."


def unescaped(value: str) -> str:
    """As the runner reads a value of a command."""
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        value = value.replace(escape, character)
    return value


@no_deadline
@given(st.lists(screenings(texts.map(lambda text: f"copy/{text}")), max_size=3))
def test_a_runner_reads_one_command_a_finding_whatever_the_text_and_the_name(shown: list[Screening]) -> None:
    written = render_github(shown)
    lines = [line for line in re.split("[\r\n]+", written) if line]
    assert len(lines) == sum(len(one.findings) for one in shown)
    for line in lines:
        command = COMMAND.fullmatch(line)
        assert command is not None
        names = [listed.partition("=")[0] for listed in command["properties"].split(",")]
        assert len(names) == len(set(names))
        assert set(names) <= {"file", "line", "endLine", "col", "endColumn", "title"}


def test_an_annotation_stands_at_its_lines_and_speaks_louder_of_the_outlets_own_voice() -> None:
    shown = screening(
        TEXT, mark(TEXT, "corrupt\nregime", score=0.6, voice="reported"), mark(TEXT, "Its puppets", score=0.9), source="copy/a, 5%: b.md"
    )
    own, reported = render_github([shown]).splitlines()
    assert own == (
        "::warning file=copy/a%2C 5%25%3A b.md,line=4,endLine=4,col=14,endColumn=25,title=Loaded label::Loaded label: 'Its puppets' "
        "(very likely, 0.90; the outlet's own voice). Use the plain name or the fact that the charge stands for."
    )
    assert reported.startswith("::notice file=copy/a%2C 5%25%3A b.md,line=3,endLine=4,title=Loaded label::")
    assert "'corrupt regime' (more likely than not, 0.60; reported speech)" in reported
    assert unescaped(COMMAND.fullmatch(own)["properties"].split(",")[0]) == "file=copy/a, 5%: b.md"  # type: ignore[index]


def test_annotations_name_files_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = screening(TEXT, mark(TEXT, "puppets"), source=str(tmp_path / "copy/a.md"))
    assert "file=copy/a.md,line=4" in render_github([shown])
    assert "file=a.md,line=4" in render_github([shown], tmp_path / "copy")


def test_stdin_has_no_file_and_a_word_document_no_lines() -> None:
    finding = mark(TEXT, "puppets")
    assert render_github([screening(TEXT, finding, source="-")]).startswith("::warning title=Loaded label::")
    assert render_github([screening(TEXT, finding, source="a.docx")]).startswith("::warning file=a.docx,title=Loaded label::")
    assert render_lines(screening(TEXT, finding, source="a.docx")).startswith("a.docx: Loaded label: 'puppets'")


def test_the_text_of_a_web_page_has_no_lines_whatever_the_page_is_called() -> None:
    page = b"<!DOCTYPE html><html><body><article><p>The corrupt regime fell, and nobody saw it coming.</p></article></body></html>"
    for source in ("-", "story.asp"):
        document = read_bytes(page, source, Path(source).suffix)
        shown = screening(document.text, mark(document.text, "corrupt regime"), source=source)
        assert render_lines(replace(shown, extracted=document.extracted)).startswith(f"{source}: Loaded label")
    assert not read_bytes(b"The corrupt regime fell.", "-").extracted


def test_a_clean_article_gives_no_command_and_no_line() -> None:
    assert render_github([screening(TEXT)]) == render_lines(screening(TEXT)) == ""


def test_a_line_leads_with_file_line_and_column() -> None:
    shown = screening(TEXT, mark(TEXT, "Its puppets", score=0.9), mark(TEXT, "corrupt\nregime", score=0.6, voice="reported"))
    assert render_lines(shown) == (
        "draft.txt:3:5: Loaded label: 'corrupt regime' (more likely than not, 0.60; reported speech)\n"
        "draft.txt:4:14: Loaded label: 'Its puppets' (very likely, 0.90; the outlet's own voice)\n"
    )


@no_deadline
@given(screenings(texts))
def test_every_finding_is_one_line_that_no_terminal_obeys(shown: Screening) -> None:
    written = render_lines(shown)
    assert written.count("\n") == len(shown.findings)
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", written)


def test_long_wording_is_cut_short_in_a_remark() -> None:
    text = "word " * 60
    (line,) = render_lines(screening(text, mark(text, text.strip()))).splitlines()
    assert len(line) < 200
    assert "…'" in line
