"""Average precision of one label as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import datasets
import evaluate

from framing import metrics
from framing.measures import base

DESCRIPTION: Final = """Area under the precision-recall curve of one label as a step function: the mean, over the positive items, of the
precision among all items scored at least as high. It needs no threshold.
"""
CITATION: Final = """The step-function estimate, which does not draw lines between points of the curve as the trapezoidal rule does.
@inproceedings{davis-goadrich-2006-relationship,
  title = {The Relationship Between Precision-Recall and {ROC} Curves},
  author = {Davis, Jesse and Goadrich, Mark},
  booktitle = {Proceedings of the 23rd International Conference on Machine Learning},
  year = {2006}
}
"""
INPUTS: Final = f"""
Args:
    predictions: a score per item, the higher the surer; any scale.
    {base.UNKNOWN_RULE}
Returns:
    average_precision: from 0 to 1; nan when no item is positive.
Example:
    >>> measure("average_precision").compute(predictions=[0.9, 0.8, 0.7], references=[1, 0, 1])
    {{'average_precision': 0.8333333333333333}}
"""


class AveragePrecision(base.Measure):
    """Average precision of one label."""

    def _info(self) -> evaluate.MetricInfo:
        return base.described(DESCRIPTION, CITATION, INPUTS, datasets.Value("float64"))

    def _compute(self, predictions: Sequence[float], references: Sequence[float]) -> dict[str, float]:
        gold, known = base.partial_gold(references)
        return {"average_precision": metrics.average_precision(base.scores(predictions)[known], gold[known])}
