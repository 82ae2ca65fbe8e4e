"""The overview beside a draft: what stands out, the strip of its sentences, its rates beside those of agency copy."""

from __future__ import annotations

from framing.app.draft_html import strip
from framing.decoding import Sensitivity
from framing.overview import VoiceRate, overview, stands_out
from framing.reference import ReferenceRates
from framing.reports.characters import html_text
from framing.reports.wording import LETTERS
from framing.screening import Screening
from framing.taxonomy import device


def overview_html(screening: Screening, visible: Screening, reference: ReferenceRates, sensitivity: Sensitivity) -> str:
    """The overview of a draft as screened at `sensitivity`; its strip shows what is `visible` of the marks."""
    if not screening.paragraphs:
        return ""
    seen = overview(screening, reference, sensitivity)
    sentences = " ".join(stands_out(screening, reference, sensitivity))
    rows = "".join(
        f'<tr><th scope="row"><span class="chip {LETTERS[name]}">{LETTERS[name]}</span> {html_text(device(name).title)}</th>'
        f"{_rate(seen.devices[name].own)}{_rate(seen.devices[name].reported)}</tr>"
        for name in seen.devices
    )
    return (
        '<section aria-label="What stands out"><h2>What stands out</h2>'
        f'<p class="stands-out" dir="auto">{html_text(sentences)}</p></section>'
        f"<h2>Sentence by sentence</h2>{strip(visible)}"
        f"<h2>Per 1,000 words</h2><table><thead><tr><th scope=col>Device</th><th scope=col class=number>Own voice</th>"
        f"<th scope=col class=number>Reported</th></tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="quiet">{_note(screening, reference)}</p>'
    )


def _rate(rate: VoiceRate) -> str:
    weight = "b" if rate.difference else "span"
    shown = f'<{weight}>{rate.per_1000:.1f}</{weight}> <span class="quiet">({rate.reference.per_1000:.1f})</span>'
    if rate.difference is None:
        return f'<td class="number">{shown}</td>'
    arrow = {"more": "▲", "fewer": "▼"}[rate.difference]
    told = f'<span aria-hidden="true">{arrow}</span><span class="unseen">{rate.difference} than in agency copy:</span>'
    return f'<td class="number">{told} {shown}</td>'


def _note(screening: Screening, reference: ReferenceRates) -> str:
    summary = screening.summary
    return (
        f"{summary.words:,} words, {summary.sentences:,} sentences. In brackets: {html_text(reference.name)}, {reference.articles} "
        f"articles of {reference.words:,} words read by the same model. ▲ more, ▼ fewer than there, beyond chance for a text of "
        "this length."
    )
