"""The tab where a draft is screened: it comes in, its marks are looked at, steered, judged, cleared, and taken along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import gradio as gr

from framing.app.draft import Draft, Key, Steering, Step
from framing.app.draft_html import draft_html, table_html
from framing.app.newsroom import DRAFT_TYPES, Newsroom, pasted, uploaded
from framing.app.overview_html import overview_html
from framing.app.status import status
from framing.app.take_along import FORMATS, take_along
from framing.app.theme import asset, ours
from framing.decoding import SENSITIVITIES, Sensitivity
from framing.errors import FramingError
from framing.feedback import missed, of_finding, record
from framing.house import HouseList
from framing.house import add as add_term
from framing.house import remove as remove_term
from framing.taxonomy import DEVICE_NAMES, device
from framing.text import Document

LEVELS: Final[tuple[Sensitivity, ...]] = tuple(SENSITIVITIES)
SCORING: Final = "scoring"
"""One draft is read at a time: the model uses all cores for each."""
_SAY: Final[dict[Sensitivity, str]] = {
    "quiet": "Quiet: only the surest marks.",
    "balanced": "Balanced: as fitted on labelled news.",
    "thorough": "Thorough: more marks, more of them mistaken.",
}


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that are drawn anew together."""

    marks: gr.HTML
    overview: gr.HTML
    table: gr.HTML
    level: gr.HTML
    undo: gr.Button

    def all(self) -> list[gr.components.Component]:
        return [self.marks, self.overview, self.table, self.level, self.undo]


def screen_tab(room: Newsroom, sample: str) -> None:
    """Lay the tab out and connect it; `sample` is the draft that is one click away."""
    draft = gr.State(None, time_to_live=3600)
    with gr.Column(elem_classes="desk") as desk:
        with gr.Row():
            text = gr.Textbox(
                label="Draft", placeholder="Paste a draft here.", lines=12, max_lines=24, scale=5, min_width=320, elem_id="draft-text"
            )
            kinds = " ".join(DRAFT_TYPES)
            file = gr.File(label=f"Or a file: {kinds}", file_types=list(DRAFT_TYPES), scale=2, min_width=240, elem_id="draft-file")
        with gr.Row(elem_classes="buttons"):
            go = gr.Button("Screen", variant="primary", elem_id="screen-go")
            take_sample = gr.Button("Try the sample", elem_id="screen-sample")
    said_here = ours(status(""), elem_id="screen-status")
    with gr.Column(visible=False, elem_classes="result") as result:
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=320):
                marks = ours(elem_id="marks", script="tips.js missed.js draft.js")
            with gr.Column(scale=2, min_width=280, elem_classes="side"):
                # The legend over the draft switches devices; this keeps which ones are on, and tells when that changes.
                devices = gr.CheckboxGroup(list(DEVICE_NAMES), value=list(DEVICE_NAMES), visible="hidden", elem_id="devices")
                own_only = gr.Checkbox(label="The outlet’s own voice only", elem_id="own-only")
                sensitivity = gr.Slider(0, len(LEVELS) - 1, 1, step=1, label="Sensitivity", elem_id="sensitivity")
                level = ours(elem_id="level")
                with gr.Row(elem_classes="buttons"):
                    undo = gr.Button("Undo", interactive=False, elem_id="undo")
                    again = gr.Button("New draft", elem_id="new-draft")
                overview = ours(elem_id="overview", script="strip.js")
        table = ours(elem_id="findings", script="table.js")
        ours("<h2>Take along</h2>")
        with gr.Row(elem_classes="buttons take-along"):
            downloads = {name: gr.Button(label, elem_id=f"take-{name}") for name, label in FORMATS.items()}
    handed = gr.JSON(visible=False)

    parts = _Parts(marks, overview, table, level, undo)
    steering: list[gr.CheckboxGroup | gr.Checkbox | gr.Slider] = [devices, own_only, sensitivity]
    shown = [draft, said_here, desk, result, *parts.all()]

    def show(document: Document, *given: Any) -> list[Any]:
        found = Draft(room.screener.screen_levels(document))
        return [found, status(""), gr.Column(visible=False), gr.Column(visible=True), *_draw(room, found, _steering(*given))]

    def screen(written: str | None, dropped: str | None, *given: Any) -> list[Any]:
        return show(uploaded(dropped) if dropped else pasted(written), *given)

    def refuse(said: str) -> list[Any]:
        return [gr.skip(), status(said, alert=True), *[gr.skip()] * (len(shown) - 2)]

    def refuse_file(said: str) -> list[Any]:
        # The upload is gone once it was looked at: left in its place, it would be asked for again.
        return [*refuse(said), None]

    def screen_file(*given: Any) -> list[Any]:
        return [*screen(*given), None]

    guarded = _guard(screen_file, refuse_file)
    scoring: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": SCORING, "api_visibility": "private"}
    direct: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    go.click(guarded, [text, file, *steering], [*shown, file], show_progress="full", show_progress_on=said_here, **scoring)
    file.upload(guarded, [text, file, *steering], [*shown, file], show_progress="full", show_progress_on=said_here, **scoring)
    take_sample.click(
        _guard(lambda *given: show(pasted(sample, "sample draft"), *given), refuse), steering, shown, show_progress="full",
        show_progress_on=said_here, **scoring,
    )

    def redraw(found: Draft | None, *given: Any) -> list[Any]:
        return _draw(room, found, _steering(*given)) if found else [gr.skip()] * len(parts.all())

    for control in steering:
        control.change(redraw, [draft, *steering], parts.all(), trigger_mode="always_last", **direct)

    def act(found: Draft, *given: Any, event: gr.EventData) -> list[Any]:
        after, said = _act(room, found, event._data)
        return [after, status(said), *_draw(room, after, _steering(*given))]

    def take_back(found: Draft, *given: Any) -> list[Any]:
        before, step = found.undone()
        if step is not None and step.kind == "ignored":
            remove_term(room.house_list, step.wording, step.key.device)
        said = f"Undone: ‘{_short(step.wording)}’ is marked again." if step else "There is nothing to undo."
        return [before, status(said), *_draw(room, before, _steering(*given))]

    acted = [draft, said_here, *parts.all()]

    def refuse_act(said: str) -> list[Any]:
        return [gr.skip(), status(said, alert=True), *[gr.skip()] * len(parts.all())]

    marks.select(_guard_event(act, refuse_act), [draft, *steering], acted, **direct)
    undo.click(_guard(take_back, refuse_act), [draft, *steering], acted, **direct)
    again.click(
        lambda: [None, status(""), gr.Column(visible=True), gr.Column(visible=False), *[""] * 4, gr.Button(interactive=False), "", None],
        None,
        [*shown, text, file],
        **direct,
    )
    for name, button in downloads.items():
        button.click(_taker(room, name), [draft, *steering], handed, **direct).then(None, handed, None, js=asset("download.js"))


