"""Token logits of one paragraph to calibrated scores and findings. NumPy alone, so that every engine shares it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import compress
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from framing.encoding import EncodedParagraph
from framing.taxonomy import CHANNELS, DEVICE_NAMES, TARGET, VOICE

Array = NDArray[np.float32]

CANDIDATE_FLOOR: Final = 0.05
"""Sentence probability from which findings are calibrated, so that a threshold lowered as far as this still reads true."""
NEAR_PEAK: Final = 1.0
"""Where no token reaches the cut, tokens within this many logits of the strongest one are the finding."""


Sensitivity = Literal["quiet", "balanced", "thorough"]
"""How likely wording must be to be marked: fewer and surer marks, as fitted on dev, or more and less sure ones."""
SENSITIVITIES: Final[dict[Sensitivity, float]] = {"quiet": 1.0, "balanced": 0.0, "thorough": -1.0}
"""What each adds to the log odds of a sentence's threshold: a factor of e in the odds."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A fitted logistic scale, p = sigmoid((logit - bias) / temperature).

    Platt, «Probabilistic outputs for support vector machines», 1999; with bias 0 it is temperature scaling
    (Guo et al., «On calibration of modern neural networks», ICML 2017).
    """

    temperature: float = 1.0
    bias: float = 0.0

    def probability(self, logits: Any) -> Any:
        """Calibrated probabilities of raw logits, same shape."""
        return 1.0 / (1.0 + np.exp(-np.clip((np.asarray(logits, dtype=np.float64) - self.bias) / self.temperature, -40, 40)))


@dataclass(frozen=True, slots=True)
class LabelCalibration:
    """What was fitted for one label: scales per level, thresholds, and how wording is cut out.

    A sentence or paragraph counts from the probabilities `sentence_threshold` and `paragraph_threshold`. Tokens belong to a
    finding from the logit `token_cut`; gaps of at most `gap` words inside one are closed, and where a sentence has longer
    findings, those under `shortest` words are left out. A label that is no device may be cut out of sentences from another
    probability, `span_threshold`: nobody is shown a sentence for its sake.
    """

    sentence: Scale = Scale()
    paragraph: Scale = Scale()
    finding: Scale = Scale()
    sentence_threshold: float = 0.5
    paragraph_threshold: float = 0.5
    token_cut: float = 0.0
    gap: int = 1
    shortest: int = 1
    span_threshold: float | None = None

    @property
    def spans_from(self) -> float:
        """Calibrated probability of a sentence from which spans are cut out of it."""
        return self.sentence_threshold if self.span_threshold is None else self.span_threshold

    def threshold_at(self, sensitivity: Sensitivity) -> float:
        """Calibrated probability from which a sentence counts: the fitted threshold with its odds moved."""
        odds = self.sentence_threshold / (1.0 - self.sentence_threshold) if self.sentence_threshold < 1.0 else math.inf
        moved = odds * math.exp(SENSITIVITIES[sensitivity])
        return 1.0 if math.isinf(moved) else moved / (1.0 + moved)


@dataclass(frozen=True, slots=True)
class ArticleCalibration:
    """What was fitted for one label of whole articles."""

    scale: Scale = Scale()
    threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of a whole model: per label of its token layer, per article label, the voice, and the token logit of a target."""

    labels: Mapping[str, LabelCalibration] = field(default_factory=lambda: dict.fromkeys(DEVICE_NAMES, LabelCalibration()))
    voice: Scale = Scale()
    voice_threshold: float = 0.5
    target_cut: float = 0.0
    article_labels: Mapping[str, ArticleCalibration] = field(default_factory=dict)

    @property
    def devices(self) -> tuple[LabelCalibration, ...]:
        """Calibrations of the devices in the taxonomy's order; raises KeyError when the model has none."""
        return tuple(self.labels[name] for name in DEVICE_NAMES)

    def to_dict(self) -> dict[str, Any]:
        """As stored in the model's config.json."""
        return {
            "labels": {name: asdict(fitted) for name, fitted in self.labels.items()},
            "voice": asdict(self.voice),
            "voice_threshold": self.voice_threshold,
            "target_cut": self.target_cut,
            "article_labels": {name: asdict(fitted) for name, fitted in self.article_labels.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Calibration:
        """The inverse of `to_dict`; raises KeyError or TypeError when a part is missing."""
        labels = {}
        for name, parts in stored["labels"].items():
            labels[name] = LabelCalibration(**parts | {level: Scale(**parts[level]) for level in ("sentence", "paragraph", "finding")})
        articles = {
            name: ArticleCalibration(Scale(**parts["scale"]), parts["threshold"]) for name, parts in stored["article_labels"].items()
        }
        return cls(labels, Scale(**stored["voice"]), stored["voice_threshold"], stored["target_cut"], articles)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of tokens that may be a finding; `start` and `end` are characters of the paragraph, `logit` is its mean, uncalibrated."""

    start: int
    end: int
    device: int
    sentence: int
    logit: float
    voice_logit: float
    target: tuple[int, int] | None


def smooth_maximum(logits: Array, segment: NDArray[np.int32], count: int, sharpness: float) -> Array:
    """Log-mean-exp per segment: float32 (tokens, labels) and int32 (tokens,) to (count, labels); -30 where a segment is empty."""
    pooled = np.full((count, logits.shape[1]), -30.0, dtype=np.float32)
    for index in range(count):
        inside = logits[segment == index] * sharpness
        if len(inside):
            peak = inside.max(axis=0)
            pooled[index] = (peak + np.log(np.exp(inside - peak).mean(axis=0))) / sharpness
    return pooled


def candidates(
    logits: Array,
    encoded: EncodedParagraph,
    sentence_of_token: NDArray[np.int32],
    sentence_logits: Array,
    calibration: Calibration,
    minimum: Sequence[float],
) -> list[Candidate]:
    """Candidate findings of one paragraph, in reading order.

    A sentence whose calibrated probability of a device reaches `minimum[device]` yields the runs of tokens over the
    device's token cut, or, if none reaches it, the runs within `NEAR_PEAK` of its strongest token: so a sentence that counts always
    shows why, and one that does not shows nothing.
    """
    found = []
    for device, fitted in enumerate(calibration.devices):
        strength, by_sentence = logits[:, device], sentence_logits[:, device]
        for sentence, inside in marked_tokens(strength, encoded, sentence_of_token, by_sentence, fitted, minimum[device]):
            found.append(_candidate(logits, encoded, inside, device, sentence, calibration))
    return sorted(found, key=lambda c: (c.start, c.end, c.device))


def marked_tokens(
    strength: Array,
    encoded: EncodedParagraph,
    sentence_of_token: NDArray[np.int32],
    sentence_logits: Array,
    fitted: LabelCalibration,
    minimum: float,
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """(sentence, indices of its marked tokens) of each candidate of one device; `strength` are its logits, (tokens,)."""
    for sentence in np.flatnonzero(fitted.sentence.probability(sentence_logits) >= minimum).tolist():
        tokens = np.flatnonzero(sentence_of_token == sentence)
        if not len(tokens):
            continue
        inside = strength[tokens]
        peak = float(inside.max())
        cut = fitted.token_cut if peak >= fitted.token_cut else peak - NEAR_PEAK
        for first, last in _runs(inside >= cut, encoded, tokens, fitted.gap, fitted.shortest):
            yield sentence, tokens[first:last]


def _runs(
    over: NDArray[np.bool_], encoded: EncodedParagraph, tokens: NDArray[np.int64], gap: int = 1, shortest: int = 1
) -> list[tuple[int, int]]:
    """Runs of marked tokens, grown to whole words, gaps of at most `gap` words closed, runs under `shortest` words left out."""
    word_of_token: list[int] = encoded.words[tokens].tolist()
    runs: list[tuple[int, int]] = []
    # A word counts when any of its pieces does: half a word underlined helps nobody.
    for word in dict.fromkeys(compress(word_of_token, over.tolist())):
        start = runs.pop()[0] if runs and word - runs[-1][1] <= gap else word
        runs.append((start, word + 1))
    # The longest stays whatever its length: a sentence that counts has to show why.
    longest = max((end - start for start, end in runs), default=0)
    kept = [(start, end) for start, end in runs if end - start >= min(shortest, longest)]
    return [(bisect_left(word_of_token, start), bisect_left(word_of_token, end)) for start, end in kept]


def _candidate(
    logits: Array,
    encoded: EncodedParagraph,
    inside: NDArray[np.int64],
    device: int,
    sentence: int,
    calibration: Calibration,
) -> Candidate:
    start, end = int(encoded.starts[inside[0]]), int(encoded.ends[inside[-1]])
    voice = float(logits[inside, CHANNELS.index(VOICE)].mean())
    target = blamed_target(logits, encoded, inside, calibration.target_cut) if DEVICE_NAMES[device] == "blame_attribution" else None
    return Candidate(start, end, device, sentence, float(logits[inside, device].mean()), voice, target)


def blamed_target(
    logits: Array, encoded: EncodedParagraph, inside: NDArray[np.int64], cut: float
) -> tuple[int, int] | None:
    """The strongest run of target tokens among the tokens `inside` a blame span, as characters; None when only implied."""
    strength = logits[inside, CHANNELS.index(TARGET)]
    runs = _runs(strength >= cut, encoded, inside)
    if not runs:
        return None
    first, last = max(runs, key=lambda run: float(strength[run[0] : run[1]].max()))
    return int(encoded.starts[inside[first]]), int(encoded.ends[inside[last - 1]])
