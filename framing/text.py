"""Documents as offsets into text that is never rewritten.

Every offset counts Unicode code points of `Document.text`, start inclusive, end exclusive, so that
`text[start:end]` is always the wording meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from framing.segmentation import paragraph_bounds, sentence_bounds


@dataclass(frozen=True, slots=True)
class Span:
    """An annotated stretch of text: `label` is a device or a label of `framing.vocabularies`; `voice` is 'own', 'reported' or None.

    `open_start` and `open_end` say that it is a piece of a longer one, which a reader cut there at the text's edge; they play no part in
    equality.
    """

    start: int
    end: int
    label: str
    voice: str | None = None
    target: tuple[int, int] | None = None
    open_start: bool = field(default=False, compare=False)
    open_end: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without the white space around it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph without the white space around it; its sentences cover every visible character of it."""

    start: int
    end: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it came in. `source` says where from: a path, '-' for stdin, or a caller's own name; `extracted` whether the text was
    taken out of a format of another kind, so that its lines are not the file's.
    """

    source: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    extracted: bool = False

    @classmethod
    def from_text(cls, text: str, source: str = "-") -> Document:
        """Split `text` into paragraphs and sentences; the text itself is kept as it is."""
        return cls(source, text, tuple(make_paragraph(text, start, end) for start, end in paragraph_bounds(text)))


def make_paragraph(text: str, start: int, end: int) -> Paragraph:
    """The paragraph `text[start:end]` with its sentences."""
    return Paragraph(start, end, tuple(Sentence(s, e) for s, e in sentence_bounds(text, start, end)))
