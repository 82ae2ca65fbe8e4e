"""The page's functions for programs: named endpoints of its API, which are MCP tools as well."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
from gradio.events import api

from framing.app.newsroom import Newsroom, pasted
from framing.app.screen_tab import SCORING
from framing.changes import compare_screenings
from framing.errors import FramingError
from framing.screening import Screening
from framing.taxonomy import DEVICE_NAMES, DEVICES


def programs(room: Newsroom) -> None:
    """Add the endpoints `/screen`, `/compare` and `/devices` to the page that is being laid out."""

    def screen(
        text: str, sensitivity: str = "balanced", only: str = "", devices: list[str] | None = None, house_list: bool = True
    ) -> dict[str, Any]:
        """Find the wording in a news text that frames rather than informs.

        Each finding has its exact characters, its device, a calibrated probability and a voice: whether the outlet says it itself
        ('own') or reports someone saying it ('reported'). A finding says 'look at this wording', never 'this is false'.

        Args:
            text: the news text, in English, paragraphs separated by empty lines.
            sensitivity: 'quiet' (fewer, surer findings), 'balanced' or 'thorough' (more findings).
            only: 'own' or 'reported' for findings in that voice alone, empty for both.
            devices: names of the devices to look for: loaded_label, blame_attribution, bloc_rhetoric, unsourced_claim. Empty for all.
            house_list: whether to leave unmarked what the newsroom's house list holds, as the page does.

        Returns:
            An object with paragraphs, sentences, findings (start, end, text, device, score, voice, voice_score, target) and a summary.
        """
        return _screened(room, text, house_list, sensitivity, only, devices).to_dict()

    def compare(before: str, after: str, sensitivity: str = "balanced", house_list: bool = True) -> dict[str, Any]:
        """Compare two versions of a news text: which framing wording is gone, kept and new.

        Args:
            before: the earlier version.
            after: the later version.
            sensitivity: 'quiet', 'balanced' or 'thorough'.
            house_list: whether to leave unmarked what the newsroom's house list holds, as the page does.

        Returns:
            An object with gone, kept and new, each a list of findings (of the later version for kept and new).
        """
        versions = (_screened(room, text, house_list, sensitivity) for text in (before, after))
        return compare_screenings(*versions).to_dict()

    def devices() -> list[dict[str, str]]:
        """The framing devices that are looked for: name, title, definition, and what plain wording would do instead."""
        return [
            {"name": device.name, "title": device.title, "definition": device.definition, "alternative": device.alternative}
            for device in DEVICES
        ]

    api(_told(room, screen), api_name="screen", concurrency_limit=1, concurrency_id=SCORING)
    api(_told(room, compare), api_name="compare", concurrency_limit=1, concurrency_id=SCORING)
    api(devices, api_name="devices")


def _screened(
    room: Newsroom, text: str, house_list: bool, sensitivity: Any, only: Any = "", devices: list[str] | None = None
) -> Screening:
    return room.screen(
        pasted(text, "text"), house_list=house_list, devices=devices or DEVICE_NAMES, only=only or None, sensitivity=sensitivity
    )


def _told(room: Newsroom, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, whose errors about its input reach the caller as they are; of others it learns nothing."""
    @wraps(function)
    def told(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except FramingError as error:
            raise gr.Error(room.told(error), print_exception=False) from error

    return told
