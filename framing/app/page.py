"""The page: its head and its tabs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import gradio as gr

from framing.app.about_tab import about_tab
from framing.app.batch_tab import batch_tab
from framing.app.compare_tab import compare_tab
from framing.app.newsroom import Newsroom, feedback_path
from framing.app.programs import programs
from framing.app.screen_tab import screen_tab
from framing.app.theme import asset, ours
from framing.app.uploads import Uploads, own_folder
from framing.backends.loading import shipped_model
from framing.house import house_list_path
from framing.reference import load_reference
from framing.screener import Screener

_HEAD: Final = (
    '<header class="masthead"><h1>framing</h1><p>Wording that frames rather than informs, marked for an editor’s eye. '
    "Your draft goes no further than the machine that serves this page.</p></header>"
)


def build(
    model: str | Path | None = None, device: str = "cpu", house_list: Path | None = None, feedback: Path | None = None
) -> gr.Blocks:
    """The page over a model folder (the shipped model without one), a house list and a file for verdicts.

    Raises:
        ModelError: the model folder cannot be used.
    """
    folder = Path(model) if model is not None else shipped_model()
    screener = Screener.load(folder, device)
    uploads = Uploads(own_folder())
    room = Newsroom(screener, house_list or house_list_path(), feedback or feedback_path(), load_reference(), uploads)
    page = gr.Blocks(title="framing", analytics_enabled=False)
    with page:
        ours(_HEAD)
        with gr.Tabs():
            with gr.Tab("Screen", id="screen"):
                screen_tab(room, asset("sample.txt"))
            with gr.Tab("Compare", id="compare"):
                compare_tab(room)
            with gr.Tab("Batch", id="batch"):
                batch_tab(room)
            with gr.Tab("About", id="about"):
                about_tab(room, folder / "README.md")
        programs(room)
        page.unload(uploads.leave)
    page.queue(max_size=500, default_concurrency_limit=4)
    return page
