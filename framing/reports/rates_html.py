"""How often each device comes in an article beside a set of reference, as rows of a table: the same on the page and in a report."""

from __future__ import annotations

from framing.overview import Overview, VoiceRate
from framing.reference import ReferenceRates
from framing.reports.characters import html_text
from framing.reports.wording import LETTERS
from framing.taxonomy import device


def rate_rows(seen: Overview) -> str:
    """A row for each device: findings per 1,000 words in the outlet's own voice and reported, those of the reference in brackets."""
    return "".join(
        f'<tr><th scope="row"><span class="chip {LETTERS[name]}">{LETTERS[name]}</span> {html_text(device(name).title)}</th>'
        f"{_rate(rates.own)}{_rate(rates.reported)}</tr>"
        for name, rates in seen.devices.items()
    )


def rates_note(reference: ReferenceRates, model: str) -> str:
    """What the brackets, the signs and the bold figures mean beside a text that `model` read."""
    brackets = f"In brackets: {html_text(reference.name)}, {reference.articles:,} articles of {reference.words:,} words"
    if model != reference.model:
        return f"{brackets} read by another model: not compared."
    return f"{brackets} read by the same model. ▲ more, ▼ fewer than there, beyond chance for a text of this length."


def _rate(rate: VoiceRate) -> str:
    weight = "b" if rate.difference else "span"
    shown = f'<{weight}>{rate.per_1000:.1f}</{weight}> <span class="quiet">({rate.reference.per_1000:.1f})</span>'
    if rate.difference is None:
        return f'<td class="number">{shown}</td>'
    arrow = {"more": "▲", "fewer": "▼"}[rate.difference]
    told = f'<span aria-hidden="true">{arrow}</span><span class="unseen">{rate.difference} than in agency copy:</span>'
    return f'<td class="number">{told} {shown}</td>'
