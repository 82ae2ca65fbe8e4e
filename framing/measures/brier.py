"""Brier score of one label as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import datasets
import evaluate

from framing import metrics
from framing.measures import base

DESCRIPTION: Final = """Mean squared distance of the stated probabilities of one label from what came true. It rewards both calibration and
telling items apart; lower is better.
"""
CITATION: Final = """The form for two classes; the paper counts both classes, which gives twice this figure.
@article{brier-1950-verification,
  title = {Verification of forecasts expressed in terms of probability},
  author = {Brier, Glenn W.},
  journal = {Monthly Weather Review},
  volume = {78},
  number = {1},
  pages = {1--3},
  year = {1950}
}
"""
INPUTS: Final = f"""
Args:
    predictions: a probability per item, from 0 to 1.
    {base.UNKNOWN_RULE}
Returns:
    brier: from 0 (best) to 1; nan when no item is known.
Example:
    >>> measure("brier").compute(predictions=[0.5, 1.0], references=[1, 1])
    {{'brier': 0.125}}
"""


class Brier(base.Measure):
    """Brier score of one label."""

    def _info(self) -> evaluate.MetricInfo:
        return base.described(DESCRIPTION, CITATION, INPUTS, datasets.Value("float64"))

    def _compute(self, predictions: Sequence[float], references: Sequence[float]) -> dict[str, float]:
        gold, known = base.partial_gold(references)
        return {"brier": metrics.brier(base.probabilities(predictions)[known], gold[known])}
