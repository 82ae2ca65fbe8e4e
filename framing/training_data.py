"""Which examples a run trains on, and which early stopping and calibration see."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from framing.config import CorpusConfig, TrainConfig
from framing.corpora import load_corpus
from framing.corpora.base import Example, fingerprint
from framing.errors import ConfigError
from framing.sides import SHIPPED_PAIRS, load_pairs
from framing.splits import group_articles, load_splits, published_splits, repeated, select
from framing.swapping import augment

PUBLISHED: Final = "published"
TRAIN: Final = "train"
"""In place of a split file: all of the corpus is trained on."""


@dataclass(frozen=True)
class SplitData:
    """Examples to train on over all corpora of a run, those that early stopping and calibration see, and a hash of both as published;
    `warnings` say what was left out of them.
    """

    train: list[Example]
    dev: list[Example]
    data_fingerprint: str
    warnings: tuple[str, ...] = ()


def load_split_data(config: TrainConfig) -> SplitData:
    """Read the corpora of a run and split them.

    Published splits are each corpus's own, so that what one holds out may stand in the train split of another, and train may repeat dev;
    a corpus that is trained on as a whole may repeat dev, too. Where a run has such splits, documents that a corpus holds out
    (`framing.splits.published_splits`) or that the run calibrates on, and those that repeat one of them, are left out of train, as
    'framing data split' leaves them out, and `warnings` count them.

    Raises:
        ConfigError: nothing is left to train on or to calibrate with.
    """
    train: list[Example] = []
    dev: list[Example] = []
    beside: list[Example] = []
    published: list[Example] = []
    for corpus in config.corpora:
        examples = read(corpus)
        published += examples if (corpus.splits or config.splits) in (PUBLISHED, TRAIN) else []
        calibrated_on = corpus.name in config.calibrate_on
        own = train if calibrated_on or not config.holdout else beside
        own += of_split(examples, corpus, config, "train")
        if calibrated_on and not config.holdout:
            dev += of_split(examples, corpus, config, "dev")
    warnings = []
    if published:
        given = published_splits(published)
        held_out = [*dev, *(example for example in published if given.get(example.article, "train") != "train")]
        repeats = repeated([*train, *beside], held_out)
        if repeats:
            warnings.append(_left_out([*train, *beside], repeats))
        train, beside = ([example for example in part if example.article not in repeats] for part in (train, beside))
    if config.holdout:
        dev, train = hold_out(train, config.holdout, beside)
    return finish(train, dev, config, warnings)


def _left_out(train: Sequence[Example], repeats: Mapping[str, str]) -> str:
    articles = {example.article for example in train}
    of = next((f" ('{article}' repeats '{other}')" for article, other in repeats.items() if article != other), "")
    told = (
        f"train: {len(repeats)} of the {len(articles)} documents ({sum(example.article in repeats for example in train)} of {len(train)} "
        f"paragraphs) are held out by one of the corpora or repeat documents that are{of}"
    )
    if len(repeats) == len(articles):
        raise ConfigError(f"{told}, expected some to train on; name a file of 'framing data split' in the key 'splits'")
    return f"{told}; they are left out"


def finish(train: Sequence[Example], dev: Sequence[Example], config: TrainConfig, warnings: Sequence[str] = ()) -> SplitData:
    """The data of a run as training sees it: negatives thinned out, swapped copies added; `warnings` are handed on.

    Raises:
        ConfigError: nothing is left to train on or to calibrate with.
    """
    if not train or not dev:
        origin = f"a holdout of {config.holdout}" if config.holdout else f"{config.splits}"
        raise ConfigError(
            f"{origin} leaves {len(train)} paragraphs to train on and {len(dev)} to calibrate with, expected some of both; "
            f"change the key '{'holdout' if config.holdout else 'splits'}'"
        )
    settings = config.training
    shown = thin(train, settings.negatives, config.seed)
    if settings.swap:
        pairs = load_pairs(Path(settings.swap_pairs) if settings.swap_pairs else SHIPPED_PAIRS)
        shown = augment(shown, pairs, settings.swap, config.seed)
    # Of the originals: thinning and swapping follow from the configuration and the seed.
    return SplitData(shown, list(dev), fingerprint([*train, *dev]), tuple(warnings))


def read(corpus: CorpusConfig) -> list[Example]:
    """The examples of a corpus, of the wanted sources."""
    return load_corpus(corpus.name, Path(corpus.path), corpus.sources)


def of_split(examples: Sequence[Example], corpus: CorpusConfig, config: TrainConfig, split: str) -> list[Example]:
    """The examples of one split, by the corpus's own splits or those of the run."""
    splits = corpus.splits or config.splits
    if splits == TRAIN:
        return list(examples) if split == TRAIN else []
    if splits != PUBLISHED:
        return select(examples, load_splits(Path(splits)), split)
    if all(example.split is None for example in examples):
        remedy = "name a file of 'framing data split' in its key 'splits', or train to train on all of it"
        raise ConfigError(f"corpus '{corpus.name}' came without splits; {remedy}")
    return [example for example in examples if example.split == split]


def hold_out(
    examples: Sequence[Example], share: float, beside: Sequence[Example] = ()
) -> tuple[list[Example], list[Example]]:
    """(held out, the rest): whole articles, near-duplicates together, drawn by a hash, so that every seed and every fold holds out the
    same ones. Of the examples `beside`, which are not to be held out, the rest has those of articles that repeat no held one.
    """
    groups = group_articles([*examples, *beside])
    held = {g for g in {groups[e.article] for e in examples} if int(hashlib.sha256(g.encode()).hexdigest()[:8], 16) < share * 2**32}
    return [e for e in examples if groups[e.article] in held], [e for e in (*examples, *beside) if groups[e.article] not in held]


def thin(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """The examples without a share of those that hold no label at all."""
    if share == 1.0:
        return list(examples)
    draw = random.Random(seed)
    return [e for e in examples if e.spans or any(e.labels.values()) or e.article_labels or e.taught or draw.random() < share]
