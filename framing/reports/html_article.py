"""Writes an article's text as HTML with its marks; text nodes that belong to the article carry `data-text`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from framing.reports.characters import html_text
from framing.reports.wording import LETTERS, Block, blocks, in_words, number
from framing.screening import Finding, ScreenedSentence, Screening, Segment
from framing.taxonomy import DEVICE_NAMES, DEVICES, device

_VOICES: Final = {"own": "The outlet’s own voice", "reported": "Reported from someone else"}
_BLANK: Final = "\0\ufeff"


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the pieces of one article share: its screening, the prefix of its ids, each finding's number by `id`, and what ends a tip."""

    screening: Screening
    prefix: str
    places: Mapping[int, int]
    ending: Callable[[Finding], str]


def article_html(screening: Screening, prefix: str, ending: Callable[[Finding], str] = lambda _: "") -> str:
    """The whole text, paragraph by paragraph; `prefix` keeps the ids of several articles on one page apart.

    `ending` is HTML that ends the explanation of each finding: what a reader can do about it.
    """
    places = {id(finding): place for place, finding in enumerate(screening.findings, 1)}
    frame = _Frame(screening, prefix, places, ending)
    return "".join(_block(block, frame) for block in blocks(screening))


def device_colours() -> str:
    """CSS that gives each device's class its colour."""
    return "".join(f".{LETTERS[device.name]}{{--colour:{device.colour}}}" for device in DEVICES)


def strip_html(screening: Screening, prefix: str) -> str:
    """One cell a sentence, in the colour of its strongest device and as strong as its score, grouped by paragraph."""
    groups = []
    for index, paragraph in enumerate(screening.paragraphs, 1):
        address = f"#{prefix}-p{index}"
        cells = (_cell(sentence, address, f"¶ {index}, sentence {place}") for place, sentence in enumerate(paragraph.sentences, 1))
        groups.append(f'<span class="group">{"".join(cells)}</span>')
    return "".join(groups)


def _cell(sentence: ScreenedSentence, address: str, place: str) -> str:
    name = max(DEVICE_NAMES, key=lambda candidate: sentence.scores[candidate])
    score = sentence.scores[name]
    title = f"{place}: {device(name).title}, {in_words(score)}"
    letter = LETTERS[name]
    # Letters where it is more likely than not, so that the strip can be read without telling its colours apart.
    shown = letter if score >= 0.5 else ""
    return (
        f'<a class="cell {letter}" href="{address}" tabindex="-1" style="--score:{score:.2f}"'
        f' title="{html_text(title)}">{shown}</a>'
    )


def _block(block: Block, frame: _Frame) -> str:
    lanes = lanes_of(block.segments)
    inner = "".join(_segment(segment, frame, lanes) for segment in block.segments)
    if block.paragraph is not None:
        place = block.paragraph + 1
        return f'<p class="paragraph" id="{frame.prefix}-p{place}" dir="auto" data-place="{place}">{inner}</p>'
    if frame.screening.text[block.start : block.end].strip().strip(_BLANK).strip():
        return f'<p class="between" dir="auto">{inner}</p>'
    return f'<span class="gap" hidden>{inner}</span>'


def lanes_of(segments: Sequence[Segment]) -> dict[int, int]:
    """A height for each finding's underline, by `id`, the same over its whole length and free of the others there."""
    lanes: dict[int, int] = {}
    for segment in segments:
        taken = {lanes[id(finding)] for finding in segment.findings if id(finding) in lanes}
        for finding in segment.findings:
            if id(finding) not in lanes:
                lane = next(lane for lane in range(len(segment.findings)) if lane not in taken)
                lanes[id(finding)] = lane
                taken.add(lane)
    return lanes


def _segment(segment: Segment, frame: _Frame, lanes: Mapping[int, int]) -> str:
    inner = f"<span data-text>{html_text(frame.screening.text[segment.start : segment.end])}</span>"
    if not segment.findings:
        return inner
    for finding in sorted(segment.findings, key=lambda finding: lanes[id(finding)]):
        # An id stands once on a page, so it goes to the finding's first segment.
        anchor = f' id="{frame.prefix}-f{frame.places[id(finding)]}"' if finding.start == segment.start else ""
        style = f"u {LETTERS[finding.device]} {finding.voice}"
        inner = f'<span class="{style}" style="--lane:{lanes[id(finding)]}"{anchor}>{inner}</span>'
    letters = "".join(LETTERS[finding.device] for finding in segment.findings if finding.end == segment.end)
    letters = f'<sup dir="ltr" aria-hidden="true">{letters}</sup>' if letters else ""
    label = html_text("; ".join(_spoken(finding) for finding in segment.findings))
    entries = "".join(_entry(finding, frame) for finding in segment.findings)
    return (
        f'<span class="mark" role="note" tabindex="0" aria-label="{label}">{inner}{letters}'
        f'<span class="tip" dir="ltr" lang="en">{entries}</span></span>'
    )


def _spoken(finding: Finding) -> str:
    return f"{device(finding.device).title}, {in_words(finding.score)}, {finding.voice} voice: {finding.text}"


def _entry(finding: Finding, frame: _Frame) -> str:
    explanation = "".join(_explanation(finding, frame.screening.text))
    return f'<span class="entry {LETTERS[finding.device]}">{explanation}{frame.ending(finding)}</span>'


def _explanation(finding: Finding, text: str) -> Iterator[str]:
    about = device(finding.device)
    yield f'<b class="chip">{LETTERS[about.name]}</b> <b>{html_text(about.title)}</b>: {in_words(finding.score)}'
    yield f'<span class="line">{_VOICES[finding.voice]} <span class="quiet">({in_words(finding.voice_score)})</span></span>'
    if about.name == "blame_attribution":
        blamed = f"<bdi>{html_text(text[slice(*finding.target)])}</bdi>" if finding.target else "implied"
        yield f'<span class="line">Blamed: {blamed}</span>'
    yield f'<span class="line quiet">{html_text(about.definition)}</span>'
    yield f'<span class="line"><b>Instead:</b> {html_text(about.alternative)}</span>'


def findings_html(screening: Screening, prefix: str) -> str:
    """Rows of the table of findings, in reading order; each links to its wording and to its paragraph."""
    rows = []
    place = 0
    for index, paragraph in enumerate(screening.paragraphs, 1):
        for finding in paragraph.findings:
            place += 1
            wording = html_text(" ".join(finding.text.split()) or finding.text)
            rows.append(
                f'<tr><td><span class="chip {LETTERS[finding.device]}">{LETTERS[finding.device]}</span>'
                f' <span class="name">{html_text(device(finding.device).title)}</span></td>'
                f'<td class="wording"><a href="#{prefix}-f{place}" dir="auto" lang="">{wording}</a></td>'
                f'<td>{finding.voice}</td><td class="number">{number(finding.score)}</td>'
                f'<td class="number"><a href="#{prefix}-p{index}">¶&nbsp;{index}</a></td></tr>'
            )
    return "".join(rows)
