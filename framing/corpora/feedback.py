"""`feedback`: editors' verdicts on findings, as `framing.feedback` records them, read as labelled paragraphs.

What a verdict teaches. «right» and «missed» are spans; «wrong» says that the device is absent there. A device is known in a paragraph
only when it got a verdict in it. Then the rest of the paragraph counts as free of that device, although nobody may have read it for that:
an editor who called one finding right may have left another without a verdict, or overlooked wording that no finding marked. So absence
here is weaker than in a corpus annotated throughout, and figures measured on it are no substitute for those of one.

Which verdict stands, device by device, in the order of the file. A later verdict takes the place of an earlier one on the same span. Where
spans only overlap, it takes the place of an earlier one that says the opposite; those that agree both stand, and become one span. One that
its editor took back counts as never given: the one before it stands again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, sha256
from framing.taxonomy import DEVICE_NAMES, VOICE
from framing.text import Span
from framing.verdicts import Verdict, read

FILE: Final = "feedback.jsonl"


def read_feedback(path: Path) -> Iterator[Example]:
    """One Example for each paragraph that got a verdict, in the order of the first ones; `path` is the file, or the folder of FILE.

    A paragraph is its text: verdicts on the same text in several drafts come together. Voice is known where a span that stands has one,
    as the finding said or the editor gave it; the blamed target never is. No paragraph is natural, since findings brought the editor there.
    `source` is the document's name at the last verdict. `article` stands for all documents that share a judged paragraph, so versions of
    one draft stay together; it is named after the text of the first of them, and stays as the file grows unless such groups grow together.

    Raises:
        CorpusError: the file is missing or a row is no verdict; begins with file and line.
    """
    verdicts = [verdict for _, verdict in read(path / FILE if path.is_dir() else path)]
    articles = _articles(verdicts)
    paragraphs: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        paragraphs[verdict.text].append(verdict)
    for text, judged in paragraphs.items():
        spans = tuple(sorted(_spans(judged), key=lambda span: (span.start, span.end, DEVICE_NAMES.index(span.label))))
        voiced = {VOICE} if any(span.voice for span in spans) else set()
        yield Example(
            id=f"feedback-{sha256(text)[:16]}",
            corpus="feedback",
            source=judged[-1].source,
            article=f"feedback#{articles[judged[0].document][:16]}",
            text=text,
            spans=spans,
            known=frozenset({verdict.device for verdict in judged} | voiced),
            natural=False,
        )


def _articles(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """For each document the first one (in the order of the file) of those that share paragraphs with it, directly or by way of others."""
    order = {document: place for place, document in enumerate(dict.fromkeys(verdict.document for verdict in verdicts))}
    linked_to = {document: document for document in order}

    def first(document: str) -> str:
        while linked_to[document] != document:
            linked_to[document] = document = linked_to[linked_to[document]]
        return document

    judged_in: dict[str, str] = {}
    for verdict in verdicts:
        same_paragraph = judged_in.setdefault(verdict.text, verdict.document)
        earlier, later = sorted((first(verdict.document), first(same_paragraph)), key=order.__getitem__)
        linked_to[later] = earlier
    return {document: first(document) for document in order}


def _spans(verdicts: Sequence[Verdict]) -> Iterator[Span]:
    for device in DEVICE_NAMES:
        standing: list[Verdict] = []
        for verdict in verdicts:
            if verdict.device == device:
                standing = [earlier for earlier in standing if not _replaces(verdict, earlier)]
                standing.append(verdict)
        yield from _united([verdict for verdict in standing if verdict.verdict != "wrong"], device)


def _replaces(later: Verdict, earlier: Verdict) -> bool:
    if (later.start, later.end) == (earlier.start, earlier.end):
        return True
    opposite = (later.verdict == "wrong") != (earlier.verdict == "wrong")
    return opposite and later.start < earlier.end and earlier.start < later.end


def _united(standing: Sequence[Verdict], device: str) -> Iterator[Span]:
    """The spans of verdicts that agree, overlapping ones as one; its voice is the last that was given."""
    groups: list[list[Verdict]] = []
    end = -1
    for verdict in sorted(standing, key=lambda verdict: verdict.start):
        if verdict.start < end:
            groups[-1].append(verdict)
        else:
            groups.append([verdict])
        end = max(end, verdict.end)
    for group in groups:
        voices = [verdict.voice for verdict in standing if verdict in group and verdict.voice is not None]
        yield Span(group[0].start, max(verdict.end for verdict in group), device, voices[-1] if voices else None)
