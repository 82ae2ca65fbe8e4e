"""SemEval-2021 task 6: 20 persuasion techniques in the English text of memes, for the whole text and as spans.

Format: Dimitrov et al., «SemEval-2021 task 6: Detection of persuasion techniques in texts and images», 2021. Two JSON lists a split,
`{training,dev,test}_set_task1.txt` with rows {id, labels, text} and `{training,dev,test}_set_task2.txt` with rows {id, text, labels:
[{start, end, technique, text_fragment}]}, offsets in code points of the text, end exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from framing.corpora.base import Example, checked_span, read_list, require_fields, require_text
from framing.corpora.techniques import technique
from framing.errors import CorpusError
from framing.text import Span
from framing.vocabularies import MERGED, TECHNIQUES, coarser

PREFIXES: Final = {"train": "training", "dev": "dev", "test": "test"}
_NOT_ANNOTATED: Final = {"appeal_to_hypocrisy", "consequential_oversimplification", "appeal_to_time"}
LABELS: Final = tuple(label for label in (*TECHNIQUES, *MERGED) if label not in _NOT_ANNOTATED)


def read_semeval2021(path: Path) -> Iterator[Example]:
    """One example a text, kept as it is: `labels` from task 1, spans from task 2; what a text is not listed for is unknown.

    A split is read where one of its files is there. `text_fragment` is not compared: offsets are what the task scores, and the
    published fragments of the test split do not all agree with them. Raises CorpusError, with file and line, for a row that is
    malformed or contradicts the other file, and when no split is there.
    """
    found = False
    for split, prefix in PREFIXES.items():
        whole, marked = (path / f"{prefix}_set_task{task}.txt" for task in (1, 2))
        if not (whole.exists() or marked.exists()):
            continue
        found = True
        rows = _rows(whole) if whole.exists() else {}
        span_rows = _rows(marked) if marked.exists() else {}
        for identifier, (where, text, names) in (span_rows | rows).items():
            marks = span_rows.get(identifier)
            if marks is not None and marks[1] != text:
                raise CorpusError(f"{marks[0]}: the text of '{identifier}' is not the one in {whole}; take both files from one release")
            yield Example(
                id=f"semeval2021-{identifier}",
                corpus="semeval2021",
                source="semeval2021",
                article=f"semeval2021#{identifier}",
                text=text,
                spans=() if marks is None else _spans(marks[2], len(text), marks[0]),
                known=frozenset() if marks is None else frozenset(LABELS),
                labels=_labels(names, where) if identifier in rows else {},
                split=split,
            )
    if not found:
        raise CorpusError(f"{path}: holds no training_set_task1.txt or the like; expected the folder of SemEval-2021 task 6")


def _rows(path: Path) -> dict[str, tuple[str, str, list[Any]]]:
    """By id: where the row stands, its text and its labels."""
    rows: dict[str, tuple[str, str, list[Any]]] = {}
    for line, row in read_list(path):
        where = f"{path}, line {line}"
        require_fields(row, ("id", "text", "labels"), where)
        if not isinstance(row["labels"], list):
            raise CorpusError(f"{where}: the field 'labels' holds {type(row['labels']).__name__}, expected a list")
        if str(row["id"]) in rows:
            raise CorpusError(f"{where}: the id '{row['id']}' stands here a second time; remove one of the two rows")
        rows[str(row["id"])] = where, require_text(row, where), row["labels"]
    return rows


def _labels(names: list[Any], where: str) -> dict[str, bool]:
    present = {label for name in names for label in coarser(technique(str(name), where))}
    return {label: label in present for label in LABELS}


def _spans(marks: list[Any], text_length: int, where: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for mark in marks:
        if not isinstance(mark, dict):
            raise CorpusError(f"{where}: found a label that is {type(mark).__name__}, expected an object with start, end and technique")
        require_fields(mark, ("start", "end", "technique"), where)
        span = checked_span(mark["start"], mark["end"], text_length, technique(str(mark["technique"]), where), where)
        if span not in spans:
            spans.append(span)
    return tuple(spans)
