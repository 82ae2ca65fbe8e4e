"""`framing data join`: annotations published as offsets find their text in a user's own copy of the sources."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framing.corpora import load_corpus
from framing.corpora.base import sha256
from framing.corpora.joining import SOURCES, cut_paragraphs, join, whole_articles
from framing.errors import CorpusError
from tests.conftest import Run

FIRST = "The harbour council met on Monday and voted to close the old northern pier for good."
SECOND = "Its reckless decision ruined a dozen small firms, the owners of the fishing boats said."
ARTICLE = f"{FIRST}\n\n{SECOND}\n"


def write_text(place: Path, suffix: str = ".txt") -> str:
    place.mkdir(parents=True)
    (place / f"article7{suffix}").write_text(ARTICLE, encoding="utf-8")
    return "article7"


def write_kremlin(place: Path) -> str:
    row = {"url": "http://en.kremlin.ru/events/president/news/7", "paragraphs": [FIRST, SECOND]}
    return write_gzip(place, row, "events/president/news/7")


def write_ungdc(place: Path) -> str:
    return write_gzip(place, {"file": "XYZ_01_1946.txt", "text": ARTICLE}, "XYZ_01_1946")


def write_gzip(place: Path, row: dict[str, Any], article: str) -> str:
    place.parent.mkdir(parents=True)
    with gzip.open(place, "wt", encoding="utf-8") as lines:
        lines.write(json.dumps(row) + "\n")
    return article


def write_narrative(place: Path) -> str:
    place.parent.mkdir(parents=True)
    with place.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter="\t")
        writer.writerows([["ID", "source", "text"], ["a7", "paper", ARTICLE]])
    return "a7"


def write_ukraine(place: Path) -> str:
    place.mkdir(parents=True)
    # Three sentences make a paragraph there.
    sentences = [{"content": FIRST}, {"content": " Nobody spoke. "}, {"content": "They went home."}, {"content": SECOND}]
    (place / "article_7.json").write_text(json.dumps({"sentences": sentences}), encoding="utf-8")
    return "article_7"


WRITERS: dict[str, Callable[[Path], str]] = {
    "kremlin-en": write_kremlin,
    "narrative-framing": write_narrative,
    "ptc-semeval2020-task11/train": write_text,
    "semeval2025-task10/train": write_text,
    "ukraine-news-bias": write_ukraine,
    "ungdc": write_ungdc,
}


def annotation(source: str, article: str, text: str = SECOND) -> dict[str, Any]:
    start = text.find("reckless decision")
    spans = [{"start": start, "end": start + 17, "device": "loaded_label", "voice": "reported"}] if start >= 0 else []
    return {"id": f"{source}#{article}#1", "source": source, "article": article, "enriched": False, "sha256": sha256(text), "spans": spans}


def write_annotations(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "annotations.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_every_source_has_its_format_here() -> None:
    assert set(WRITERS) == set(SOURCES)


@pytest.mark.parametrize("source", sorted(WRITERS))
def test_a_paragraph_of_each_source_is_found_again_and_read_with_its_span(tmp_path: Path, source: str) -> None:
    article = WRITERS[source](tmp_path / "sources" / SOURCES[source].place)
    annotations = write_annotations(tmp_path, annotation(source, article))
    report = join(annotations, tmp_path / "sources", tmp_path / "joined.jsonl")
    assert (report.joined, report.missing) == (1, {})
    (example,) = load_corpus("devices", tmp_path)
    assert example.text == SECOND
    assert [example.text[s.start : s.end] for s in example.spans] == ["reckless decision"]


def test_what_is_missing_is_counted_and_the_rest_is_joined(tmp_path: Path) -> None:
    write_text(tmp_path / "sources" / SOURCES["semeval2025-task10/train"].place)
    annotations = write_annotations(
        tmp_path,
        annotation("semeval2025-task10/train", "article7"),
        annotation("semeval2025-task10/train", "article7", "A paragraph that this copy does not hold any more at all."),
        annotation("ungdc", "XYZ_01_1946"),
    )
    report = join(annotations, tmp_path / "sources", tmp_path / "joined.jsonl")
    assert report.joined == 1
    assert report.missing == {"semeval2025-task10/train": 1, "ungdc": 1}
    assert report.absent_sources == ("ungdc",)


def test_nothing_found_raises_and_leaves_an_earlier_join_in_place(tmp_path: Path) -> None:
    (tmp_path / "joined.jsonl").write_text("earlier")
    (tmp_path / "sources").mkdir()
    annotations = write_annotations(tmp_path, annotation("ungdc", "XYZ_01_1946"))
    with pytest.raises(CorpusError, match=r"not one annotated paragraph was found.*CARD\.md"):
        join(annotations, tmp_path / "sources", tmp_path / "joined.jsonl")
    with pytest.raises(CorpusError, match="no such folder"):
        join(annotations, tmp_path / "elsewhere", tmp_path / "joined.jsonl")
    assert (tmp_path / "joined.jsonl").read_text() == "earlier"


def test_a_damaged_source_file_is_named(tmp_path: Path) -> None:
    place = tmp_path / "sources" / SOURCES["ungdc"].place
    place.parent.mkdir(parents=True)
    place.write_bytes(b"not gzip")
    with pytest.raises(CorpusError, match=r"ungdc_selection\.jsonl\.gz: not the published form"):
        join(write_annotations(tmp_path, annotation("ungdc", "a")), tmp_path / "sources", tmp_path / "joined.jsonl")


def test_an_annotation_without_a_field_or_of_an_unknown_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    row = annotation("ungdc", "a")
    del row["sha256"]
    with pytest.raises(CorpusError, match="line 1: the field 'sha256' is missing"):
        join(write_annotations(tmp_path, row), tmp_path / "sources", tmp_path / "joined.jsonl")
    with pytest.raises(CorpusError, match="source 'gazette' is unknown"):
        join(write_annotations(tmp_path, annotation("gazette", "a")), tmp_path / "sources", tmp_path / "joined.jsonl")


def test_short_lines_join_the_paragraph_before_and_fragments_go() -> None:
    text = f"{FIRST}\nShort line of just seven words here.\nToo short.\n{SECOND}"
    assert cut_paragraphs(text) == [f"{FIRST} Short line of just seven words here.", SECOND]


def test_a_long_paragraph_is_cut_at_a_sentence_end_near_110_words() -> None:
    pieces = cut_paragraphs(" ".join([FIRST] * 12))
    assert " ".join(pieces) == " ".join([FIRST] * 12)
    assert [len(piece.split()) for piece in pieces] == [96, 96]
    assert all(piece.endswith("good.") for piece in pieces)


def test_whole_articles_are_written_for_teachers_each_paragraph_once_and_no_more_of_a_source_than_asked(tmp_path: Path, run: Run) -> None:
    for source in ("ungdc", "semeval2025-task10/train"):
        WRITERS[source](tmp_path / "sources" / SOURCES[source].place)
    place = tmp_path / "sources" / SOURCES["semeval2025-task10/train"].place
    for number in range(8):
        (place / f"more{number}.txt").write_text(ARTICLE.replace("Monday", f"day {number}"), encoding="utf-8")
    outcome = run("data", "texts", tmp_path / "sources", "-o", tmp_path / "texts.jsonl", "--most", "3")
    assert outcome.code == 0, outcome.err
    rows = [json.loads(line) for line in (tmp_path / "texts.jsonl").read_text(encoding="utf-8").splitlines()]
    # Two paragraphs an article, so that the second passes the three.
    assert [row["id"].rpartition("#")[0] for row in rows] == ["semeval2025-task10/train"] * 2 + ["ungdc"]
    assert rows[-1] == {"id": "ungdc#XYZ_01_1946", "text": f"{FIRST}\n\n{SECOND}"}
    assert list(whole_articles(tmp_path / "sources", 3, 1)) == rows
    assert len(list(whole_articles(tmp_path / "sources", 100, 1))) == 10
    with pytest.raises(CorpusError, match="none of the sources is there"):
        list(whole_articles(tmp_path, 3, 1))
    # What was there stays there where nothing takes its place.
    assert run("data", "texts", tmp_path / "nowhere", "-o", tmp_path / "texts.jsonl").code == 2
    assert len((tmp_path / "texts.jsonl").read_text(encoding="utf-8").splitlines()) == len(rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sources", "texts.jsonl"]
