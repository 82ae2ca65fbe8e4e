"""Two versions of a draft side by side: findings that are gone, kept and new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from framing.app.draft_html import FOOT
from framing.app.table_html import count
from framing.changes import Changes
from framing.reports.characters import html_text
from framing.reports.html_article import explanation, lanes_of, spoken
from framing.reports.wording import LETTERS, Block, blocks, number
from framing.screening import Finding, Screening, Segment
from framing.taxonomy import DEVICES

Fate = Literal["gone", "kept", "new"]
Pair = tuple[int | None, int | None]
FOLDED: Final = 3
"""Unchanged paragraphs in a row from which they are folded away."""
_FATES: Final[Mapping[Fate, str]] = {"gone": "Gone from the later version", "kept": "In both versions", "new": "New in the later version"}


@dataclass(frozen=True, slots=True)
class _Version:
    """One of the two: what its ids begin with, what it is called, what became of each finding and which it is (both by `id`)."""

    screening: Screening
    prefix: str
    name: str
    fates: Mapping[int, Fate]
    places: Mapping[int, int]

    @classmethod
    def of(cls, screening: Screening, prefix: str, name: str, fates: Mapping[int, Fate]) -> _Version:
        return cls(screening, prefix, name, fates, {id(finding): place for place, finding in enumerate(screening.findings, 1)})

    def wording(self, paragraph: int) -> str:
        bounds = self.screening.paragraphs[paragraph]
        return self.screening.text[bounds.start : bounds.end]

    def keeps_all(self, paragraph: int) -> bool:
        return all(self.fates[id(finding)] == "kept" for finding in self.screening.paragraphs[paragraph].findings)


def compare_html(before: Screening, after: Screening, changes: Changes) -> str:
    """Counts, lists of what is gone and new, then the paragraphs of both versions beside each other, long unchanged runs folded."""
    fates: dict[int, Fate] = {id(finding): "gone" for finding in changes.gone}
    fates |= {id(finding): "new" for finding in changes.new}
    fates |= {id(finding): "kept" for pair in changes.kept for finding in pair}
    old, new = _Version.of(before, "before", "Earlier", fates), _Version.of(after, "after", "Later", fates)
    return (
        f'<p class="counts" role="status"><b>{len(changes.gone):,}</b> gone, <b>{len(changes.new):,}</b> new, '
        f"<b>{len(changes.kept):,}</b> kept.</p>{_list('Gone', changes.gone, old)}{_list('New', changes.new, new)}{_legend()}"
        f'<div class="versions"><h3>Earlier version</h3><h3>Later version</h3>{_rows(old, new, changes.aligned_paragraphs)}</div>'
    )


def _legend() -> str:
    devices = "".join(
        f'<li><span class="u own {LETTERS[device.name]}">{html_text(device.title)}</span>'
        f'<span class="tag">{LETTERS[device.name]}</span></li>'
        for device in DEVICES
    )
    return (
        f'<ul class="legend">{devices}<li><span class="u own">solid</span> own voice</li>'
        '<li><span class="u reported">dotted</span> reported</li><li><span class="tinted">on a tint</span> gone or new</li></ul>'
    )


def _rows(old: _Version, new: _Version, pairs: tuple[Pair, ...]) -> str:
    earlier, later = _paragraphs(old), _paragraphs(new)

    def row(pair: Pair, unchanged: bool) -> str:
        return f"{_cell(earlier, pair[0], old, unchanged)}{_cell(later, pair[1], new, unchanged)}"

    def written() -> Iterator[str]:
        for unchanged, run in groupby(pairs, lambda pair: _unchanged(old, new, pair)):
            rows = [(pair, row(pair, unchanged)) for pair in run]
            shown = "".join(cells for _, cells in rows)
            yield _folded([pair for pair, _ in rows], shown, new) if unchanged and len(rows) >= FOLDED else shown

    return "".join(written())


def _unchanged(old: _Version, new: _Version, pair: Pair) -> bool:
    earlier, later = pair
    if earlier is None or later is None or old.wording(earlier) != new.wording(later):
        return False
    return old.keeps_all(earlier) and new.keeps_all(later)


def _folded(run: list[Pair], rows: str, new: _Version) -> str:
    kept = sum(len(new.screening.paragraphs[later].findings) for _, later in run if later is not None)
    said = count(len(run), "unchanged paragraph") + (f", {count(kept, 'mark')} kept" if kept else "")
    return f'<details class="folded"><summary>{said}</summary><div class="rows">{rows}</div></details>'


def _cell(paragraphs: Mapping[int, str], index: int | None, version: _Version, unchanged: bool) -> str:
    if index is None:
        return f'<div class="absent" role="note" aria-label="{version.name} version: no such paragraph"></div>'
    return f'<p class="{version.name.lower()}{" same" if unchanged else ""}" dir="auto" lang="">{paragraphs[index]}</p>'


def _paragraphs(version: _Version) -> dict[int, str]:
    return {block.paragraph: _marked(block, version) for block in blocks(version.screening) if block.paragraph is not None}


def _marked(block: Block, version: _Version) -> str:
    lanes = lanes_of(block.segments)
    return "".join(_segment(segment, version, lanes) for segment in block.segments)


def _segment(segment: Segment, version: _Version, lanes: Mapping[int, int]) -> str:
    inner = html_text(version.screening.text[segment.start : segment.end])
    if not segment.findings:
        return inner
    for finding in sorted(segment.findings, key=lambda finding: lanes[id(finding)]):
        address = _address(finding, version)
        anchor = f' id="{address}"' if finding.start == segment.start else ""
        style = f"u {LETTERS[finding.device]} {finding.voice} {version.fates[id(finding)]}"
        inner = f'<span class="{style}" style="--lane:{lanes[id(finding)]}" data-f="{address}"{anchor}>{inner}</span>'
    # Said in letters, too, where a finding ends, since colour alone tells nothing to some.
    tags = "".join(_tag(finding, version.fates[id(finding)]) for finding in segment.findings if finding.end == segment.end)
    label = html_text("; ".join(spoken(finding, version.screening.text, version.fates[id(finding)]) for finding in segment.findings))
    entries = "".join(_entry(finding, version) for finding in segment.findings)
    return (
        f'<span class="mark" role="note" tabindex="0" aria-label="{label}">{inner}{tags}'
        f'<span class="tip" dir="ltr" lang="en">{entries}{FOOT}</span></span>'
    )


def _address(finding: Finding, version: _Version) -> str:
    return f"{version.prefix}-f{version.places[id(finding)]}"


def _tag(finding: Finding, fate: Fate) -> str:
    return f'<span class="tag">{LETTERS[finding.device]}{"" if fate == "kept" else f" {fate}"}</span>'


def _entry(finding: Finding, version: _Version) -> str:
    head, *reasons = explanation(finding, version.screening.text)
    fate = f'<span class="line"><b>{_FATES[version.fates[id(finding)]]}</b></span>'
    letter, address = LETTERS[finding.device], _address(finding, version)
    return f'<span class="entry {letter}" data-f="{address}">{head}{fate}{"".join(reasons)}</span>'


def _list(title: str, findings: tuple[Finding, ...], version: _Version) -> str:
    if not findings:
        return ""
    rows = "".join(
        f'<li><span class="chip {LETTERS[finding.device]}">{LETTERS[finding.device]}</span> '
        f'<a class="excerpt" href="#{_address(finding, version)}" dir="auto" lang="">{html_text(" ".join(finding.text.split()))}</a> '
        f'<span class="quiet">{finding.voice}, {number(finding.score)}</span></li>'
        for finding in findings
    )
    return f'<section class="changed"><h3>{title}</h3><ul>{rows}</ul></section>'
