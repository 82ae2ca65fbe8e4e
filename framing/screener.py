"""Text in, Screening out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from framing.backends.choice import AUTO
from framing.backends.loading import LoadedModel, shipped_model
from framing.batching import WINDOW, in_windows, one_ahead
from framing.decoding import CANDIDATE_FLOOR, SENSITIVITIES, Candidate, LabelCalibration, Sensitivity, candidates, smooth_maximum
from framing.encoding import EncodedParagraph, encode_paragraphs, sentence_of_token
from framing.engines import load_engine
from framing.errors import InputError, ModelError
from framing.screening import Finding, Scores, ScreenedParagraph, ScreenedSentence, Screening
from framing.taxonomy import CHANNELS, DEVICE_NAMES, VOICES
from framing.text import Document, Paragraph

NEVER: Final = 2.0
DECIMALS: Final = 4


_Scored = tuple[str, EncodedParagraph, np.ndarray]


@dataclass(frozen=True, slots=True)
class _Settings:
    """What becomes a finding."""

    devices: frozenset[str]
    only: str | None
    min_score: float | None
    sensitivity: Sensitivity

    def minimum(self, device: str, fitted: LabelCalibration) -> float:
        """Calibrated probability from which a sentence is searched for findings of the device."""
        if device not in self.devices:
            return NEVER
        return fitted.threshold_at(self.sensitivity) if self.min_score is None else CANDIDATE_FLOOR

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding is reported."""
        return (self.only is None or finding.voice == self.only) and finding.score >= (self.min_score or 0.0)


