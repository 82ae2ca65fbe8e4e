"""MAFALDA: fallacies that are techniques, unknown labels, and refusals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from corpus_files import marked, published

from framing.corpora.mafalda import read_mafalda
from framing.errors import CorpusError
from framing.vocabularies import PERSUASION, vocabulary_of


def fallacies(folder: Path, *rows: object) -> Path:
    (folder / "gold_standard_dataset.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_a_fallacy_that_is_no_technique_leaves_persuasion_unknown(tmp_path: Path) -> None:
    text = "He is a fool, so his plan fails. All plans fail."
    folder = fallacies(
        tmp_path,
        {"text": text, "labels": [[0, 12, "ad hominem"], [33, 48, "to clean"]]},
        {"text": text + " ", "labels": [[0, 12, "Ad Hominem"], [32, 48, "hasty generalization"]]},
        {"text": text + "  ", "labels": [[32, 48, "Appeal to Ridicule"]]},
        {"text": text + "   ", "labels": []},
    )
    ours, both, others, none = read_mafalda(folder)
    assert marked(ours) == marked(both) == [("He is a fool", PERSUASION)]
    assert marked(others) == marked(none) == []
    assert [PERSUASION in example.known for example in (ours, both, others, none)] == [True, False, False, True]
    assert [dict(example.labels) for example in (ours, both, others, none)] == [{}, {PERSUASION: True}, {}, {}]
    assert "straw_man" in others.known
    assert "loaded_language" not in ours.known


def test_each_fallacy_text_is_a_test_article_of_its_own_and_its_spans_have_no_white_space_at_the_edges(tmp_path: Path) -> None:
    text = "Either we dig or we drown. Everyone digs."
    labels = [[0, 27, "false dilemma"], [26, 41, "ad populum"], [26, 41, "ad populum"]]
    one, two = read_mafalda(fallacies(tmp_path, {"text": text, "labels": labels}, {"text": "Dig.", "labels": []}))
    assert marked(one) == [("Either we dig or we drown.", "false_dilemma"), ("Everyone digs.", "appeal_to_popularity")]
    assert one.article != two.article
    assert one.split == two.split == "test"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"text": "Dig."}, "the field 'labels' is missing"),
        ({"text": 4, "labels": []}, "the field 'text' holds int"),
        ({"text": "Dig.", "labels": [[0, 4]]}, "the field 'labels' is malformed"),
        ({"text": "Dig.", "labels": [[0, 9, "straw man"]]}, "span [0, 9) is not inside the text's 4 characters"),
        ({"text": "Dig. ", "labels": [[4, 5, "straw man"]]}, "span [4, 5) holds white space alone"),
        ({"text": "Dig.", "labels": [[0, 4, "straw men"]]}, "fallacy 'straw men' is unknown; nearest is 'straw man'"),
    ],
)
def test_a_malformed_fallacy_row_is_refused_with_file_and_line(tmp_path: Path, row: object, fault: str) -> None:
    with pytest.raises(CorpusError) as caught:
        list(read_mafalda(fallacies(tmp_path, {"text": "Dig.", "labels": []}, row)))
    assert "gold_standard_dataset.jsonl, line 2" in str(caught.value)
    assert fault in str(caught.value)


def test_fallacy_texts_as_published_have_the_counts_of_their_card() -> None:
    examples = list(read_mafalda(published("mafalda")))
    assert len(examples) == len({example.article for example in examples}) == 200
    counts = Counter(label for example in examples for _, label in marked(example))
    assert {label: counts[label] for label in ("false_dilemma", "straw_man", "appeal_to_popularity", "whataboutism")} == {
        "false_dilemma": 18, "straw_man": 13, "appeal_to_popularity": 14, "whataboutism": 8,
    }  # fmt: skip
    assert {vocabulary_of(label) for label in counts} == {"techniques"}
