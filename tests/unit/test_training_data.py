"""Which examples a run trains on, and which early stopping and calibration see."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from corpus_files import write

from framing.config import TrainConfig, load_config
from framing.corpora.base import Example, fingerprint
from framing.errors import ConfigError, CorpusError
from framing.taxonomy import CHANNELS
from framing.text import Span
from framing.training_data import finish, hold_out, load_split_data, of_split, read, thin
from tests.unit.config_comments import ROOT, trainings

LOADED = "Russia's reckless scheme failed."
PLAIN = "The council met on Tuesday."


def example(article: int, paragraph: int, text: str = PLAIN, **changes: Any) -> Example:
    spans = (Span(9, 17, "loaded_label", "own"),) if text == LOADED else ()
    made = Example(f"{article}/{paragraph}", "made", f"paper-{article % 3}", f"made#{article}", text, spans, frozenset(CHANNELS))
    return replace(made, **changes)


EXAMPLES = [example(article, p, LOADED if p == 0 else PLAIN) for article in range(200) for p in range(3)]


def config(**changes: Any) -> TrainConfig:
    settings = {
        "name": "try", "encoder": "e", "corpora": [{"name": "originals", "path": "p"}], "splits": "s.json", "calibrate_on": "originals",
        "output": "out",
    }  # fmt: skip
    return TrainConfig.model_validate(settings | changes)


def articles(examples: Sequence[Example]) -> set[str]:
    return {example.article for example in examples}


def write_originals(path: Path, events: int) -> Path:
    span = {"start": 9, "end": 17, "device": "loaded_label", "voice": "own", "target": None}
    rows = [
        {"id": f"{event}/{treatment}/0", "event": str(event), "treatment": treatment, "text": LOADED, "spans": [span]}
        for event in range(events)
        for treatment in ("plain", "side_a")
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_splits(path: Path, **parts: list[str]) -> str:
    rows: dict[str, list[str]] = {"train": [], "dev": [], "test": []} | parts
    path.write_text(json.dumps({"seed": 1, "fractions": {}, "articles": rows}), encoding="utf-8")
    return str(path)


def test_a_holdout_takes_whole_articles_and_about_its_share_of_them() -> None:
    held, rest = hold_out(EXAMPLES, 0.1)
    assert not articles(held) & articles(rest)
    assert sorted(e.id for e in held + rest) == sorted(e.id for e in EXAMPLES)
    assert 10 <= len(articles(held)) <= 30


def test_a_holdout_takes_the_same_articles_whatever_stands_beside_them() -> None:
    held, _ = hold_out(EXAMPLES, 0.1)
    half = EXAMPLES[: len(EXAMPLES) // 2][::-1]
    assert articles(hold_out(half, 0.1)[0]) == articles(held) & articles(half)
    assert articles(held) <= articles(hold_out(EXAMPLES, 0.3)[0])


def repeated(article: int, copy: int) -> Example:
    """A paragraph of the article's own words; copies differ in one of them."""
    draw = random.Random(article)
    words = ["".join(draw.choices("aeioubdfglmnprst", k=6)) for _ in range(60)]
    return example(1000 * copy + article, 0, " ".join([*words[:30], f"copy{copy}", *words[30:]]))


def test_near_duplicates_are_held_out_together_or_not_at_all() -> None:
    copies = [repeated(article, copy) for article in range(200) for copy in range(3)]
    held, rest = hold_out(copies, 0.1)
    assert 10 <= len(held) / 3 <= 30
    assert not {int(e.id.split("/")[0]) % 1000 for e in held} & {int(e.id.split("/")[0]) % 1000 for e in rest}
    assert len(held) + len(rest) == len(copies)


def test_what_another_corpus_repeats_of_a_held_article_is_not_trained_on() -> None:
    own, others = [repeated(article, 0) for article in range(200)], [repeated(article, 1) for article in range(250)]
    held, rest = hold_out(own, 0.1, others)
    assert {e.id for e in held} <= {e.id for e in own}
    left_out = {e.id for e in (*own, *others)} - {e.id for e in rest}
    assert left_out == {f"{copy * 1000 + int(e.id.split('/')[0])}/0" for e in held for copy in range(2)}
    assert 10 <= len(held) <= 30


