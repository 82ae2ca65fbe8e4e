"""What decides the results of a batch, apart from the model and the articles."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from framing.decoding import Sensitivity
from framing.house import HouseList
from framing.taxonomy import DEVICE_NAMES

TEXT_COLUMNS: Final = ("text", "body", "content", "article")
ID_COLUMN: Final = "id"


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns to read; None stands for the first of `TEXT_COLUMNS` that a row has, for 'id' if it has one, for no title.

    A title is screened as the first paragraph: offsets count from its first character, and the text follows after a blank line.
    """

    text: str | None = None
    id: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How articles are screened: arguments of `Screener.screen`, and the terms of a house list to leave unmarked."""

    devices: tuple[str, ...] = DEVICE_NAMES
    only: Literal["own", "reported"] | None = None
    min_score: float | None = None
    sensitivity: Sensitivity = "balanced"
    house: HouseList = field(default_factory=HouseList)

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for the methods of `Screener`."""
        return {"devices": self.devices, "only": self.only, "min_score": self.min_score, "sensitivity": self.sensitivity}


def describe(settings: Settings, columns: Columns) -> dict[str, Any]:
    """All that changes results, as JSON can hold it."""
    house = sorted((term, device or "") for term, device in settings.house.entries)
    return {
        **settings.arguments(),
        "devices": sorted(settings.devices),
        "columns": asdict(columns),
        **({"house": [list(entry) for entry in house]} if house else {}),
    }


def config_hash(settings: Settings, columns: Columns) -> str:
    """Twelve hexadecimal digits that are the same for the same settings."""
    return hashlib.sha256(json.dumps(describe(settings, columns), sort_keys=True).encode()).hexdigest()[:12]
