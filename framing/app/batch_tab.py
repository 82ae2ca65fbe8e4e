"""The tab where many drafts are scored from one file, with progress, a stop button, a table and a download."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, Final, TextIO

import gradio as gr

from framing.app.newsroom import BATCH_TYPES, Newsroom
from framing.app.screen_tab import LEVELS
from framing.app.status import status
from framing.app.table_html import Row, cell, count, table_of
from framing.app.theme import ours
from framing.app.uploads import forget
from framing.batch import RejectedRow, ScoredRow, Settings, score_file
from framing.errors import FramingError
from framing.taxonomy import DEVICES

SHOWN: Final = 500
"""Rows that the table shows; the download holds all."""
_BETWEEN: Final = 20
"""Articles between two updates of the page."""
_HEADS: Final = (
    ("Row", "number"),
    ("Id", "text"),
    *((name, "number") for name in ("Words", "Findings", "Own voice", *(device.title for device in DEVICES))),
    ("Problem", "text"),
)


def batch_tab(room: Newsroom) -> None:
    """Lay the tab out and connect it."""
    stop = gr.State(None)
    file = gr.File(
        label=f"A file of drafts: {' '.join(BATCH_TYPES)}", file_types=list(BATCH_TYPES), height=130, elem_id="batch-file"
    )
    room.uploads.watch(file)
    with gr.Row():
        column = gr.Textbox(
            label="Column that holds the text", placeholder="text, body, content or article", min_width=240, elem_id="batch-column"
        )
        own_only = gr.Checkbox(label="The outlet’s own voice only", min_width=240, elem_id="batch-own")
        level = gr.Radio(list(LEVELS), value="balanced", label="Sensitivity", min_width=300, elem_id="batch-level")
    with gr.Row(elem_classes="buttons"):
        go = gr.Button("Score", variant="primary", elem_id="batch-go")
        cancel = gr.Button("Stop", interactive=False, elem_id="batch-stop")
    said = ours(status(""), elem_id="batch-status")
    with gr.Row(elem_classes="buttons"):
        download = gr.DownloadButton("Download results (JSON Lines)", visible=False, elem_id="batch-download")
    table = ours(elem_id="batch-table", script="table.js")

    def score(dropped: str | None, text_column: str, own: bool, sensitivity: Any, request: gr.Request) -> Iterator[list[Any]]:
        if not dropped:
            yield [None, status("there is no file yet; drop one first", alert=True), gr.skip(), gr.skip(), gr.skip()]
            return
        stopped = Event()
        yield [stopped, status("Reading the file …"), gr.skip(), gr.skip(), gr.Button(interactive=True)]
        settings = Settings(only="own" if own else None, sensitivity=sensitivity)
        path = Path(dropped)
        results = room.uploads.place(f"{path.stem}-framing.jsonl", request)
        yield from _score(room, path, results, text_column.strip() or None, settings, stopped)

    scoring = go.click(
        score,
        [file, column, own_only, level],
        [stop, said, table, download, cancel],
        # A queue of its own: an editor with one draft does not wait for a batch of thousands.
        concurrency_limit=1,
        concurrency_id="batch",
        show_progress="minimal",
        show_progress_on=said,
        api_visibility="private",
    )
    scoring.then(lambda: None, None, file, queue=False, api_visibility="private")
    cancel.click(_stop, stop, None, queue=False, api_visibility="private")


def _stop(stopped: Event | None) -> None:
    if stopped is not None:
        stopped.set()


def _score(
    room: Newsroom, path: Path, results: Path, column: str | None, settings: Settings, stopped: Event
) -> Iterator[list[Any]]:
    rows: list[Row] = []
    counts = {"articles": 0, "rejected": 0}
    rows_in_all: list[int | None] = [None]

    def progress(_: int, whole: int | None) -> None:
        rows_in_all[0] = whole

    try:
        settings = replace(settings, house=room.house())
        with results.open("w", encoding="utf-8") as stream:
            for number, scored in enumerate(
                score_file(room.screener, path, text_column=column, on_progress=progress, cancelled=stopped.is_set, settings=settings), 1
            ):
                row = _of_the_file(scored, path)
                counts["rejected" if isinstance(row, RejectedRow) else "articles"] += 1
                _write(row, stream)
                if len(rows) < SHOWN:
                    rows.append(_shown(row))
                if number % _BETWEEN == 0:
                    whole = f" of {rows_in_all[0]:,}" if rows_in_all[0] else ""
                    yield [gr.skip(), status(f"{number:,}{whole} read …"), gr.skip(), gr.skip(), gr.skip()]
    except FramingError as error:
        forget(results)
        said = status(room.told(error).replace(str(path), path.name), alert=True)
        yield [None, said, gr.skip(), gr.skip(), gr.Button(interactive=False)]
        return
    finally:
        forget(path)
    ended = "Stopped" if stopped.is_set() else "Done"
    more = f" The table shows the first {SHOWN:,}." if counts["articles"] + counts["rejected"] > SHOWN else ""
    said = f"{ended}: {count(counts['articles'], 'article')} scored, {count(counts['rejected'], 'row')} could not be read.{more}"
    yield [
        None,
        status(said),
        table_of(_HEADS, rows, "Articles"),
        gr.DownloadButton(value=str(results), visible=True),
        gr.Button(interactive=False),
    ]


def _of_the_file(row: ScoredRow | RejectedRow, path: Path) -> ScoredRow | RejectedRow:
    """`row` with the file's own name where it says in which folder of the server the upload lay."""

    def named(said: str) -> str:
        return said.replace(str(path), path.name)

    if isinstance(row, RejectedRow):
        return replace(row, input=named(row.input), reason=named(row.reason))
    return replace(row, input=named(row.input), screening=replace(row.screening, source=named(row.screening.source)))


def _write(row: ScoredRow | RejectedRow, stream: TextIO) -> None:
    """A rejected row stands among the others with its reason, so that no row of the file is unaccounted for."""
    written = row.to_dict() if isinstance(row, ScoredRow) else {"rejected": row.to_dict()}
    stream.write(json.dumps(written, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n")


def _shown(row: ScoredRow | RejectedRow) -> Row:
    if isinstance(row, RejectedRow):
        return [cell(row.row), *[cell("")] * (4 + len(DEVICES)), cell(row.reason, "problem")]
    summary = row.screening.summary
    own = sum(device.own for device in summary.devices.values())
    counts = [summary.devices[device.name].findings for device in DEVICES]
    return [cell(row.row), cell(row.id), *map(cell, (summary.words, summary.findings, own, *counts)), cell("")]
