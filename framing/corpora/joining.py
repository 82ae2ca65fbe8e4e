"""Puts third parties' paragraphs back beside our annotations, from a user's own copy of the source corpora.

The project publishes offsets and hashes. A paragraph is found again by cutting the source files exactly as they were cut
for annotation, and taken only where its SHA-256 is the annotated one.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from framing.corpora.base import parse_spans, read_jsonl, sha256
from framing.errors import CorpusError

SHORTEST_WORDS: Final = 6
JOINED_BELOW_WORDS: Final = 12
JOINED_TO_BELOW_WORDS: Final = 60
LONGEST_WORDS: Final = 140
CUT_NEAR_WORDS: Final = 110
_LONGEST_CELL: Final = 10_000_000
_SENTENCE_END: Final = re.compile(r'(?<=[.!?"”’])\s+(?=[A-Z“"])')


@dataclass(frozen=True, slots=True)
class JoinReport:
    """Rows that found their text, and of those that did not, the count by source and the sources that are not there at all."""

    joined: int
    missing: dict[str, int]
    absent_sources: tuple[str, ...]


def join(annotations: Path, sources: Path, output: Path) -> JoinReport:
    """Write `output`: the rows of `annotations` with their `text`, for every paragraph found below the folder `sources`.

    Raises:
        CorpusError: `annotations` is missing or malformed, a source file cannot be read, or not one paragraph was found.
    """
    rows = [row for _, row in _annotations(annotations)]
    if not sources.is_dir():
        raise CorpusError(f"{sources}: no such folder; expected the source corpora, one folder each, as data/devices/CARD.md lists")
    texts: dict[tuple[str, str], str] = {}
    absent = []
    for source in sorted({row["source"] for row in rows}):
        if source not in SOURCES:
            raise CorpusError(f"{annotations}: source '{source}' is unknown; expected one of {', '.join(SOURCES)}")
        wanted = {(row["article"], row["sha256"]) for row in rows if row["source"] == source}
        place = sources / SOURCES[source].place
        if not place.exists():
            absent.append(source)
            continue
        for article, paragraphs in _articles_of(source, place):
            for paragraph in paragraphs:
                key = (article, sha256(paragraph))
                if key in wanted:
                    texts[f"{source}#{article}", key[1]] = paragraph
    found = [row for row in rows if (f"{row['source']}#{row['article']}", row["sha256"]) in texts]
    if not found:
        raise CorpusError(f"{sources}: not one annotated paragraph was found; expected the folders that data/devices/CARD.md lists")
    missing: dict[str, int] = {}
    for row in rows:
        if (f"{row['source']}#{row['article']}", row["sha256"]) not in texts:
            missing[row["source"]] = missing.get(row["source"], 0) + 1
    output.parent.mkdir(parents=True, exist_ok=True)
    # Written whole under another name first: a join that is interrupted leaves the last good one in place.
    partial = output.with_suffix(".part")
    with partial.open("w", encoding="utf-8") as lines:
        for row in found:
            text = texts[f"{row['source']}#{row['article']}", row["sha256"]]
            parse_spans(row["spans"], len(text), f"{annotations}, {row['id']}")
            lines.write(json.dumps(row | {"text": text}, ensure_ascii=False) + "\n")
    partial.replace(output)
    return JoinReport(len(found), missing, tuple(absent))


def whole_articles(sources: Path, most: int, seed: int) -> Iterator[dict[str, str]]:
    """`id` and `text` of the articles below the folder `sources`, annotated or not, paragraphs apart by an empty line.

    Of each source articles are drawn by `seed` until they hold `most` paragraphs. Sources that are not there are passed over.

    Raises:
        CorpusError: none is there, or a file of one cannot be read.
    """
    present = {source: sources / kind.place for source, kind in SOURCES.items() if (sources / kind.place).exists()}
    if not present:
        raise CorpusError(f"{sources}: none of the sources is there; expected the folders that data/devices/CARD.md lists")
    for source, place in present.items():
        articles: dict[str, list[str]] = {}
        for article, paragraphs in _articles_of(source, place):
            # Some sources give an article in two cuts.
            articles.setdefault(article, paragraphs)
        drawn, held = sorted(articles), 0
        random.Random(seed).shuffle(drawn)
        for article in drawn:
            if held >= most:
                break
            held += len(articles[article])
            yield {"id": f"{source}#{article}", "text": "\n\n".join(articles[article])}


def _annotations(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in read_jsonl(path):
        lacking = {"id", "source", "article", "sha256", "spans"} - set(row)
        if lacking:
            raise CorpusError(f"{path}, line {number}: the field '{min(lacking)}' is missing; the format is in data/devices/CARD.md")
        yield number, row


def cut_paragraphs(text: str) -> list[str]:
    """Paragraphs of one article as annotated: white space folded, short lines joined or dropped, long ones cut near 110 words."""
    cut: list[str] = []
    for line in re.split(r"\n\s*\n|\n", text):
        paragraph = re.sub(r"\s+", " ", line).strip()
        words = len(paragraph.split())
        if words < SHORTEST_WORDS:
            continue
        if words < JOINED_BELOW_WORDS and cut and len(cut[-1].split()) < JOINED_TO_BELOW_WORDS:
            cut[-1] += " " + paragraph
            continue
        while len(paragraph.split()) > LONGEST_WORDS:
            sentences = _SENTENCE_END.split(paragraph)
            if len(sentences) < 2:
                break
            head, taken = "", 0
            while taken < len(sentences) and len(f"{head} {sentences[taken]}".split()) < CUT_NEAR_WORDS:
                head = f"{head} {sentences[taken]}".strip()
                taken += 1
            if not head:
                head, taken = sentences[0], 1
            cut.append(head)
            paragraph = " ".join(sentences[taken:])
        if paragraph:
            cut.append(paragraph)
    return cut


@dataclass(frozen=True, slots=True)
class _Source:
    place: str
    articles: Callable[[Path], Iterator[tuple[str, list[str]]]]


def _articles_of(source: str, place: Path) -> Iterator[tuple[str, list[str]]]:
    try:
        yield from SOURCES[source].articles(place)
    except (OSError, EOFError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise CorpusError(f"{place}: not the published form of '{source}' ({error!r}); download it again") from error


def _text_files(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for file in sorted(folder.glob("*.txt")):
        yield file.stem, cut_paragraphs(file.read_text(encoding="utf-8", errors="replace").replace("\r", ""))


def _kremlin(file: Path) -> Iterator[tuple[str, list[str]]]:
    for row in _gzipped_rows(file):
        yield row["url"].split("en.kremlin.ru/")[-1], cut_paragraphs("\n".join(row["paragraphs"]))


def _ungdc(file: Path) -> Iterator[tuple[str, list[str]]]:
    for row in _gzipped_rows(file):
        article = row["file"].removesuffix(".txt")
        yield article, cut_paragraphs(row["text"])
        # Some paragraphs were cut after the white space between sentences had been folded.
        yield article, cut_paragraphs(re.sub(r"(?<=[.!?])\s+(?=[A-Z])", " ", row["text"]))


def _ukraine_news_bias(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for file in sorted(folder.glob("article_*.json")):
        sentences = [row["content"].strip() for row in json.loads(file.read_text(encoding="utf-8"))["sentences"]]
        yield file.stem, [" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3)]


def _narrative_framing(file: Path) -> Iterator[tuple[str, list[str]]]:
    others = csv.field_size_limit(_LONGEST_CELL)
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                yield row["ID"], cut_paragraphs(row["text"])
    finally:
        # The limit is the whole process's.
        csv.field_size_limit(others)


def _gzipped_rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


SOURCES: Final[dict[str, _Source]] = {
    "kremlin-en": _Source("kremlin-en/kremlin_en.jsonl.gz", _kremlin),
    "narrative-framing": _Source("narrative-framing/articles_metadata.tsv", _narrative_framing),
    "ptc-semeval2020-task11/train": _Source("ptc-semeval2020-task11/train-articles", _text_files),
    "semeval2025-task10/train": _Source("semeval2025-task10/train/EN/raw-documents", _text_files),
    "ukraine-news-bias": _Source("ukraine-news-bias/raw", _ukraine_news_bias),
    "ungdc": _Source("ungdc/ungdc_selection.jsonl.gz", _ungdc),
}
"""Where each source of `devices` lies below the folder of corpora, and how its articles were cut."""
