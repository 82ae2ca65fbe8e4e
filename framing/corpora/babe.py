"""BABE, sentences of US news that experts judged biased by word choice or not, with the words that carry the bias.

Format: Spinde et al., «Neural media bias detection using distant supervision with BABE - Bias annotations by experts», 2021.
`final_labels_SG2.csv` is separated by semicolons, with quoting and a byte-order mark; `biased_words` is a Python list of strings, not
of offsets. `final_labels_SG1.csv` and the crowd's labels (MBIC) repeat sentences of SG2 under other labels and are not read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from framing.corpora.base import Example, read_quoted_table, sha256
from framing.errors import CorpusError
from framing.text import Span

FILE: Final = "final_labels_SG2.csv"
LABEL: Final = "lexical_bias"
FIELDS: Final = ("text", "news_link", "outlet", "topic", "type", "label_bias", "label_opinion", "biased_words")
JUDGEMENTS: Final[dict[str, bool | None]] = {"Biased": True, "Non-biased": False, "No agreement": None}


def read_babe(path: Path) -> Iterator[Example]:
    """The sentences of SG2, one Example each; `path` is the folder or the file.

    A biased sentence has a span wherever one of its biased words stands verbatim between word bounds, case apart. Where its words are
    not listed or none is found, the places are unknown. A sentence judged free of bias has no span; where some annotator listed words
    all the same, the places are unknown and only the judgement on the sentence holds. «No agreement» gives no label at all.

    Raises:
        CorpusError: the file is missing or a row is not as published; begins with file and line.
    """
    file = path / FILE if path.is_dir() else path
    for index, (number, row) in enumerate(_rows(file)):
        where = f"{file}, line {number}"
        text = row["text"]
        if not text.strip():
            raise CorpusError(f"{where}: the field 'text' is empty, expected a sentence; download the file again")
        if row["label_bias"] not in JUDGEMENTS:
            raise CorpusError(f"{where}: label_bias '{row['label_bias']}' is unknown; expected one of {', '.join(JUDGEMENTS)}")
        biased = JUDGEMENTS[row["label_bias"]]
        words = _words(row["biased_words"], where)
        spans = _places(text, words) if biased else ()
        yield Example(
            id=f"babe-{index}",
            corpus="babe",
            source=row["outlet"],
            article=f"babe#{_article(row['news_link'], text, where)}",
            text=text,
            spans=spans,
            known=frozenset({LABEL}) if spans or (biased is False and not words) else frozenset(),
            labels={} if biased is None else {LABEL: biased},
            sentences=((0, len(text)),),
        )


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in read_quoted_table(file, ";"):
        if number > 1:
            yield number, dict(zip(FIELDS, row, strict=True))
        elif tuple(row) != FIELDS:
            raise CorpusError(f"{file}, line 1: found the fields {', '.join(row)}, expected {', '.join(FIELDS)}; read {FILE}")


def _words(field: str, where: str) -> tuple[str, ...]:
    try:
        words = ast.literal_eval(field)
    except (ValueError, SyntaxError) as error:
        raise CorpusError(f"{where}: biased_words '{field}' is no Python list ({error}); download the file again") from error
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise CorpusError(f"{where}: found biased_words '{field}', expected a Python list of words; download the file again")
    return tuple(words)


def _places(text: str, words: tuple[str, ...]) -> tuple[Span, ...]:
    places = {found.span() for word in words for found in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)}
    return tuple(Span(start, end, LABEL) for start, end in sorted(places))


def _article(link: str, text: str, where: str) -> str:
    if not link.strip():
        return sha256(text)[:16]
    try:
        parts = urlsplit(link.strip())
    except ValueError as error:
        raise CorpusError(f"{where}: news_link '{link}' is no address ({error}); correct the row") from error
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
