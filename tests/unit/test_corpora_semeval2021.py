"""SemEval-2021 task 6: labels of texts, spans, and refusals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from corpus_files import marked, present, published, refusal, write

from framing.corpora.semeval2021 import read_semeval2021
from framing.vocabularies import MERGED, TECHNIQUES

MEME = "THE PORT BOSS\n\nHAS SOLD US OUT\n"
MEME_LABELS = ["Smears", "Presenting Irrelevant Data (Red Herring)"]
MEME_SPANS = [
    {"start": 15, "end": 30, "technique": "Smears", "text_fragment": "HAS SOLD US OUT"},
    {"end": 13, "start": 4, "technique": "Name calling/Labeling", "text_fragment": "PORT BOSS"},
]


def meme_folder(folder: Path, **changes: Any) -> Path:
    write(folder / "training_set_task1.txt", [{"id": "7", "labels": MEME_LABELS, "text": MEME} | changes.get("whole", {})])
    write(folder / "training_set_task2.txt", [{"id": "7", "text": MEME, "labels": MEME_SPANS} | changes.get("marked", {})])
    write(folder / "dev_set_task2.txt", [{"id": "8_batch_2", "text": "The ferry is late.", "labels": []}])
    return folder


def test_2021_a_text_has_the_labels_of_task_1_and_the_spans_of_task_2(tmp_path: Path) -> None:
    train, dev = read_semeval2021(meme_folder(tmp_path))
    assert (train.text, train.article, train.split) == (MEME, "semeval2021#7", "train")
    assert marked(train) == [("HAS SOLD US OUT", "questioning_the_reputation"), ("PORT BOSS", "name_calling")]
    assert present(train.labels) == {"questioning_the_reputation", "red_herring", "distraction", "persuasion"}
    assert (dev.article, dev.split, dev.labels, dev.spans) == ("semeval2021#8_batch_2", "dev", {}, ())


def test_2021_techniques_that_were_not_annotated_are_unknown(tmp_path: Path) -> None:
    train, _ = read_semeval2021(meme_folder(tmp_path))
    unknown = {"appeal_to_hypocrisy", "consequential_oversimplification", "appeal_to_time"}
    assert set(train.labels) == train.known == {*TECHNIQUES, *MERGED} - unknown


def test_2021_a_text_of_task_1_alone_has_no_known_spans(tmp_path: Path) -> None:
    write(tmp_path / "test_set_task1.txt", [{"id": "9", "labels": [], "text": MEME}])
    (example,) = read_semeval2021(tmp_path)
    assert (example.split, example.known, present(example.labels)) == ("test", frozenset(), set())
    assert example.labels["loaded_language"] is False


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        ('{"id": "7"}', 1, "expected '['"),
        ('[\n{"id": "7", "labels": [], "text": "A"},\n[1]]', 3, "found list, expected a JSON object"),
        ('[\n{"id": "7", "labels": [], "text": "A"},\n{"id": ]', 3, "not JSON"),
        ('[\n{"id": "7", "labels": [], "text": "A"}\n', 2, "cut off"),
        ('[\n{"id": "7", "labels": []}]', 2, "field 'text' is missing"),
        ('[\n{"id": "7", "labels": "Smears", "text": "A"}]', 2, "expected a list"),
        ('[\n{"id": "7", "labels": ["Smear"], "text": "A"}]', 2, "technique 'Smear' is unknown"),
        ('[\n{"id": "7", "labels": [], "text": "A"},\n{"id": "7", "labels": [], "text": "A"}]', 3, "a second time"),
    ],
)
def test_2021_a_malformed_row_is_refused_with_file_and_line(tmp_path: Path, content: str, line: int, found: str) -> None:
    path = write(tmp_path / "training_set_task1.txt", content)
    message = refusal(read_semeval2021, tmp_path)
    assert message.startswith(f"{path}, line {line}")
    assert found in message


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"labels": [MEME_SPANS[0] | {"end": 32}]}, "span [15, 32) is not inside the text's 31 characters"),
        ({"labels": [{"start": 0, "end": 3}]}, "field 'technique' is missing"),
        ({"labels": ["Smears"]}, "found a label that is str"),
        ({"text": "ANOTHER"}, "the text of '7' is not the one in"),
    ],
)
def test_2021_a_span_that_cannot_be_or_another_text_is_refused(tmp_path: Path, change: dict[str, Any], found: str) -> None:
    message = refusal(read_semeval2021, meme_folder(tmp_path, marked=change))
    assert message.startswith(f"{tmp_path / 'training_set_task2.txt'}, line 2")
    assert found in message


def test_2021_the_published_files_hold_what_their_card_says() -> None:
    folder = published("semeval2021-task6")
    examples = list(read_semeval2021(folder))
    texts = Counter(example.split for example in examples)
    spans = Counter(example.split for example in examples for _ in example.spans)
    assert (texts["train"], texts["dev"], spans["train"], spans["dev"]) == (688, 63, 1498, 182)
    labels = Counter(label for example in examples if example.split == "train" for label in present(example.labels))
    assert (labels["loaded_language"], labels["name_calling"], labels["questioning_the_reputation"]) == (358, 218, 200)
    assert len({example.id for example in examples}) == len(examples)
    if (folder / "test_set_task2.txt").exists():
        assert (texts["test"], spans["test"]) == (200, 403)
    for file, split in (("training_set_task2.txt", "train"), ("dev_set_task2.txt", "dev")):
        fragments = [mark["text_fragment"] for row in json.loads((folder / file).read_text("utf-8")) for mark in row["labels"]]
        assert fragments == [text for example in examples if example.split == split for text, _ in marked(example)]


def test_a_folder_of_something_else_is_refused_by_its_name(tmp_path: Path) -> None:
    assert refusal(read_semeval2021, tmp_path).startswith(f"{tmp_path}: holds no ")
