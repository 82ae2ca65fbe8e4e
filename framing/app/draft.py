"""A visitor's draft on the page: scored once, then steered, cleared and restored without scoring again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple

from framing.decoding import Sensitivity
from framing.errors import InputError
from framing.house import HouseList
from framing.screening import Finding, Screening
from framing.taxonomy import DEVICE_NAMES

REASONS: Final[Mapping[str, str]] = {
    "plain": "It is the plain name of the thing",
    "evidence": "The piece gives the evidence",
    "quote": "The quotation has to stay as it is",
    "opinion": "It is marked as opinion",
    "mistaken": "The mark is mistaken",
}
"""Why an editor clears a mark: what is stored, and what the page says."""


class Key(NamedTuple):
    """A finding of a draft, the same at every sensitivity: start, end (code points of the text) and device."""

    start: int
    end: int
    device: str

    @classmethod
    def of(cls, finding: Finding) -> Key:
        """The key of a finding."""
        return cls(finding.start, finding.end, finding.device)

    @classmethod
    def parse(cls, written: str) -> Key:
        """A key as the page sends it, «12-34-loaded_label»; raises InputError for anything else."""
        parts = written.split("-")
        if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()) or parts[2] not in DEVICE_NAMES:
            raise InputError(f"'{written[:40]}' names no mark; reload the page and screen the draft again")
        return cls(int(parts[0]), int(parts[1]), parts[2])

    def __str__(self) -> str:
        return f"{self.start}-{self.end}-{self.device}"


@dataclass(frozen=True, slots=True)
class Steering:
    """What a visitor wants to see."""

    devices: frozenset[str] = frozenset(DEVICE_NAMES)
    own_only: bool = False
    sensitivity: Sensitivity = "balanced"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a draft that can be undone: a mark dismissed for a reason, or a wording put on the house list."""

    kind: Literal["dismissed", "ignored"]
    key: Key
    wording: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as scored, one screening for each sensitivity; what was done to it, oldest step first; verdicts given on its marks."""

    levels: Mapping[Sensitivity, Screening]
    steps: tuple[Step, ...] = ()
    verdicts: Mapping[Key, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Where the draft came from, as in its screenings."""
        return self.levels["balanced"].source

    @property
    def dismissed(self) -> tuple[Step, ...]:
        """The marks that were dismissed."""
        return tuple(step for step in self.steps if step.kind == "dismissed")

    def visible(self, steering: Steering, house: HouseList) -> Screening:
        """What is left to look at."""
        cleared = {step.key for step in self.dismissed}

        def keep(finding: Finding) -> bool:
            return (
                finding.device in steering.devices
                and not (steering.own_only and finding.voice != "own")
                and Key.of(finding) not in cleared
                and not house.ignores(finding)
            )

        return self.levels[steering.sensitivity].filtered(keep)

    def finding(self, key: Key) -> Finding:
        """The finding of that key at any sensitivity; raises InputError when there is none."""
        for screening in reversed(list(self.levels.values())):
            for finding in screening.findings:
                if Key.of(finding) == key:
                    return finding
        raise InputError("that mark is not in this draft; screen the draft again")

    def after(self, step: Step) -> Draft:
        """The draft after one more step."""
        return replace(self, steps=(*self.steps, step))

    def judged(self, key: Key, verdict: str) -> Draft:
        """The draft with a verdict on one of its marks, the latest replacing earlier ones."""
        return replace(self, verdicts={**self.verdicts, key: verdict})

    def undone(self) -> tuple[Draft, Step | None]:
        """The draft before its last step, and that step (None when there was none)."""
        return (replace(self, steps=self.steps[:-1]), self.steps[-1]) if self.steps else (self, None)
