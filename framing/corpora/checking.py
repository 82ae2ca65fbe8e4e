"""What a corpus holds, and where it breaks what training and evaluation take for granted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from framing.corpora.base import Example
from framing.corpora.placing import inside_word
from framing.taxonomy import TARGET, VOICE
from framing.text import Span

NO_SPLIT: Final = "none"
"""Name in the counts for paragraphs without a published split."""


@dataclass(frozen=True, slots=True)
class Given:
    """How many paragraphs (or articles) a label was given to as a whole, and how many were said not to have it."""

    present: int
    absent: int


@dataclass(frozen=True, slots=True)
class UnalignedSpan:
    """A span whose bounds are not those of wording, and why."""

    example: str
    start: int
    end: int
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """Counts and faults of one corpus.

    `spans` counts by label, under `voice` and `blame_target` those that say it; `known` counts the paragraphs in which a label's spans
    are annotated.
    """

    paragraphs: int
    articles: int
    sentences: int
    natural: int
    sources: Mapping[str, int]
    splits: Mapping[str, int]
    spans: Mapping[str, int]
    known: Mapping[str, int]
    paragraph_labels: Mapping[str, Given]
    article_labels: Mapping[str, Given]
    repeated: tuple[tuple[str, ...], ...]
    """Ids of the paragraphs that have the same text, a group for each such text."""
    repeated_across_splits: tuple[tuple[str, ...], ...]
    """The groups among `repeated` whose paragraphs have different published splits."""
    articles_across_splits: tuple[str, ...]
    unaligned: tuple[UnalignedSpan, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two corpora share: article ids, and ids of paragraphs (first corpus, second corpus) with the same text."""

    articles: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]


def check(examples: Sequence[Example]) -> CorpusReport:
    """Count what `examples`, one corpus, hold, and find repeated texts and spans that are not aligned with wording."""
    repeated = [group for group in _by_text(examples).values() if len(group) > 1]
    of_article: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        of_article[example.article].add(example.split or NO_SPLIT)
    return CorpusReport(
        paragraphs=len(examples),
        articles=len(of_article),
        sentences=sum(len(example.sentence_bounds()) for example in examples),
        natural=sum(example.natural for example in examples),
        sources=_counted(example.source for example in examples),
        splits=_counted(example.split or NO_SPLIT for example in examples),
        spans=_counted(name for example in examples for span in example.spans for name in _said(span)),
        known=_counted(label for example in examples for label in example.known),
        paragraph_labels=_given(example.labels for example in examples),
        article_labels=_given({example.article: example.article_labels for example in examples}.values()),
        repeated=tuple(tuple(example.id for example in group) for group in repeated),
        repeated_across_splits=tuple(
            tuple(example.id for example in group) for group in repeated if len({example.split for example in group}) > 1
        ),
        articles_across_splits=tuple(sorted(article for article, splits in of_article.items() if len(splits) > 1)),
        unaligned=tuple(_unaligned(examples)),
    )


def overlap(examples: Sequence[Example], others: Sequence[Example]) -> Overlap:
    """Article ids and texts that stand in both corpora; texts are compared character by character."""
    texts = _by_text(others)
    return Overlap(
        articles=tuple(sorted({example.article for example in examples} & {other.article for other in others})),
        texts=tuple((example.id, other.id) for example in examples for other in texts.get(example.text, ())),
    )


def _by_text(examples: Iterable[Example]) -> dict[str, list[Example]]:
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        groups[example.text].append(example)
    return groups


def _said(span: Span) -> Iterator[str]:
    yield span.label
    if span.voice is not None:
        yield VOICE
    if span.target is not None:
        yield TARGET


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _given(judgements: Iterable[Mapping[str, bool]]) -> dict[str, Given]:
    counts = Counter(pair for labels in judgements for pair in labels.items())
    return {label: Given(counts[label, True], counts[label, False]) for label in sorted({label for label, _ in counts})}


def _unaligned(examples: Iterable[Example]) -> Iterator[UnalignedSpan]:
    for example in examples:
        for span in example.spans:
            reason = _misaligned(example.text, span.start, span.end)
            if reason is not None:
                yield UnalignedSpan(example.id, span.start, span.end, span.label, reason)


def _misaligned(text: str, start: int, end: int) -> str | None:
    if not 0 <= start <= end <= len(text):
        return "outside the text"
    wording = text[start:end]
    if not wording.strip():
        return "holds no wording"
    if wording != wording.strip():
        return "white space at its edges"
    if inside_word(text, start):
        return "starts inside a word"
    return "ends inside a word" if inside_word(text, end) else None
