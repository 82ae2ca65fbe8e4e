"""One training run from configuration to model folder: train, calibrate on dev, measure, write."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import torch
import transformers

from framing.baselines import baseline_table, voice_baselines
from framing.beginnings import refuse_other, refuse_other_data
from framing.calibration import FOLDS, cross_fit, fit
from framing.config import TrainConfig, load_config
from framing.corpora.base import Example
from framing.decoding import Calibration
from framing.errors import ConfigError
from framing.evaluation import article_figures, article_items, item_figures, label_figures
from framing.known_wording import target_figures, voice_figures
from framing.leaks import TrainingManifest
from framing.model import FramingModel
from framing.modelcard import write_card
from framing.prediction import ArticlePrediction, Calibrated, Prediction
from framing.runs import plain
from framing.starting import Start, start_of
from framing.taxonomy import TARGET, VOICE
from framing.training import CHECKPOINTS, SETTINGS, last_checkpoint, predict, resumption_warnings, save, special_tokens, train
from framing.training_data import SplitData, load_split_data
from framing.version import __version__
from framing.vocabularies import graded

METRICS: Final = "metrics.json"


def run(
    config: TrainConfig, resume: bool = False, data: SplitData | None = None, warn: Callable[[str], object] | None = None
) -> dict[str, Any] | None:
    """Train as `config` says and leave the model folder in `config.output`; returns the metrics written there.

    `data` takes the place of the split that the configuration names. `warn` is told, before anything is trained, what was left out of
    the data and why the dev figures will not be what new text can expect. Of several processes (torchrun, accelerate) the first warns and
    writes the folder; the others return None. `metrics.json` is written last: a folder that holds it is whole.
    """
    first = int(os.environ.get("RANK", "0")) == 0
    data = load_split_data(config) if data is None else data
    start = start_of(config)
    resumed = resumption_warnings(config) if resume else []
    warnings = [*resumed, *data.warnings, *(start.warnings(data.dev) if start else [])]
    if warn is not None and first:
        for warning in warnings:
            warn(warning)
    model, tokenizer, log = train(config, data, resume)
    if not first:
        return None
    # Calibrate the weights that ship: rounded to bfloat16, run in float32.
    for precision in (torch.bfloat16, torch.float32):
        torch.nn.Module.to(model, precision)
    predictions, articles = predict(model, tokenizer.backend_tokenizer, special_tokens(tokenizer, model), data.dev)
    calibration = fit(predictions, articles)
    model.config.calibration = calibration.to_dict()
    crossed = cross_fit(predictions, FOLDS, config.seed)
    metrics = describe_run(config, data, model, start, warnings) | log | figures(predictions, articles, calibration, crossed, config.seed)
    metrics["baselines"] = baseline_figures(data, model.config.channels, config.seed)
    folder = Path(config.output)
    save(model, tokenizer, folder, config)
    manifest = TrainingManifest.of(data.train, data.dev)
    (start.handed_on(manifest) if start else manifest).write(folder)
    write_card(folder, config, metrics, crossed)
    (folder / METRICS).write_text(json.dumps(plain(metrics), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return metrics


def finished(folder: Path, config: TrainConfig, data_fingerprint: str | None = None) -> bool:
    """Whether `folder` holds the whole run of this configuration, wherever it was run, and on the data of `data_fingerprint` where given.

    Raises:
        ConfigError: the folder holds the run of another configuration, or on other data; the message names what differs.
    """
    if not (folder / METRICS).exists():
        return False
    refuse_other(folder, load_config(folder / SETTINGS), config)
    found = read_metrics(folder).get("data_fingerprint")
    if data_fingerprint is not None and found is not None:
        refuse_other_data(folder, found, data_fingerprint)
    return True


def read_metrics(folder: Path) -> dict[str, Any]:
    """The metrics of a finished run; raises ConfigError where they are no JSON object."""
    try:
        metrics = json.loads((folder / METRICS).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{folder / METRICS}: not JSON ({error}), expected what 'framing train' writes; delete {folder}") from error
    if not isinstance(metrics, dict):
        raise ConfigError(f"{folder / METRICS}: found {type(metrics).__name__}, expected a JSON object; delete {folder}")
    return metrics


def begun(folder: Path) -> bool:
    """Whether `folder` holds a checkpoint to go on from."""
    return last_checkpoint(folder / CHECKPOINTS) is not None


def figures(
    predictions: Sequence[Prediction],
    articles: Sequence[ArticlePrediction],
    calibration: Calibration,
    crossed: Sequence[Calibrated],
    seed: int,
) -> dict[str, Any]:
    """Dev figures, with the calibration fitted on all of dev and with the `crossed` ones, fitted on other articles."""
    fitted = [Calibrated(p, calibration) for p in predictions]
    parts = {"dev": fitted, "dev_cross_fitted": crossed}
    if not all(p.example.natural for p in predictions):
        parts["dev_cross_fitted_natural"] = [c for c in crossed if c.prediction.example.natural]
    table: dict[str, Any] = {
        name: {"labels": label_figures(part, seed), "voice": voice_figures(part, seed)} for name, part in parts.items() if part
    }
    if articles:
        table["dev"] = table.get("dev", {}) | {"articles": article_figures(article_items(articles, calibration), seed)}
    if predictions and TARGET in predictions[0].channels:
        table["target"] = target_figures(fitted, seed)
    return table | {"calibration": calibration.to_dict()}


def baseline_figures(data: SplitData, channels: Sequence[str], seed: int) -> dict[str, Any]:
    """Figures of the baselines per label and level, their thresholds fitted on dev as the model's are; `voice`: accuracies."""
    table: dict[str, Any] = {}
    levels: tuple[Literal["sentence", "paragraph"], ...] = ("sentence", "paragraph")
    for level in levels:
        for label, items in baseline_table(data.train, data.dev, data.dev, graded(channels), level, seed).items():
            figures = {name: item_figures(given, seed, samples=0) for name, given in items.items()}
            table.setdefault(label, {})[level] = figures
    return table | ({"voice": voice_baselines(data.train, data.dev, seed)} if VOICE in channels else {})


def describe_run(
    config: TrainConfig, data: SplitData, model: FramingModel, start: Start | None, warnings: Sequence[str]
) -> dict[str, Any]:
    """What was trained on what, from which of our models, with which versions."""
    started = {"started_from": {"model": start.name, "articles": start.articles}} if start else {}
    return started | {
        "name": config.name,
        "warnings": list(warnings),
        "seed": config.seed,
        "taxonomy": model.config.taxonomy,
        "data_fingerprint": data.data_fingerprint,
        "train": _extent(data.train),
        "dev_extent": _extent(data.dev),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "versions": {"framing": __version__, "torch": torch.__version__, "transformers": transformers.__version__},
    }


def _extent(examples: list[Example]) -> dict[str, Any]:
    sources: dict[str, int] = {}
    for example in examples:
        sources[example.source] = sources.get(example.source, 0) + 1
    return {
        "paragraphs": len(examples),
        "articles": len({example.article for example in examples}),
        "spans": sum(len(example.spans) for example in examples),
        "paragraphs_by_source": dict(sorted(sources.items())),
    }
