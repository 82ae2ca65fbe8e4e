"""BASIL, news articles with spans biased by word choice (lexical) or by selecting information (informational).

Format: Fan et al., «In plain sight: Media bias through the lens of factual reporting», EMNLP-IJCNLP 2019. One JSON file an article,
`articles/<year>/<triplet uuid>_<1-3>.json`, paragraphs as lists of sentences; beside it `annotations/<year>/<the same>_ann.json`, whose
spans count characters inside one sentence, end exclusive. The three files of a triplet tell one event as three outlets told it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from json import JSONDecoder
from pathlib import Path
from typing import Any, Final

from framing.corpora.base import Example, blocks, checked_span, read_json, read_text
from framing.errors import CorpusError
from framing.taxonomy import VOICE
from framing.text import Span

LABELS: Final = {"lex": "lexical_bias", "inf": "informational_bias"}
VOICE_OF_QUOTE: Final = {"yes": "reported", "no": "own"}
KNOWN: Final = frozenset({*LABELS.values(), VOICE})
TITLE: Final = "title"
ANNOTATIONS: Final = "phrase-level-annotations"
BLOCK_CHARACTERS: Final = 800
"""Sentences are read in blocks of about this length: a sentence by itself often does not show whom it means."""

_BETWEEN: Final = re.compile(r"[\s,:]*")

_Sentences = list[tuple[int, str]]
"""Published index and text of each sentence of a paragraph."""


def read_basil(path: Path) -> Iterator[Example]:
    """Blocks of sentences of every article below `path`, sentences as published.

    An article's text is its sentences without the white space after them, put together by a space and at the end of a paragraph by a
    line end; `start` counts in that text, and empty sentences are passed over. Titles are left out: 3 of the 1,726 spans stand in 300
    titles, far fewer than in the sentences, so that an unmarked title says little. A span's `target` is where the name of the entity
    that the annotator gave stands in the same sentence, or its last word; None where neither does.

    Raises:
        CorpusError: a file is missing or not as published, or a span's offsets do not select its wording; begins with the file and the
            line on which the span begins, or the paragraph, counted from 0 («body-paragraphs[1]»).
    """
    files = sorted(path.glob("articles/*/*.json"))
    if not files:
        raise CorpusError(f"{path}: holds no articles/YEAR/*.json; expected the folder of BASIL with articles and annotations")
    for file in files:
        article = _object(file)
        text, bounds = _lay_out(_paragraphs(article, file))
        spans = _spans(path / "annotations" / file.parent.name / f"{file.stem}_ann.json", text, bounds)
        for block in blocks(sorted(bounds.values()), BLOCK_CHARACTERS):
            start, end = block[0][0], block[-1][1]
            yield Example(
                id=f"basil-{file.stem}-{start}",
                corpus="basil",
                source=_string(article, "source", str(file)).lower(),
                article=f"basil#{_string(article, 'triplet-uuid', str(file))}",
                text=text[start:end],
                spans=tuple(_shifted(span, -start) for bound in block for span in spans[bound]),
                known=KNOWN,
                start=start,
                sentences=tuple((first - start, last - start) for first, last in block),
            )


def _object(file: Path) -> dict[str, Any]:
    content = read_json(file)
    if not isinstance(content, dict):
        raise CorpusError(f"{file}: found {type(content).__name__}, expected a JSON object; download the file again")
    return content


def _string(row: dict[str, Any], field: str, where: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise CorpusError(f"{where}: the field '{field}' holds {type(value).__name__}, expected a string; download the file again")
    return value


def _paragraphs(article: dict[str, Any], file: Path) -> Iterator[_Sentences]:
    paragraphs, index = article.get("body-paragraphs"), 0
    if not isinstance(paragraphs, list):
        raise CorpusError(f"{file}: the field 'body-paragraphs' holds {type(paragraphs).__name__}, expected a list of paragraphs")
    for number, paragraph in enumerate(paragraphs):
        if not isinstance(paragraph, list) or not all(isinstance(sentence, str) for sentence in paragraph):
            raise CorpusError(f"{file}, body-paragraphs[{number}]: found no list of sentences, expected one; download the file again")
        yield list(enumerate(paragraph, start=index))
        index += len(paragraph)


def _lay_out(paragraphs: Iterator[_Sentences]) -> tuple[str, dict[int, tuple[int, int]]]:
    """The article's text and, by published index, where each sentence stands in it.

    The published white space before a sentence counts in the offsets of its spans, so it is kept in front where there is any.
    """
    text, bounds = "", {}
    for paragraph in paragraphs:
        joint = "\n"
        for index, sentence in paragraph:
            if sentence.strip():
                text += (joint if text else "") + sentence.rstrip()
                bounds[index] = (len(text) - len(sentence.rstrip()), len(text))
                joint = " "
    return text, bounds


def _spans(file: Path, text: str, bounds: dict[int, tuple[int, int]]) -> dict[tuple[int, int], list[Span]]:
    """Spans by the bounds of their sentence, counted in the article's text."""
    rows = _object(file).get(ANNOTATIONS)
    if not isinstance(rows, list):
        raise CorpusError(f"{file}: the field '{ANNOTATIONS}' holds {type(rows).__name__}, expected a list")
    spans: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for line, row in zip(_lines(read_text(file), ANNOTATIONS), rows, strict=True):
        where = f"{file}, line {line}"
        if not isinstance(row, dict):
            raise CorpusError(f"{where}: found {type(row).__name__}, expected a JSON object; download the file again")
        place = _string(row, "id", where)
        if place == TITLE:
            continue
        if not re.fullmatch(r"p\d+", place) or int(place[1:]) not in bounds:
            raise CorpusError(f"{where}: the article has no sentence '{place}'; expected p0 to p{max(bounds, default=0)}, or {TITLE}")
        first, last = bounds[int(place[1:])]
        span = _span(row, text[first:last], where)
        # Some stretches were annotated once for each entity that they harm.
        if (placed := _shifted(span, first)) not in spans[first, last]:
            spans[first, last].append(placed)
    return spans


