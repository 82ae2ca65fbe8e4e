"""What screening an article gives: frozen results, and the JSON form that other programs read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Final, Literal

from framing.taxonomy import DEVICE_NAMES

SCHEMA_VERSION: Final = 1
"""Counts up when a field of the JSON form changes its meaning or goes; new fields leave it as it is."""
STRONGEST: Final = 3
"""How many paragraphs the summary names."""

Voice = Literal["own", "reported"]
Scores = dict[str, float]
"""Calibrated probability of each device, keys in the taxonomy's order."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Wording that an editor would want to look at. Offsets count code points of `Screening.text`.

    `score` is the calibrated probability that a reader under the codebook marks wording here with this device;
    `voice_score` is the probability of the stated voice; `target` is the blamed actor (blame alone, None when implied).
    """

    start: int
    end: int
    text: str
    device: str
    score: float
    voice: Voice
    voice_score: float
    target: tuple[int, int] | None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self) | {"target": list(self.target) if self.target else None}


@dataclass(frozen=True, slots=True)
class ScreenedSentence:
    """A sentence and its probability of each device."""

    start: int
    end: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class ScreenedParagraph:
    """A paragraph, its probability of each device, its sentences, and its findings in reading order."""

    start: int
    end: int
    scores: Scores
    sentences: tuple[ScreenedSentence, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class DeviceSummary:
    """Findings of one device in an article."""

    findings: int
    own: int
    reported: int
    per_1000_words: float


@dataclass(frozen=True, slots=True)
class Summary:
    """An article at a glance. `strongest_paragraphs` are indices, those with the surest findings first."""

    words: int
    sentences: int
    findings: int
    devices: dict[str, DeviceSummary]
    strongest_paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text under one set of findings; all segments of a screening, in order, rejoin to its text."""

    start: int
    end: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Screening:
    """A screened article. `text` is the document's text as read, `extracted` as the document has it; `model` names the weights."""

    source: str
    model: str
    text: str
    paragraphs: tuple[ScreenedParagraph, ...]
    extracted: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in reading order."""
        return tuple(finding for paragraph in self.paragraphs for finding in paragraph.findings)

    @property
    def text_sha256(self) -> str:
        """Hexadecimal SHA-256 of the text in UTF-8 (lone surrogates, which UTF-8 cannot hold, as WTF-8 writes them)."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def summary(self) -> Summary:
        """Counts and rates of the article."""
        words = sum(len(self.text[p.start : p.end].split()) for p in self.paragraphs)
        findings = self.findings
        flagged = [index for index, paragraph in enumerate(self.paragraphs) if paragraph.findings]
        flagged.sort(key=lambda index: -max(finding.score for finding in self.paragraphs[index].findings))
        return Summary(
            words,
            sum(len(paragraph.sentences) for paragraph in self.paragraphs),
            len(findings),
            {name: _summarise([f for f in findings if f.device == name], words) for name in DEVICE_NAMES},
            tuple(flagged[:STRONGEST]),
        )

    def filtered(self, keep: Callable[[Finding], bool]) -> Screening:
        """The same article with those findings alone that `keep` says yes to; text and scores stay as they are."""
        paragraphs = (replace(paragraph, findings=tuple(filter(keep, paragraph.findings))) for paragraph in self.paragraphs)
        return replace(self, paragraphs=tuple(paragraphs))

    def segments(self) -> Iterator[Segment]:
        """The whole text, cut wherever a finding begins or ends."""
        starts: dict[int, list[Finding]] = {}
        ends: dict[int, list[Finding]] = {}
        for finding in self.findings:
            starts.setdefault(finding.start, []).append(finding)
            ends.setdefault(finding.end, []).append(finding)
        cuts = sorted({0, len(self.text), *starts, *ends})
        active: list[Finding] = []
        for start, end in pairwise(cuts):
            finished = ends.get(start, [])
            active = [finding for finding in active if finding not in finished] + starts.get(start, [])
            yield Segment(start, end, tuple(active))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; `framing/reports/screening.schema.json` describes it."""
        summary = self.summary
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.source,
            "model": self.model,
            "text_sha256": self.text_sha256,
            "paragraphs": [
                {
                    "start": paragraph.start,
                    "end": paragraph.end,
                    "scores": paragraph.scores,
                    "sentences": [{"start": s.start, "end": s.end, "scores": s.scores} for s in paragraph.sentences],
                    "findings": [finding.to_dict() for finding in paragraph.findings],
                }
                for paragraph in self.paragraphs
            ],
            "summary": {
                "words": summary.words,
                "sentences": summary.sentences,
                "findings": summary.findings,
                "devices": {
                    name: {"findings": d.findings, "own": d.own, "reported": d.reported, "per_1000_words": d.per_1000_words}
                    for name, d in summary.devices.items()
                },
                "strongest_paragraphs": list(summary.strongest_paragraphs),
            },
        }


def _summarise(findings: Sequence[Finding], words: int) -> DeviceSummary:
    own = sum(finding.voice == "own" for finding in findings)
    rate = round(1000 * len(findings) / words, 2) if words else 0.0
    return DeviceSummary(len(findings), own, len(findings) - own, rate)
