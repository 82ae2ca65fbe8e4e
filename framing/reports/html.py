"""Lays screenings out as one self-contained web page: no script, no request, small enough to mail."""

from __future__ import annotations

from collections.abc import Sequence

from framing.reports.characters import html_text
from framing.reports.html_article import article_html, device_colours, findings_html, strip_html
from framing.reports.page import page, stylesheet
from framing.reports.view import View
from framing.reports.view_html import chosen_html, dismissed_html, overview_html
from framing.reports.wording import CAUTION, LETTERS, excerpt
from framing.screening import Screening
from framing.taxonomy import DEVICES


def render_html(screenings: Sequence[Screening]) -> str:
    """One HTML page with all `screenings`, to be written as UTF-8.

    Characters that HTML cannot hold show as U+FFFD; all else of a text is there, unchanged, in elements with `data-text`.
    """
    title = screenings[0].source if len(screenings) == 1 else f"{len(screenings):,} articles"
    return _page(title, _contents(screenings), "".join(_article(screening, f"a{place}") for place, screening in enumerate(screenings, 1)))


def render_view(view: View) -> str:
    """The page for one screening as its editor saw it: with what was left out, what was dismissed and what stands out besides.

    Characters as in `render_html`.
    """
    return _page(view.shown.source, chosen_html(view), _article(view.shown, "a1", view))


def _page(title: str, head: str, articles: str) -> str:
    return page(
        f"Framing report: {title}",
        f'<header class="page"><p class="kind">Framing report</p>{head}{_legend()}</header>'
        f'<main>{articles}</main><footer class="page"><p>{html_text(CAUTION)}</p></footer>',
        f"{stylesheet('marks.css')}{device_colours()}",
    )


def _contents(screenings: Sequence[Screening]) -> str:
    if not screenings:
        return "<p>No articles were screened.</p>"
    if len(screenings) == 1:
        return ""
    links = "".join(
        f'<li><a href="#a{place}" dir="auto">{html_text(screening.source)}</a>'
        f' <span class="quiet">{_count(len(screening.findings), "finding")}</span></li>'
        for place, screening in enumerate(screenings, 1)
    )
    return f'<nav aria-label="Articles"><ol class="contents">{links}</ol></nav>'


def _legend() -> str:
    devices = "".join(
        f'<li title="{html_text(device.definition)}"><span class="u own {LETTERS[device.name]}">{html_text(device.title)}</span>'
        f'<sup aria-hidden="true">{LETTERS[device.name]}</sup></li>'
        for device in DEVICES
    )
    return (
        f'<ul class="legend">{devices}</ul><ul class="legend"><li><span class="u own">solid</span>: the outlet’s own voice</li>'
        '<li><span class="u reported">dotted</span>: reported from someone else</li></ul>'
        '<p class="hint quiet">Hover over a mark, tap it or reach it with the Tab key to see why it is there.</p>'
    )


def _article(screening: Screening, prefix: str, view: View | None = None) -> str:
    left_out = view is not None and bool(view.left_out or view.dismissed or view.house_list)
    return (
        f'<article id="{prefix}" aria-labelledby="{prefix}-title">'
        f'<h1 id="{prefix}-title" dir="auto" lang="">{html_text(screening.source)}</h1>'
        f"{_summary(screening, prefix)}{overview_html(view) if view else ''}{_strip(screening, prefix)}"
        f'<div class="text" lang="">{article_html(screening, prefix)}</div>'
        f"{_findings(screening, prefix, left_out)}{dismissed_html(view, prefix) if view else ''}"
        f'<p class="origin quiet">Read by {html_text(screening.model)}.'
        f" SHA-256 of the text: <code>{screening.text_sha256}</code></p></article>"
    )


def _summary(screening: Screening, prefix: str) -> str:
    summary = screening.summary
    rows = "".join(
        f'<tr><th scope="row"><span class="chip {LETTERS[device.name]}">{LETTERS[device.name]}</span>'
        f" {html_text(device.title)}</th>"
        f'<td class="number">{counts.own:,}</td><td class="number">{counts.reported:,}</td>'
        f'<td class="number">{counts.findings:,}</td><td class="number">{counts.per_1000_words:,.1f}</td></tr>'
        for device in DEVICES
        for counts in [summary.devices[device.name]]
    )
    strongest = "".join(
        f'<li><a href="#{prefix}-p{index + 1}">¶&nbsp;{index + 1}</a> '
        f'<span class="excerpt" dir="auto" lang="">{html_text(excerpt(screening, index))}</span></li>'
        for index in summary.strongest_paragraphs
    )
    totals = ((summary.words, "word"), (summary.sentences, "sentence"), (summary.findings, "finding"))
    return (
        '<section class="summary" aria-label="Summary">'
        f"<div><p>{' · '.join(_count(count, noun) for count, noun in totals)}</p>"
        '<table><thead><tr><th scope="col">Device</th><th scope="col" class="number">Own</th>'
        '<th scope="col" class="number">Reported</th><th scope="col" class="number">All</th>'
        f'<th scope="col" class="number">Per 1,000 words</th></tr></thead><tbody>{rows}</tbody></table></div>'
        + (f'<div><h2>Strongest paragraphs</h2><ul class="strongest">{strongest}</ul></div>' if strongest else "")
        + "</section>"
    )


def _strip(screening: Screening, prefix: str) -> str:
    if not screening.paragraphs:
        return '<p class="quiet">The text is empty.</p>'
    # Pointer only: everything that it leads to is also in the summary, the marks and the table.
    return f'<div class="strip" aria-hidden="true">{strip_html(screening, prefix)}</div>'


def _findings(screening: Screening, prefix: str, left_out: bool) -> str:
    rows = findings_html(screening, prefix)
    if not rows:
        nothing = "No wording is left to show: all that was marked was left out or dismissed." if left_out else "No wording was marked."
        return f'<p class="nothing">{nothing}</p>'
    return (
        '<section class="findings"><h2>Findings</h2><table><thead><tr><th scope="col">Device</th><th scope="col">Wording</th>'
        '<th scope="col">Voice</th><th scope="col" class="number">Score</th><th scope="col" class="number">Place</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
