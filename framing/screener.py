"""Text in, Screening out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np

from framing.backends.loading import LoadedModel, load_model, shipped_model
from framing.decoding import CANDIDATE_FLOOR, Candidate, candidates, smooth_maximum
from framing.encoding import EncodedParagraph, encode_paragraphs, sentence_of_token
from framing.errors import InputError, ModelError
from framing.screening import Finding, Scores, ScreenedParagraph, ScreenedSentence, Screening
from framing.taxonomy import CHANNELS, DEVICE_NAMES, VOICES
from framing.text import Document, Paragraph

NEVER: Final = 2.0
DECIMALS: Final = 4


class Screener:
    """A loaded model that marks framing devices; thread-safe for reading, since nothing in it changes."""

    def __init__(self, model: LoadedModel) -> None:
        """Wrap a loaded model; `Screener.load` is the usual door."""
        self._model = model

    @classmethod
    def load(cls, model: str | Path | None = None, device: str = "cpu") -> Screener:
        """Load the shipped model, or the one in the folder `model`, onto a torch `device` ('cpu', 'cuda', 'mps').

        Raises:
            ModelError: the folder is missing, incomplete, damaged, made for another taxonomy, or holds a model without the devices.
        """
        folder = Path(model) if model is not None else shipped_model()
        loaded = load_model(folder, device)
        if loaded.channels[: len(CHANNELS)] != CHANNELS:
            raise ModelError(
                f"model folder '{folder}' gives {', '.join(loaded.channels[:3]) or 'article labels'}..., not the devices that are "
                f"screened for; measure it with: framing evaluate {folder}"
            )
        return cls(loaded)

    @property
    def model_name(self) -> str:
        """Name and revision of the weights, as they stand in every result."""
        return self._model.name

    def screen(
        self,
        text: str | Document,
        *,
        devices: Iterable[str] = DEVICE_NAMES,
        only: Literal["own", "reported"] | None = None,
        min_score: float | None = None,
    ) -> Screening:
        """Screen one article.

        Args:
            text: the article; a string is split into paragraphs and sentences, a Document comes with its own.
            devices: names of the devices to report findings of. Scores are given for all.
            only: 'own' or 'reported' keeps the findings in that voice.
            min_score: probability from which wording becomes a finding. Without it the thresholds fitted on dev decide.

        Raises:
            InputError: a device, voice or minimum score that cannot be.
        """
        return self.screen_many([text], devices=devices, only=only, min_score=min_score)[0]

    def screen_many(
        self,
        texts: Sequence[str | Document],
        *,
        devices: Iterable[str] = DEVICE_NAMES,
        only: Literal["own", "reported"] | None = None,
        min_score: float | None = None,
    ) -> list[Screening]:
        """Screen articles in shared batches, results in order; arguments as in `screen`."""
        chosen = _check(devices, only, min_score)
        documents = [text if isinstance(text, Document) else Document.from_text(text, "text") for text in texts]
        pieces = [document.text[p.start : p.end] for document in documents for p in document.paragraphs]
        encoded = encode_paragraphs(self._model.tokenizer, pieces)
        scored = iter(zip(pieces, encoded, self._model.predict(encoded), strict=True))
        return [
            Screening(
                document.source,
                self._model.name,
                document.text,
                tuple(self._paragraph(paragraph, *next(scored), chosen, only, min_score) for paragraph in document.paragraphs),
            )
            for document in documents
        ]

    def _paragraph(
        self,
        paragraph: Paragraph,
        text: str,
        encoded: EncodedParagraph,
        logits: np.ndarray,
        chosen: frozenset[str],
        only: str | None,
        min_score: float | None,
    ) -> ScreenedParagraph:
        fitted = self._model.calibration.devices
        bounds = [(s.start - paragraph.start, s.end - paragraph.start) for s in paragraph.sentences]
        in_sentence = sentence_of_token(encoded, bounds)
        device_logits = logits[:, : len(DEVICE_NAMES)]
        by_sentence = smooth_maximum(device_logits, in_sentence, len(bounds), self._model.sharpness)
        whole = smooth_maximum(device_logits, np.zeros_like(in_sentence), 1, self._model.sharpness)[0]
        minimum = [
            NEVER if name not in chosen else f.sentence_threshold if min_score is None else CANDIDATE_FLOOR
            for name, f in zip(DEVICE_NAMES, fitted, strict=True)
        ]
        found = candidates(logits, encoded, in_sentence, by_sentence, self._model.calibration, minimum)
        findings = [self._finding(candidate, text, paragraph.start) for candidate in found]
        return ScreenedParagraph(
            paragraph.start,
            paragraph.end,
            _rounded([f.paragraph.probability(whole[d]) for d, f in enumerate(fitted)]),
            tuple(
                ScreenedSentence(s.start, s.end, _rounded([f.sentence.probability(row[d]) for d, f in enumerate(fitted)]))
                for s, row in zip(paragraph.sentences, by_sentence, strict=True)
            ),
            tuple(f for f in findings if (only is None or f.voice == only) and f.score >= (min_score or 0.0)),
        )

    def _finding(self, candidate: Candidate, text: str, offset: int) -> Finding:
        calibration = self._model.calibration
        score = float(calibration.devices[candidate.device].finding.probability(candidate.logit))
        reported = float(calibration.voice.probability(candidate.voice_logit))
        voice = VOICES[reported >= calibration.voice_threshold]
        return Finding(
            offset + candidate.start,
            offset + candidate.end,
            text[candidate.start : candidate.end],
            DEVICE_NAMES[candidate.device],
            round(score, DECIMALS),
            "reported" if voice == "reported" else "own",
            round(reported if voice == "reported" else 1.0 - reported, DECIMALS),
            (offset + candidate.target[0], offset + candidate.target[1]) if candidate.target else None,
        )


def _check(devices: Iterable[str], only: str | None, min_score: float | None) -> frozenset[str]:
    chosen = frozenset(devices)
    unknown = sorted(chosen - set(DEVICE_NAMES))
    if unknown:
        raise InputError(f"device '{unknown[0]}' is unknown; expected some of {', '.join(DEVICE_NAMES)}")
    if only is not None and only not in VOICES:
        raise InputError(f"voice '{only}' is unknown; expected 'own' or 'reported'")
    if min_score is not None and not 0.0 <= min_score <= 1.0:
        raise InputError(f"minimum score {min_score} is not a probability; expected a number from 0 to 1")
    return chosen


def _rounded(probabilities: Sequence[float]) -> Scores:
    return {name: round(float(p), DECIMALS) for name, p in zip(DEVICE_NAMES, probabilities, strict=True)}
