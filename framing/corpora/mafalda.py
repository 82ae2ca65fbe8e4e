"""MAFALDA: fallacy spans in 200 short English texts, an evaluation set.

Format: Helwe et al., «MAFALDA: A Benchmark and Comprehensive Study of Fallacy Detection and Classification», NAACL 2024.
`gold_standard_dataset.jsonl` has one text a line with `labels`, a list of [start, end, fallacy], in code points, end exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from framing.corpora.base import Example, checked_span, read_jsonl, require_text, sha256
from framing.errors import CorpusError, nearest
from framing.text import Span
from framing.vocabularies import PERSUASION

FILE: Final = "gold_standard_dataset.jsonl"
FALLACIES: Final[dict[str, str]] = {
    "false dilemma": "false_dilemma",
    "ad populum": "appeal_to_popularity",
    "appeal to (false) authority": "appeal_to_authority",
    "straw man": "straw_man",
    "appeal to fear": "appeal_to_fear",
    "causal oversimplification": "causal_oversimplification",
    "false causality": "causal_oversimplification",
    "slippery slope": "consequential_oversimplification",
    "guilt by association": "guilt_by_association",
    "appeal to worse problems": "whataboutism",
    "tu quoque": "appeal_to_hypocrisy",
    "ad hominem": PERSUASION,
}
"""Fallacies that are techniques by another name; an ad hominem may be one of several, so it is merged."""
OTHER_FALLACIES: Final = frozenset(
    {
        "appeal to anger",
        "appeal to nature",
        "appeal to pity",
        "appeal to positive emotion",
        "appeal to ridicule",
        "appeal to tradition",
        "circular reasoning",
        "equivocation",
        "fallacy of division",
        "false analogy",
        "hasty generalization",
    }
)
"""Fallacies that are no technique of ours."""
LEFTOVERS: Final = frozenset({"nothing", "to clean"})
"""Working labels left in the published file; they say nothing of the text."""
KNOWN: Final = frozenset(FALLACIES.values()) - {PERSUASION}


def read_mafalda(path: Path) -> Iterator[Example]:
    """The texts of the folder `path`, each an article of its own, all of them test; none is natural, as all come from fallacy corpora.

    `persuasion` is known but for the texts with a fallacy that is no technique of ours: whether that stretch persuades is not said.
    An ad hominem in such a text still makes `persuasion` present in the text as a whole. 56 texts are also texts of the corpus of
    Jin et al., «Logical Fallacy Detection», 2022, and 15 begin as a context of ElecDeb60to20: leave them out before testing a model
    that was trained on either.

    Raises:
        CorpusError: the file is missing, or a row is malformed or has an unknown fallacy; with file and line.
    """
    for number, row in read_jsonl(path / FILE):
        where = f"{path / FILE}, line {number}"
        for name in ("text", "labels"):
            if name not in row:
                raise CorpusError(f"{where}: the field '{name}' is missing; expected text and labels; download the file again")
        text = require_text(row, where)
        names, spans = _labels(row["labels"], text, where)
        all_ours = names.isdisjoint(OTHER_FALLACIES)
        holds_technique = any(name in FALLACIES for name in names)
        yield Example(
            id=f"mafalda-{number}",
            corpus="mafalda",
            source="mafalda",
            article=f"mafalda#{sha256(text)[:16]}",
            text=text,
            spans=spans,
            known=KNOWN | {PERSUASION} if all_ours else KNOWN,
            natural=False,
            labels={} if all_ours or not holds_technique else {PERSUASION: True},
            split="test",
        )


def _labels(rows: Any, text: str, where: str) -> tuple[set[str], tuple[Span, ...]]:
    """Names of the fallacies in a text, in lower case, and the spans of those that are techniques."""
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 3 for row in rows):
        raise CorpusError(f"{where}: the field 'labels' is malformed; expected a list of [start, end, fallacy]; correct the row")
    names, spans = set(), []
    for start, end, published in rows:
        name = str(published).lower()
        span = _trimmed(checked_span(start, end, len(text), FALLACIES.get(name, name), where), text, where)
        if name in LEFTOVERS:
            continue
        if name not in FALLACIES and name not in OTHER_FALLACIES:
            hint = nearest(name, [*FALLACIES, *OTHER_FALLACIES], 0.6)
            raise CorpusError(f"{where}: fallacy '{published}' is unknown{hint}; correct the row")
        names.add(name)
        if name in FALLACIES and span not in spans:
            spans.append(span)
    return names, tuple(spans)


def _trimmed(span: Span, text: str, where: str) -> Span:
    """The span without the white space at its edges, which two published spans have."""
    wording = text[span.start : span.end]
    if not wording.strip():
        raise CorpusError(f"{where}: span [{span.start}, {span.end}) holds white space alone; expected wording; correct the row")
    start = span.start + len(wording) - len(wording.lstrip())
    return replace(span, start=start, end=start + len(wording.strip()))
