"""PTC: blocks of lines, sentences as published, spans counted in the article file, and refusals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus_files import marked, published, refusal, table, write

from framing.corpora.base import Example
from framing.corpora.ptc import BLOCK_CHARACTERS, read_ptc
from framing.gold import ABSENT, PRESENT, UNKNOWN, stretch_gold
from framing.vocabularies import MERGED, TECHNIQUES

ARTICLE = "Port boss must go\n\nThe wreckers sold our harbour.\n  What about the ferry, then?  \nNobody answered.\n"


def row(wording: str, technique: str, article: str = ARTICLE, identifier: str = "7") -> tuple[object, ...]:
    start = article.index(wording)
    return (identifier, technique, start, start + len(wording))


WRECKERS = row("wreckers", "Name_Calling,Labeling")
FERRY = row("What about the ferry", "Whataboutism,Straw_Men,Red_Herring")


def ptc(folder: Path, *rows: tuple[object, ...], article: str | bytes = ARTICLE, split: str = "train") -> Path:
    """The labels file; `folder` holds one article, 7."""
    write(folder / f"{split}-articles" / "article7.txt", article)
    return write(folder / {"train": "train-task2-TC.labels", "dev": "dev-task-TC.labels"}[split], table(*rows))


def sentences(example: Example) -> list[str]:
    return [example.text[start:end] for start, end in example.sentences or ()]


def test_sentences_are_the_lines_with_text_and_spans_lie_where_the_article_has_them(tmp_path: Path) -> None:
    ptc(tmp_path, WRECKERS, FERRY)
    (example,) = read_ptc(tmp_path)
    assert example.text == ARTICLE.strip()
    assert sentences(example) == ["Port boss must go", "The wreckers sold our harbour.", "What about the ferry, then?", "Nobody answered."]
    assert marked(example) == [("wreckers", "name_calling"), ("What about the ferry", "distraction")]
    assert (example.article, example.source, example.split, example.start) == ("ptc#7", "ptc", "train", 0)


def test_an_article_is_read_in_blocks_of_whole_lines_whose_spans_count_from_the_block(tmp_path: Path) -> None:
    lines = [f"Line {number} tells of the harbour and of what the wreckers left of it." for number in range(40)]
    article = "\n".join(lines) + "\n"
    ptc(tmp_path, article=article)
    crossing = len(next(read_ptc(tmp_path)).text) - 5
    ptc(tmp_path, ("7", "Doubt", crossing, crossing + 40), row(lines[30], "Slogans", article), article=article)
    examples = list(read_ptc(tmp_path))
    assert len(examples) > 2
    assert [line for example in examples for line in sentences(example)] == lines
    assert all(len(example.text) <= BLOCK_CHARACTERS for example in examples)
    assert all(article[example.start :].startswith(example.text) for example in examples)
    assert len({example.id for example in examples}) == len(examples)
    # A span over the end of a block is marked on both sides of it.
    marks = [(example.start, span) for example in examples for span in example.spans if span.label == "casting_doubt"]
    doubted = [(start + span.start, start + span.end) for start, span in marks]
    assert len(doubted) == 2
    assert (doubted[0][0], doubted[-1][1]) == (crossing, crossing + 40)
    assert [wording for example in examples for wording, label in marked(example) if label == "slogans"] == [lines[30]]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_offsets_count_a_byte_order_mark(tmp_path: Path, mark: str) -> None:
    article = mark + ARTICLE
    ptc(tmp_path, row("wreckers", "Doubt", article), article=article)
    (example,) = read_ptc(tmp_path)
    assert marked(example) == [("wreckers", "casting_doubt")]
    assert article[example.start :].startswith(example.text)


def test_a_label_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    labels = ptc(tmp_path, WRECKERS)
    labels.write_text("\ufeff" + labels.read_text("utf-8"), encoding="utf-8")
    (example,) = read_ptc(tmp_path)
    assert marked(example) == [("wreckers", "name_calling")]


def test_a_row_given_twice_is_one_span_and_one_stretch_may_have_two_techniques(tmp_path: Path) -> None:
    ptc(tmp_path, WRECKERS, WRECKERS, row("wreckers", "Loaded_Language"))
    (example,) = read_ptc(tmp_path)
    assert marked(example) == [("wreckers", "name_calling"), ("wreckers", "loaded_language")]


def test_parts_of_a_merged_label_are_unknown_where_it_stands_and_absent_elsewhere(tmp_path: Path) -> None:
    ptc(tmp_path, FERRY)
    (example,) = read_ptc(tmp_path)
    gold = stretch_gold(example, example.sentence_bounds(), ["distraction", "whataboutism", "persuasion", "appeal_to_time"])
    assert gold[2].tolist() == [PRESENT, UNKNOWN, PRESENT, UNKNOWN]
    assert gold[3].tolist() == [ABSENT, ABSENT, ABSENT, UNKNOWN]


def test_six_of_the_23_techniques_were_not_annotated(tmp_path: Path) -> None:
    ptc(tmp_path)
    (example,) = read_ptc(tmp_path)
    assert len(set(TECHNIQUES) - example.known) == 6
    assert set(MERGED) <= example.known


def test_train_and_dev_are_read_where_they_are_and_test_articles_have_no_gold(tmp_path: Path) -> None:
    ptc(tmp_path, FERRY, split="dev")
    write(tmp_path / "test-articles" / "article9.txt", ARTICLE)
    assert [(example.article, example.split) for example in read_ptc(tmp_path)] == [("ptc#7", "dev")]
    ptc(tmp_path, WRECKERS)
    assert Counter(example.split for example in read_ptc(tmp_path)) == {"train": 1, "dev": 1}


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        (("7", "Doubts", 0, 4), "technique 'Doubts' is unknown; nearest is 'casting_doubt'"),
        (("7", "Doubt", 0), "found 3 fields, expected 4"),
        (("8", "Doubt", 0, 4), "there is no article 8 beside it"),
        (("7", "Doubt", 4, 4), "span [4, 4) is not inside the text's"),
        (("7", "Doubt", 0, 999), "span [0, 999) is not inside the text's"),
        (("7", "Doubt", "a", 4), "found offsets 'a' and '4', expected two whole numbers"),
    ],
)
def test_a_malformed_row_is_refused_with_file_and_line(tmp_path: Path, bad: tuple[object, ...], found: str) -> None:
    labels = ptc(tmp_path, WRECKERS, bad)
    message = refusal(read_ptc, tmp_path)
    assert message.startswith(f"{labels}, line 2: ")
    assert found in message


def test_a_folder_without_articles_or_without_labels_is_refused(tmp_path: Path) -> None:
    assert refusal(read_ptc, tmp_path).startswith(f"{tmp_path}: holds neither train-articles nor dev-articles")
    labels = ptc(tmp_path)
    labels.unlink()
    assert refusal(read_ptc, tmp_path) == f"{labels}: no such file"


def test_the_published_files_hold_what_their_card_says() -> None:
    examples = list(read_ptc(published("ptc-semeval2020-task11")))
    assert len({example.id for example in examples}) == len(examples)
    lines: Counter[str | None] = Counter()
    with_span: Counter[str | None] = Counter()
    for example in examples:
        bounds = example.sentence_bounds()
        lines[example.split] += len(bounds)
        with_span[example.split] += sum(any(span.start < end and span.end > start for span in example.spans) for start, end in bounds)
    assert lines == {"train": 16_673, "dev": 3_177}
    assert with_span == {"train": 4_753, "dev": 791}
    articles = {(example.split, example.article) for example in examples}
    assert Counter(split for split, _ in articles) == {"train": 371, "dev": 75}
