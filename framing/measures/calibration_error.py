"""Expected calibration error of one label as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import datasets
import evaluate

from framing import metrics
from framing.measures import base

DESCRIPTION: Final = """How far the stated probabilities of one label are from the shares that came true: over bins of equal width, the gap
between mean probability and share of positives, weighted by the number of items.
"""
CITATION: Final = """The error over equal-width bins, applied to the probability of one label rather than to a class's confidence.
@inproceedings{naeini-etal-2015-obtaining,
  title = {Obtaining Well Calibrated Probabilities Using {Bayesian} Binning},
  author = {Naeini, Mahdi Pakdaman and Cooper, Gregory F. and Hauskrecht, Milos},
  booktitle = {Proceedings of the Twenty-Ninth {AAAI} Conference on Artificial Intelligence},
  year = {2015}
}
"""
INPUTS: Final = f"""
Args:
    predictions: a probability per item, from 0 to 1.
    {base.UNKNOWN_RULE}
    bins: number of bins of equal width, {metrics.ECE_BINS} unless said otherwise.
Returns:
    calibration_error: from 0 to 1; nan when no item is known.
Example:
    >>> measure("calibration_error").compute(predictions=[0.25, 0.25], references=[1, 0])
    {{'calibration_error': 0.25}}
"""


class CalibrationError(base.Measure):
    """Expected calibration error of one label."""

    def _info(self) -> evaluate.MetricInfo:
        return base.described(DESCRIPTION, CITATION, INPUTS, datasets.Value("float64"))

    def _compute(self, predictions: Sequence[float], references: Sequence[float], bins: int = metrics.ECE_BINS) -> dict[str, float]:
        if bins < 1:
            raise ValueError(f"found bins={bins}, expected at least 1")
        gold, known = base.partial_gold(references)
        return {"calibration_error": metrics.expected_calibration_error(base.probabilities(predictions)[known], gold[known], bins)}
