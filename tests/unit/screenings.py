"""Screenings of invented text, for the tests of what is made of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from framing.screening import Finding, ScreenedParagraph, ScreenedSentence, Screening
from framing.taxonomy import DEVICE_NAMES
from framing.text import Document

SCORE = 0.12
DRAFT = st.just("draft.txt")
AWKWARD = "ab c.\n\n\n\t\r\f\0\x1b\x85\u2028\ufeff\u202e\ud800\udfff<>&\"',;=+-@%/[](){}:é中ا😀"
texts = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters()), max_size=60)


def screening(text: str, *findings: Finding, source: str = "draft.txt", score: float = SCORE) -> Screening:
    """A screening of `text`; each finding belongs to the paragraph in which it begins."""
    scores = dict.fromkeys(DEVICE_NAMES, score)
    paragraphs = []
    for paragraph in Document.from_text(text).paragraphs:
        sentences = tuple(ScreenedSentence(s.start, s.end, scores) for s in paragraph.sentences)
        inside = sorted((f for f in findings if paragraph.start <= f.start < paragraph.end), key=lambda f: (f.start, f.end))
        paragraphs.append(ScreenedParagraph(paragraph.start, paragraph.end, scores, sentences, tuple(inside)))
    return Screening(source, "a model", text, tuple(paragraphs))


def mark(text: str, wording: str, device: str = "loaded_label", score: float = 0.87, nth: int = 1, **rest: Any) -> Finding:
    """The finding of the `nth` place where `text` has `wording`."""
    start = -1
    for _ in range(nth):
        start = text.index(wording, start + 1)
    return Finding(start, start + len(wording), wording, device, score, **{"voice": "own", "voice_score": 0.9, "target": None} | rest)


@st.composite
def screenings(
    draw: st.DrawFn,
    sources: st.SearchStrategy[str] = DRAFT,
    text: st.SearchStrategy[str] = texts,
    scores: st.SearchStrategy[float] = st.just(SCORE),  # noqa: B008 - a strategy is a value
) -> Screening:
    """Screenings of awkward text with findings anywhere in its paragraphs."""
    drawn = draw(text)
    findings = []
    for paragraph in Document.from_text(drawn).paragraphs:
        for _ in range(draw(st.integers(0, 5))):
            start = draw(st.integers(paragraph.start, paragraph.end - 1))
            end = draw(st.integers(start + 1, paragraph.end))
            device = draw(st.sampled_from(DEVICE_NAMES))
            target = (paragraph.start, end) if device == "blame_attribution" and draw(st.booleans()) else None
            voice = draw(st.sampled_from(("own", "reported")))
            findings.append(Finding(start, end, drawn[start:end], device, draw(st.floats(0, 1)), voice, draw(st.floats(0.5, 1)), target))
    return screening(drawn, *findings, source=draw(sources), score=draw(scores))
