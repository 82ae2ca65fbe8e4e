"""Writes a screening as linters write their remarks: one line a finding, led by its file, line and column."""

from __future__ import annotations

from framing.reports.characters import terminal_text
from framing.reports.review import Lines, has_lines, remark
from framing.screening import Screening


def render_lines(screening: Screening) -> str:
    """`file:line:column: remark` for each finding in reading order, each with a line end; nothing without findings.

    Lines and columns count from 1. A document without lines of its own (.docx, .pdf, .html) is named alone. Nothing in the text
    or in its name is taken as a command by the terminal.
    """
    lines = Lines(screening.text) if has_lines(screening) else None
    written = []
    for finding in screening.findings:
        place = terminal_text(screening.source)
        if lines is not None:
            region = lines.region(finding.start, finding.end)
            place += f":{region.line}:{region.column}"
        written.append(f"{place}: {remark(screening, finding)}\n")
    return "".join(written)
