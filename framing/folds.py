"""Cross-validation: trains one model a fold and measures every paragraph with the model that did not see it."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from framing.assessment import Setting, assess, baselines_beside, item_rows
from framing.backends.loading import load_model
from framing.ceilings import Ceiling, ceilings
from framing.config import TrainConfig
from framing.corpora.base import Example
from framing.errors import ConfigError, CorpusError
from framing.evaluation import Items, article_figures, article_items, headline_figures, joined, label_figures
from framing.experiment import begun, finished, run
from framing.leaks import TrainingManifest
from framing.prediction import Calibrated, predict_articles, predict_examples
from framing.runs import FIGURES, write_run
from framing.splits import group_articles, repeated
from framing.starting import start_of
from framing.summaries import own_labels
from framing.training_data import PUBLISHED, SplitData, finish, hold_out, of_split, read

EVALUATION: Final = "evaluation"


def fold_of(examples: Sequence[Example], folds: int, by: str, seed: int) -> list[int]:
    """Fold of each example. By article, near-duplicates stay together; by source, whole sources do. Folds are filled evenly.

    Raises:
        ConfigError: there are fewer groups than folds.
    """
    by_article = group_articles(examples) if by == "article" else {}
    groups = [by_article.get(example.article, example.source) for example in examples]
    sizes: dict[str, int] = defaultdict(int)
    for group in groups:
        sizes[group] += 1
    if len(sizes) < folds:
        raise ConfigError(f"key 'folds': {folds} folds of {len(sizes)} groups by {by}; expected at most as many folds as groups")
    order = sorted(sizes)
    random.Random(seed).shuffle(order)
    filled = [0] * folds
    chosen = {}
    # The largest first, each into the fold that holds least: a big outlet would otherwise fill a fold and more.
    for group in sorted(order, key=lambda name: -sizes[name]):
        chosen[group] = filled.index(min(filled))
        filled[chosen[group]] += sizes[group]
    return [chosen[group] for group in groups]


def cross_validate(config: TrainConfig, resume: bool = False, warn: Callable[[str], object] | None = None) -> dict[str, Any]:
    """Train `config.folds` models and leave their folders and one evaluation of all folds below `config.output`.

    A fold that is finished is not trained again, so that an interrupted cross-validation goes on with `resume`. One of other settings or
    other data is refused, as is one that has seen what it measures. What is measured, and what is trained on besides, `pool` tells. An
    article that stands in sources of several folds is left out of the training of each of them. `warn` is what `framing.experiment.run`
    tells its warnings.

    Raises:
        CorpusError: the model that the folds start from, or that of a fold, has seen documents that they measure.
        ConfigError: the folder holds another run, there are fewer groups than folds, or a holdout takes all or nothing of a fold.
    """
    output = Path(config.output)
    if output.is_dir() and any(output.iterdir()) and not resume:
        raise ConfigError(f"{output} holds another run; go on with --resume, choose output=FOLDER, or delete it")
    examples, beside = pool(config)
    start = start_of(config)
    if start:
        start.refuse_seen(examples)
    calibrated: list[Calibrated] = []
    articles: dict[str, list[Items]] = {}
    baselines: dict[str, dict[str, list[Items]]] = {}
    of_fold = []
    seconds = 0.0
    for settings, measured, rest in _parts(config, examples):
        folder = Path(settings.output)
        data = _data(measured, rest, beside, config)
        if finished(folder, settings, data.data_fingerprint):
            _refuse_listed(folder, measured)
        else:
            run(settings, resume=begun(folder), data=data, warn=warn)
        model = load_model(folder)
        started = time.perf_counter()
        predictions = predict_examples(model.tokenizer, model.predict, model.sharpness, measured, model.channels)
        whole = predict_articles(model.tokenizer, model.predict_articles, measured, model.article_labels) if model.predict_articles else []
        seconds += time.perf_counter() - started
        now = [Calibrated(p, model.calibration) for p in predictions]
        figures = label_figures(now, config.seed, samples=0)
        of_articles = article_items(whole, model.calibration)
        headlines = headline_figures({"labels": figures, "articles": article_figures(of_articles, config.seed, samples=0)})
        of_fold.append({label: headline["macro_f1"] for label, (_, headline) in headlines.items()})
        for label, items in of_articles.items():
            articles.setdefault(label, []).append(items)
        for label, by_name in baselines_beside(rest, measured, figures, of_articles, config.seed).items():
            for name, items in by_name.items():
                baselines.setdefault(label, {}).setdefault(name, []).append(items)
        calibrated += now
    corpora = [corpus for corpus in config.corpora if corpus.name in config.calibrate_on]
    setting = Setting(config.name, "+".join(c.name for c in corpora), f"{config.folds} folds by {config.fold_by}", config.seed, {})
    pooled = {label: {name: joined(parts) for name, parts in by_name.items()} for label, by_name in baselines.items()}
    whole_articles = {label: joined(parts) for label, parts in articles.items()}
    agreement: dict[str, Ceiling] = {}
    for corpus in corpora:
        agreement |= ceilings(corpus.name, Path(corpus.path), [e for e in examples if e.corpus == corpus.name])
    evaluation = assess(setting, calibrated, seconds, own_labels(examples), whole_articles, pooled, agreement)
    evaluation |= {"folds": of_fold}
    write_run(output / EVALUATION, evaluation, item_rows(calibrated, whole_articles))
    return evaluation


def cross_validated(config: TrainConfig) -> bool:
    """Whether `config.output` holds the whole cross-validation of this configuration.

    Raises:
        ConfigError: it holds that of another one, or on other data.
        CorpusError: the model of a fold has seen documents that it measures, or a corpus cannot be read.
    """
    folds = [_fold_settings(config, number) for number in range(config.folds)]
    if not all(finished(Path(fold.output), fold) for fold in folds) or not (Path(config.output) / EVALUATION / FIGURES).exists():
        return False
    examples, beside = pool(config)
    for settings, measured, rest in _parts(config, examples):
        folder = Path(settings.output)
        finished(folder, settings, _data(measured, rest, beside, config).data_fingerprint)
        _refuse_listed(folder, measured)
    return True


def pool(config: TrainConfig) -> tuple[list[Example], list[Example]]:
    """The examples that the folds share out and measure, and those that each fold trains on besides.

    Measured are the train and dev splits of the corpora that the run calibrates on, all of one that came without splits. The train splits
    of the others are beside them; a test split stays unread.
    """
    measured: list[Example] = []
    beside: list[Example] = []
    for corpus in config.corpora:
        examples = read(corpus)
        if (corpus.splits or config.splits) == PUBLISHED and all(example.split is None for example in examples):
            splits = [examples]
        else:
            splits = [of_split(examples, corpus, config, split) for split in ("train", "dev")]
        if corpus.name in config.calibrate_on:
            measured += [example for split in splits for example in split]
        else:
            beside += splits[0]
    if not measured:
        raise ConfigError(f"key 'folds': {config.splits} leaves nothing of {', '.join(config.calibrate_on)} to share out; change 'splits'")
    return measured, beside


def _parts(config: TrainConfig, examples: Sequence[Example]) -> Iterator[tuple[TrainConfig, list[Example], list[Example]]]:
    """Of each fold its settings, the examples that it measures, and those of other articles."""
    fold = fold_of(examples, config.folds, config.fold_by, config.seed)
    for number in range(config.folds):
        measured = [e for e, of_example in zip(examples, fold, strict=True) if of_example == number]
        inside = {e.article for e in measured}
        yield _fold_settings(config, number), measured, [e for e in examples if e.article not in inside]


def _data(measured: Sequence[Example], rest: Sequence[Example], beside: Sequence[Example], config: TrainConfig) -> SplitData:
    repeats = repeated(beside, measured) if beside else {}
    held, own = hold_out(rest, config.holdout, [example for example in beside if example.article not in repeats])
    return finish(own, held, config)


def _refuse_listed(folder: Path, measured: Sequence[Example]) -> None:
    """Raise CorpusError when the model of a finished fold lists an article that the fold measures.

    By article alone: sources of several folds share agency copy, which is no fault of a fold by source.
    """
    manifest = TrainingManifest.read(folder)
    listed = {*manifest.training, *manifest.taught, *manifest.calibration} if manifest else set()
    found = sorted({example.article for example in measured} & listed)
    if found:
        raise CorpusError(
            f"{folder}: the model of this fold has seen {len(found)} of the {len({e.article for e in measured})} documents that it is to "
            f"measure ({found[0]}), expected none; choose another folder, output=FOLDER, or delete it"
        )


def _fold_settings(config: TrainConfig, number: int) -> TrainConfig:
    return config.model_copy(update={"output": str(Path(config.output) / f"fold-{number}")})
