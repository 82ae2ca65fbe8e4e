"""Accuracy of the voice as an `evaluate` module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import datasets
import evaluate
import numpy as np

from framing.measures import base
from framing.taxonomy import VOICES

UNKNOWN: Final = "unknown"
DESCRIPTION: Final = """Share of marks whose voice is right: does the outlet say it itself, or does it report someone saying it?
Beside it stands what always naming the commoner voice would reach.
"""
CITATION: Final = """The voice of a mark is defined by this project's codebook; the figure is plain accuracy.
@misc{framing,
  title = {framing: marks wording in news text that frames rather than informs}
}
"""
INPUTS: Final = """
Args:
    predictions: 'own' or 'reported' per mark.
    references: 'own', 'reported' or 'unknown' per mark; unknown ones count nowhere.
Returns:
    accuracy: from 0 to 1; nan when no voice is known.
    majority: share of the commoner voice among the known references; nan likewise.
    support: number of known references.
Example:
    >>> measure("voice_accuracy").compute(predictions=["own", "own"], references=["own", "reported"])
    {'accuracy': 0.5, 'majority': 0.5, 'support': 2}
"""


class VoiceAccuracy(base.Measure):
    """Share of marks whose voice is right."""

    def _info(self) -> evaluate.MetricInfo:
        return base.described(DESCRIPTION, CITATION, INPUTS, datasets.Value("string"))

    def _compute(self, predictions: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
        _check(predictions, "predictions", VOICES)
        _check(references, "references", (*VOICES, UNKNOWN))
        pairs = [(predicted, gold) for predicted, gold in zip(predictions, references, strict=True) if gold != UNKNOWN]
        if not pairs:
            return {"accuracy": float("nan"), "majority": float("nan"), "support": 0}
        own = float(np.mean([gold == VOICES[0] for _, gold in pairs]))
        accuracy = float(np.mean([predicted == gold for predicted, gold in pairs]))
        return {"accuracy": accuracy, "majority": max(own, 1 - own), "support": len(pairs)}


def _check(voices: Sequence[str], side: str, expected: Sequence[str]) -> None:
    for number, voice in enumerate(voices):
        if voice not in expected:
            raise ValueError(f"{side}, item {number}: found voice '{voice}', expected one of {', '.join(expected)}")
