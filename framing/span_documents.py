"""Predicted and gold spans, by paragraph and by published document, where what the paragraphs cut is whole again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from framing.corpora.base import Example
from framing.decoding import marked_tokens
from framing.prediction import Calibrated
from framing.text import Span
from framing.vocabularies import coarser, parts_of

GAP: Final = 16
"""Characters of white space that at most lie between two neighbouring paragraphs of a document."""

Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class SpanDocument:
    """One label's spans in a document, and its sentences, in characters of it; `id` is that of its first paragraph."""

    id: str
    article: str
    predicted: Spans
    gold: Spans
    sentences: Spans


def span_documents(calibrated: Sequence[Calibrated], index: int) -> list[SpanDocument]:
    """The documents of the paragraphs in which one label's spans are known.

    Readers cut published articles into paragraphs, and a span that reaches over the end of one into two. The measures of SemEval-2020
    task 11 count the article's spans: pieces that meet at such an end are one. A paragraph that does not say where in an article it
    stands is a document by itself.
    """
    known = [c for c in calibrated if c.prediction.labels[index] in c.prediction.example.known]
    return [_document(members, index) for members in _neighbours(known)]


def spans_of_label(calibrated: Sequence[Calibrated], index: int) -> tuple[list[Spans], list[Spans]]:
    """Predicted and gold spans of one label, a list a paragraph; a part of a merged label counts as that label.

    A predicted span that touches a merged label which may stand for this one is left out, unless it touches a gold span too: whether it
    is right is unknown.
    """
    predicted: list[Spans] = []
    gold: list[Spans] = []
    for c in calibrated:
        p, label = c.prediction, c.prediction.labels[index]
        fitted = c.calibration.labels[label]
        strength, by_sentence = p.strength(label), p.sentence_logits[:, index]
        runs = marked_tokens(strength, p.encoded, p.sentence_of_token, by_sentence, fitted, fitted.spans_from)
        own = [(s.start, s.end) for s in _counted(p.example, label)]
        unsure = [(s.start, s.end) for s in p.example.spans if label in parts_of(s.label)]
        found = [(int(p.encoded.starts[inside[0]]), int(p.encoded.ends[inside[-1]])) for _, inside in runs]
        predicted.append([span for span in found if _touches(span, own) or not _touches(span, unsure)])
        gold.append(own)
    return predicted, gold


def _counted(example: Example, label: str) -> list[Span]:
    return [span for span in example.spans if label in coarser(span.label)]


def _touches(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(start < span[1] and end > span[0] for start, end in others)


def _neighbours(calibrated: Sequence[Calibrated]) -> Iterator[list[Calibrated]]:
    members: list[Calibrated] = []
    for c in calibrated:
        if members and not _follows(members[-1], c):
            yield members
            members = []
        members.append(c)
    if members:
        yield members


def _follows(one: Calibrated, other: Calibrated) -> bool:
    before, after = one.prediction.example, other.prediction.example
    return before.article == after.article and 0 <= after.start - before.start - len(before.text) <= GAP


def _document(members: Sequence[Calibrated], index: int) -> SpanDocument:
    examples = [c.prediction.example for c in members]
    found, _ = spans_of_label(members, index)
    # Of what a model marks up to the end of a paragraph and on from the start of the next nobody can say more than that it is unbroken.
    marked = [[Span(start, end, "", open_start=True, open_end=True) for start, end in own] for own in found]
    given = [_counted(example, c.prediction.labels[index]) for example, c in zip(examples, members, strict=True)]
    gold: Spans = []
    for label in sorted({span.label for own in given for span in own}):
        gold += _whole([[span for span in own if span.label == label] for own in given], examples)
    sentences = [(e.start + a, e.start + b) for e, c in zip(examples, members, strict=True) for a, b in c.prediction.bounds]
    return SpanDocument(examples[0].id, examples[0].article, _whole(marked, examples), gold, sentences)


def _whole(pieces: Sequence[Sequence[Span]], paragraphs: Sequence[Example]) -> Spans:
    """The spans of neighbouring paragraphs in characters of their document: where one has an open end at a paragraph's edge and another
    an open start at the next one's, both are one.
    """
    done: Spans = []
    reaching: Spans = []
    for own, paragraph in zip(pieces, paragraphs, strict=True):
        joined = False
        still: Spans = []
        for span in own:
            start, end = paragraph.start + span.start, paragraph.start + span.end
            if reaching and span.open_start and span.start == 0:
                start, joined = min(begin for begin, _ in reaching), True
            (still if span.open_end and span.end == len(paragraph.text) else done).append((start, end))
        done += [] if joined else reaching
        reaching = still
    return sorted(done + reaching)