def _lines(text: str, field: str) -> list[int]:
    """Lines, from 1, on which the items of the list `field` of a JSON object begin; `text` is JSON and has such a list."""
    decoder, lines = JSONDecoder(), list[int]()
    position = _next(text, text.index("{") + 1)
    while text[position] != "}":
        key, end = decoder.raw_decode(text, position)
        start = _next(text, end)
        _, end = decoder.raw_decode(text, start)
        if key == field:
            # Of a key given twice the last counts, as for the decoder.
            lines = []
            item = _next(text, start + 1)
            while text[item] != "]":
                lines.append(text.count("\n", 0, item) + 1)
                item = _next(text, decoder.raw_decode(text, item)[1])
        position = _next(text, end)
    return lines


def _next(text: str, position: int) -> int:
    """Where the next key, value or closing bracket begins."""
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _span(row: dict[str, Any], sentence: str, where: str) -> Span:
    bias, quote, wording = (_string(row, field, where) for field in ("bias", "quote", "txt"))
    if bias not in LABELS:
        raise CorpusError(f"{where}: bias '{bias}' is unknown; expected one of {', '.join(LABELS)}")
    if quote not in VOICE_OF_QUOTE:
        raise CorpusError(f"{where}: quote '{quote}' is unknown; expected one of {', '.join(VOICE_OF_QUOTE)}")
    span = checked_span(row.get("start"), row.get("end"), len(sentence), LABELS[bias], where, VOICE_OF_QUOTE[quote])
    if sentence[span.start : span.end] != wording:
        raise CorpusError(f"{where}: the sentence has '{sentence[span.start : span.end]}' there, expected '{wording}'; correct the offsets")
    return replace(span, target=_target(_string(row, "target", where), sentence))


def _target(name: str, sentence: str) -> tuple[int, int] | None:
    words = name.replace("_", " ").split()
    for wording in (" ".join(words), *words[-1:]):
        if wording and (found := re.search(rf"(?<!\w){re.escape(wording)}(?!\w)", sentence)):
            return found.span()
    return None


def _shifted(span: Span, by: int) -> Span:
    target = None if span.target is None else (span.target[0] + by, span.target[1] + by)
    return replace(span, start=span.start + by, end=span.end + by, target=target)
