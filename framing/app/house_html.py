"""The house list beside a draft: what it leaves unmarked here, and its terms, each of which can be taken off."""

from __future__ import annotations

from framing.house import HouseList
from framing.reports.characters import html_text
from framing.taxonomy import device


def house_html(house: HouseList, hidden: int) -> str:
    """The list; `hidden` findings of the draft are left out by it. Empty where there are no terms."""
    if not house.terms:
        return ""
    rows = "".join(
        f'<li><span class="excerpt" dir="auto" lang="">{html_text(term.wording)}</span>'
        f' <span class="quiet">{html_text(device(term.device).title if term.device else "all devices")}</span>'
        f' <button type="button" data-act="unlist" data-term="{html_text(term.wording)}" data-device="{term.device or ""}"'
        f' aria-label="Take ‘{html_text(term.wording)}’ off the house list">Remove</button></li>'
        for term in house.terms
    )
    here = f"{hidden:,} {'finding' if hidden == 1 else 'findings'} left out here"
    return (
        f'<details class="house"><summary>House list: {len(house.terms):,} {"term" if len(house.terms) == 1 else "terms"}, {here}</summary>'
        f"<ul>{rows}</ul></details>"
    )