def _draw(room: Newsroom, draft: Draft, steering: Steering) -> list[Any]:
    house = HouseList.load(room.house_list)
    visible = draft.visible(steering, house)
    every_device = draft.visible(replace(steering, devices=frozenset(DEVICE_NAMES)), house)
    # Devices and voice are a way of looking; what stands out is told of the whole draft.
    whole = draft.visible(Steering(sensitivity=steering.sensitivity), house)
    return [
        draft_html(visible, draft, steering, every_device),
        overview_html(whole, visible, room.reference, steering.sensitivity),
        table_html(visible),
        _level(steering.sensitivity),
        gr.Button(interactive=bool(draft.steps)),
    ]


def _level(sensitivity: Sensitivity) -> str:
    stops = "".join(f"<b>{name}</b>" if name == sensitivity else f"<span>{name}</span>" for name in LEVELS)
    return f'<p class="stops" aria-hidden="true">{stops}</p><p class="quiet" role="status">{_SAY[sensitivity]}</p>'


def _steering(devices: list[str], own_only: bool, level: float) -> Steering:
    return Steering(frozenset(devices), own_only, LEVELS[max(0, min(round(level), len(LEVELS) - 1))])


def _act(room: Newsroom, draft: Draft, told: dict[str, Any]) -> tuple[Draft, str]:
    """The draft after what the page told of a mark, and what to say about it."""
    act = told.get("act")
    screening = draft.levels["thorough"]
    if act == "missed":
        verdict = missed(screening, int(told["start"]), int(told["end"]), str(told["device"]))
        record(room.feedback, verdict)
        return draft, f"Noted as missed: ‘{_short(screening.text[int(told['start']) : int(told['end'])])}’, {device(verdict.device).title}."
    key = Key.parse(str(told.get("key")))
    finding = draft.finding(key)
    if act in ("right", "wrong"):
        record(room.feedback, of_finding(screening, finding, act))
        return draft.judged(key, act), f"Noted as {act}: ‘{_short(finding.text)}’."
    if act == "ignore":
        add_term(room.house_list, finding.text, finding.device)
        said = f"‘{_short(finding.text)}’ is on the house list: it stays unmarked in every draft."
        return draft.after(Step("ignored", key, finding.text)), said
    return draft.after(Step("dismissed", key, finding.text, str(told.get("reason")))), f"Dismissed: ‘{_short(finding.text)}’."


def _taker(room: Newsroom, name: str) -> Callable[..., dict[str, str]]:
    def take(found: Draft, *given: Any) -> dict[str, str]:
        return take_along(found.visible(_steering(*given), HouseList.load(room.house_list)), name)

    return take


def _guard(work: Callable[..., list[Any]], refuse: Callable[[str], list[Any]]) -> Callable[..., list[Any]]:
    """`work`, whose errors about its input are said on the page."""

    def guarded(*given: Any) -> list[Any]:
        try:
            return work(*given)
        except FramingError as error:
            return refuse(str(error))

    return guarded


def _guard_event(work: Callable[..., list[Any]], refuse: Callable[[str], list[Any]]) -> Callable[..., list[Any]]:
    def guarded(found: Draft, devices: list[str], own_only: bool, level: float, event: gr.EventData) -> list[Any]:
        return _guard(lambda *given: work(*given, event=event), refuse)(found, devices, own_only, level)

    return guarded


def _short(wording: str, longest: int = 60) -> str:
    words = " ".join(wording.split())
    return words if len(words) <= longest else f"{words[:longest].rsplit(' ', 1)[0]} …"
