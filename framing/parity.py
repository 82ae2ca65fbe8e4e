"""Holds an engine's scores against those of torch in float32, over texts of our own that come with the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from framing.backends.loading import LoadedModel
from framing.corpora.base import Example
from framing.corpora.originals import read_originals
from framing.errors import ModelError
from framing.evaluation import sentence_items
from framing.metrics import precision_recall_f1
from framing.own_data import own_data
from framing.prediction import Calibrated, Prediction, predict_examples
from framing.splits import load_splits, select

SCORE_TOLERANCE: Final = 0.01
"""Mean absolute difference of sentence probabilities that a lower precision may bring."""
F1_TOLERANCE: Final = 0.005
"""Loss of sentence F1 of a label that it may bring."""
CALIBRATION_EVERY: Final = 6
"""One paragraph in so many tells how far a model's numbers reach."""


class LossyPrecision(ModelError):
    """An engine's scores differ too far from those of float32."""


@dataclass(frozen=True, slots=True)
class LabelParity:
    """Sentence F1 of one label at its fitted threshold, and by how much one sentence more or less moves it."""

    reference: float
    engine: float
    step: float
    positives: int

    @property
    def falls(self) -> bool:
        """Whether F1 falls by more than the tolerance, and by more than one sentence decided otherwise can bring about."""
        return self.reference - self.engine > max(F1_TOLERANCE, self.step) + 1e-9


@dataclass(frozen=True, slots=True)
class Parity:
    """How far an engine is from the reference: differences of sentence probabilities, and F1 where gold is known."""

    paragraphs: int
    sentences: int
    mean_difference: float
    largest_difference: float
    labels: dict[str, LabelParity]

    @property
    def faults(self) -> tuple[str, ...]:
        """What is out of tolerance, with its figures; empty when the engine may be used."""
        found = []
        if not self.mean_difference <= SCORE_TOLERANCE:
            found.append(f"scores differ by {self.mean_difference:.4f} on average (at most {SCORE_TOLERANCE} is allowed)")
        for name, label in self.labels.items():
            if label.falls:
                found.append(f"sentence F1 of {name} falls from {label.reference:.3f} to {label.engine:.3f}")
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """As stored beside the engine."""
        return asdict(self)


def parity_examples() -> list[Example]:
    """The dev part of our own articles, which engines are checked on. Raises ModelError where the texts are not there."""
    return _originals("dev")


def calibration_examples() -> list[Example]:
    """Some paragraphs of the part of our own articles that models are trained on. Raises ModelError where the texts are not there."""
    return _originals("train")[::CALIBRATION_EVERY]


def _originals(split: str) -> list[Example]:
    data = own_data()
    if not (data / "originals").is_dir():
        raise ModelError(f"the texts that engines are checked on are not in {data}; install framing again, or use: engine torch, float32")
    return select(list(read_originals(data / "originals")), load_splits(data / "splits" / "devices-originals.json"), split)


def measure_parity(reference: LoadedModel, engine: LoadedModel, examples: Sequence[Example]) -> Parity:
    """Score the examples with both; labels are compared where the examples know them.

    Raises ValueError when the model has no label with sentences.
    """
    before, after = (_predict(model, examples) for model in (reference, engine))
    if not before or not before[0].labels:
        raise ValueError("nothing to compare: the model gives no label of sentences")
    differences = []
    for index, label in enumerate(before[0].labels):
        scale = reference.calibration.labels[label].sentence
        one, other = (scale.probability(np.concatenate([p.sentence_logits[:, index] for p in ps])) for ps in (before, after))
        # What is not a number must not pass for a small difference.
        differences.append(np.nan_to_num(np.abs(one - other), nan=1.0))
    together = np.concatenate(differences)
    return Parity(
        len(before),
        sum(len(p.bounds) for p in before),
        round(float(together.mean()), 6),
        round(float(together.max()), 6),
        _label_parities(reference, before, after),
    )


def _predict(model: LoadedModel, examples: Sequence[Example]) -> list[Prediction]:
    return predict_examples(model.tokenizer, model.predict, model.sharpness, examples, model.channels)


def _label_parities(reference: LoadedModel, before: Sequence[Prediction], after: Sequence[Prediction]) -> dict[str, LabelParity]:
    found = {}
    for index, label in enumerate(before[0].labels):
        if not any((p.gold_sentences[:, index] > 0).any() for p in before):
            continue
        one, other = (sentence_items([Calibrated(p, reference.calibration) for p in ps], index) for ps in (before, after))
        positives, flagged, hits = int(one.gold.sum()), int(one.flagged.sum()), int((one.flagged & one.gold).sum())
        f1 = 2 * hits / (flagged + positives)
        # The larger step is that of a hit which is lost.
        step = f1 - 2 * (hits - 1) / (flagged - 1 + positives) if hits else 0.0
        found[label] = LabelParity(round(f1, 6), round(precision_recall_f1(other.flagged, other.gold)[2], 6), round(step, 6), positives)
    return found