class Screener:
    """A loaded model that marks framing devices; thread-safe for reading, since nothing in it changes."""

    def __init__(self, model: LoadedModel) -> None:
        """Wrap a loaded model; `Screener.load` is the usual door."""
        self._model = model

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        device: str = "cpu",
        engine: str = AUTO,
        precision: str = AUTO,
        threads: int | None = None,
    ) -> Screener:
        """Load the shipped model, or the one in the folder `model`.

        Args:
            model: its folder.
            device: of torch: 'cpu', 'cuda' or 'mps'.
            engine: 'torch' or 'openvino'; 'auto' takes the fastest that is installed. It is built and checked at first use, then kept
                in the cache folder.
            precision: 'float32', 'bfloat16' or 'int8'; 'auto' takes the fastest that the processor has and that keeps the scores.
            threads: to compute with; all cores without it.

        Raises:
            ModelError: the folder is missing, incomplete, damaged, made for another taxonomy, or holds a model without the devices; or
                the precision that was named moves the scores too far.
            ConfigError: an engine or precision that is unknown, or not for this device or processor.
            MissingExtra: the engine that was named is not installed.
        """
        folder = Path(model) if model is not None else shipped_model()
        loaded = load_engine(folder, device, engine, precision, threads)
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

    @property
    def engine(self) -> str:
        """Engine and precision that the model runs on: 'openvino int8'."""
        return str(self._model.engine)

    def screen(
        self,
        text: str | Document,
        *,
        devices: Iterable[str] = DEVICE_NAMES,
        only: Literal["own", "reported"] | None = None,
        min_score: float | None = None,
        sensitivity: Sensitivity = "balanced",
    ) -> Screening:
        """Screen one article.

        Args:
            text: the article; a string is split into paragraphs and sentences, a Document comes with its own.
            devices: names of the devices to report findings of. Scores are given for all.
            only: 'own' or 'reported' keeps the findings in that voice.
            min_score: probability from which wording becomes a finding. Without it the thresholds fitted on dev decide.
            sensitivity: 'quiet' or 'thorough' moves those thresholds by a factor of e in the odds, for fewer or more findings.

        Raises:
            InputError: a device, voice, minimum score or sensitivity that cannot be.
        """
        return self.screen_many([text], devices=devices, only=only, min_score=min_score, sensitivity=sensitivity)[0]

    def screen_levels(self, text: str | Document) -> dict[Sensitivity, Screening]:
        """The article read once and decoded at each sensitivity, so that changing it costs no second reading."""
        document = text if isinstance(text, Document) else Document.from_text(text, "text")
        scored = list(self._score([document]))
        return {level: self._decode(document, iter(scored), check_settings(DEVICE_NAMES, None, None, level)) for level in SENSITIVITIES}

    def screen_many(
        self,
        texts: Sequence[str | Document],
        *,
        devices: Iterable[str] = DEVICE_NAMES,
        only: Literal["own", "reported"] | None = None,
        min_score: float | None = None,
        sensitivity: Sensitivity = "balanced",
    ) -> list[Screening]:
        """Screen articles in shared batches, results in order; arguments as in `screen`."""
        settings = check_settings(devices, only, min_score, sensitivity)
        documents = [text if isinstance(text, Document) else Document.from_text(text, "text") for text in texts]
        scored = self._score(documents)
        return [self._decode(document, scored, settings) for document in documents]

    def stream(
        self,
        texts: Iterable[str | Document],
        *,
        devices: Iterable[str] = DEVICE_NAMES,
        only: Literal["own", "reported"] | None = None,
        min_score: float | None = None,
        sensitivity: Sensitivity = "balanced",
        window: int = WINDOW,
    ) -> Iterator[Screening]:
        """Screen any number of articles in flat memory, results in order; arguments as in `screen`.

        At most two windows of `window` articles are pulled ahead of the results taken, in the caller's thread; long articles close a
        window earlier. Batches are formed within a window; the next one is split and tokenised in a thread meanwhile.
        """
        settings = check_settings(devices, only, min_score, sensitivity)
        if window < 1:
            raise InputError(f"window of {window} articles; expected 1 or more")
        return self._stream(in_windows(texts, window), settings)

    def _stream(self, windows: Iterable[list[str | Document]], settings: _Settings) -> Iterator[Screening]:
        for documents, pieces, encoded in one_ahead(self._prepare, windows):
            scored = iter(zip(pieces, encoded, self._model.predict(encoded), strict=True))
            for document in documents:
                yield self._decode(document, scored, settings)

    def _prepare(self, texts: Sequence[str | Document]) -> tuple[list[Document], list[str], list[EncodedParagraph]]:
        """The documents, and the text and the encoding of each paragraph of all of them, in order."""
        documents = [text if isinstance(text, Document) else Document.from_text(text, "text") for text in texts]
        pieces = [document.text[p.start : p.end] for document in documents for p in document.paragraphs]
        return documents, pieces, encode_paragraphs(self._model.tokenizer, pieces)

    def _score(self, documents: Sequence[Document]) -> Iterator[_Scored]:
        """Text, encoding and logits of each paragraph of all documents, in order."""
        _, pieces, encoded = self._prepare(documents)
        return iter(zip(pieces, encoded, self._model.predict(encoded), strict=True))

    def _decode(self, document: Document, scored: Iterator[_Scored], settings: _Settings) -> Screening:
        paragraphs = tuple(self._paragraph(paragraph, *next(scored), settings) for paragraph in document.paragraphs)
        return Screening(document.source, self._model.name, document.text, paragraphs, document.extracted)

    def _paragraph(
        self, paragraph: Paragraph, text: str, encoded: EncodedParagraph, logits: np.ndarray, settings: _Settings
    ) -> ScreenedParagraph:
        fitted = self._model.calibration.devices
        bounds = [(s.start - paragraph.start, s.end - paragraph.start) for s in paragraph.sentences]
        in_sentence = sentence_of_token(encoded, bounds)
        device_logits = logits[:, : len(DEVICE_NAMES)]
        by_sentence = smooth_maximum(device_logits, in_sentence, len(bounds), self._model.sharpness)
        whole = smooth_maximum(device_logits, np.zeros_like(in_sentence), 1, self._model.sharpness)[0]
        minimum = [settings.minimum(name, f) for name, f in zip(DEVICE_NAMES, fitted, strict=True)]
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
            tuple(f for f in findings if settings.keeps(f)),
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


def check_settings(devices: Iterable[str], only: str | None, min_score: float | None, sensitivity: str) -> _Settings:
    """What is asked of a screening; raises InputError for a device, voice, probability or sensitivity that there is not."""
    chosen = frozenset(devices)
    unknown = sorted(chosen - set(DEVICE_NAMES))
    if unknown:
        raise InputError(f"device '{unknown[0]}' is unknown; expected some of {', '.join(DEVICE_NAMES)}")
    if only is not None and only not in VOICES:
        raise InputError(f"voice '{only}' is unknown; expected 'own' or 'reported'")
    if min_score is not None and not 0.0 <= min_score <= 1.0:
        raise InputError(f"minimum score {min_score} is not a probability; expected a number from 0 to 1")
    if sensitivity not in SENSITIVITIES:
        raise InputError(f"sensitivity '{sensitivity}' is unknown; expected one of {', '.join(SENSITIVITIES)}")
    if min_score is not None and sensitivity != "balanced":
        raise InputError(f"found minimum score {min_score} and sensitivity '{sensitivity}', which both set the threshold; give one of them")
    return _Settings(chosen, only, min_score, sensitivity)


def _rounded(probabilities: Sequence[float]) -> Scores:
    return {name: round(float(p), DECIMALS) for name, p in zip(DEVICE_NAMES, probabilities, strict=True)}