def test_only_corpora_that_are_calibrated_on_are_held_out_of(tmp_path: Path) -> None:
    names = [f"originals#{number}" for number in range(60)]
    memes = [{"id": number, "text": f"{LOADED} {number}", "labels": []} for number in range(60)]
    (tmp_path / "training_set_task2.txt").write_text(json.dumps(memes), encoding="utf-8")
    own = {"name": "originals", "path": str(write_originals(tmp_path / "o.jsonl", 60)), "splits": write_splits(tmp_path / "s", train=names)}
    data = load_split_data(config(corpora=[{"name": "semeval2021", "path": str(tmp_path)}, own], splits="published", holdout=0.2))
    assert articles(data.dev) < set(names)
    assert articles(data.train) == {*names, *(f"semeval2021#{number}" for number in range(60))} - articles(data.dev)


def test_a_holdout_is_the_same_for_every_seed_and_is_taken_from_the_training_articles(tmp_path: Path) -> None:
    names = [f"originals#{number}" for number in range(60)]
    splits = write_splits(tmp_path / "s.json", train=names[:50], dev=names[50:])
    corpus = {"name": "originals", "path": str(write_originals(tmp_path / "o.jsonl", 60))}
    settings = config(corpora=[corpus], splits=splits, holdout=0.2)
    data = load_split_data(settings)
    assert articles(data.train) | articles(data.dev) == set(names[:50])
    assert not articles(data.train) & articles(data.dev)
    assert load_split_data(settings.model_copy(update={"seed": 7})).dev == data.dev


def test_without_a_holdout_the_dev_split_of_the_named_corpora_is_seen_and_train_of_all(tmp_path: Path) -> None:
    splits = write_splits(tmp_path / "s.json", train=["originals#0", "originals#1"], dev=["originals#2"], test=["originals#3"])
    corpus = {"name": "originals", "path": str(write_originals(tmp_path / "o.jsonl", 4)), "splits": splits}
    data = load_split_data(config(corpora=[corpus], splits="none.json"))
    assert articles(data.train) == {"originals#0", "originals#1"}
    assert articles(data.dev) == {"originals#2"}
    assert data.data_fingerprint == fingerprint([*data.train, *data.dev])


def words(name: str, count: int = 60) -> str:
    draw = random.Random(name)
    return " ".join("".join(draw.choices("aeioubdfglmnprst", k=6)) for _ in range(count))


def publish(folder: Path, dev: dict[int, str], train: dict[int, str]) -> list[dict[str, Any]]:
    """PTC with these articles, and SemEval-2023 that has all of them in its train split, a line a paragraph."""
    for split, published in (("train", train), ("dev", dev)):
        write(folder / "ptc" / f"{split}-{'task2' if split == 'train' else 'task'}-TC.labels", "")
        for number, text in published.items():
            write(folder / "ptc" / f"{split}-articles" / f"article{number}.txt", text)
            write(folder / "later/en/train-articles-subtask-3" / f"article{number}.txt", text)
    return [{"name": "ptc", "path": str(folder / "ptc")}, {"name": "semeval2023", "path": str(folder / "later")}]


def test_what_one_corpus_publishes_as_dev_is_not_trained_on_in_another(tmp_path: Path) -> None:
    train = {number: f"{words(f'{number}')}\n{words(f'{number}b')}\n" for number in range(20, 60)}
    dev = {11: f"{words('11')}\n{words('11b')}\n{words('11c')}\n", 12: f"{words('12')}\n"}
    corpora = publish(tmp_path, dev, train)
    data = load_split_data(config(corpora=corpora, splits="published", calibrate_on="ptc"))
    assert (articles(data.train), articles(data.dev)) == ({f"ptc#{n}" for n in train}, {"ptc#11", "ptc#12"})
    (warning,) = data.warnings
    assert warning.startswith("train: 2 of the 42 documents (4 of 164 paragraphs) are held out by one of the corpora")
    held = load_split_data(config(corpora=corpora, splits="published", calibrate_on="ptc", holdout=0.2))
    assert articles(held.dev) | articles(held.train) == {f"ptc#{n}" for n in train}
    assert held.warnings == data.warnings


