"""The tab where a draft is screened: it comes in, its marks are looked at, steered, judged, cleared, and taken along."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import gradio as gr

from framing.app.acts import Done, act, undo
from framing.app.draft import Desk, Draft, Steering
from framing.app.draft_html import draft_html, table_html
from framing.app.house_html import house_html
from framing.app.newsroom import DRAFT_TYPES, PASTED, Newsroom, again, pasted, uploaded
from framing.app.overview_html import overview_html
from framing.app.status import status, toast
from framing.app.take_along import FORMATS, take_along, view_of
from framing.app.theme import asset, ours
from framing.app.uploads import KEPT
from framing.decoding import SENSITIVITIES, Sensitivity
from framing.errors import FramingError, InputError
from framing.screening import Screening
from framing.taxonomy import DEVICE_NAMES
from framing.text import Document

LEVELS: Final[tuple[Sensitivity, ...]] = tuple(SENSITIVITIES)
SCORING: Final = "scoring"
"""One draft is read at a time: the model uses all cores for each."""
GONE: Final = "This draft is no longer held here; screen it again."
_STILL_THERE: Final = "What you wrote last was not screened yet: it is still in the box."
_SAY: Final[dict[Sensitivity, str]] = {
    "quiet": "Quiet: only the surest marks.",
    "balanced": "Balanced: as fitted on labelled news.",
    "thorough": "Thorough: more marks, more of them mistaken.",
}


def screen_tab(room: Newsroom, sample: str) -> None:
    """Lay the tab out and connect it; `sample` is the draft that is one click away."""
    desk = gr.State(None, time_to_live=KEPT)
    with gr.Column(elem_classes="desk") as intake:
        with gr.Row():
            text = gr.Textbox(
                label="Draft", placeholder="Paste a draft here; Ctrl+Enter screens it.", lines=12, max_lines=24, scale=5, min_width=320,
                elem_id="draft-text",
            )  # fmt: skip
            kinds = " ".join(DRAFT_TYPES)
            file = gr.File(label=f"Or a file: {kinds}", file_types=list(DRAFT_TYPES), scale=2, min_width=240, elem_id="draft-file")
            room.uploads.watch(file)
        with gr.Row(elem_classes="buttons"):
            go = gr.Button("Screen", variant="primary", elem_id="screen-go")
            take_sample = gr.Button("Try the sample", elem_id="screen-sample")
            back = gr.Button("Back to the marks", visible=False, elem_id="screen-back")
    said_here = ours(status(""), elem_id="screen-status", script="live.js screen.js")
    with gr.Column(visible=False, elem_classes="result") as result, gr.Row(equal_height=False, elem_classes="spread"):
        with gr.Column(scale=5, min_width=320):
            marks = ours(elem_id="marks", script="tips.js missed.js draft.js")
            house = ours(elem_id="house", script="house.js")
        with gr.Column(scale=2, min_width=280, elem_classes="side", elem_id="steering"):
            # The legend over the draft switches devices; this keeps which ones are on, and tells when that changes.
            devices = gr.CheckboxGroup(list(DEVICE_NAMES), value=list(DEVICE_NAMES), visible="hidden", elem_id="devices")
            own_only = gr.Checkbox(label="The outlet’s own voice only", elem_id="own-only")
            sensitivity = gr.Slider(0, len(LEVELS) - 1, 1, step=1, label="Sensitivity", elem_id="sensitivity")
            level = ours(elem_id="level", script="level.js")
            with gr.Row(elem_classes="buttons"):
                undo_last = gr.Button("Undo", interactive=False, elem_id="undo")
                edit = gr.Button("Edit draft", elem_id="edit-draft")
                again = gr.Button("New draft", elem_id="new-draft")
            overview = ours(elem_id="overview", script="strip.js")
        with gr.Column(scale=5, min_width=320):
            table = ours(elem_id="findings", script="table.js")
            ours("<h2>Take along</h2>")
            with gr.Row(elem_classes="buttons take-along"):
                downloads = {name: gr.Button(label, elem_id=f"take-{name}") for name, label in FORMATS.items()}
    handed = gr.JSON(visible=False)

    parts = [marks, house, overview, table, level, undo_last]
    steering: list[gr.CheckboxGroup | gr.Checkbox | gr.Slider] = [devices, own_only, sensitivity]
    answered = [desk, said_here, intake, result, back, *parts]
    """What every event here answers; those that begin or end a draft answer its text and its file besides."""
    unchanged = [gr.skip()] * len(parts)

    def show(read: Callable[[], Document], held: Desk | None, *given: Any) -> list[Any]:
        try:
            document = read()
            draft, said = _next_version(held, document, room.screener.screen_levels)
            drawn = _draw(room, draft, _steering(*given))
        except FramingError as error:
            # The upload is gone once it was looked at: left in its place, it would be asked for again.
            return [gr.skip(), status(room.told(error), alert=True), *[gr.skip()] * 3, *unchanged, gr.skip(), None]
        # The text goes on in its box, a dropped file's too: there it is kept when the draft is held here no longer.
        return [Desk(draft), toast(said) if said else status(""), *_looking_at_marks(True), *drawn, draft.text, None]

    # Gradio would name an endpoint after it, and call the one for programs /screen_1, were this `screen`.
    def screen_draft(held: Desk | None, written: str | None, dropped: str | None, *given: Any) -> list[Any]:
        return show(lambda: uploaded(dropped) if dropped else pasted(written), held, *given)

    def screen_sample(written: str | None, *given: Any) -> list[Any]:
        def read() -> Document:
            if (written or "").strip() and not _same(written, sample):
                raise InputError("the box holds a draft, which the sample would take the place of; screen it, or empty the box first")
            return pasted(sample, "sample draft")

        return show(read, None, *given)

    def on_desk(work: Callable[[Draft], Done | None], held: Desk | None, *given: Any) -> list[Any]:
        """What comes of `work` on the draft that is held, with the draft drawn anew."""
        if held is None:
            return [gr.skip(), status(GONE, alert=True), *_looking_at_marks(False, back=False), *unchanged]
        with held.lock:
            try:
                done = work(held.draft)
                told = gr.skip() if done is None else toast(done.said, undoable=done.undoable, mark=done.mark)
                held.draft = held.draft if done is None else done.draft
            except FramingError as error:
                return [held, toast(room.told(error), alert=True), *[gr.skip()] * 3, *unchanged]
            try:
                drawn = _draw(room, held.draft, _steering(*given))
            except FramingError as error:
                told, drawn = toast(room.told(error), alert=True), unchanged
            # A state is kept from when it was last answered; that an event reads it keeps it no longer.
            return [held, told, *[gr.skip()] * 3, *drawn]

    def do(event: gr.EventData, held: Desk | None, *given: Any) -> list[Any]:
        told = event._data
        if told == {"act": "look"}:
            return on_desk(lambda _: None, held, *given)
        return on_desk(lambda draft: act(room, draft, told), held, *given)

    def take(name: str, held: Desk | None, *given: Any) -> list[Any]:
        files: list[dict[str, str]] = []

        def write(draft: Draft) -> None:
            files.append(take_along(view_of(draft, _steering(*given), room.house(), room.reference), name))

        return [*on_desk(write, held, *given), files[0] if files else None]

    def to_text(edited: bool, held: Desk | None, written: str | None) -> list[Any]:
        if held is None:
            return [gr.skip(), status(GONE, alert=True), *_looking_at_marks(False, back=False), *unchanged, gr.skip(), None]
        # What was written and not screened before the visitor went back to the marks goes on, whichever way they come to it again.
        going_on = bool((written or "").strip()) and not _same(written, held.draft.text)
        said = _STILL_THERE if going_on and edited != held.edited else ""
        held.edited = edited
        text_now = gr.skip() if going_on else held.draft.text if edited else ""
        return [held, status(said), *_looking_at_marks(False, back=True), *unchanged, text_now, None]

    def to_marks(held: Desk | None, written: str | None) -> list[Any]:
        if held is None:
            return [gr.skip(), status(GONE, alert=True), *_looking_at_marks(False, back=False), *unchanged, gr.skip(), None]
        # What is in the box goes on; an empty one holds the draft again, for when it is held here no longer.
        text_now = gr.skip() if (written or "").strip() else held.draft.text
        return [held, status(""), *_looking_at_marks(True), *unchanged, text_now, None]

    scoring: dict[str, Any] = {
        "outputs": [*answered, text, file], "concurrency_limit": 1, "concurrency_id": SCORING, "show_progress": "full",
        "show_progress_on": said_here, "api_visibility": "private",
    }  # fmt: skip
    direct: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    seen: list[Any] = [desk, *steering]
    go.click(screen_draft, [desk, text, file, *steering], **scoring)
    file.upload(screen_draft, [desk, text, file, *steering], **scoring)
    take_sample.click(screen_sample, [text, *steering], **scoring)
    for control in steering:
        control.change(partial(on_desk, lambda _: None), seen, answered, trigger_mode="always_last", **direct)
    # What is pressed twice in a moment is done twice: «once» would drop the second.
    for part in (marks, house):
        part.select(do, seen, answered, trigger_mode="multiple", **direct)
    undo_last.click(partial(on_desk, partial(undo, room)), seen, answered, trigger_mode="multiple", **direct)
    for button, edited in ((edit, True), (again, False)):
        button.click(partial(to_text, edited), [desk, text], [*answered, text, file], **direct)
    back.click(to_marks, [desk, text], [*answered, text, file], **direct)
    for name, button in downloads.items():
        button.click(partial(take, name), seen, [*answered, handed], **direct).then(None, handed, None, js=asset("download.js"))


_Screen = Callable[[Document], Mapping[Sensitivity, Screening]]


def _next_version(held: Desk | None, document: Document, screen: _Screen) -> tuple[Draft, str]:
    """The draft that was read, as the next version of the one that was edited to it, and what to say of that."""
    if held is None or not held.edited:
        return Draft(screen(document)), ""
    earlier = held.draft
    if document.source == PASTED and _paragraphs(document) & _paragraphs(earlier.levels["balanced"]):
        document = again(document.text, earlier.source)
    draft, gone = Draft(screen(document)).carrying(earlier)
    dismissed = len(draft.dismissed)
    said = f"{dismissed:,} {'mark stays' if dismissed == 1 else 'marks stay'} dismissed." if dismissed else ""
    if gone:
        said += f" {gone:,} of those dismissed before {'is' if gone == 1 else 'are'} gone: the wording has changed."
    return draft, said.strip()


def _same(written: str | None, text: str) -> bool:
    """Whether the box holds that text, whatever line ends it has."""
    return (written or "").splitlines() == text.splitlines()


def _paragraphs(text: Document | Screening) -> set[str]:
    return {text.text[paragraph.start : paragraph.end] for paragraph in text.paragraphs}


def _looking_at_marks(marks: bool, back: bool = False) -> list[Any]:
    """The desk and its result, of which one is to be seen at a time, and the way back from the first to the second."""
    return [gr.Column(visible=not marks), gr.Column(visible=marks), gr.Button(visible=back)]


def _draw(room: Newsroom, draft: Draft, steering: Steering) -> list[Any]:
    house = room.house()
    visible = draft.visible(steering, house)
    every_device = draft.visible(replace(steering, devices=frozenset(DEVICE_NAMES)), house)
    # Devices and voice are a way of looking; what stands out is told of the whole draft.
    whole = draft.visible(steering.whole, house)
    # Of two answers at once the earlier can come last; by the time that each was drawn at, in microseconds, the page tells.
    drawn = time.time_ns() // 1000
    return [
        f'<div data-drawn="{drawn}">{draft_html(visible, draft, steering, every_device)}</div>',
        house_html(house, draft.hidden(steering, house)),
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
