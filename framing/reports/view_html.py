"""The parts of a web page that say what its reader sees of a screening: what was left out, what was dismissed, what stands out."""

from __future__ import annotations

from framing.overview import overview, stands_out
from framing.reports.characters import html_text
from framing.reports.rates_html import rate_rows, rates_note
from framing.reports.view import View
from framing.reports.wording import LETTERS
from framing.taxonomy import device


def chosen_html(view: View) -> str:
    """What was chosen and left out, in a line."""
    return f'<p class="view">{html_text(" ".join(view.sentences()))}</p>'


def overview_html(view: View) -> str:
    """What stands out in the whole article, and its rates beside those of the reference; empty for an empty article."""
    whole, reference = view.whole, view.reference
    if not whole.paragraphs:
        return ""
    seen = overview(whole, reference, view.sensitivity)
    sentences = " ".join(stands_out(whole, reference, view.sensitivity))
    return (
        f'<section class="overview"><h2>What stands out</h2><p class="stands-out" dir="auto">{html_text(sentences)}</p>'
        '<table><thead><tr><th scope="col">Per 1,000 words, all devices</th><th scope="col" class="number">Own voice</th>'
        f'<th scope="col" class="number">Reported</th></tr></thead><tbody>{rate_rows(seen)}</tbody></table>'
        f'<p class="quiet">{rates_note(reference, whole.model)}</p></section>'
    )


def dismissed_html(view: View, prefix: str) -> str:
    """The findings that were dismissed, with the reasons; empty where none was."""
    if not view.dismissed:
        return ""
    rows = []
    for entry in view.dismissed:
        finding = entry.finding
        place = sum(paragraph.start <= finding.start for paragraph in view.whole.paragraphs)
        rows.append(
            f'<tr><td>{_chip(finding.device)} <span class="name">{html_text(device(finding.device).title)}</span></td>'
            f'<td class="wording" dir="auto" lang="">{html_text(" ".join(finding.text.split()) or finding.text)}</td>'
            f'<td class="reason">{html_text(entry.reason)}</td>'
            f'<td class="number"><a href="#{prefix}-p{place}">¶&nbsp;{place}</a></td></tr>'
        )
    return (
        '<section class="findings dismissed"><h2>Dismissed</h2><table><thead><tr><th scope="col">Device</th><th scope="col">Wording</th>'
        '<th scope="col">Because</th><th scope="col" class="number">Place</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _chip(name: str) -> str:
    return f'<span class="chip {LETTERS[name]}">{LETTERS[name]}</span>'
