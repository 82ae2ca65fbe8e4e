"""How the findings of a report came to be those: what its editor saw of the screening, what was cleared, what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from framing.decoding import Sensitivity
from framing.phrases import counted
from framing.reference import ReferenceRates
from framing.screening import Finding, Screening, Voice
from framing.taxonomy import DEVICE_NAMES, device


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A finding that an editor cleared, and why, in a sentence."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """What was shown of a screening.

    `shown` has the findings of `devices` in the voice `only` (both where it is None), which are the report's; `whole` has those of all
    devices in both voices. Neither has those that are `dismissed`, nor the `house_list` ones that a house list left out. `reference` is
    what the rates of `whole` stand beside.
    """

    shown: Screening
    whole: Screening
    sensitivity: Sensitivity
    devices: Sequence[str]
    only: Voice | None
    dismissed: Sequence[Dismissed]
    house_list: int
    reference: ReferenceRates

    @property
    def left_out(self) -> int:
        """Findings that choosing devices or a voice left out."""
        return len(self.whole.findings) - len(self.shown.findings)

    def sentences(self) -> Iterator[str]:
        """What was chosen and what was left out, in plain text."""
        yield f"Sensitivity: {self.sensitivity}."
        off = [device(name).title for name in DEVICE_NAMES if name not in self.devices]
        if off:
            yield f"Devices left out: {', '.join(off)}."
        if self.only is not None:
            yield {"own": "The outlet’s own voice only.", "reported": "Reported voice only."}[self.only]
        if off or self.only is not None:
            yield f"{_counted(self.left_out)} left out by this choice."
        else:
            yield "All devices, both voices."
        if self.dismissed:
            yield f"{_counted(len(self.dismissed))} dismissed."
        if self.house_list:
            yield f"{_counted(self.house_list)} left out by the house list."

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, in which the findings shown are not told again."""
        return {
            "sensitivity": self.sensitivity,
            "devices": [name for name in DEVICE_NAMES if name in self.devices],
            "only": self.only,
            "left_out": self.left_out,
            "left_out_by_house_list": self.house_list,
            "dismissed": [entry.finding.to_dict() | {"reason": entry.reason} for entry in self.dismissed],
        }


def _counted(findings: int) -> str:
    said = counted(findings, "finding", "findings")
    return said[0].upper() + said[1:]
