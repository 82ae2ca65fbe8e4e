"""The labels: names, definitions, colours and their order in every array of the program.

The order is part of a trained model, so a model carries `FINGERPRINT` and refuses to run under another taxonomy.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

from framing.errors import nearest


@dataclass(frozen=True, slots=True)
class Device:
    """A framing device: what it is, and how a reader is told about it."""

    name: str
    title: str
    definition: str
    alternative: str
    """What plain wording would do instead."""
    colour: str
    """Underline colour, `#rrggbb`; at least 3:1 against white and against #1b1b1f."""


DEVICES: Final[tuple[Device, ...]] = (
    Device(
        "loaded_label",
        "Loaded label",
        "Names or characterises someone or something in charged terms where a plainer word gives the same information.",
        "Use the plain name or the fact that the charge stands for.",
        "#c2571a",
    ),
    Device(
        "blame_attribution",
        "Blame attribution",
        "Lays responsibility for a harm, failure, danger or crisis on a person, group, state or institution.",
        "Say who established the responsibility and on what evidence, or report the event without its author.",
        "#d1365b",
    ),
    Device(
        "bloc_rhetoric",
        "Bloc rhetoric",
        "Divides actors into opposing camps and makes the camp the point: us against them, one bloc with one will.",
        "Name the governments or groups that acted and what they did.",
        "#7a5fd0",
    ),
    Device(
        "unsourced_claim",
        "Unsourced claim",
        "States a specific, checkable and consequential fact with no source, or with one that cannot be followed.",
        "Name the source, link the document, or leave the claim out until it is verified.",
        "#1d80b0",
    ),
)
DEVICE_NAMES: Final[tuple[str, ...]] = tuple(device.name for device in DEVICES)
TARGET: Final = "blame_target"
VOICE: Final = "voice"
VOICES: Final[tuple[str, str]] = ("own", "reported")
CHANNELS: Final[tuple[str, ...]] = (*DEVICE_NAMES, TARGET, VOICE)
"""Channels of the token layer. The voice channel is the logit of 'reported' against 'own'."""

FINGERPRINT: Final = hashlib.sha256(
    json.dumps([[asdict(device)["name"], device.definition] for device in DEVICES] + [list(CHANNELS), list(VOICES)]).encode()
).hexdigest()[:16]
"""Changes when a label's name, definition or place changes: a model of another fingerprint means something else."""


def device(name: str) -> Device:
    """The device of that name; raises ValueError with the nearest name when there is none."""
    for candidate in DEVICES:
        if candidate.name == name:
            return candidate
    raise ValueError(f"device '{name}' is unknown{nearest(name, DEVICE_NAMES, 0.3)}; expected one of {', '.join(DEVICE_NAMES)}")
