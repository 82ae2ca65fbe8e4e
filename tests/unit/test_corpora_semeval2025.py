"""SemEval-2025 task 10: roles of entities, narratives of articles, offsets, and refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from corpus_files import marked, present, published, refusal, table, write

from framing.corpora.base import Example
from framing.corpora.semeval2025 import read_semeval2025
from framing.vocabularies import NARRATIVES, ROLES

HEAD, BODY, TAIL = "Ostia votes on its port", "Sala saved Ostia while Grubb robbed Ostia.", "Sala and Grubb will meet again. Rain is due."
DOCUMENT = f"{HEAD}\n\n{BODY}\n\n{TAIL}\n\nThe end.\n"


def mention(text: str, name: str, role: str, start: int | None = None) -> tuple[object, ...]:
    at = text.index(name) if start is None else start
    return ("D_1.txt", name, at, at + len(name) - 1, role, "Finer", "Finest")


def narrative_folder(folder: Path, *mentions: tuple[object, ...], document: str | bytes = DOCUMENT, language: str = "EN") -> Path:
    place = folder / "train" / language
    write(place / "raw-documents" / "D_1.txt", document)
    write(place / "raw-documents" / "D_2.txt", "A second text.")
    write(place / "raw-documents" / "D_3.txt", "A text without any label.")
    write(place / "subtask-1-annotations.txt", table(*mentions, end="\r\n"))
    rows = (("D_1.txt", "URW: Praise of Russia;CC: Amplifying Climate Fears;URW: Praise of Russia", "URW: Praise of Russia: Other"),)
    write(place / "subtask-2-annotations.txt", table(*rows, ("D_2.txt", "Other", "Other"), end="\r\n"))
    return folder


SALA = mention(DOCUMENT, "Sala", "Protagonist")
GRUBB = mention(DOCUMENT, "Grubb", "Antagonist")


def of(examples: Iterable[Example], article: str) -> list[Example]:
    return [example for example in examples if example.article == f"semeval2025#{article}"]


def test_2025_roles_are_spans_whose_published_end_is_counted_in(tmp_path: Path) -> None:
    examples = of(read_semeval2025(narrative_folder(tmp_path, SALA, GRUBB, SALA)), "D_1")
    assert [pair for example in examples for pair in marked(example)] == [("Sala", "protagonist"), ("Grubb", "antagonist")]
    assert all(DOCUMENT[e.start : e.start + len(e.text)] == e.text for e in examples)


def test_2025_a_line_that_repeats_a_marked_name_unmarked_is_unknown_for_the_roles(tmp_path: Path) -> None:
    examples = of(read_semeval2025(narrative_folder(tmp_path, SALA, GRUBB)), "D_1")
    assert [(e.text, e.known) for e in examples] == [
        (f"{HEAD}\n\n{BODY}", frozenset(ROLES)),
        (TAIL, frozenset()),
        ("The end.", frozenset(ROLES)),
    ]


def test_2025_a_document_without_mentions_is_unknown_and_one_without_any_row_is_left_out(tmp_path: Path) -> None:
    examples = list(read_semeval2025(narrative_folder(tmp_path, SALA)))
    assert [e.known for e in of(examples, "D_2")] == [frozenset()]
    assert of(examples, "D_3") == []


def test_2025_narratives_are_labels_of_the_article_and_other_is_none_of_them(tmp_path: Path) -> None:
    examples = list(read_semeval2025(narrative_folder(tmp_path, SALA)))
    both = {"narratives.praise_of_russia", "narratives.amplifying_climate_fears"}
    assert all(present(e.article_labels) == both for e in of(examples, "D_1"))
    assert all(set(e.article_labels) == {f"narratives.{name}" for name in NARRATIVES} for e in examples)
    assert [present(e.article_labels) for e in of(examples, "D_2")] == [set()]


@pytest.mark.parametrize("shift", [-4, -1, 2, 4])
def test_2025_a_mention_a_few_characters_off_is_found_again(tmp_path: Path, shift: int) -> None:
    row = mention(DOCUMENT, "Grubb", "Antagonist", DOCUMENT.index("Grubb") + shift)
    examples = read_semeval2025(narrative_folder(tmp_path, row))
    assert [(e.start + s.start, e.start + s.end) for e in examples for s in e.spans] == [
        (DOCUMENT.index("Grubb"), DOCUMENT.index("Grubb") + 5)
    ]


@pytest.mark.parametrize("released", [DOCUMENT, DOCUMENT.replace("\n", "\r\n")])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_2025_offsets_may_count_crlf_line_ends_and_a_byte_order_mark(tmp_path: Path, released: str, mark: str) -> None:
    # One letter of many: an offset that is read one character off selects a neighbour and is not put right.
    released = released.replace("Rain is", "Raaaaain is")
    annotated = mark + released.replace("\r\n", "\n").replace("\n", "\r\n")
    row = mention("", "a", "Innocent", annotated.index("Raaaaain") + 3)
    examples = list(read_semeval2025(narrative_folder(tmp_path, row, document=mark + released, language="RU"), languages=("RU",)))
    ((found, at),) = [(example, example.start + span.start) for example in examples for span in example.spans]
    assert at == released.index("Raaaaain") + 3
    assert found.source == "semeval2025/RU"
    assert released[found.start :].startswith(found.text)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("D_1.txt", "Sala", 25, 28), "found 4 fields"),
        (("D_9.txt", *SALA[1:]), "there is no document D_9.txt"),
        ((*SALA[:4], "Hero", "x"), "role 'Hero' is unknown; expected one of protagonist, antagonist, innocent"),
        ((*SALA[:2], "a", "b", *SALA[4:]), "found offsets 'a' and 'b'"),
        ((*SALA[:2], 25, 29, *SALA[4:]), "is not the length of 'Sala'"),
        (mention("", "Grubb", "Innocent", 0), "'Grubb' is not within 4 characters of 0"),
    ],
)
def test_2025_a_malformed_mention_is_refused_with_file_and_line(tmp_path: Path, row: tuple[object, ...], found: str) -> None:
    message = refusal(read_semeval2025, narrative_folder(tmp_path, SALA, row))
    assert message.startswith(f"{tmp_path / 'train' / 'EN' / 'subtask-1-annotations.txt'}, line 2")
    assert found in message


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("D_1.txt", "URW: Praise of Rusia", "x"), "nearest is 'URW: Praise of Russia'"),
        (("D_1.txt", "Other"), "found 2 fields, expected 3"),
        (("D_9.txt", "Other", "Other"), "there is no document D_9.txt"),
    ],
)
def test_2025_a_malformed_narrative_is_refused_with_file_and_line(tmp_path: Path, row: tuple[object, ...], found: str) -> None:
    path = narrative_folder(tmp_path, SALA) / "train" / "EN" / "subtask-2-annotations.txt"
    write(path, table(row))
    message = refusal(read_semeval2025, tmp_path)
    assert message.startswith(f"{path}, line 1")
    assert found in message


# Documents, mentions; train then dev.
CARD_2025 = {
    "EN": (200, 414, 41, 91),
    "BG": (211, 448, 35, 31),
    "HI": (115, 928, 35, 280),
    "PT": (200, 745, 35, 116),
    "RU": (133, 367, 32, 86),
}


@pytest.mark.parametrize("language", CARD_2025)
def test_2025_the_published_files_hold_what_their_card_says(language: str) -> None:
    folder = published("semeval2025-task10")
    examples = list(read_semeval2025(folder, languages=(language,)))
    assert len({example.id for example in examples}) == len(examples)
    counts: list[int] = []
    for split in ("train", "dev"):
        chosen = [example for example in examples if example.split == split]
        rows = (folder / split / language / "subtask-1-annotations.txt").read_text("utf-8-sig").splitlines()
        released = sorted((row.split("\t")[1], row.split("\t")[4].lower()) for row in rows)
        assert sorted(pair for example in chosen for pair in marked(example)) == released
        assert all(example.known for example in chosen if example.spans)
        counts += [len({example.article for example in chosen}), len(released)]
    assert tuple(counts) == CARD_2025[language]


def test_2025_the_published_english_narratives_are_those_of_the_card() -> None:
    examples = [example for example in read_semeval2025(published("semeval2025-task10")) if example.split == "train"]
    documents = {example.article: present(example.article_labels) for example in examples}
    counts = Counter(label.removeprefix("narratives.") for labels in documents.values() for label in labels)
    assert sum(not labels for labels in documents.values()) == 97
    assert (counts["discrediting_the_west"], counts["blaming_the_war_on_others"], counts["criticism_of_institutions"]) == (35, 18, 19)


def test_a_folder_of_something_else_is_refused_by_its_name(tmp_path: Path) -> None:
    assert refusal(read_semeval2025, tmp_path).startswith(f"{tmp_path}: holds no ")
