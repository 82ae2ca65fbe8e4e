"""The page's functions for programs: named endpoints of its API, which are MCP tools as well."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Literal, TypeVar

import gradio as gr
from gradio.events import api

from framing.app.newsroom import Newsroom, pasted
from framing.app.screen_tab import SCORING
from framing.app.take_along import FORMATS, take_along
from framing.changes import compare_screenings
from framing.decoding import Sensitivity
from framing.errors import FramingError, InputError
from framing.reports.view import View
from framing.screener import check_settings
from framing.screening import Screening
from framing.taxonomy import DEVICE_NAMES, DEVICES

Answer = TypeVar("Answer")
Voice = Literal["", "own", "reported"]
DeviceName = Literal["loaded_label", "blame_attribution", "bloc_rhetoric", "unsourced_claim"]
Format = Literal["html", "csv", "json", "sarif"]
_CALLER: Final = "x-gradio-user"
"""The header in which Gradio's MCP server, which calls the endpoints over HTTP, gives itself away: «mcp», where others say «api»."""


def programs(room: Newsroom) -> None:
    """Add the endpoints `/screen`, `/compare`, `/report` and `/devices` to the page that is being laid out."""

    def screen(
        text: str,
        sensitivity: Sensitivity = "balanced",
        only: Voice = "",
        devices: list[DeviceName] | None = None,
        house_list: bool = True,
        request: gr.Request | None = None,
    ) -> dict[str, Any] | str:
        """Find the wording in a news text that frames rather than informs.

        Each finding has its exact characters, its device, a calibrated probability and a voice: whether the outlet says it itself
        ('own') or reports someone saying it ('reported'). A finding says 'look at this wording', never 'this is false'.

        Args:
            text: the news text, in English, paragraphs separated by empty lines; 200,000 characters at most.
            sensitivity: 'quiet' (fewer, surer findings), 'balanced' or 'thorough' (more findings).
            only: 'own' or 'reported' for findings in that voice alone, empty for both.
            devices: names of the devices to look for. Empty for all.
            house_list: whether to leave unmarked what the newsroom's house list holds, as the page does.
            request: who asks; Gradio's own argument.

        Returns:
            An object with paragraphs, sentences, findings (start, end, text, device, score, voice, voice_score, target) and a summary.
        """
        return _answer(_screened(room, text, house_list, sensitivity, only, devices).to_dict(), request)

    def compare(
        before: str,
        after: str,
        sensitivity: Sensitivity = "balanced",
        house_list: bool = True,
        request: gr.Request | None = None,
    ) -> dict[str, Any] | str:
        """Compare two versions of a news text: which framing wording is gone, kept and new.

        Args:
            before: the earlier version.
            after: the later version.
            sensitivity: 'quiet', 'balanced' or 'thorough'.
            house_list: whether to leave unmarked what the newsroom's house list holds, as the page does.
            request: who asks; Gradio's own argument.

        Returns:
            An object with gone (findings of the earlier version), new (findings of the later version) and kept (pairs: before is the
            finding of the earlier version, after its counterpart in the later one). aligned_paragraphs has the indices (earlier, later)
            of all paragraphs in reading order, null where there is no counterpart; moved_paragraphs has those that changed places.
        """
        changes = compare_screenings(*(_screened(room, text, house_list, sensitivity) for text in (before, after)))
        return _answer(changes.to_dict(), request)

    def report(
        text: str,
        format: Format = "html",
        sensitivity: Sensitivity = "balanced",
        only: Voice = "",
        devices: list[DeviceName] | None = None,
        house_list: bool = True,
    ) -> str:
        """Screen a news text and write the findings as a file to keep or to send on.

        Args:
            text: the news text, in English, paragraphs separated by empty lines; 200,000 characters at most.
            format: 'html' (a page to read and print), 'csv' (a row a finding), 'json' or 'sarif' (SARIF 2.1.0, for code review tools).
            sensitivity: 'quiet', 'balanced' or 'thorough'.
            only: 'own' or 'reported' for findings in that voice alone, empty for both.
            devices: names of the devices to look for. Empty for all.
            house_list: whether to leave unmarked what the newsroom's house list holds, as the page does.

        Returns:
            The file's content as text, to be written as UTF-8.
        """
        return take_along(_view(room, text, house_list, sensitivity, only, devices), _known(format))["content"]

    def devices(request: gr.Request | None = None) -> list[dict[str, str]] | str:
        """The framing devices that are looked for: name, title, definition, and what plain wording would do instead."""
        about = [
            {"name": device.name, "title": device.title, "definition": device.definition, "alternative": device.alternative}
            for device in DEVICES
        ]
        return _answer(about, request)

    for function in (screen, compare, report):
        api(_told(room, function), api_name=function.__name__, concurrency_limit=1, concurrency_id=SCORING)
    api(devices, api_name="devices")


def _screened(
    room: Newsroom, text: str, house_list: bool, sensitivity: Sensitivity, only: Voice = "", devices: list[DeviceName] | None = None
) -> Screening:
    return room.screen(
        pasted(text, "text"), house_list=house_list, devices=devices or DEVICE_NAMES, only=only or None, sensitivity=sensitivity
    )


def _view(
    room: Newsroom, text: str, house_list: bool, sensitivity: Sensitivity, only: Voice, devices: list[DeviceName] | None
) -> View:
    wanted = devices or DEVICE_NAMES
    check_settings(wanted, only or None, None, sensitivity)
    marked = _screened(room, text, False, sensitivity)
    whole = room.house().apply(marked) if house_list else marked
    shown = whole.filtered(lambda finding: finding.device in wanted and only in ("", finding.voice))
    left_out = len(marked.findings) - len(whole.findings)
    return View(shown, whole, sensitivity, wanted, only or None, (), left_out, room.reference)


def _known(format: str) -> str:
    if format not in FORMATS:
        raise InputError(f"format '{format}' is unknown; expected one of {', '.join(FORMATS)}")
    return format


def _answer(answer: Answer, request: gr.Request | None) -> Answer | str:
    """`answer` as the caller takes it: JSON text for an MCP client, to whom Gradio would hand Python's own way of writing it."""
    asks_by_mcp = request is not None and request.headers.get(_CALLER) == "mcp"
    return json.dumps(answer, ensure_ascii=False) if asks_by_mcp else answer


def _told(room: Newsroom, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, whose errors about its input reach the caller as they are; of others it learns nothing."""

    @wraps(function)
    def told(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except FramingError as error:
            raise gr.Error(room.told(error), print_exception=False) from error

    return told
