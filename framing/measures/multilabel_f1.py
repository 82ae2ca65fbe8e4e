"""F1 over several labels as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import datasets
import evaluate

from framing import metrics
from framing.measures import base

DESCRIPTION: Final = """F1 of items that may have several labels, where an annotation may say nothing of a label. Cells that are unknown
count nowhere. Micro is the F1 of all cells together, macro the mean over the labels that have support.
"""
CITATION: Final = """F1 is the harmonic mean of precision and recall, after van Rijsbergen's effectiveness measure with equal weights.
@book{van-rijsbergen-1979-information,
  title = {Information Retrieval},
  author = {van Rijsbergen, C. J.},
  publisher = {Butterworths},
  edition = {2},
  year = {1979}
}
"""
INPUTS: Final = """
Args:
    predictions: 0 or 1 per label, a list per item.
    references: 1, 0 or -1 (unknown) per label, a list per item; such cells count nowhere.
Returns:
    micro, macro: from 0 to 1; macro is nan when no label has support.
    per_label: F1 of each label in the order of the columns, nan for a label without support.
    support: number of known positives of each label.
Example:
    >>> measure("multilabel_f1").compute(predictions=[[1, 0], [1, 1]], references=[[1, 0], [-1, 1]])
    {'micro': 1.0, 'macro': 1.0, 'per_label': [1.0, 1.0], 'support': [1, 1]}
"""


class MultilabelF1(base.Measure):
    """F1 per label, their mean and that of all cells."""

    def _info(self) -> evaluate.MetricInfo:
        return base.described(DESCRIPTION, CITATION, INPUTS, datasets.List(datasets.Value("float64")))

    def _compute(self, predictions: Sequence[Sequence[float]], references: Sequence[Sequence[float]]) -> dict[str, Any]:
        gold, known = base.partial_gold(base.table(references, "references"))
        predicted = base.binary(base.table(predictions, "predictions"), "predictions")
        figures = metrics.multilabel_f1(predicted, gold, known)
        return {
            "micro": figures.micro,
            "macro": figures.macro,
            "per_label": list(figures.per_label),
            "support": list(figures.support),
        }
