"""Measures a model folder on a split of a corpus: reads, checks for leaks, scores, and hands over to assessment."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from framing.assessment import Setting, as_devices, assess, baselines_beside, in_common, item_rows
from framing.backends.loading import LoadedModel, load_model
from framing.calibration import FOLDS, cross_fit
from framing.ceilings import ceilings
from framing.corpora import load_corpus
from framing.corpora.base import Example
from framing.errors import ConfigError, CorpusError
from framing.evaluation import article_items, label_figures
from framing.evenhandedness import swap_report
from framing.leaks import TrainingManifest, refuse_seen, seen, seen_articles, unknown_training
from framing.metrics import Floats
from framing.own_data import own_data
from framing.prediction import Calibrated, predict_articles, predict_examples
from framing.sides import Pair
from framing.splits import load_splits, select
from framing.summaries import own_labels
from framing.vocabularies import graded

OWN_SPLITS: Final = "devices-originals.json"
PUBLISHED_SPLITS: Final = "published.json"
EVERYTHING: Final = "all"


@dataclass(frozen=True, slots=True)
class Measured:
    """An evaluation, its rows for comparison, and what a reader should be warned of; of a swap test its figures, and no rows."""

    evaluation: dict[str, Any]
    rows: list[dict[str, Any]]
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CorpusSplit:
    """The examples of one split, and those of the corpus's train split; of `sources` alone where some were asked for."""

    name: str
    split: str
    examples: list[Example]
    train: list[Example]
    sources: tuple[str, ...] = ()


def load_split(name: str, path: Path, split: str, splits: Path | None = None, sources: Sequence[str] = ()) -> CorpusSplit:
    """Read a split of a corpus: by the file `splits`, else by the published split, else by the project's own split files.

    The split 'all' is the whole corpus, which leaves nothing for the baselines to learn from. `sources`, where given, are the only ones
    read, for the split and for the baselines.

    Raises:
        CorpusError: the corpus, a source, the split file or the split is not there.
    """
    sources = tuple(dict.fromkeys(sources))
    examples = load_corpus(name, path, sources)
    if split == EVERYTHING:
        return CorpusSplit(name, split, examples, [], sources)
    if splits is None and any(example.split for example in examples):
        parts = {part: [e for e in examples if e.split == part] for part in ("train", split)}
    else:
        own = own_data() / "splits" / (OWN_SPLITS if name in ("devices", "originals") else PUBLISHED_SPLITS)
        assignment = load_splits(splits or own)
        parts = {part: select(examples, assignment, part) for part in ("train", split)}
    if not parts[split]:
        present = sorted({str(e.split) for e in examples if e.split}) or ["train", "dev", "test"]
        of = f" of {', '.join(sources)}" if sources else ""
        raise CorpusError(f"corpus '{name}' at {path} has no split '{split}'{of}; expected one of {', '.join([*present, EVERYTHING])}")
    return CorpusSplit(name, split, parts[split], parts["train"] if split != "train" else [], sources)


def measure(
    folder: Path, part: CorpusSplit, seed: int, drop_seen: bool = False, device: str = "cpu", annotators: Path | None = None
) -> Measured:
    """Score a split and compute every figure.

    Args:
        folder: the model's.
        part: what to score.
        seed: of the intervals and of the baselines.
        drop_seen: leave out documents that the model was trained on, where the default is to refuse.
        device: of torch.
        annotators: the corpus's folder, from which the agreement of its annotators is computed where its format gives one.

    Raises:
        ModelError: the model folder is not whole.
        CorpusError: the model has seen documents of the split, or it shares no label with the corpus.
    """
    begun = time.perf_counter()
    model = load_model(folder, device)
    warnings: list[str] = []
    examples, left_out, fitted_here = _unseen(folder, part, drop_seen, warnings)
    train = part.train
    view: dict[str, str] = {}
    if not in_common(model.channels, model.article_labels, examples):
        examples, view = as_devices(examples)
        train, _ = as_devices(train)
        if not in_common(model.channels, model.article_labels, examples):
            raise CorpusError(
                f"model '{folder}' and corpus '{part.name}' have no label in common, nor a related one; "
                f"the model gives {', '.join((*graded(model.channels), *model.article_labels)[:6])}..., see: framing data list"
            )
    started = time.perf_counter()
    predictions = predict_examples(model.tokenizer, model.predict, model.sharpness, examples, model.channels)
    articles = (
        predict_articles(model.tokenizer, model.predict_articles, examples, model.article_labels) if model.predict_articles else []
    )
    seconds = time.perf_counter() - started
    calibrated = [Calibrated(p, model.calibration) for p in predictions]
    of_articles = article_items(articles, model.calibration)
    setting = Setting(model.name, part.name, part.split, seed, view, left_out, part.sources)
    headline = label_figures(calibrated, seed, samples=0)
    baselines = baselines_beside(train, examples, headline, of_articles, seed)
    agreement = ceilings(part.name, annotators, examples)
    crossed = cross_fit(predictions, FOLDS, seed) if fitted_here and not view else []
    own = own_labels([*train, *examples])
    evaluation = assess(setting, calibrated, seconds, own, of_articles, baselines, agreement, crossed)
    evaluation["seconds"]["whole"] = round(time.perf_counter() - begun, 2)
    return Measured(evaluation, item_rows(calibrated, of_articles), warnings)


