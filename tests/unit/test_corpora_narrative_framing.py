"""Narrative framing: frames of articles, entities by role, blocks, and refusals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus_files import marked, published, refusal

from framing.corpora.base import read_jsonl
from framing.corpora.joining import SOURCES
from framing.corpora.narrative_framing import BLOCK_CHARACTERS, read_narrative_framing
from framing.vocabularies import ARTICLE_VOCABULARIES, ROLES

ARTICLE_HEADER = "ID\tsource\tmbfc\tdate\ttext\tRE\tHI\tCO\tMO\tEC"
ENTITY_HEADER = "ID\tentity\tgroup\trole\tmbfc\tRE\tHI\tCO\tMO\tEC"


def narrative_folder(folder: Path, articles: list[str], entities: list[str]) -> Path:
    (folder / "articles_metadata.tsv").write_text("\n".join([ARTICLE_HEADER, *articles]) + "\n", encoding="utf-8")
    (folder / "role_and_frame_annoations.tsv").write_text("\n".join([ENTITY_HEADER, *entities]) + "\n", encoding="utf-8")
    return folder


def article(identifier: str, text: str, frames: str = "True\tFalse\tFalse\tFalse\tTrue", outlet: str = "Coast Herald") -> str:
    quoted = text.replace('"', '""')
    return f'{identifier}\t{outlet}\tcenter\t2019-01-01\t"{quoted}"\t{frames}'


def entity(identifier: str, string: str, role: str) -> str:
    return f"{identifier}\t{string}\tGROUP\t{role}\tcenter\tTrue\tFalse\tFalse\tFalse\tTrue"


def test_an_article_keeps_its_quotation_marks_and_its_entities_stand_where_their_wording_does(tmp_path: Path) -> None:
    text = 'The mayor said "the port" must close. Port Trust Ltd, owned by Port Trust, harmed fishers. Portrait painters left.'
    folder = narrative_folder(
        tmp_path,
        [article("7", text)],
        [entity("7", "Port Trust", "villain"), entity("7", "Port Trust Ltd", "villain"), entity("7", "fishers", "victim")],
    )
    (example,) = read_narrative_framing(folder)
    assert example.text == text
    assert (example.article, example.source, example.start, example.split) == ("narrative-framing#7", "coastherald", 0, None)
    assert marked(example) == [("Port Trust Ltd", "antagonist"), ("Port Trust", "antagonist"), ("fishers", "innocent")]
    assert example.known == frozenset(ROLES)
    assert example.article_labels == {
        label: label.endswith(("resolution", "economic")) for label in ARTICLE_VOCABULARIES["narrative_frames"]
    }


def test_a_role_is_unknown_in_the_whole_article_where_one_of_its_entities_is_not_located(tmp_path: Path) -> None:
    text = "They shut the port. Fishers waited. " * 40
    folder = narrative_folder(
        tmp_path,
        [article("1", text), article("2", text)],
        [entity("1", "shipping lobby", "villain"), entity("1", "Fishers", "victim"), entity("2", "They", "hero")],
    )
    examples = list(read_narrative_framing(folder))
    assert {example.known for example in examples if example.article.endswith("#1")} == {frozenset({"protagonist", "innocent"})}
    assert {example.known for example in examples if example.article.endswith("#2")} == {frozenset({"antagonist", "innocent"})}
    assert Counter(label for example in examples for _, label in marked(example)) == {"innocent": 40}


def test_blocks_of_an_article_are_neighbouring_sentences_whose_start_counts_in_the_published_text(tmp_path: Path) -> None:
    text = " ".join(f"Sentence number {n} tells of the harbour and its {n} boats." for n in range(60))
    examples = list(read_narrative_framing(narrative_folder(tmp_path, [article("7", text)], [entity("7", "58 boats", "hero")])))
    assert len(examples) > 2
    assert all(len(example.text) <= BLOCK_CHARACTERS for example in examples)
    assert all(text[example.start :].startswith(example.text) for example in examples)
    assert " ".join(example.text for example in examples) == text
    assert [marked(example) for example in examples if example.spans] == [[("58 boats", "protagonist")]]
    assert len({example.id for example in examples}) == len(examples)


def test_the_two_irregular_rows_of_the_published_articles_are_read(tmp_path: Path) -> None:
    without_frames = article("405", "The port closed.").rsplit("\t", 5)[0]
    bracket = article("716", "The port opened.", "False\tFalse\tFalse\tFalse\tFalse)")
    first, second = read_narrative_framing(narrative_folder(tmp_path, [without_frames, bracket], []))
    assert first.article_labels == {}
    assert set(second.article_labels.values()) == {False}


@pytest.mark.parametrize(
    ("articles", "entities", "place", "fault"),
    [
        ([article("1", "A."), "2\tHerald"], [], "articles_metadata.tsv, line 3", "found 2 fields, expected 10"),
        ([article("1", "A."), article("1", "B.")], [], "articles_metadata.tsv, line 3", "article 1 stands twice"),
        ([article("1", "A.", "True\tFalse\tmaybe\tFalse\tTrue")], [], "articles_metadata.tsv, line 2", "frame value 'maybe'"),
        ([article("1", " ")], [], "articles_metadata.tsv, line 2", "article 1 has no text"),
        ([article("1", " \n\n")], [], "articles_metadata.tsv, line 2:", "article 1 has no text"),
        ([article("1", "A.\n\nB."), article("1", "B.\nC.")], [], "articles_metadata.tsv, line 5:", "article 1 stands twice"),
        ([article("1", "A.")], [entity("1", "A", "villain"), entity("1", "A", "rogue")], "annoations.tsv, line 3", "role 'rogue'"),
        ([article("1", "A.")], [entity("9", "A", "villain")], "annoations.tsv, line 2", "no article 9"),
        ([article("1", "A.")], [entity("1", " ", "villain")], "annoations.tsv, line 2", "the entity is empty"),
        ([article("1", "A.")], ["1\tA\tvillain"], "annoations.tsv, line 2", "found 3 fields"),
    ],
)
def test_a_malformed_row_of_narrative_framing_is_refused_with_file_and_line(
    tmp_path: Path, articles: list[str], entities: list[str], place: str, fault: str
) -> None:
    message = refusal(read_narrative_framing, narrative_folder(tmp_path, articles, entities))
    assert place in message
    assert fault in message


def test_a_narrative_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    folder = narrative_folder(tmp_path, [article("1", "A.")], [])
    (folder / "articles_metadata.tsv").write_text("ID\ttext\n1\tA.\n", encoding="utf-8")
    assert "line 1: found the columns ID, text" in refusal(read_narrative_framing, folder)


def test_narrative_framing_as_published_has_the_counts_of_its_card_and_the_article_ids_of_devices() -> None:
    folder = published("narrative-framing")
    examples = list(read_narrative_framing(folder))
    articles = {example.article: example for example in examples}
    assert len(articles) == 428
    counts = Counter(label for example in articles.values() for label, holds in example.article_labels.items() if holds)
    assert counts == {
        "narrative_frames.resolution": 191,
        "narrative_frames.human_interest": 49,
        "narrative_frames.conflict": 268,
        "narrative_frames.morality": 44,
        "narrative_frames.economic": 127,
    }
    assert [name for name, example in articles.items() if not example.article_labels] == ["narrative-framing#405"]
    for example in examples:
        assert all(span.label in ROLES and example.text[span.start : span.end].strip() for span in example.spans)
    joined = {f"narrative-framing#{name}" for name, _ in SOURCES["narrative-framing"].articles(folder / "articles_metadata.tsv")}
    assert joined == set(articles)
    rows = [row for _, row in read_jsonl(published("devices") / "annotations.jsonl")]
    in_devices = {f"{row['source']}#{row['article']}" for row in rows if row["source"] == "narrative-framing"}
    assert in_devices <= set(articles)
