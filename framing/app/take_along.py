"""A screened draft as a file to take along, as its editor saw it; nothing of it stays on the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from framing.app.draft import REASONS, Draft, Steering
from framing.house import HouseList
from framing.reference import ReferenceRates
from framing.reports.findings_csv import render_csv
from framing.reports.html import render_view
from framing.reports.json_lines import render_json
from framing.reports.sarif import render_sarif
from framing.reports.view import Dismissed, View
from framing.taxonomy import DEVICE_NAMES

FORMATS: Final[Mapping[str, str]] = {"html": "Report (HTML)", "csv": "Findings (CSV)", "json": "JSON", "sarif": "SARIF"}
"""The formats, with what their buttons say."""
_RENDERED: Final[Mapping[str, tuple[str, Callable[[View], str]]]] = {
    "html": ("text/html", render_view),
    "csv": ("text/csv", lambda view: render_csv([view.shown], bom=True, view=view)),
    "json": ("application/json", lambda view: render_json(view.shown, view)),
    "sarif": ("application/sarif+json", lambda view: render_sarif([view.shown], view=view)),
}


def take_along(view: View, name: str) -> dict[str, str]:
    """File name, media type and content (text, to be written as UTF-8) of a view in the format of that name."""
    kind, render = _RENDERED[name]
    source = view.shown.source
    stem = re.sub(r"[^\w-]+", "-", source.rpartition(".")[0] or source).strip("-") or "draft"
    return {"name": f"{stem}-framing.{name}", "type": f"{kind};charset=utf-8", "content": render(view)}


def view_of(draft: Draft, steering: Steering, house: HouseList, reference: ReferenceRates) -> View:
    """What a visitor sees of a draft, and what not."""
    whole = draft.visible(steering.whole, house)
    return View(
        shown=draft.visible(steering, house),
        whole=whole,
        sensitivity=steering.sensitivity,
        devices=[name for name in DEVICE_NAMES if name in steering.devices],
        only="own" if steering.own_only else None,
        dismissed=[Dismissed(draft.finding(step.key), REASONS[step.reason]) for step in draft.dismissed if step.key],
        house_list=draft.hidden(steering.whole, house),
        reference=reference,
    )
