"""What all reports say alike: letters of the devices, probabilities in words, excerpts, and the text cut for marking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from framing.screening import Finding, Screening, Segment

LETTERS: Final[dict[str, str]] = {"loaded_label": "L", "blame_attribution": "B", "bloc_rhetoric": "C", "unsourced_claim": "U"}
"""One letter a device, so that no report tells devices apart by colour alone. C is for camp."""
CAUTION: Final = 'A mark says "look at this wording", never "this is false".'

_LIKELIHOODS: Final = (
    (0.99, "almost certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.50, "more likely than not"),
    (0.33, "possible"),
    (0.10, "unlikely"),
    (0.00, "very unlikely"),
)
_CERTAIN: Final = 0.99


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or what stands between two of them (`paragraph` is None), cut wherever a finding begins or ends."""

    paragraph: int | None
    start: int
    end: int
    segments: tuple[Segment, ...]


def blocks(screening: Screening) -> Iterator[Block]:
    """The whole text of a screening, in order and without a gap."""
    segments = screening.segments()
    segment = next(segments, None)
    for paragraph, start, end in _bounds(screening):
        inside: list[Segment] = []
        while segment is not None and segment.start < end:
            inside.append(Segment(max(segment.start, start), min(segment.end, end), segment.findings))
            if segment.end > end:
                break
            segment = next(segments, None)
        yield Block(paragraph, start, end, tuple(inside))


def _bounds(screening: Screening) -> Iterator[tuple[int | None, int, int]]:
    position = 0
    for index, paragraph in enumerate(screening.paragraphs):
        if position < paragraph.start:
            yield None, position, paragraph.start
        yield index, paragraph.start, paragraph.end
        position = paragraph.end
    if position < len(screening.text):
        yield None, position, len(screening.text)


def number(probability: float) -> str:
    """A probability with two decimals, «0.82»; never 1.00, because a calibrated score is no certainty."""
    return f"{min(probability, _CERTAIN):.2f}"


def in_words(probability: float) -> str:
    """A probability as people say it, with its number: «likely, 0.82»."""
    shown = round(probability, 2)
    words = next((words for least, words in _LIKELIHOODS if shown >= least), _LIKELIHOODS[-1][1])
    return f"{words}, {number(probability)}"


def strongest_finding(screening: Screening, paragraph: int) -> Finding | None:
    """The surest finding of a paragraph, the first of several alike."""
    return max(screening.paragraphs[paragraph].findings, key=lambda finding: finding.score, default=None)


def excerpt(screening: Screening, paragraph: int, width: int = 90) -> str:
    """About `width` characters of a paragraph around its surest finding, with «…» where something was left out."""
    bounds = screening.paragraphs[paragraph]
    finding = strongest_finding(screening, paragraph)
    anchor = finding.start if finding else bounds.start
    start = bounds.start if anchor - bounds.start <= width // 3 else anchor - width // 3
    end = min(bounds.end, start + width)
    if start > bounds.start:
        start = _after_space(screening.text, start, anchor)
    if end < bounds.end:
        space = screening.text.rfind(" ", anchor, end)
        end = space if space > start else end
    middle = " ".join(screening.text[start:end].split())
    return f"{'… ' if start > bounds.start else ''}{middle}{' …' if end < bounds.end else ''}"


def _after_space(text: str, start: int, limit: int) -> int:
    """The first beginning of a word at or after `start`, `start` itself if there is none before `limit`."""
    space = text.find(" ", start, limit)
    return start if space < 0 else space + 1
