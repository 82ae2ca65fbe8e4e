"""What all measures share: they keep their rows in memory, and refuse values that would give a wrong figure.

The features of 0/1 values are declared float64, since an integer feature would cut a probability of 0.7 to 0 without a word.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any, Final

import datasets
import evaluate
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
UNKNOWN: Final = -1
UNKNOWN_RULE: Final = "references: 1 or 0 per item, -1 where the item is not annotated; such items count nowhere."

SEMEVAL_2020: Final = """@inproceedings{da-san-martino-etal-2020-semeval,
  title = {{SemEval}-2020 Task 11: Detection of Propaganda Techniques in News Articles},
  author = {Da San Martino, Giovanni and Barr{\\'o}n-Cede{\\~n}o, Alberto and Wachsmuth, Henning and Petrov, Rostislav and Nakov, Preslav},
  booktitle = {Proceedings of the Fourteenth Workshop on Semantic Evaluation},
  year = {2020}
}
"""


class Measure(evaluate.Metric):  # type: ignore[misc]
    """A metric that writes nothing to disk, unless it is given a `cache_dir` or more than one process, which need files."""

    def __init__(self, config_name: str | None = None, keep_in_memory: bool = False, cache_dir: str | None = None,
                 num_process: int = 1, **settings: Any) -> None:  # fmt: skip
        """Take the settings of `evaluate.Metric`; rows are kept in memory where nothing asks for files."""
        super().__init__(
            config_name=config_name,
            keep_in_memory=keep_in_memory or (cache_dir is None and num_process == 1),
            cache_dir=cache_dir,
            num_process=num_process,
            **settings,
        )

    def _build_data_dir(self) -> str:
        # The library makes its folder in the user's cache even when it keeps the rows in memory.
        return tempfile.gettempdir() if self.keep_in_memory else str(super()._build_data_dir())


def described(description: str, citation: str, inputs: str, feature: Any) -> evaluate.MetricInfo:
    """The card of a measure whose predictions and references are both columns of `feature`."""
    features = datasets.Features({"predictions": feature, "references": feature})
    return evaluate.MetricInfo(description=description, citation=citation, inputs_description=inputs, features=features)


def binary(values: Sequence[Any], side: str) -> Bools:
    """0 and 1 as bool, in the shape given; raises ValueError for anything else, naming `side` ('predictions')."""
    array = np.asarray(values, dtype=np.float64)
    _refuse(array, ~np.isin(array, (0, 1)), side, "0 or 1; cut scores and probabilities at a threshold first")
    positive: Bools = array == 1
    return positive


def partial_gold(references: Sequence[Any]) -> tuple[Bools, Bools]:
    """(is 1, is known) of references of 0, 1 and -1 (unknown), in the shape given; raises ValueError for anything else."""
    array = np.asarray(references, dtype=np.float64)
    _refuse(array, ~np.isin(array, (0, 1, UNKNOWN)), "references", "0, 1 or -1 (unknown)")
    return array == 1, array != UNKNOWN


def scores(predictions: Sequence[float]) -> Floats:
    """Scores as an array; raises ValueError for nan."""
    array = np.asarray(predictions, dtype=np.float64)
    _refuse(array, np.isnan(array), "predictions", "a number; leave out items that have no score")
    return array


def probabilities(predictions: Sequence[float]) -> Floats:
    """Probabilities as an array; raises ValueError for a value outside 0 to 1."""
    array = np.asarray(predictions, dtype=np.float64)
    _refuse(array, ~((array >= 0) & (array <= 1)), "predictions", "a probability from 0 to 1; put logits through a sigmoid first")
    return array


def spans(documents: Sequence[Sequence[Sequence[int]]], side: str) -> list[list[tuple[int, int]]]:
    """Spans as pairs, a list a document; raises ValueError where an end does not lie after its start."""
    for number, document in enumerate(documents):
        for start, end in document:
            if not 0 <= start < end:
                raise ValueError(f"{side}, document {number}: found span [{start}, {end}], expected 0 <= start < end (end exclusive)")
    return [[(start, end) for start, end in document] for document in documents]


def table(rows: Sequence[Sequence[float]], side: str) -> list[Sequence[float]]:
    """The rows, (items, labels); raises ValueError where one has another length than the first."""
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            expected = f"expected {len(rows[0])} as in item 0; give every item all labels"
            raise ValueError(f"{side}, item {number}: found {len(row)} labels, {expected}")
    return list(rows)


def _refuse(array: Floats, wrong: Bools, side: str, expected: str) -> None:
    if wrong.any():
        place = np.argwhere(wrong)[0]
        raise ValueError(f"{side}, item {place[0]}: found {array[tuple(place)]:g}, expected {expected}")
