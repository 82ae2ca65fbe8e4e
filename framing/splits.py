"""Assigns articles to train, dev and test, so that no article, and no paragraph shared by two, stands on both sides."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from framing.corpora.base import Example
from framing.errors import CorpusError

SPLITS: Final = ("train", "dev", "test")
BOILERPLATE_WORDS: Final = 12
"""Shared paragraphs shorter than this («Click here for more») do not make two articles one."""


def group_articles(examples: Iterable[Example]) -> dict[str, str]:
    """Group of each article: articles that share a paragraph, letter for letter but for case and spacing, are one group."""
    parent: dict[str, str] = {}

    def root(article: str) -> str:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    first_article: dict[str, str] = {}
    for example in examples:
        parent.setdefault(example.article, example.article)
        words = example.text.lower().split()
        if len(words) < BOILERPLATE_WORDS:
            continue
        other = first_article.setdefault(" ".join(words), example.article)
        parent[root(example.article)] = root(other)
    return {article: root(article) for article in parent}


def assign(examples: Sequence[Example], fractions: Mapping[str, float], seed: int) -> dict[str, str]:
    """Split of each article, drawn per source so that every split holds every source.

    `fractions` gives the share of paragraphs that dev and test should hold; train gets the rest.
    """
    groups = group_articles(examples)
    sizes: dict[str, int] = defaultdict(int)
    source_of: dict[str, str] = {}
    for example in examples:
        group = groups[example.article]
        sizes[group] += 1
        source_of.setdefault(group, example.corpus if example.corpus == "originals" else example.source)
    by_source: dict[str, list[str]] = defaultdict(list)
    for group, source in source_of.items():
        by_source[source].append(group)
    split_of_group: dict[str, str] = {}
    for source in sorted(by_source):
        members = sorted(by_source[source])
        random.Random(f"{seed}:{source}").shuffle(members)
        total = sum(sizes[group] for group in members)
        filled = {"dev": 0, "test": 0}
        for group in members:
            open_splits = [name for name in filled if filled[name] < fractions[name] * total]
            split_of_group[group] = open_splits[0] if open_splits else "train"
            if open_splits:
                filled[open_splits[0]] += sizes[group]
    return {article: split_of_group[group] for article, group in sorted(groups.items())}


def save_splits(path: Path, assignment: Mapping[str, str], fractions: Mapping[str, float], seed: int) -> None:
    """Write the assignment as JSON: seed, fractions and the articles of each split."""
    articles = {name: sorted(a for a, split in assignment.items() if split == name) for name in SPLITS}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"seed": seed, "fractions": dict(fractions), "articles": articles}, indent=1) + "\n")


def load_splits(path: Path) -> dict[str, str]:
    """Split of each article, as saved; raises CorpusError when the file is missing, malformed or contradicts itself."""
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["articles"]
        assignment: dict[str, str] = {}
        for name in SPLITS:
            for article in articles[name]:
                if article in assignment:
                    raise CorpusError(
                        f"{path}: article '{article}' stands in {assignment[article]} and in {name}; "
                        f"make the file again with: framing data split"
                    )
                assignment[article] = name
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such split file; make it with: framing data split") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: not a split file ({error!r}); expected the JSON that 'framing data split' writes") from error
    return assignment


def select(examples: Iterable[Example], assignment: Mapping[str, str], split: str) -> list[Example]:
    """The examples of one split; raises CorpusError for an article that the split file does not name."""
    chosen = []
    for example in examples:
        if example.article not in assignment:
            raise CorpusError(f"article '{example.article}' ({example.id}) is in no split; add it with: framing data split")
        if assignment[example.article] == split:
            chosen.append(example)
    return chosen
