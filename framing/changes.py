"""What became of the findings of a draft in its next version: gone, kept or new."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from framing.alignment import Alignment, Words, align, rows
from framing.screening import Finding, Screening


@dataclass(frozen=True, slots=True)
class Changes:
    """Two screenings compared; every finding is in exactly one of the three lists, each in reading order.

    `kept` are pairs (before, after), in the order of the later version. `aligned_paragraphs` has every paragraph of both versions once, as
    indices (before, after) in reading order, None where it has no counterpart in its place; `moved_paragraphs` are the pairs that
    changed places, each of which stands alone there twice.
    """

    gone: tuple[Finding, ...]
    kept: tuple[tuple[Finding, Finding], ...]
    new: tuple[Finding, ...]
    aligned_paragraphs: tuple[tuple[int | None, int | None], ...]
    moved_paragraphs: tuple[tuple[int, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; findings as in `Screening.to_dict`."""
        return {
            "gone": [finding.to_dict() for finding in self.gone],
            "kept": [{"before": before.to_dict(), "after": after.to_dict()} for before, after in self.kept],
            "new": [finding.to_dict() for finding in self.new],
            "aligned_paragraphs": [list(pair) for pair in self.aligned_paragraphs],
            "moved_paragraphs": [list(pair) for pair in self.moved_paragraphs],
        }


def compare_screenings(before: Screening, after: Screening) -> Changes:
    """Compare two versions of a draft.

    A finding is kept when one of the same device in the later version lies on words that correspond to some of its own, in place or in a
    paragraph that moved; and, where a passage was rewritten so far that its words do not correspond, when one of the same device and
    the same wording stands in the new passage. Each finding is matched once, with the one that covers it best.
    """
    # The differ breaks ties by the order of its arguments. In an order of our own, what is gone one way is new the other way.
    turned = _key(after) < _key(before)
    one, other = (after, before) if turned else (before, after)
    words, other_words = _words(one), _words(other)
    alignment = align(words, other_words)
    matched = _match(one, other, words, other_words, alignment)
    pairs, moved, in_place = list(matched.items()), alignment.moved, alignment.in_place
    if turned:
        pairs = [(g, f) for f, g in pairs]
        moved, in_place = tuple(sorted((j, i) for i, j in moved)), tuple((j, i) for i, j in in_place)
    kept_before, kept_after = {f for f, _ in pairs}, {g for _, g in pairs}
    earlier, later = before.findings, after.findings
    return Changes(
        gone=tuple(finding for f, finding in enumerate(earlier) if f not in kept_before),
        kept=tuple((earlier[f], later[g]) for f, g in sorted(pairs, key=lambda pair: pair[1])),
        new=tuple(finding for g, finding in enumerate(later) if g not in kept_after),
        aligned_paragraphs=tuple(rows(in_place, len(before.paragraphs), len(after.paragraphs))),
        moved_paragraphs=moved,
    )


def _key(screening: Screening) -> tuple[object, ...]:
    """All that a comparison depends on."""
    return (
        screening.text,
        [(paragraph.start, paragraph.end) for paragraph in screening.paragraphs],
        [(finding.start, finding.end, finding.device, finding.text) for finding in screening.findings],
    )


def _words(screening: Screening) -> Words:
    return Words.of(screening.text, [(paragraph.start, paragraph.end) for paragraph in screening.paragraphs])


def _match(one: Screening, other: Screening, words: Words, other_words: Words, alignment: Alignment) -> dict[int, int]:
    """Indices of findings of `one`, each with that of its counterpart among the findings of `other`."""
    findings, others = one.findings, other.findings
    covered = _covered(other, other_words)
    lying_on: dict[tuple[str, int], list[int]] = defaultdict(list)
    for g, finding in enumerate(others):
        for word in covered[g]:
            lying_on[finding.device, word].append(g)
    candidates = []
    for f, (finding, own) in enumerate(zip(findings, _covered(one, words), strict=True)):
        counterparts = [alignment.words[word] for word in own if word in alignment.words]
        overlaps = Counter(g for word in counterparts for g in lying_on.get((finding.device, word), ()))
        for g, overlap in overlaps.items():
            share = overlap / (len(own) + len(covered[g]) - overlap)
            candidates.append((-share, finding.text != others[g].text, f, g))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, f, g in sorted(candidates):
        if f not in matched and g not in taken:
            matched[f] = g
            taken.add(g)
    return matched | _same_wording(one, other, alignment, matched)


def _covered(screening: Screening, words: Words) -> list[range]:
    """The words that each finding lies on, also in part; the next one for a finding between words."""
    starts, ends = [start for start, _ in words.bounds], [end for _, end in words.bounds]
    covered = []
    for finding in screening.findings:
        first, last = bisect_right(ends, finding.start), bisect_left(starts, finding.end)
        first = min(first, len(starts) - 1)
        covered.append(range(first, max(last, first + 1)))
    return covered


def _same_wording(one: Screening, other: Screening, alignment: Alignment, matched: dict[int, int]) -> dict[int, int]:
    """Findings without a counterpart so far that have their device and wording in the passage that was put in place of theirs."""
    in_paragraphs, in_others = _by_paragraph(one, matched), _by_paragraph(other, matched.values())
    found: dict[int, int] = {}
    for paragraphs, other_paragraphs in alignment.rewritten:
        places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for paragraph in other_paragraphs:
            for g, finding in in_others[paragraph]:
                places[_said(finding)].append(g)
        for paragraph in paragraphs:
            for f, finding in in_paragraphs[paragraph]:
                if places.get(_said(finding)):
                    found[f] = places[_said(finding)].pop(0)
    return found


def _by_paragraph(screening: Screening, without: Iterable[int]) -> list[list[tuple[int, Finding]]]:
    left_out = set(without)
    index = 0
    grouped = []
    for paragraph in screening.paragraphs:
        numbered: Sequence[tuple[int, Finding]] = list(enumerate(paragraph.findings, start=index))
        grouped.append([(number, finding) for number, finding in numbered if number not in left_out])
        index += len(paragraph.findings)
    return grouped


def _said(finding: Finding) -> tuple[str, str]:
    return finding.device, " ".join(finding.text.split())
