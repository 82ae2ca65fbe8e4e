"""Span identification of SemEval-2020 task 11 as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import datasets
import evaluate

from framing import metrics
from framing.measures import base

DESCRIPTION: Final = """Partial-overlap precision, recall and F1 of spans. Within a document, spans that overlap are first made one. A
predicted span then earns the share of its characters that are gold, a gold span the share of its characters that are found; precision
and recall are the means of these shares over all spans of all documents. The labels of spans play no part.
"""
CITATION: Final = f"""The measure of the shared task's first subtask, after the one for labelled fragments of its authors' EMNLP 2019 paper.
{base.SEMEVAL_2020}"""
INPUTS: Final = """
Args:
    predictions: a list of spans per document, each [start, end] in characters, end exclusive; an empty list where there are none.
    references: the gold spans, in the same form and order of documents.
Returns:
    precision, recall, f1: from 0 to 1; 0 where there is no span to share out.
Example:
    >>> measure("span_identification").compute(predictions=[[[0, 10]], []], references=[[[5, 10]], [[0, 4]]])
    {'precision': 0.5, 'recall': 0.5, 'f1': 0.5}
"""


class SpanIdentification(base.Measure):
    """Precision, recall and F1 of spans by shared characters."""

    def _info(self) -> evaluate.MetricInfo:
        documents = datasets.List(datasets.List(datasets.Value("int64"), length=2))
        return base.described(DESCRIPTION, CITATION, INPUTS, documents)

    def _compute(self, predictions: Sequence[Sequence[Sequence[int]]], references: Sequence[Sequence[Sequence[int]]]) -> dict[str, float]:
        figures = metrics.span_overlap(base.spans(predictions, "predictions"), base.spans(references, "references"))
        return dict(zip(("precision", "recall", "f1"), figures, strict=True))