def test_a_published_train_article_that_repeats_a_dev_article_is_left_out_and_named(tmp_path: Path) -> None:
    dev = {11: f"{words('11')} and so on\n"}
    train = {20: f"{words('11')} and so forth\n", 21: f"{words('21')}\n"}
    ptc, _ = publish(tmp_path, dev, train)
    data = load_split_data(config(corpora=[ptc], splits="published", calibrate_on="ptc"))
    assert (articles(data.train), articles(data.dev)) == ({"ptc#21"}, {"ptc#11"})
    assert data.data_fingerprint == fingerprint([*data.train, *data.dev])
    assert "1 of the 2 documents (1 of 2 paragraphs)" in data.warnings[0]
    assert "('ptc#20' repeats 'ptc#11')" in data.warnings[0]


def test_a_corpus_of_the_split_train_is_trained_on_as_a_whole_but_for_what_repeats_dev(tmp_path: Path) -> None:
    ptc, later = publish(tmp_path, {11: f"{words('11')}\n"}, {20: f"{words('20')}\n"})
    write(tmp_path / "later/en/train-articles-subtask-3/article33.txt", f"{words('33')}\n")
    splits = write_splits(tmp_path / "splits.json", train=["ptc#20"], dev=["ptc#11"])
    data = load_split_data(config(corpora=[ptc, later | {"splits": "train"}], splits=splits, calibrate_on="ptc"))
    assert (articles(data.train), articles(data.dev)) == ({"ptc#20", "ptc#33"}, {"ptc#11"})
    assert {e.corpus for e in data.train} == {"ptc", "semeval2023"}
    assert "1 of the 3 documents" in data.warnings[0]
    with pytest.raises(ConfigError, match="0 to calibrate with"):
        load_split_data(config(corpora=[later | {"splits": "train"}], splits=splits, calibrate_on="semeval2023"))


def test_a_published_train_split_that_is_held_out_whole_is_refused(tmp_path: Path) -> None:
    ptc, later = publish(tmp_path, {11: f"{words('11')}\n"}, {})
    with pytest.raises(ConfigError, match=r"1 of the 1 documents .* expected some to train on; name a file of 'framing data split'"):
        load_split_data(config(corpora=[ptc, later], splits="published", calibrate_on="ptc"))


@pytest.mark.parametrize(
    ("parts", "changes", "found"),
    [
        ({"dev": ["originals#0"]}, {}, "s.json leaves 0 paragraphs to train on and 2 to calibrate with"),
        ({"train": ["originals#0"]}, {}, "s.json leaves 2 paragraphs to train on and 0 to calibrate with"),
        ({"train": ["originals#0"]}, {"holdout": 0.0001}, "a holdout of 0.0001 leaves 2 paragraphs to train on and 0 to calibrate"),
    ],
)
def test_a_split_that_leaves_nothing_is_refused(tmp_path: Path, parts: dict[str, list[str]], changes: dict[str, Any], found: str) -> None:
    corpus = {"name": "originals", "path": str(write_originals(tmp_path / "o.jsonl", 1))}
    settings = config(corpora=[corpus], splits=write_splits(tmp_path / "s.json", **parts), **changes)
    with pytest.raises(ConfigError) as caught:
        load_split_data(settings)
    assert found in str(caught.value)
    assert "change the key" in str(caught.value)


def test_the_policy_frames_of_a_comment_are_read_by_their_own_splits(tmp_path: Path) -> None:
    for split, number in (("train", 11), ("dev", 12)):
        folder = tmp_path / "en" / f"{split}-articles-subtask-2"
        folder.mkdir(parents=True)
        (folder / f"article{number}.txt").write_text("Harbour news\n\nThe port closes.\n", encoding="utf-8")
        (tmp_path / "en" / f"{split}-labels-subtask-2.txt").write_text(f"{number}\tEconomic\n", encoding="utf-8")
    (overrides,) = [given for file, given in trainings() if file.name == "frames.yaml"]
    data = load_split_data(load_config(ROOT / "configs/frames.yaml", [*overrides, f"corpora.0.path={tmp_path}"]))
    assert (articles(data.train), articles(data.dev)) == ({"ptc#11"}, {"ptc#12"})
    assert data.train[0].article_labels["policy_frames.economic"]


