"""The line in which the page says what it did, or why it could not."""

from __future__ import annotations

import time

from framing.reports.characters import html_text


def status(said: str, alert: bool = False) -> str:
    """`said` as a line that screen readers announce, at once when it is an `alert`."""
    return f'<p class="status{" alert" if alert else ""}" role="{"alert" if alert else "status"}">{html_text(said)}</p>'


def toast(said: str, *, alert: bool = False, undoable: bool = False, mark: object = "") -> str:
    """`said` as a line that stays in view for a while, beside a draft too long to be seen whole; `mark` is what it brought back.

    Each is another one, so that what is said twice is seen and heard twice.
    """
    undo = ' <button type="button" data-undo>Undo</button>' if undoable else ""
    return (
        f'<p class="status toast{" alert" if alert else ""}" role="{"alert" if alert else "status"}" data-at="{time.time_ns()}"'
        f' data-mark="{mark or ""}"><span>{html_text(said)}</span>{undo}</p>'
    )
