"""Technique classification of SemEval-2020 task 11 as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import datasets
import evaluate

from framing import metrics
from framing.measures import base

DESCRIPTION: Final = """Micro-averaged F1 of the technique given to each known span. A span that is gold with several techniques stands
there once for each, in the predictions too; its predictions and its gold are paired so that as many as possible agree.
"""
CITATION: Final = f"""The measure of the shared task's second subtask.
{base.SEMEVAL_2020}"""
INPUTS: Final = """
Args:
    predictions: a list of spans per document, each {"start", "end", "technique"}; the spans are those of the gold.
    references: the gold spans, in the same form and order of documents.
Returns:
    micro_f1: from 0 to 1, the share of spans that got their technique.
    per_technique: F1 of each technique that is predicted or gold, by name.
Example:
    >>> span = {"start": 0, "end": 9}
    >>> measure("technique_classification").compute(
    ...     predictions=[[span | {"technique": "doubt"}]], references=[[span | {"technique": "slogans"}]])
    {'micro_f1': 0.0, 'per_technique': {'doubt': 0.0, 'slogans': 0.0}}
"""
Documents = Sequence[Sequence[dict[str, Any]]]


class TechniqueClassification(base.Measure):
    """Micro-averaged F1 of techniques of known spans."""

    def _info(self) -> evaluate.MetricInfo:
        documents = datasets.List(
            {"start": datasets.Value("int64"), "end": datasets.Value("int64"), "technique": datasets.Value("string")}
        )
        return base.described(DESCRIPTION, CITATION, INPUTS, documents)

    def _compute(self, predictions: Documents, references: Documents) -> dict[str, Any]:
        figures = metrics.technique_classification(_triples(predictions), _triples(references))
        return {"micro_f1": figures.micro, "per_technique": dict(figures.per_technique)}


def _triples(documents: Documents) -> list[list[tuple[int, int, str]]]:
    return [[(span["start"], span["end"], span["technique"]) for span in document] for document in documents]
