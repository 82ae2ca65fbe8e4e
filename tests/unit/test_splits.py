"""No article, and no paragraph that two share, stands on both sides of a split."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.corpora import load_corpus
from framing.corpora.base import Example
from framing.errors import CorpusError
from framing.splits import SPLITS, assign, group_articles, load_splits, published_splits, select
from tests.conftest import Run

DATA = Path(__file__).parent.parent.parent / "data"
COMMITTED = DATA / "splits" / "devices-originals.json"
FRACTIONS = {"dev": 0.15, "test": 0.15}
SHARED = "The agency said that eleven boats had left the harbour before dawn on Tuesday."  # 14 words


def paragraph(article: str, text: str, source: str = "paper", corpus: str = "devices", number: int = 0) -> Example:
    return Example(f"{article}/{number}", corpus, source, article, text, (), frozenset())


def prose(name: str, count: int = 30) -> str:
    """So many invented words, the same for the same name and unlike those of any other."""
    generator = random.Random(name)
    return " ".join("".join(generator.choices("aeioubdfglmnprst", k=6)) for _ in range(count)) + "."


def articles(source: str, count: int, paragraphs: int = 4) -> list[Example]:
    return [paragraph(f"{source}#{a}", prose(f"{source} {a} {p}"), source, number=p) for a in range(count) for p in range(paragraphs)]


def test_articles_that_share_a_paragraph_are_one_group_through_a_chain_and_across_corpora() -> None:
    other = "A second agency paragraph of more than twelve words, which two of these articles carry too."
    groups = group_articles(
        [
            paragraph("a", SHARED),
            paragraph("b", "  " + SHARED.upper().replace(" ", " \n "), corpus="originals"),
            paragraph("b", other),
            paragraph("c", other),
            paragraph("d", SHARED.replace("eleven", "twelve")),
        ]
    )
    assert groups["a"] == groups["b"] == groups["c"] != groups["d"]


def test_a_short_line_that_many_pages_carry_makes_no_group() -> None:
    groups = group_articles([paragraph("a", "Click here for more news."), paragraph("b", "Click here for more news.")])
    assert groups["a"] != groups["b"]


@settings(max_examples=30, deadline=None)
@given(
    counts=st.dictionaries(st.sampled_from(["north", "south", "east"]), st.integers(12, 25), min_size=1),
    shares=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=4),
    seed=st.integers(0, 1000),
)
def test_every_source_is_in_every_split_and_no_shared_paragraph_on_two_sides(
    counts: dict[str, int], shares: list[tuple[int, int]], seed: int
) -> None:
    examples = [example for source, count in counts.items() for example in articles(source, count)]
    first = min(counts)
    for number, (one, other) in enumerate(shares):
        text = f"{SHARED} Report number {number}."
        examples += [paragraph(f"{first}#{one}", text, first), paragraph(f"{first}#{other}", text, first)]
    assignment = assign(examples, FRACTIONS, seed).articles
    assert set(assignment) == {example.article for example in examples}
    sides: dict[str, set[str]] = {}
    for example in examples:
        sides.setdefault(example.text, set()).add(assignment[example.article])
    assert all(len(splits) == 1 for splits in sides.values())
    assert {(e.source, assignment[e.article]) for e in examples} == {(source, split) for source in counts for split in SPLITS}


def test_dev_and_test_hold_the_asked_share_of_paragraphs_of_each_source() -> None:
    examples = articles("north", 100) + articles("south", 40)
    assignment = assign(examples, FRACTIONS, 7).articles
    counts = Counter((e.source, assignment[e.article]) for e in examples)
    # Articles of four paragraphs are taken whole: half of one more or less is as near as it can be.
    assert [abs(counts["north", split] - 60) <= 2 for split in ("dev", "test")] == [True, True]
    assert [abs(counts["south", split] - 24) <= 2 for split in ("dev", "test")] == [True, True]


def test_a_seed_draws_the_same_split_whatever_the_order_and_another_seed_another() -> None:
    examples = articles("north", 30) + articles("south", 30)
    assert assign(examples, FRACTIONS, 1).articles == assign(examples[::-1], FRACTIONS, 1).articles
    assert assign(examples, FRACTIONS, 1).articles != assign(examples, FRACTIONS, 2).articles


def test_a_further_source_leaves_the_split_of_the_others_as_it_was() -> None:
    alone = assign(articles("north", 30), FRACTIONS, 1).articles
    together = assign(articles("north", 30) + articles("south", 30), FRACTIONS, 1).articles
    assert alone == {article: split for article, split in together.items() if article in alone}


def test_a_saved_split_is_read_back_the_same(tmp_path: Path) -> None:
    splits = assign([*articles("north", 30), paragraph("café#1", prose("café"))], FRACTIONS, 1)
    splits.write(tmp_path / "new" / "split.json")
    assert load_splits(tmp_path / "new" / "split.json") == splits.articles


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "no such split file"),
        ("{not json", "not a split file"),
        ("[]", "not a split file"),
        ('{"articles": {"train": [], "dev": []}}', "'test'"),
        ('{"articles": {"train": [], "dev": 3, "test": []}}', "not a split file"),
        (b"\xff\xfe\x00", "not a split file"),
        ('{"articles": {"train": ["a", "b"], "dev": [], "test": ["b"]}}', "'b' stands in train and in test"),
    ],
)
def test_a_split_file_that_cannot_be_used_is_refused_with_its_name_and_the_remedy(
    tmp_path: Path, content: str | bytes | None, found: str
) -> None:
    path = tmp_path / "split.json"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CorpusError) as caught:
        load_splits(path)
    assert str(path) in str(caught.value)
    assert found in str(caught.value)
    assert "framing data split" in str(caught.value)


def test_selecting_a_split_keeps_the_order_and_refuses_an_article_without_a_split() -> None:
    examples = [paragraph("a", "One."), paragraph("b", "Two."), paragraph("a", "Three.", number=1)]
    assert [e.text for e in select(examples, {"a": "dev", "b": "train"}, "dev")] == ["One.", "Three."]
    with pytest.raises(CorpusError, match=r"'b' .* is in no split; add it with: framing data split"):
        select(examples, {"a": "dev"}, "dev")


def test_the_committed_split_is_disjoint_and_names_every_event_of_the_originals() -> None:
    saved = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assignment = load_splits(COMMITTED)
    assert sum(len(names) for names in saved["articles"].values()) + len(saved["excluded"]) == len(assignment) > 800
    originals = load_corpus("originals", DATA / "originals")
    assert {example.article for example in originals} <= set(assignment)
    by_split = {split: select(originals, assignment, split) for split in SPLITS}
    assert all(by_split.values())
    assert sum(map(len, by_split.values())) == len(originals)


def test_the_committed_split_gives_every_annotated_article_a_side_and_shares_no_paragraph() -> None:
    assignment = load_splits(COMMITTED)
    rows = map(json.loads, (DATA / "devices" / "annotations.jsonl").read_text(encoding="utf-8").splitlines())
    sides: dict[str, set[str]] = {}
    for row in rows:
        sides.setdefault(row["sha256"], set()).add(assignment[f"{row['source']}#{row['article']}"])
    assert len(sides) > 5000
    # The one on two sides is a list of five names, too short to tie its two articles together.
    assert [sha[:8] for sha, splits in sides.items() if len(splits) > 1] == ["649d0e67"]


def published(article: str, split: str | None, text: str, corpus: str = "memes") -> Example:
    return replace(paragraph(article, text, corpus, corpus), split=split)


def test_a_published_split_stays_and_what_repeats_a_held_out_article_leaves_train() -> None:
    long = prose("a long report", 80)
    edited = long.replace(long.split()[40], "another")
    examples = [
        published("memes#1", "test", long),
        published("memes#2", "train", edited),
        published("memes#3", "train", prose("other")),
        published("texts#4", None, f"{long} {prose('tail', 8)}", "texts"),
    ]
    splits = assign(examples, FRACTIONS, 1)
    assert splits.articles == {"memes#1": "test", "memes#3": "train", "texts#4": "test"}
    assert splits.excluded == {"memes#2": "memes#1"}
    assert len({splits.groups[article] for article in ("memes#1", "memes#2", "texts#4")}) == 1
    assert select(examples, {**splits.articles, "memes#2": "excluded"}, "train") == [examples[2]]


@pytest.mark.parametrize("held_out", ["dev", "test"])
def test_what_one_corpus_holds_out_is_not_trained_on_because_another_cuts_it_finer_and_publishes_it_as_train(held_out: str) -> None:
    whole = published("ptc#1", held_out, prose("a report", 80), "ptc")
    lines = [replace(published("ptc#1", "train", prose(f"line {n}"), "semeval2023"), id=f"line/{n}") for n in range(9)]
    others = [published(f"ptc#{n}", "train", prose(f"other {n}"), "ptc") for n in range(2, 9)]
    for seed in range(5):
        assert assign([*lines, whole, *others], FRACTIONS, seed).articles["ptc#1"] == held_out


def test_an_article_that_its_own_corpus_cuts_is_held_out_only_where_half_of_it_is() -> None:
    debate = [replace(published("debate#1", "train", prose(f"turn {n}"), "debates"), id=f"turn/{n}") for n in range(3)]
    tweet = [published("tweet#1", split, prose("tweet"), "tweets") for split in ("train", "dev")]
    assert published_splits([*debate, replace(debate[0], split="test"), *tweet]) == {"tweet#1": "dev"}
    elsewhere = published("debate#1", "dev", prose("turn 0"), "speeches")
    assert published_splits([*debate, replace(debate[0], split="test"), elsewhere]) == {"debate#1": "dev"}


def test_an_earlier_assignment_stays_and_is_told_where_it_leaves_repeats_on_two_sides() -> None:
    long = prose("a long report", 80)
    examples = [published("memes#1", "test", long), paragraph("ours#1", long), paragraph("ours#2", prose("ours"))]
    splits = assign(examples, FRACTIONS, 1, kept={"ours#1": "train", "ours#2": "dev"})
    assert splits.articles == {"memes#1": "test", "ours#1": "train", "ours#2": "dev"}
    assert splits.overlaps == {"ours#1": "memes#1"}
    assert splits.excluded == {}


def test_a_split_that_no_one_knows_is_refused_with_its_article() -> None:
    with pytest.raises(CorpusError, match=r"memes#1.*found the published split 'trial', expected one of train, dev, test"):
        assign([published("memes#1", "trial", prose("a"))], FRACTIONS, 1)


def test_the_command_writes_what_it_kept_excluded_and_drew(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "splits.json"
    outcome = run("data", "split", f"originals={DATA / 'originals'}", "--seed", 20, "--keep", COMMITTED, "-o", output)
    assert (outcome.code, "0 excluded" in outcome.err) == (0, True)
    kept = load_splits(COMMITTED)
    assert load_splits(output) == {article: split for article, split in kept.items() if article.startswith("originals#")}


def test_the_committed_splits_of_public_corpora_hold_no_text_and_keep_ours_where_they_were() -> None:
    committed = json.loads((DATA / "splits" / "published.json").read_text(encoding="utf-8"))
    ours = load_splits(COMMITTED)
    assignment = load_splits(DATA / "splits" / "published.json")
    assert {article: assignment[article] for article in ours} == ours
    assert all(len(article) < 300 and "\n" not in article for article in assignment)
    for split in SPLITS:
        assert len(committed["sha256"][split]) == len(committed["articles"][split])
        assert all(re.fullmatch(r"[0-9a-f]{8}", digest) for digest in committed["sha256"][split])
    assert {article.partition("#")[0] for article in assignment} >= {"ptc", "babe", "semeval2021", "narrative-framing", "usvsthem"}
    # What is excluded repeats something held out, or is the one held-out article that repeats what models were trained on.
    assert len(committed["excluded"]) > 100
    assert [a for a, because in committed["excluded"].items() if assignment[because] not in ("dev", "test")] == ["narrative-framing#624"]
    assert {assignment[article] for article in committed["excluded"]} == {"excluded"}
