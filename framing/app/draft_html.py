"""The draft on the page: its text with marks that can be judged and cleared, its strip, its table of findings."""

from __future__ import annotations

from functools import partial
from typing import Final

from framing.app.draft import MISTAKEN, REASONS, Draft, Key, Steering, short
from framing.app.table_html import cell, count, table_of
from framing.reports.characters import html_text
from framing.reports.html_article import article_html, strip_html
from framing.reports.wording import LETTERS, number
from framing.screening import Finding, Screening
from framing.taxonomy import DEVICES, device

PREFIX: Final = "draft"
"""Ids of the draft's paragraphs and marks begin with it."""
_HEADS: Final = (("Device", "text"), ("Wording", "text"), ("Voice", "text"), ("Probability", "number"), ("Paragraph", "number"))
FOOT: Final = '<span class="line quiet foot">A click keeps this open, Esc closes it.</span>'
"""Ends an explanation that `assets/tips.js` opens."""
_HINT: Final = (
    '<p class="quiet hint"><span class="u own">Solid</span>: own voice. <span class="u reported">Dotted</span>: reported. '
    "Press a device to hide its marks, select wording to say what was missed.</p>"
)
_KEPT: Final = ' title="Kept in the newsroom’s verdicts with its paragraph, to train on"'
_NOTHING: Final = "No wording is marked at this setting. That is not a certificate: the model misses wording, too."


def draft_html(screening: Screening, draft: Draft, steering: Steering, every_device: Screening) -> str:
    """The text in its own paragraphs, each mark with its explanation and with what can be done about it.

    `every_device` has, besides the marks of `screening`, those of the devices that are switched off.
    """
    if not screening.paragraphs:
        return '<p class="nothing">The draft is empty.</p>'
    nothing = "" if screening.findings else f'<p class="nothing">{_NOTHING}</p>'
    article = article_html(screening, PREFIX, partial(_actions, draft), FOOT)
    return (
        f'<div class="tools">{_legend(steering, every_device)}{_steps(len(screening.findings))}</div>{_HINT}{nothing}'
        f'<div class="text" lang="" tabindex="-1">{article}</div>{_missed()}{_cleared(draft)}'
    )


def _legend(steering: Steering, every_device: Screening) -> str:
    counts = every_device.summary.devices
    items = "".join(
        f'<li><button type="button" data-device="{device.name}" aria-pressed="{str(device.name in steering.devices).lower()}"'
        f' title="Show or hide. {html_text(device.definition)}"><span class="u own {LETTERS[device.name]}">{html_text(device.title)}</span>'
        f'<sup aria-hidden="true">{LETTERS[device.name]}</sup> <span class="quiet">{counts[device.name].findings}</span></button></li>'
        for device in DEVICES
    )
    return f'<ul class="legend" aria-label="Devices">{items}</ul>'


def _steps(findings: int) -> str:
    """From mark to mark; `assets/draft.js` writes where the reader is."""
    if not findings:
        return ""
    return (
        '<div class="steps" role="group" aria-label="From mark to mark">'
        '<button type="button" data-step="-1" aria-keyshortcuts="p" aria-label="Previous mark" title="Previous mark (key p)">‹</button>'
        f'<span role="status" data-of="{findings}">{count(findings, "mark")}</span>'
        '<button type="button" data-step="1" aria-keyshortcuts="n" aria-label="Next mark" title="Next mark (key n)">›</button></div>'
    )


def _actions(draft: Draft, finding: Finding) -> str:
    given = draft.verdicts.get(Key.of(finding))
    reasons = "".join(
        f'<button type="button" data-act="dismiss" data-reason="{reason}"{_KEPT if reason == MISTAKEN else ""}>{html_text(said)}</button>'
        for reason, said in REASONS.items()
    )
    return (
        f'<span class="line actions" data-key="{Key.of(finding)}">'
        f"{_judge('right', given)}{_judge('wrong', given)}"
        '<button type="button" data-menu aria-expanded="false">Dismiss</button>'
        '<button type="button" data-act="ignore" title="Puts this wording on the house list, for this device">Never mark this as '
        f"{html_text(device(finding.device).title.lower())}</button>"
        f'<span class="menu" hidden><span class="quiet">Dismiss, because</span>{reasons}</span></span>'
    )


def _judge(verdict: str, given: str | None) -> str:
    pressed = "true" if verdict == given else "false"
    return (
        f'<button type="button" data-act="{verdict}" aria-pressed="{pressed}"{_KEPT}>'
        f"{verdict.capitalize()}</button>"
    )


def _missed() -> str:
    buttons = "".join(
        f'<button type="button" data-act="missed" data-device="{device.name}"><span class="u own {LETTERS[device.name]}">'
        f"{html_text(device.title)}</span></button>"
        for device in DEVICES
    )
    return f'<div class="missed" role="group" aria-label="Mark what was missed" hidden><span>Missed here:</span>{buttons}</div>'


def _cleared(draft: Draft) -> str:
    if not draft.dismissed:
        return ""
    rows = "".join(
        f'<li data-key="{step.key}"><span class="excerpt" dir="auto" lang="">{html_text(short(step.wording, 90))}</span> '
        f'<span class="quiet">{html_text(device(str(step.device)).title)}; {html_text(REASONS[step.reason])}</span> '
        f'<button type="button" data-act="restore" aria-label="Restore ‘{html_text(short(step.wording, 90))}’">Restore</button></li>'
        for step in draft.dismissed
    )
    return f'<section class="cleared" aria-label="Dismissed marks"><h2>Dismissed</h2><ul>{rows}</ul></section>'


def table_html(screening: Screening) -> str:
    """The findings as a table that sorts by its heads, filters, and leads to each mark."""
    rows, place = [], 0
    for index, paragraph in enumerate(screening.paragraphs, 1):
        for finding in paragraph.findings:
            place += 1
            rows.append(_row(finding, place, index))
    return f"<h2>Findings</h2>{table_of(_HEADS, rows, 'Findings')}" if rows else ""


def _row(finding: Finding, place: int, paragraph: int) -> list[str]:
    letter, title = LETTERS[finding.device], html_text(device(finding.device).title)
    wording = html_text(" ".join(finding.text.split()) or finding.text)
    return [
        f'<td role=cell><span class="chip {letter}">{letter}</span> <span class="name">{title}</span></td>',
        f'<td role=cell class="wording"><a href="#{PREFIX}-f{place}" dir="auto" lang="">{wording}</a></td>',
        cell(finding.voice),
        cell(number(finding.score), "number"),
        f'<td role=cell class="number"><a href="#{PREFIX}-p{paragraph}">{paragraph}</a></td>',
    ]


def strip(screening: Screening) -> str:
    """The article at a glance, one cell a sentence; `assets/strip.js` moves among them."""
    return (
        f'<div class="strip" role="toolbar" aria-label="Sentences" aria-describedby="strip-keys">{strip_html(screening, PREFIX)}</div>'
        '<p class="quiet keys" id="strip-keys">Arrow keys go from sentence to sentence. Enter leads to one, where what was missed can be '
        "marked.</p>"
    )
