"""One training run from configuration to model folder: train, calibrate on dev, measure, write."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import transformers

from framing.backends.torch_engine import torch_predictor
from framing.baselines import baseline_figures
from framing.calibration import cross_fit, fit, target_overlap
from framing.config import TrainConfig
from framing.corpora.base import Example
from framing.decoding import Calibration
from framing.evaluation import Calibrated, Prediction, device_figures, predict_examples, voice_figures
from framing.model import FramingModel
from framing.modelcard import write_card
from framing.training import save, special_tokens, train
from framing.training_rows import SplitData
from framing.version import __version__

FOLDS = 5


def run(config: TrainConfig, resume: bool = False) -> dict[str, Any] | None:
    """Train as `config` says and leave the model folder in `config.output`; returns the metrics written there.

    Of several processes (torchrun, accelerate) the first writes the folder; the others return None.
    """
    model, tokenizer, data, log = train(config, resume)
    if int(os.environ.get("RANK", "0")) > 0:
        return None
    # Calibrate the weights that ship: rounded to bfloat16, run in float32.
    for precision in (torch.bfloat16, torch.float32):
        torch.nn.Module.to(model, precision)
    predictor = torch_predictor(model, special_tokens(tokenizer, model))
    predictions = predict_examples(tokenizer.backend_tokenizer, predictor, model.config.sharpness, data.dev)
    calibration = fit(predictions)
    model.config.calibration = calibration.to_dict()
    crossed = cross_fit(predictions, FOLDS, config.seed)
    metrics = describe_run(config, data, model) | log | figures(predictions, calibration, crossed, config.seed)
    metrics["baselines"] = baseline_figures(data.train, data.dev, config.seed)
    folder = Path(config.output)
    save(model, tokenizer, folder, config, metrics)
    write_card(folder, config, metrics, crossed)
    return metrics


def figures(
    predictions: Sequence[Prediction], calibration: Calibration, crossed: Sequence[Calibrated], seed: int
) -> dict[str, Any]:
    """Dev figures, with the calibration fitted on all of dev and with the `crossed` ones, fitted on other articles."""
    fitted = [Calibrated(p, calibration) for p in predictions]
    natural = [c for c in crossed if c.prediction.example.natural]
    return {
        "dev": {"devices": device_figures(fitted, seed), "voice": voice_figures(fitted, seed)},
        "dev_cross_fitted": {"devices": device_figures(crossed, seed), "voice": voice_figures(crossed, seed)},
        "dev_cross_fitted_natural": {"devices": device_figures(natural, seed), "voice": voice_figures(natural, seed)},
        "target": dict(zip(("precision", "recall", "f1"), target_overlap(predictions, calibration.target_cut), strict=True)),
        "calibration": calibration.to_dict(),
    }


def describe_run(config: TrainConfig, data: SplitData, model: FramingModel) -> dict[str, Any]:
    """What was trained on what, with which versions."""
    return {
        "name": config.name,
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
