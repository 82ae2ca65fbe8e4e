"""PTC, the corpus of SemEval-2020 task 11: spans of 14 propaganda techniques in English news articles.

Format: Da San Martino et al., «SemEval-2020 task 11: Detection of propaganda techniques in news articles», 2020. A folder
`{train,dev,test}-articles` holds `article<ID>.txt`, one sentence a line; labels are tab-separated rows of article id, technique, start
and end, in code points of the article file, end exclusive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, blocks, checked_span, cut, line_bounds, read_table, read_text
from framing.corpora.techniques import technique
from framing.errors import CorpusError
from framing.text import Span
from framing.vocabularies import MERGED, TECHNIQUES

LABELS: Final = {"train": "train-task2-TC.labels", "dev": "dev-task-TC.labels"}
_NOT_ANNOTATED: Final = {
    "appeal_to_hypocrisy",
    "questioning_the_reputation",
    "appeal_to_values",
    "consequential_oversimplification",
    "appeal_to_time",
    "obfuscation",
}
KNOWN: Final = frozenset({*TECHNIQUES, *MERGED} - _NOT_ANNOTATED)
BLOCK_CHARACTERS: Final = 800
"""Lines are read in blocks of about this length: a sentence by itself often does not show whom it means."""


def read_ptc(path: Path) -> Iterator[Example]:
    """Blocks of lines of the train and dev articles, sentences as published (lines). Test articles have no gold and are left out."""
    found = False
    for split, labels in LABELS.items():
        folder = path / f"{split}-articles"
        if not folder.is_dir():
            continue
        found = True
        texts = {file.stem.removeprefix("article"): read_text(file, keep_mark=True) for file in sorted(folder.glob("article*.txt"))}
        spans = _spans(path / labels, texts)
        for identifier, text in texts.items():
            for block in blocks(line_bounds(text), BLOCK_CHARACTERS):
                start, end = block[0][0], block[-1][1]
                yield Example(
                    id=f"ptc-{identifier}-{start}",
                    corpus="ptc",
                    source="ptc",
                    article=f"ptc#{identifier}",
                    text=text[start:end],
                    spans=cut(spans[identifier], start, end),
                    known=KNOWN,
                    split=split,
                    start=start,
                    sentences=tuple((first - start, last - start) for first, last in block),
                )
    if not found:
        raise CorpusError(f"{path}: holds neither train-articles nor dev-articles; expected the folder of SemEval-2020 task 11")


def _spans(path: Path, texts: dict[str, str]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for number, row in read_table(path):
        where = f"{path}, line {number}"
        if len(row) != 4:
            raise CorpusError(f"{where}: found {len(row)} fields, expected 4: article, technique, start, end, separated by tabs")
        identifier, name, start, end = row
        if identifier not in texts:
            raise CorpusError(f"{where}: there is no article {identifier} beside it; expected article{identifier}.txt")
        span = checked_span(start, end, len(texts[identifier]), technique(name, where), where)
        if span not in spans[identifier]:
            spans[identifier].append(span)
    return spans
