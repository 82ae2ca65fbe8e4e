"""Matthews correlation of one label as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import datasets
import evaluate

from framing import metrics
from framing.measures import base

DESCRIPTION: Final = """Correlation of predicted and gold 0/1 values of one label. Unlike F1 it counts the true negatives, and
guessing at any rate gives 0 on average.
"""
CITATION: Final = """The correlation coefficient of two classes, proposed for predictions of secondary structure.
@article{matthews-1975-comparison,
  title = {Comparison of the predicted and observed secondary structure of {T4} phage lysozyme},
  author = {Matthews, B. W.},
  journal = {Biochimica et Biophysica Acta (BBA) - Protein Structure},
  volume = {405},
  number = {2},
  pages = {442--451},
  year = {1975}
}
"""
INPUTS: Final = f"""
Args:
    predictions: 0 or 1 per item.
    {base.UNKNOWN_RULE}
Returns:
    matthews: from -1 to 1; 0 where predictions or known references are all the same.
Example:
    >>> measure("matthews").compute(predictions=[1, 1, 0, 0, 0, 0], references=[1, 0, 1, 0, 0, 0])
    {{'matthews': 0.25}}
"""


class Matthews(base.Measure):
    """Matthews correlation of one label."""

    def _info(self) -> evaluate.MetricInfo:
        return base.described(DESCRIPTION, CITATION, INPUTS, datasets.Value("float64"))

    def _compute(self, predictions: Sequence[float], references: Sequence[float]) -> dict[str, float]:
        gold, known = base.partial_gold(references)
        return {"matthews": metrics.matthews(base.binary(predictions, "predictions")[known], gold[known])}
