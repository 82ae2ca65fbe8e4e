"""Assigns articles to train, dev and test, so that no article, and no near-duplicate of one, stands on both sides."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, sha256
from framing.errors import CorpusError
from framing.neighbours import PARAGRAPH_BREAK, near_duplicates, words

SPLITS: Final = ("train", "dev", "test")
EXCLUDED: Final = "excluded"
"""Stands in place of a split for an article that the split file leaves out of all three."""
BOILERPLATE_WORDS: Final = 6
"""Shared paragraphs shorter than this («Click here for more») do not make two articles one."""
HASH_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Splits:
    """An assignment of articles, and why it is as it is.

    `articles` gives the split of each article. `excluded` are articles that a corpus publishes as train and that are left out, each
    with the held-out article that it repeats. `overlaps` are articles that repeat one of another split and yet keep theirs, each with
    that other: an earlier model was trained so, or the corpora publish them as dev and test. `groups` names the group of each article
    that repeats another, `sha256` holds the first digits of the hash of each article's text.
    """

    seed: int
    fractions: Mapping[str, float]
    articles: Mapping[str, str]
    excluded: Mapping[str, str] = field(default_factory=dict)
    overlaps: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    sha256: Mapping[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the split file: ids and hashes, no text."""
        lists = {name: sorted(a for a, split in self.articles.items() if split == name) for name in SPLITS}
        reasons = {"excluded": self.excluded, "overlaps": self.overlaps, "groups": self.groups}
        rows = {
            "seed": self.seed,
            "fractions": dict(self.fractions),
            "articles": lists,
            # Beside the articles and in their order: naming each once more would make the file half as large again.
            "sha256": {name: [self.sha256[a] for a in found if a in self.sha256] for name, found in lists.items()},
            **{name: dict(sorted(of_article.items())) for name, of_article in reasons.items()},
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def group_articles(examples: Iterable[Example]) -> dict[str, str]:
    """Group of each article, named after its least member: articles that share a paragraph, the same but for case, spacing and
    punctuation, or that are near-duplicates (`framing.neighbours`), are one group, through a chain too.
    """
    examples = list(examples)
    return _groups({example.article for example in examples}, _repeats(examples))


def assign(
    examples: Sequence[Example], fractions: Mapping[str, float], seed: int, kept: Mapping[str, str] | None = None
) -> Splits:
    """Assign the articles of corpora: a published split stays, the others are drawn per source.

    `fractions` gives the share of paragraphs that dev and test should hold of what is drawn; train gets the rest. Dev and test are
    filled in turn; a group goes into one only where that brings it nearer to its share, so that one long group cannot be all of it. A
    source of so few groups that one would already be more than a share has each group drawn by itself, with the shares as
    probabilities: it may be in one split alone.

    `kept` is an earlier assignment that stays like a published one, and goes before it. An article with neither goes where an article
    of its group stands, to test before dev before train. A published train article that repeats a dev or test article is excluded; a
    kept one is not, and is named in `overlaps`, as is a published dev article that repeats a test article.

    What counts as the published split of an article that was published in several, `published_splits` tells.

    Raises:
        CorpusError: a published split is not train, dev or test.
        MissingExtra: a package that finds near-duplicates is not installed.
    """
    kept = kept or {}
    names = {example.article for example in examples}
    repeats = _repeats(examples)
    groups = _groups(names, repeats)
    given = published_splits(examples) | {article: split for article, split in kept.items() if article in names}
    sides: dict[str, set[str]] = defaultdict(set)
    for article, split in given.items():
        sides[groups[article]].add(split)
    first_side = {group: next(split for split in ("test", "dev", "train") if split in found) for group, found in sides.items()}
    free = [example for example in examples if groups[example.article] not in first_side]
    drawn = _draw(free, {example.article: groups[example.article] for example in free}, fractions, seed)
    articles = {name: given.get(name) or drawn.get(name) or first_side[groups[name]] for name in sorted(names)}
    excluded: dict[str, str] = {}
    overlaps: dict[str, str] = {}
    for members in repeats:
        for split, later in (("train", "dev"), ("train", "test"), ("dev", "test")):
            held_out = min((name for name in members if articles[name] == later), default=None)
            if held_out is not None:
                for name in sorted(members):
                    if articles[name] == split:
                        left_out = split == "train" and name not in kept
                        (excluded if left_out else overlaps).setdefault(name, held_out)
    sizes = Counter(groups.values())
    return Splits(
        seed,
        fractions,
        {name: split for name, split in articles.items() if name not in excluded},
        excluded,
        overlaps,
        {name: group for name, group in groups.items() if sizes[group] > 1},
        _hashes(examples),
    )


def published_splits(examples: Iterable[Example]) -> dict[str, str]:
    """Published split of each article that has one: of the splits that several corpora give it the latest (train, dev, test), so that
    nothing which one of them holds out is trained on because another publishes it as train, in however many paragraphs.

    An article that a corpus itself cuts belongs to the latest split there where this holds at least half of the corpus's paragraphs of it,
    as of a tweet published twice; otherwise this corpus gives it none.

    Raises:
        CorpusError: a published split is not train, dev or test.
    """
    paragraphs: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for example in examples:
        if example.split is None:
            continue
        if example.split not in SPLITS:
            raise CorpusError(
                f"article '{example.article}' ({example.id}): found the published split '{example.split}', "
                f"expected one of {', '.join(SPLITS)}; correct the reader of '{example.corpus}'"
            )
        paragraphs[example.article, example.corpus][example.split] += 1
    given: dict[str, str] = {}
    for (article, _), counts in paragraphs.items():
        latest = max(counts, key=SPLITS.index)
        if 2 * counts[latest] >= counts.total():
            given[article] = max(given.get(article, latest), latest, key=SPLITS.index)
    return given


def repeated(examples: Sequence[Example], held_out: Sequence[Example]) -> dict[str, str]:
    """The articles of `examples` that are held out too or repeat a held-out article (see `group_articles`, but not through a chain), each
    with the one that it repeats.
    """
    held = {example.article for example in held_out}
    found = {article: article for article in sorted({example.article for example in examples} & held)}
    for members in _repeats([*examples, *held_out]):
        if members & held:
            of = min(members & held)
            found |= dict.fromkeys(sorted(members - held - found.keys()), of)
    return found


def load_splits(path: Path) -> dict[str, str]:
    """Split of each article, as saved, `EXCLUDED` for one left out; raises CorpusError when the file is missing, malformed or
    contradicts itself.
    """
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        assignment: dict[str, str] = {}
        for name in (*SPLITS, EXCLUDED):
            for article in saved.get(EXCLUDED, {}) if name == EXCLUDED else saved["articles"][name]:
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
    """The examples of one split, those of excluded articles in none; raises CorpusError for an article that the file does not name."""
    chosen = []
    for example in examples:
        if example.article not in assignment:
            raise CorpusError(f"article '{example.article}' ({example.id}) is in no split; add it with: framing data split")
        if assignment[example.article] == split:
            chosen.append(example)
    return chosen


def _texts(examples: Iterable[Example]) -> dict[tuple[str, str], str]:
    """Text of each article as each corpus has it, by article and corpus: an id that two corpora share may have two texts."""
    paragraphs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for example in examples:
        paragraphs[example.article, example.corpus].append(example.text)
    return {key: PARAGRAPH_BREAK.join(parts) for key, parts in paragraphs.items()}


def _repeats(examples: Sequence[Example]) -> list[set[str]]:
    """Sets of articles that repeat one another: those of each shared paragraph, and each pair of near-duplicates."""
    articles_of: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        found = words(example.text)
        if len(found) >= BOILERPLATE_WORDS:
            articles_of[" ".join(found)].add(example.article)
    texts = _texts(examples)
    keys = sorted(texts)
    pairs = near_duplicates({f"{number:09}": texts[key] for number, key in enumerate(keys)})
    sharing = [articles for _, articles in sorted(articles_of.items()) if len(articles) > 1]
    return sharing + [{keys[int(one)][0], keys[int(other)][0]} for one, other, _ in pairs]


def _groups(articles: Iterable[str], repeats: Iterable[set[str]]) -> dict[str, str]:
    parent = {article: article for article in articles}

    def root(article: str) -> str:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    for members in repeats:
        least, *others = sorted({root(member) for member in members})
        for other in others:
            parent[other] = least
    return {article: root(article) for article in sorted(parent)}


def _hashes(examples: Iterable[Example]) -> dict[str, str]:
    texts = _texts(examples)
    longest: dict[str, str] = {}
    for (article, _), text in sorted(texts.items()):
        longest[article] = max(longest.get(article, ""), text, key=len)
    return {article: sha256(text)[:HASH_DIGITS] for article, text in longest.items()}


def _draw(examples: Sequence[Example], groups: Mapping[str, str], fractions: Mapping[str, float], seed: int) -> dict[str, str]:
    sizes: dict[str, int] = defaultdict(int)
    source_of: dict[str, str] = {}
    for example in examples:
        group = groups[example.article]
        sizes[group] += 1
        source = example.corpus if example.corpus == "originals" else example.source
        source_of[group] = min(source, source_of.get(group, source))
    by_source: dict[str, list[str]] = defaultdict(list)
    for group, source in source_of.items():
        by_source[source].append(group)
    split_of_group: dict[str, str] = {}
    for source in sorted(by_source):
        of_source = {group: sizes[group] for group in sorted(by_source[source])}
        split_of_group |= _draw_source(of_source, fractions, random.Random(f"{seed}:{source}"))
    return {article: split_of_group[group] for article, group in sorted(groups.items())}


def _draw_source(sizes: Mapping[str, int], fractions: Mapping[str, float], generator: random.Random) -> dict[str, str]:
    members = list(sizes)
    shares = {name: fractions[name] for name in ("dev", "test") if fractions[name] > 0}
    if any(share * len(members) < 1 for share in shares.values()):
        weights = [1 - sum(shares.values()), *shares.values()]
        return dict(zip(members, generator.choices(["train", *shares], weights, k=len(members)), strict=True))
    generator.shuffle(members)
    total = sum(sizes.values())
    filled = dict.fromkeys(shares, 0.0)
    drawn = dict.fromkeys(members, "train")
    for group in members if shares else ():
        emptiest = min(filled, key=lambda name: filled[name])
        part = sizes[group] / (shares[emptiest] * total)
        if filled[emptiest] + part / 2 < 1:
            drawn[group] = emptiest
            filled[emptiest] += part
    return drawn
