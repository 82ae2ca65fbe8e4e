"""DIPROMATS: labels of tweets in both tasks, and refusals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from corpus_files import present, published, refusal, write

from framing.corpora.dipromats import read_dipromats
from framing.gold import ABSENT, PRESENT, UNKNOWN, paragraph_gold

TWEET = {"test_case": "D", "id": "1", "country": "China", "tweet_id": 100, "language": "en", "text": "Our port leads.", "value": "true"}
BLUNT = "2 discrediting the opponent - undiplomatic assertiveness/whataboutism"
FLAG = "1 appeal to commonality - flag waving"


def test_tweets_of_task_1_say_if_there_is_persuasion_and_no_more(tmp_path: Path) -> None:
    write(tmp_path / "train_t1_en.json", [TWEET, TWEET | {"id": "2", "tweet_id": 101, "text": "Hello.", "value": "false"}])
    yes, no = read_dipromats(tmp_path)
    assert (yes.labels, no.labels) == ({"persuasion": True}, {"persuasion": False})
    assert (yes.source, yes.split, yes.article, yes.text, yes.known) == ("China", "train", "dipromats#100", TWEET["text"], frozenset())


def test_tweets_of_task_3_say_which_techniques(tmp_path: Path) -> None:
    bandwagon = "4 appeal to authority - bandwagoning"
    rows = [
        TWEET | {"id": str(n), "tweet_id": n, "text": f"{n}", "value": value}
        for n, value in enumerate([["false"], [FLAG, "3 loaded language"], [BLUNT], [bandwagon]])
    ]
    write(tmp_path / "val_t3_es.json", rows)
    none, two, blunt, others = read_dipromats(tmp_path)
    assert (none.source, none.split, present(none.labels)) == ("China/es", "dev", set())
    assert present(two.labels) == {"flag_waving", "loaded_language", "persuasion"}
    names = ["whataboutism", "persuasion", "flag_waving", "slogans"]
    assert paragraph_gold(none, names).tolist() == [ABSENT, ABSENT, ABSENT, UNKNOWN]
    assert paragraph_gold(blunt, names).tolist() == [UNKNOWN, PRESENT, ABSENT, UNKNOWN]
    assert present(others.labels) == {"appeal_to_popularity", "bandwagon_or_association", "persuasion"}


def test_a_tweet_in_both_tasks_is_one_example(tmp_path: Path) -> None:
    write(tmp_path / "train_t1_en.json", [TWEET])
    write(tmp_path / "train_t3_en.json", [TWEET | {"value": [FLAG]}])
    (example,) = read_dipromats(tmp_path)
    assert present(example.labels) == {"persuasion", "flag_waving"}


def test_tweets_with_one_text_are_one_article_and_one_without_a_value_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "train_t1_en.json", [TWEET, TWEET | {"id": "2", "tweet_id": 101}])
    write(tmp_path / "val_t3_en.json", [TWEET | {"id": "3", "tweet_id": 102, "value": []}])
    assert [(e.article, e.split) for e in read_dipromats(tmp_path)] == [("dipromats#100", "train")] * 2


@pytest.mark.parametrize(
    ("file", "change", "found"),
    [
        ("train_t1_en.json", {"value": "yes"}, "holds 'yes', expected 'true' or 'false'"),
        ("train_t1_en.json", {"text": None}, "field 'text' holds NoneType"),
        ("val_t3_en.json", {"value": "false"}, "expected a list of techniques"),
        ("val_t3_en.json", {"value": [FLAG + "s"]}, f"nearest is '{FLAG}'"),
        ("val_t3_en.json", {"value": ["false", FLAG]}, "technique 'false' is unknown"),
    ],
)
def test_a_malformed_tweet_is_refused_with_file_and_line(tmp_path: Path, file: str, change: dict[str, Any], found: str) -> None:
    path = write(tmp_path / file, json.dumps([TWEET | change]).replace("[{", "[\n{", 1))
    message = refusal(read_dipromats, tmp_path)
    assert message.startswith(f"{path}, line 2")
    assert found in message


def test_the_published_tweets_are_those_of_the_card() -> None:
    examples = list(read_dipromats(published("dipromats2023")))
    tweets = Counter((example.split, example.source.endswith("/es")) for example in examples)
    # One of the 1,682 English validation tweets has an empty value.
    assert tweets == {("train", False): 6726, ("dev", False): 1681, ("train", True): 4896, ("dev", True): 1224}
    train = [example for example in examples if example.split == "train" and not example.source.endswith("/es")]
    assert sum(example.labels["persuasion"] for example in train) == 1579
    assert Counter(example.source for example in train) == {"USA": 1767, "China": 1728, "Russia": 1622, "European Union": 1609}
    fine = [example for example in examples if example.split == "dev" and not example.source.endswith("/es")]
    counts = Counter(label for example in fine for label in present(example.labels))
    assert len(fine) - counts["persuasion"] == 1287
    # The card counts 17 of doubt: one tweet lists it twice.
    expected = {"loaded_language": 182, "flag_waving": 100, "name_calling": 38, "casting_doubt": 16, "appeal_to_fear": 5}
    assert {label: counts[label] for label in expected} == expected
    assert sum("whataboutism" not in example.labels for example in fine) == 111
    assert len({example.article for example in examples}) == len(examples)


def test_a_folder_of_something_else_is_refused_by_its_name(tmp_path: Path) -> None:
    assert refusal(read_dipromats, tmp_path).startswith(f"{tmp_path}: holds no ")
