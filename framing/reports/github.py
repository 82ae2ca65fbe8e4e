"""Writes screenings as workflow commands, which GitHub Actions shows as annotations beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from framing.reports.review import Lines, Region, has_lines, path_below, remark
from framing.screening import Finding, Screening
from framing.taxonomy import device

_COMMANDS: Final = {"own": "warning", "reported": "notice"}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render_github(screenings: Sequence[Screening], root: Path | None = None) -> str:
    """One command a line: `::warning` for the outlet's own voice, `::notice` for reported speech; nothing without findings.

    The surest come first, because GitHub shows no more than ten of each kind a step. Files are named from `root`, the working
    directory without it. A document without lines of its own (.docx, .pdf, .html) is annotated as a whole.
    """
    folder = Path.cwd() if root is None else root
    commands = [entry for screening in screenings for entry in _commands(screening, folder)]
    commands.sort(key=lambda entry: -entry[0])
    return "".join(f"{command}\n" for _, command in commands)


def _commands(screening: Screening, root: Path) -> Iterator[tuple[float, str]]:
    path = path_below(screening.source, root)
    lines = Lines(screening.text) if path is not None and has_lines(screening) else None
    for finding in screening.findings:
        properties = {"file": path} if path is not None else {}
        if lines is not None:
            properties |= _place(lines.region(finding.start, finding.end))
        properties["title"] = device(finding.device).title
        listed = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
        yield finding.score, f"::{_COMMANDS[finding.voice]} {listed}::{_message(screening, finding).translate(_DATA)}"


def _place(region: Region) -> dict[str, str]:
    place = {"line": str(region.line), "endLine": str(region.end_line)}
    if region.line == region.end_line:
        # GitHub takes columns only for an annotation within one line.
        place |= {"col": str(region.column), "endColumn": str(region.end_column)}
    return place


def _message(screening: Screening, finding: Finding) -> str:
    return f"{remark(screening, finding)}. {device(finding.device).alternative}"
