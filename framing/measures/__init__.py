"""Figures of merit as modules of Hugging Face's `evaluate`, usable without a network.

`measure("brier").compute(predictions=..., references=...)` needs nothing outside the process. `evaluate.load` takes the path of a
module of this package as well, but copies the file into its own cache (`HF_MODULES_CACHE`).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from framing.errors import MissingExtra

if TYPE_CHECKING:
    from framing.measures.base import Measure

MEASURES: Final[dict[str, str]] = {
    "average_precision": "AveragePrecision",
    "brier": "Brier",
    "calibration_error": "CalibrationError",
    "matthews": "Matthews",
    "multilabel_f1": "MultilabelF1",
    "span_identification": "SpanIdentification",
    "technique_classification": "TechniqueClassification",
    "voice_accuracy": "VoiceAccuracy",
}
"""Class of each measure, in the module `framing.measures.NAME`."""


def measure(name: str, **settings: Any) -> Measure:
    """A fresh measure; `settings` are those of `evaluate.Metric` (`cache_dir`, `num_process`, ...).

    Raises ValueError for an unknown name and MissingExtra where the package `evaluate` is not installed.
    """
    if name not in MEASURES:
        raise ValueError(f"measure '{name}' is unknown, expected one of {', '.join(MEASURES)}")
    try:
        module = importlib.import_module(f"framing.measures.{name}")
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "evaluate", "train", f"The measure '{name}'") from error
    created: Measure = getattr(module, MEASURES[name])(**settings)
    return created
