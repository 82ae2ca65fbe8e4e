"""The tab where two versions of a draft are compared."""

from __future__ import annotations

from typing import Any, Final

import gradio as gr

from framing.app.compare_html import compare_html
from framing.app.newsroom import DRAFT_TYPES, Newsroom, pasted, uploaded
from framing.app.screen_tab import SCORING
from framing.app.status import status
from framing.app.theme import ours
from framing.changes import compare_screenings
from framing.errors import FramingError, InputError
from framing.text import Document

_SIDES: Final = (("before", "Earlier version"), ("after", "Later version"))


def compare_tab(room: Newsroom) -> None:
    """Lay the tab out and connect it."""
    texts, files = [], []
    with gr.Row():
        for name, label in _SIDES:
            with gr.Column(min_width=300):
                texts.append(gr.Textbox(label=label, lines=8, max_lines=16, placeholder="Paste it here.", elem_id=f"compare-{name}"))
                files.append(
                    gr.File(label=f"{label}, or a file", file_types=list(DRAFT_TYPES), height=110, elem_id=f"compare-{name}-file")
                )
                room.uploads.watch(files[-1])
    with gr.Row(elem_classes="buttons"):
        go = gr.Button("Compare", variant="primary", elem_id="compare-go")
    said = ours(status(""), elem_id="compare-status", script="live.js")
    shown = ours(elem_id="compared", script="tips.js compare.js")

    def read(text: str | None, file: str | None, side: str) -> Document | FramingError:
        try:
            return uploaded(file) if file else pasted(text, side)
        except FramingError as error:
            return InputError(f"{side}: {error}")

    # Gradio would name an endpoint after it, and call the one for programs /compare_1, were this `compare`.
    def side_by_side(before: str | None, before_file: str | None, after: str | None, after_file: str | None) -> list[Any]:
        earlier, later = read(before, before_file, "earlier version"), read(after, after_file, "later version")
        # A dropped file is gone once it is read: its text goes on in the text box, to be changed and compared again, also where the
        # other version is still missing.
        left = [side.text if isinstance(side, Document) else gr.skip() for side in (earlier, later)]
        left += [None if file else gr.skip() for file in (before_file, after_file)]
        try:
            if isinstance(earlier, FramingError):
                raise earlier
            if isinstance(later, FramingError):
                raise later
            old, new = room.screen(earlier), room.screen(later)
        except FramingError as error:
            return [status(room.told(error), alert=True), gr.skip(), *left]
        return [status(""), compare_html(old, new, compare_screenings(old, new)), *left]

    go.click(
        side_by_side,
        [texts[0], files[0], texts[1], files[1]],
        [said, shown, *texts, *files],
        concurrency_limit=1,
        concurrency_id=SCORING,
        show_progress_on=said,
        api_visibility="private",
    )
