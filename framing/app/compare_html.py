"""Two versions of a draft side by side: findings that are gone, kept and new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from framing.changes import Changes
from framing.reports.characters import html_text
from framing.reports.wording import LETTERS, Block, blocks, number
from framing.screening import Finding, Screening, Segment
from framing.taxonomy import device

Fate = Literal["gone", "kept", "new"]


def compare_html(before: Screening, after: Screening, changes: Changes) -> str:
    """Counts, then the paragraphs of both versions beside each other, then a list of what is gone and what is new."""
    fates: dict[int, Fate] = {id(finding): "gone" for finding in changes.gone}
    fates |= {id(finding): "new" for finding in changes.new}
    fates |= {id(finding): "kept" for pair in changes.kept for finding in pair}
    old, new = _paragraphs(before, fates), _paragraphs(after, fates)
    rows = "".join(
        f"{_cell(old, earlier, 'Earlier')}{_cell(new, later, 'Later')}" for earlier, later in changes.aligned_paragraphs
    )
    return (
        f'<p class="counts" role="status"><b>{len(changes.gone):,}</b> gone, <b>{len(changes.new):,}</b> new, '
        f"<b>{len(changes.kept):,}</b> kept.</p>{_list('Gone', changes.gone)}{_list('New', changes.new)}"
        f'<div class="versions"><h3>Earlier version</h3><h3>Later version</h3>{rows}</div>'
    )


def _cell(paragraphs: Mapping[int, str], index: int | None, side: str) -> str:
    if index is None:
        return f'<div class="absent" role="note" aria-label="{side} version: no such paragraph"></div>'
    return f'<p dir="auto" lang="">{paragraphs[index]}</p>'


def _paragraphs(screening: Screening, fates: Mapping[int, Fate]) -> dict[int, str]:
    return {block.paragraph: _marked(block, screening, fates) for block in blocks(screening) if block.paragraph is not None}


def _marked(block: Block, screening: Screening, fates: Mapping[int, Fate]) -> str:
    return "".join(_segment(segment, screening, fates) for segment in block.segments)


def _segment(segment: Segment, screening: Screening, fates: Mapping[int, Fate]) -> str:
    inner = html_text(screening.text[segment.start : segment.end])
    for lane, finding in enumerate(segment.findings):
        fate = fates[id(finding)]
        title = html_text(f"{device(finding.device).title}, {number(finding.score)}, {fate}")
        inner = f'<span class="u {LETTERS[finding.device]} {finding.voice} {fate}" style="--lane:{lane}" title="{title}">{inner}</span>'
    # Said in letters, too, where a finding ends, since colour alone tells nothing to some.
    ending = [finding for finding in segment.findings if finding.end == segment.end]
    return inner + "".join(_tag(finding, fates[id(finding)]) for finding in ending)


def _tag(finding: Finding, fate: Fate) -> str:
    return f'<span class="tag">{LETTERS[finding.device]}{"" if fate == "kept" else f" {fate}"}</span>'


def _list(title: str, findings: tuple[Finding, ...]) -> str:
    if not findings:
        return ""
    rows = "".join(
        f'<li><span class="chip {LETTERS[finding.device]}">{LETTERS[finding.device]}</span> '
        f'<span class="excerpt" dir="auto" lang="">{html_text(" ".join(finding.text.split()))}</span> '
        f'<span class="quiet">{finding.voice}, {number(finding.score)}</span></li>'
        for finding in findings
    )
    return f'<section class="changed"><h3>{title}</h3><ul>{rows}</ul></section>'
