"""A screened draft as a file to take along; nothing of it stays on the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from framing.reports.findings_csv import render_csv
from framing.reports.html import render_html
from framing.reports.json_lines import render_json
from framing.reports.sarif import render_sarif
from framing.screening import Screening

FORMATS: Final[Mapping[str, str]] = {"html": "Report (HTML)", "csv": "Findings (CSV)", "json": "JSON", "sarif": "SARIF"}
"""The formats, with what their buttons say."""
_RENDERED: Final[Mapping[str, tuple[str, Callable[[Sequence[Screening]], str]]]] = {
    "html": ("text/html", render_html),
    "csv": ("text/csv", lambda screenings: render_csv(screenings, bom=True)),
    "json": ("application/json", lambda screenings: render_json(screenings[0])),
    "sarif": ("application/sarif+json", render_sarif),
}


def take_along(screening: Screening, name: str) -> dict[str, str]:
    """File name, media type and content (text, to be written as UTF-8) of a screening in the format of that name."""
    kind, render = _RENDERED[name]
    stem = re.sub(r"[^\w-]+", "-", screening.source.rpartition(".")[0] or screening.source).strip("-") or "draft"
    return {"name": f"{stem}-framing.{name}", "type": f"{kind};charset=utf-8", "content": render([screening])}
