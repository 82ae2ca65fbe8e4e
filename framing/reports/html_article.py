"""Writes an article's text as HTML with its marks; text nodes that belong to the article carry `data-text`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from framing.overview import StripCell, strip
from framing.reports.characters import html_text
from framing.reports.wording import LETTERS, Block, blocks, in_words, number
from framing.screening import Finding, ScreenedSentence, Screening, Segment
from framing.taxonomy import DEVICES, device

_VOICES: Final = {"own": "The outlet’s own voice", "reported": "Reported from someone else"}
_BLANK: Final = "\0\ufeff"


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the pieces of one article share: its screening, its sentences, the prefix of its ids, each finding's number by `id`, and what
    ends each entry of a tip and the tip itself.
    """

    screening: Screening
    sentences: Sequence[ScreenedSentence]
    prefix: str
    places: Mapping[int, int]
    ending: Callable[[Finding], str]
    foot: str


def article_html(screening: Screening, prefix: str, ending: Callable[[Finding], str] = lambda _: "", foot: str = "") -> str:
    """The whole text, paragraph by paragraph; `prefix` keeps the ids of several articles on one page apart.

    `ending` is HTML that ends the explanation of each finding: what a reader can do about it; `foot` ends the explanation of a mark.
    Sentence 3 has the id `prefix`-s3, where it begins, and its pieces carry `data-s="3"`; finding 2 has `prefix`-f2 and `data-f="2"`.
    """
    places = {id(finding): place for place, finding in enumerate(screening.findings, 1)}
    sentences = [sentence for paragraph in screening.paragraphs for sentence in paragraph.sentences]
    frame = _Frame(screening, sentences, prefix, places, ending, foot)
    return "".join(_block(block, frame) for block in blocks(screening))


def device_colours() -> str:
    """CSS that gives each device's class its colour."""
    return "".join(f".{LETTERS[device.name]}{{--colour:{device.colour}}}" for device in DEVICES)


def strip_html(screening: Screening, prefix: str) -> str:
    """One cell a sentence, grouped by paragraph, which leads to it: in the colour and with the letter of the surest finding there."""
    groups = []
    before = 0
    for index, group in groupby(strip(screening), key=lambda cell: cell.paragraph):
        cells = [
            _cell(cell, f"{prefix}-s{before + place}", f"Paragraph {index + 1}, sentence {place}") for place, cell in enumerate(group, 1)
        ]
        groups.append(f'<span class="group">{"".join(cells)}</span>')
        before += len(cells)
    return "".join(groups)


def _cell(cell: StripCell, sentence: str, place: str) -> str:
    letter = LETTERS[cell.device] if cell.flagged else ""
    flagged = f"{device(cell.device).title}, {cell.voice} voice"
    said = html_text(f"{place}: {flagged if cell.flagged else 'nothing marked'}")
    style = f'"cell {letter} {cell.voice}" style="--score:{cell.score:.2f}"' if cell.flagged else '"cell"'
    return f'<a class={style} href="#{sentence}" tabindex="-1" title="{said}" aria-label="{said}">{letter}</a>'


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
    inner = "".join(_pieces(segment, frame))
    if not segment.findings:
        return inner
    for finding in sorted(segment.findings, key=lambda finding: lanes[id(finding)]):
        # An id stands once on a page, so it goes to the finding's first segment.
        place = frame.places[id(finding)]
        anchor = f' id="{frame.prefix}-f{place}"' if finding.start == segment.start else ""
        style = f"u {LETTERS[finding.device]} {finding.voice}"
        inner = f'<span class="{style}" style="--lane:{lanes[id(finding)]}" data-f="{place}"{anchor}>{inner}</span>'
    letters = "".join(LETTERS[finding.device] for finding in segment.findings if finding.end == segment.end)
    letters = f'<sup dir="ltr" aria-hidden="true">{letters}</sup>' if letters else ""
    # The shortest one first: it is most of what the reader points at.
    pointed = sorted(segment.findings, key=lambda finding: finding.end - finding.start)
    label = html_text("; ".join(spoken(finding, frame.screening.text) for finding in pointed))
    entries = "".join(_entry(finding, frame) for finding in pointed)
    return (
        f'<span class="mark" role="note" tabindex="0" aria-label="{label}">{inner}{letters}'
        f'<span class="tip" dir="ltr" lang="en">{entries}{frame.foot}</span></span>'
    )


def _pieces(segment: Segment, frame: _Frame) -> Iterator[str]:
    """The segment's text, cut where sentences begin."""
    first = bisect_right(frame.sentences, segment.start, key=lambda sentence: sentence.start)
    last = bisect_right(frame.sentences, segment.end - 1, key=lambda sentence: sentence.start)
    starts = [sentence.start for sentence in frame.sentences[first:last]]
    for place, (start, end) in enumerate(pairwise([segment.start, *starts, segment.end]), first):
        sentence = frame.sentences[place - 1] if place else None
        belongs = f' data-s="{place}"' if sentence and start < sentence.end else ""
        anchor = f' id="{frame.prefix}-s{place}"' if sentence and start == sentence.start else ""
        yield f"<span data-text{belongs}{anchor}>{html_text(frame.screening.text[start:end])}</span>"


def spoken(finding: Finding, text: str, fate: str = "") -> str:
    """What screen readers say of marked wording of `text`; `fate` is what became of it between two versions."""
    title = ", ".join(filter(None, [device(finding.device).title, fate]))
    blamed = f", blames {text[slice(*finding.target)]}" if finding.target else ""
    return f"{title}, {in_words(finding.score)}, {finding.voice} voice{blamed}: {finding.text}"


def _entry(finding: Finding, frame: _Frame) -> str:
    said = "".join(explanation(finding, frame.screening.text))
    place = frame.places[id(finding)]
    return f'<span class="entry {LETTERS[finding.device]}" data-f="{place}">{said}{frame.ending(finding)}</span>'


def explanation(finding: Finding, text: str) -> Iterator[str]:
    """Why wording of `text` is marked, line by line: device and probability, then voice, who is blamed, definition and alternative."""
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