def measure_swaps(
    folder: Path, part: CorpusSplit, pairs: Sequence[Pair], seed: int, drop_seen: bool = False, device: str = "cpu"
) -> Measured:
    """How far the paragraph probabilities move when the sides' names are exchanged, per label, pair and direction.

    Raises:
        ModelError: the model folder is not whole.
        CorpusError: the model has seen documents of the split, unless `drop_seen` leaves them out, or all of it.
        ConfigError: no paragraph names a side of the pairs.
    """
    model = load_model(folder, device)
    labels = graded(model.channels)
    if not labels:
        raise ConfigError(f"model '{folder}' gives whole articles alone, and swaps are measured on paragraphs; leave out --swap")
    warnings: list[str] = []
    examples, left_out, _ = _unseen(folder, part, drop_seen, warnings)
    thresholds = [model.calibration.labels[label].paragraph_threshold for label in labels]
    try:
        report = swap_report(examples, pairs, lambda swapped: _paragraph_scores(model, swapped), thresholds, labels, seed)
    except ValueError as error:
        raise ConfigError(f"{part.name}, split {part.split}: {error}") from error
    what = {"model": model.name, "corpus": part.name, "split": part.split, "sources": list(part.sources), "seed": seed}
    return Measured({**what, "left_out": left_out, **report.to_dict()}, [], warnings)


def _paragraph_scores(model: LoadedModel, examples: Sequence[Example]) -> Floats:
    predictions = predict_examples(model.tokenizer, model.predict, model.sharpness, examples, model.channels)
    logits = np.stack([p.paragraph_logits for p in predictions])
    scales = [model.calibration.labels[label].paragraph for label in predictions[0].labels]
    return np.stack([scale.probability(logits[:, column]) for column, scale in enumerate(scales)], axis=1)


def _unseen(folder: Path, part: CorpusSplit, drop_seen: bool, warnings: list[str]) -> tuple[list[Example], int, bool]:
    """(the examples to score, how many were left out, whether thresholds were fitted on all of them); whole documents that the training
    saw are refused or left out.
    """
    manifest = TrainingManifest.read(folder)
    if manifest is None:
        warnings.append(unknown_training(folder))
        return part.examples, 0, False
    where = f"{part.name}, split {part.split}"
    if not drop_seen:
        refuse_seen(manifest, part.examples, where, calibration=False)
    known = {example.id for example in seen(manifest, part.examples, calibration=False)}
    kept = [example for example in part.examples if not drop_seen or example.id not in known]
    if not kept:
        raise CorpusError(f"{where}: the model has seen all of it; name another split or corpus")
    if known and not drop_seen:
        warnings.append(
            f"{where}: {len(known)} of {len(kept)} paragraphs repeat sentences of documents that the model was trained on (notices, "
            f"statements); they count, --drop-seen leaves them out"
        )
    fitted_on = seen_articles(manifest, kept) - seen_articles(manifest, kept, calibration=False)
    articles = {example.article for example in kept}
    if fitted_on:
        warnings.append(
            f"{where}: early stopping and thresholds saw {len(fitted_on)} of the {len(articles)} documents; on others the figures will be "
            f"somewhat worse"
        )
    return kept, len(part.examples) - len(kept), fitted_on >= articles