def test_published_splits_are_those_of_the_examples_and_are_missed_where_there_are_none() -> None:
    published = [example(1, 0, split="train"), example(2, 0, split="dev"), example(3, 0, split="dev")]
    settings = config(splits="published")
    assert [e.id for e in of_split(published, settings.corpora[0], settings, "dev")] == ["2/0", "3/0"]
    with pytest.raises(ConfigError, match="corpus 'originals' came without splits; name a file of 'framing data split'"):
        of_split(EXAMPLES, settings.corpora[0], settings, "dev")


def test_an_article_that_the_split_file_does_not_name_is_refused(tmp_path: Path) -> None:
    settings = config(splits=write_splits(tmp_path / "s.json", train=["made#0"]))
    with pytest.raises(CorpusError, match=r"'made#1' .* is in no split"):
        of_split(EXAMPLES, settings.corpora[0], settings, "train")


def test_sources_choose_examples_and_an_unknown_one_is_refused_with_those_there_are(tmp_path: Path) -> None:
    path = str(write_originals(tmp_path / "o.jsonl", 2))
    (corpus,) = config(corpora=[{"name": "originals", "path": path, "sources": ["originals/plain"]}]).corpora
    assert {e.source for e in read(corpus)} == {"originals/plain"}
    with pytest.raises(CorpusError, match=r"no source 'plain'.*; expected some of originals/plain, originals/side_a"):
        read(corpus.model_copy(update={"sources": ("plain",)}))


def test_thinning_keeps_every_paragraph_with_a_label_and_a_share_of_the_others() -> None:
    spans = [e for e in EXAMPLES if e.spans]
    whole = [example(300, p, labels={"lexical_bias": True}) for p in range(20)]
    framed = [example(301, p, article_labels={"narrative_frames.conflict": False}) for p in range(20)]
    judged_clean = [example(302, p, labels={"lexical_bias": False}) for p in range(400)]
    thinned = thin([*EXAMPLES, *whole, *framed, *judged_clean], 0.25, seed=1)
    ids = {e.id for e in thinned}
    assert {e.id for e in (*spans, *whole, *framed)} <= ids
    assert 50 < sum(e.id in ids for e in judged_clean) < 150
    assert 50 < sum(e.id in ids for e in EXAMPLES if not e.spans) < 150
    assert thinned == thin([*EXAMPLES, *whole, *framed, *judged_clean], 0.25, seed=1)
    assert thin(EXAMPLES, 1.0, seed=1) == EXAMPLES


def test_swapped_copies_are_added_to_the_training_examples_and_to_no_others() -> None:
    train, dev = EXAMPLES[:300], EXAMPLES[300:]
    plain = finish(train, dev, config())
    swapped = finish(train, dev, config(training={"swap": 0.5}))
    assert plain.train == train
    assert swapped.dev == dev
    assert swapped.train[: len(train)] == train
    copies = swapped.train[len(train) :]
    # One paragraph of three names a side.
    assert len(copies) == 50
    assert all("~" in copy.id and "Russia" not in copy.text for copy in copies)
    assert all(copy.text[copy.spans[0].start : copy.spans[0].end] == "reckless" for copy in copies)
    assert articles(copies) <= articles(train)


def test_the_fingerprint_is_that_of_the_originals_whatever_is_thinned_and_swapped() -> None:
    train, dev = EXAMPLES[:300], EXAMPLES[300:]
    settings = config(training={"swap": 1.0, "negatives": 0.5})
    assert finish(train, dev, settings).data_fingerprint == fingerprint([*train, *dev])
    assert len(finish(train, dev, settings).train) != len(train)


def test_pairs_of_ones_own_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.yaml"
    pairs.write_text("sides:\n  a: {kind: land, name: Tornia}\n  b: {kind: land, name: Veldia}\npairs: [[a, b]]\n", encoding="utf-8")
    train, dev = [example(1, 0, "Tornia met on Tuesday."), example(2, 0, LOADED)], [example(3, 0)]
    settings = config(training={"swap": 1.0, "swap_pairs": str(pairs)})
    assert [e.text for e in finish(train, dev, settings).train] == ["Tornia met on Tuesday.", LOADED, "Veldia met on Tuesday."]
    missing = config(training={"swap": 1.0, "swap_pairs": str(tmp_path / "none.yaml")})
    with pytest.raises(ConfigError, match="no such file of pairs"):
        finish(train, dev, missing)
