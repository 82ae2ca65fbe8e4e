"""A visitor's draft on the page: scored once, then steered, cleared and restored without scoring again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final, Literal, NamedTuple

from framing.changes import compare_screenings
from framing.decoding import Sensitivity
from framing.errors import InputError
from framing.feedback import Verdict
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
MISTAKEN: Final = "mistaken"
"""The one of these reasons that says of the mark what «wrong» says."""
_THOROUGH: Final[Sensitivity] = "thorough"
"""Has every mark that any sensitivity has."""


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

    @property
    def whole(self) -> Steering:
        """The same with all devices and both voices."""
        return Steering(sensitivity=self.sensitivity)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a draft, or on its page to the house list, that can be undone.

    A mark was dismissed for a reason, judged right or wrong, or wording without one noted as missed; a wording was put on the house list
    («ignored») or taken off it («unlisted»). `verdict` is what was recorded with it. `device` None stands for a term of all devices.
    """

    kind: Literal["dismissed", "judged", "missed", "ignored", "unlisted"]
    wording: str
    device: str | None
    key: Key | None = None
    reason: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as scored, one screening for each sensitivity, and what was done to it, oldest step first."""

    levels: Mapping[Sensitivity, Screening]
    steps: tuple[Step, ...] = ()

    @property
    def source(self) -> str:
        """Where the draft came from, as in its screenings."""
        return self.levels["balanced"].source

    @property
    def text(self) -> str:
        """The draft itself."""
        return self.levels["balanced"].text

    @property
    def dismissed(self) -> tuple[Step, ...]:
        """The marks that were dismissed."""
        return tuple(step for step in self.steps if step.kind == "dismissed")

    @property
    def verdicts(self) -> Mapping[Key, str]:
        """The verdict that stands on each mark that has one, and on what was missed."""
        return {step.key: step.verdict.verdict for step in self.steps if step.key and step.verdict}

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

    def hidden(self, steering: Steering, house: HouseList) -> int:
        """How many findings there would be besides, were it not for the house list."""
        return len(self.visible(steering, HouseList()).findings) - len(self.visible(steering, house).findings)

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

    def without(self, *steps: Step) -> Draft:
        """The draft as though those of its steps had not been taken."""
        return replace(self, steps=tuple(step for step in self.steps if not any(step is gone for gone in steps)))

    def carrying(self, earlier: Draft) -> tuple[Draft, int]:
        """The draft with the steps of an earlier version whose wording still stands, and how many marks dismissed there are gone."""
        kept = compare_screenings(earlier.levels[_THOROUGH], self.levels[_THOROUGH]).kept
        # The box gives back other line ends than a file had, and lines may be broken elsewhere: that is no other wording.
        still = {Key.of(before): after for before, after in kept if before.text.split() == after.text.split()}
        steps, gone = [], 0
        for step in earlier.steps:
            if step.kind in ("ignored", "unlisted"):
                steps.append(step)
            elif step.kind == "missed" and step.verdict is not None:
                # No finding stands for it: it goes with its paragraph.
                at = self.text.find(step.verdict.text)
                if at >= 0:
                    steps.append(replace(step, key=Key(at + step.verdict.start, at + step.verdict.end, step.verdict.device)))
            elif step.key in still:
                steps.append(replace(step, key=Key.of(still[step.key])))
            else:
                gone += step.kind == "dismissed"
        return replace(self, steps=tuple(steps)), gone


class Desk:
    """Holds a visitor's draft; what is done to it at one time is done one after the other, under `lock`.

    Gradio reads a state before it calls a function and writes it afterwards: of two calls at once, one would undo the other. `edited` says
    whether the next draft is the next version of this one.
    """

    def __init__(self, draft: Draft) -> None:
        """Lay a draft on a desk of its own."""
        self.draft = draft
        self.edited = False
        self.lock = Lock()


def short(wording: str, longest: int = 60) -> str:
    """`wording` in one line that is not too long to be read at a glance."""
    words = " ".join(wording.split())
    return words if len(words) <= longest else f"{words[:longest].rsplit(' ', 1)[0]} …"
