"""The tab where many drafts are scored from one file, with progress, a stop button, a table and a download."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, Final

import gradio as gr

from framing.app.newsroom import BATCH_TYPES, MAX_UPLOAD, Newsroom
from framing.app.screen_tab import LEVELS
from framing.app.status import status
from framing.app.table_html import Row, cell, count, table_of
from framing.app.theme import ours
from framing.app.uploads import forget
from framing.batch import Columns, RejectedRow, ScoredRow, Settings, score_file
from framing.batch.fields import MAX_CHARACTERS
from framing.batch.lines import json_line
from framing.batch.sources import Source
from framing.errors import FramingError
from framing.taxonomy import DEVICE_NAMES, DEVICES, device

SHOWN: Final = 500
"""Rows that the table shows; the download holds all."""
_WINDOW: Final = 8
"""Articles that are read together: a few, so that the count of a small file moves, too."""
_BETWEEN: Final = 0.25
"""Seconds at least between two updates of the page."""
_LIMITS: Final = (
    f"Up to {MAX_UPLOAD.removesuffix('mb')} MB a file and {MAX_CHARACTERS:,} characters a draft, which is more than the other tabs take."
)


def batch_tab(room: Newsroom) -> None:
    """Lay the tab out and connect it."""
    stop = gr.State(None)
    file = gr.File(
        label=f"A file of drafts: {' '.join(BATCH_TYPES)}", file_types=list(BATCH_TYPES), height=130, elem_id="batch-file"
    )
    room.uploads.watch(file)
    ours(f'<p class="quiet">{_LIMITS}</p>')
    with gr.Row():
        column = gr.Textbox(
            label="Column that holds the text", placeholder="text, body, content or article", min_width=240, elem_id="batch-column"
        )
        own_only = gr.Checkbox(label="The outlet’s own voice only", min_width=240, elem_id="batch-own")
        level = gr.Radio(list(LEVELS), value="balanced", label="Sensitivity", min_width=300, elem_id="batch-level")
    chosen = gr.CheckboxGroup(
        [(device.title, device.name) for device in DEVICES], value=list(DEVICE_NAMES), label="Devices", elem_id="batch-devices"
    )
    with gr.Row(elem_classes="buttons"):
        go = gr.Button("Score", variant="primary", elem_id="batch-go")
        # One that waits is taken out of the queue; one that runs ends in order, with what it has scored so far.
        leave = gr.Button("Stop", visible=False, elem_id="batch-leave")
        cancel = gr.Button("Stop", interactive=False, elem_id="batch-stop")
    said = ours(status(""), elem_id="batch-status", script="live.js")
    with gr.Row(elem_classes="buttons"):
        download = gr.DownloadButton("Download results (JSON Lines)", visible=False, elem_id="batch-download")
        refused = gr.DownloadButton("Download rejected rows (JSON Lines)", visible=False, elem_id="batch-rejects")
    table = ours(elem_id="batch-table", script="table.js")
    buttons = [go, leave, cancel]

    def lacking(dropped: str | None, devices: list[str]) -> Any:
        said = _lacking(dropped, devices)
        return status(said, alert=True) if said else gr.skip()

    def begin(dropped: str | None, devices: list[str]) -> list[Any]:
        if _lacking(dropped, devices):
            # Told above: an error keeps what follows out of the queue, where it would take the place of the next try.
            raise gr.Error(visible=False, print_exception=False)
        said = status("Waiting for its turn …")
        return [Event(), said, gr.Button(interactive=False), gr.Button(visible=True), gr.Button(visible=False)]

    def score(
        stopped: Event | None,
        dropped: str,
        text_column: str,
        own: bool,
        sensitivity: Any,
        devices: list[str],
        request: gr.Request,
    ) -> Iterator[list[Any]]:
        if stopped is None:
            yield [gr.skip()] * 7
            return
        yield [status("Reading the file …"), *[gr.skip()] * 4, gr.Button(visible=False), gr.Button(visible=True, interactive=True)]
        settings = Settings(tuple(devices), only="own" if own else None, sensitivity=sensitivity)
        path = Path(dropped)
        results = room.uploads.place(f"{path.stem}-framing.jsonl", request)
        rejects = room.uploads.place(f"{results.name}.rejects.jsonl", request)
        for shown in _score(room, path, (results, rejects), text_column.strip() or None, settings, stopped):
            yield [*shown, gr.skip(), gr.skip()]

    direct: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    go.click(lacking, [file, chosen], said, **direct)
    scoring = go.click(begin, [file, chosen], [stop, said, *buttons], **direct).success(
        score,
        [stop, file, column, own_only, level, chosen],
        [said, table, download, refused, file, leave, cancel],
        # A queue of its own: an editor with one draft does not wait for a batch of thousands.
        concurrency_limit=1,
        concurrency_id="batch",
        show_progress="minimal",
        show_progress_on=said,
        api_visibility="private",
    )
    scoring.then(_at_rest, None, buttons, **direct)
    scoring.failure(_at_rest, None, buttons, **direct)
    leave.click(_leave, stop, [said, *buttons], cancels=[scoring], **direct)
    cancel.click(_stop, stop, None, **direct)


def _lacking(dropped: str | None, devices: Sequence[str]) -> str:
    if not dropped:
        return "there is no file yet; drop one first"
    return "" if devices else "no device is chosen; choose one at least"


def _at_rest() -> list[gr.Button]:
    return [gr.Button(interactive=True), gr.Button(visible=False), gr.Button(visible=True, interactive=False)]


def _stop(stopped: Event | None) -> None:
    if stopped is not None:
        stopped.set()


def _leave(stopped: Event | None) -> list[Any]:
    # Its turn may come in this very moment.
    _stop(stopped)
    return [status("Stopped before its turn came; nothing was scored."), *_at_rest()]


def _score(
    room: Newsroom, path: Path, downloads: tuple[Path, Path], column: str | None, settings: Settings, stopped: Event
) -> Iterator[list[Any]]:
    """What to show in the status, the table, the two downloads and the place for the file, as the scoring goes on.

    The `downloads` are what `framing score` writes: OUT, and OUT.rejects.jsonl.
    """
    results, rejects = downloads
    rows: list[ScoredRow | RejectedRow] = []
    counts = {"articles": 0, "rejected": 0}
    told = time.monotonic()
    try:
        settings = replace(settings, house=room.house())
        scoring = score_file(room.screener, path, text_column=column, cancelled=stopped.is_set, settings=settings, window=_WINDOW)
        whole = 0
        for whole in _counted(path, column):
            if stopped.is_set():
                forget(path)
                yield [status("Stopped before the first row was scored."), *[gr.skip()] * 3, None]
                return
            if time.monotonic() - told >= _BETWEEN:
                told = time.monotonic()
                yield [f'<p class="status" aria-live="off">Counting the rows: {whole:,} so far …</p>', *[gr.skip()] * 4]
        with results.open("w", encoding="utf-8", newline="") as out, rejects.open("w", encoding="utf-8", newline="") as refused:
            for number, scored in enumerate(scoring, 1):
                row = _of_the_file(scored, path)
                counts["rejected" if isinstance(row, RejectedRow) else "articles"] += 1
                (refused if isinstance(row, RejectedRow) else out).write(json_line(row.to_dict()))
                if len(rows) < SHOWN:
                    rows.append(row)
                if number == 1 or time.monotonic() - told >= _BETWEEN:
                    told = time.monotonic()
                    for file in downloads:
                        # What is buffered has not touched them, and what seems an hour old is swept.
                        os.utime(file)
                    yield [_bar(number, whole), *[gr.skip()] * 4]
    except FramingError as error:
        for file in downloads:
            forget(file)
        # The file stays: what is wrong may be the name of a column, and a large one is not to be dropped again for that.
        yield [status(room.told(error).replace(str(path), path.name), alert=True), *[gr.skip()] * 4]
        return
    forget(path)
    ended = "Stopped" if stopped.is_set() else "Done"
    more = f" The table shows the first {SHOWN:,}." if counts["articles"] + counts["rejected"] > SHOWN else ""
    said = f"{ended}: {count(counts['articles'], 'article')} scored, {count(counts['rejected'], 'row')} could not be read.{more}"
    yield [
        status(said),
        _table(rows, settings.devices),
        gr.DownloadButton(value=str(results), visible=True),
        gr.DownloadButton(value=str(rejects), visible=True) if counts["rejected"] else gr.DownloadButton(visible=False),
        None,
    ]


def _counted(path: Path, column: str | None) -> Iterator[int]:
    """Rows of the file: their number, or, of a file that has to be read through for it, how many they are so far, row by row."""
    source = Source.of(str(path))
    counted = source.count()
    if counted is not None:
        yield counted
        return
    for so_far, _ in enumerate(source.records(Columns(text=column)), 1):
        yield so_far


def _bar(done: int, whole: int) -> str:
    # A table may turn out to have other rows than were counted.
    most = max(done, whole)
    return (
        f'<div class="progress" aria-live="off"><progress max="{most}" value="{done}" aria-label="Articles read"></progress> '
        f"<span>{done:,} of {most:,} read …</span></div>"
    )


def _of_the_file(row: ScoredRow | RejectedRow, path: Path) -> ScoredRow | RejectedRow:
    """`row` with the file's own name where it says in which folder of the server the upload lay."""

    def named(said: str) -> str:
        return said.replace(str(path), path.name)

    if isinstance(row, RejectedRow):
        return replace(row, input=named(row.input), reason=named(row.reason))
    return replace(row, input=named(row.input), screening=replace(row.screening, source=named(row.screening.source)))


def _table(rows: Sequence[ScoredRow | RejectedRow], devices: Sequence[str]) -> str:
    """The rows with a column for each device that was looked for, and one for problems where there are any."""
    problems = any(isinstance(row, RejectedRow) for row in rows)
    heads = [("Row", "number"), ("Id", "text")]
    heads += [(name, "number") for name in ("Words", "Findings", "Own voice", *(device(name).title for name in devices))]
    heads += [("Problem", "text")] if problems else []
    return table_of(heads, [_cells(row, devices, problems) for row in rows], "Articles")


def _cells(row: ScoredRow | RejectedRow, devices: Sequence[str], problems: bool) -> Row:
    if isinstance(row, RejectedRow):
        return [cell(row.row), *[cell("")] * (4 + len(devices)), cell(row.reason, "problem")]
    summary = row.screening.summary
    own = sum(counts.own for counts in summary.devices.values())
    counts = [summary.devices[name].findings for name in devices]
    return [cell(row.row), cell(row.id), *map(cell, (summary.words, summary.findings, own, *counts)), *([cell("")] if problems else [])]
