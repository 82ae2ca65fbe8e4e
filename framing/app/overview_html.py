"""The overview beside a draft: what stands out, the strip of its sentences, its rates beside those of agency copy."""

from __future__ import annotations

from framing.app.draft_html import strip
from framing.decoding import Sensitivity
from framing.overview import overview, stands_out
from framing.reference import ReferenceRates
from framing.reports.characters import html_text
from framing.reports.rates_html import rate_rows, rates_note
from framing.screening import Screening


def overview_html(screening: Screening, visible: Screening, reference: ReferenceRates, sensitivity: Sensitivity) -> str:
    """The overview of a draft as screened at `sensitivity`; its strip shows what is `visible` of the marks."""
    if not screening.paragraphs:
        return ""
    seen = overview(screening, reference, sensitivity)
    sentences = " ".join(stands_out(screening, reference, sensitivity))
    return (
        '<section aria-label="What stands out"><h2>What stands out</h2>'
        f'<p class="stands-out" dir="auto">{html_text(sentences)}</p></section>'
        f"<h2>Sentence by sentence</h2>{strip(visible)}"
        f"<h2>Per 1,000 words</h2><table><thead><tr><th scope=col>Device</th><th scope=col class=number>Own voice</th>"
        f"<th scope=col class=number>Reported</th></tr></thead><tbody>{rate_rows(seen)}</tbody></table>"
        f'<p class="quiet">{_note(screening, reference)}</p>'
    )


def _note(screening: Screening, reference: ReferenceRates) -> str:
    summary = screening.summary
    return f"All devices, both voices. {summary.words:,} words, {summary.sentences:,} sentences. {rates_note(reference, screening.model)}"
