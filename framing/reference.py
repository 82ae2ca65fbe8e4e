"""Reference rates: how often each device is marked in a known set of news copy, for reading an article's own rates against.

The figures are committed in `reference_rates.json`; `framing data rates` measures them again. No text of the set is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from framing.decoding import SENSITIVITIES, Sensitivity
from framing.errors import FramingError, nearest
from framing.taxonomy import DEVICE_NAMES

SHIPPED_RATES: Final = Path(__file__).with_name("reference_rates.json")
AGENCY: Final = "agency"


@dataclass(frozen=True, slots=True)
class Rate:
    """Findings per 1,000 words with their 95 % interval; `findings` is their number in the set.

    The interval is the wider, at each end, of that from resampling whole articles and that of an exact Poisson count: resampling alone
    would claim a rate of exactly 0 where none is found, and too much where few are.
    """

    findings: int
    per_1000: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DeviceRates:
    """Rates of one device, in the articles' own voice and in reported speech."""

    own: Rate
    reported: Rate


@dataclass(frozen=True, slots=True)
class ReferenceRates:
    """What a set of news copy holds, as `model` marks it.

    `name` is a noun phrase for sentences («agency copy»), `description` says what the set is and what it is not, `command` measures it
    again. `sensitivities` has the rates of each device at each sensitivity of the screener.
    """

    name: str
    description: str
    articles: int
    words: int
    model: str
    command: str
    sensitivities: Mapping[Sensitivity, Mapping[str, DeviceRates]]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        levels = {level: {name: asdict(rates) for name, rates in devices.items()} for level, devices in self.sensitivities.items()}
        return {
            "name": self.name,
            "description": self.description,
            "articles": self.articles,
            "words": self.words,
            "model": self.model,
            "command": self.command,
            "sensitivities": levels,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> ReferenceRates:
        """The inverse of `to_dict`; raises KeyError or TypeError where a part is missing or not as written."""
        levels: dict[Sensitivity, dict[str, DeviceRates]] = {
            level: {name: _device_rates(stored["sensitivities"][level][name]) for name in DEVICE_NAMES} for level in SENSITIVITIES
        }
        return cls(**{**stored, "sensitivities": levels})


def load_reference(name: str = AGENCY, path: Path = SHIPPED_RATES) -> ReferenceRates:
    """The reference of that name ('agency' or 'news' of those that ship).

    Raises:
        FramingError: the file is missing or not one that `framing data rates` wrote, or holds no reference of that name.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        references = {key: ReferenceRates.from_dict(rates) for key, rates in stored.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FramingError(
            f"{path}: not readable as reference rates ({error!r}); expected the JSON that 'framing data rates' writes: write it again"
        ) from error
    if name not in references:
        raise FramingError(f"reference '{name}' is unknown{nearest(name, references)}; expected one of {', '.join(references)}")
    return references[name]


def write_references(references: Mapping[str, ReferenceRates], path: Path) -> None:
    """Write references by name, as `load_reference` reads them."""
    rows = {name: reference.to_dict() for name, reference in references.items()}
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _device_rates(stored: Mapping[str, Any]) -> DeviceRates:
    return DeviceRates(Rate(**stored["own"]), Rate(**stored["reported"]))
