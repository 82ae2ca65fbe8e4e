"""The line in which the page says what it did, or why it could not.

What is said comes into a part of the page that is there from the start and that screen readers listen to (`assets/live.js`): many miss
what a region says that comes with its text. An alert is heard in any case, and at once.
"""

from __future__ import annotations

import time

from framing.reports.characters import html_text


def status(said: str, alert: bool = False) -> str:
    """`said` as a line that screen readers announce, at once when it is an `alert`."""
    return f"<p {_kind('status', alert)}>{html_text(said)}</p>"


def toast(said: str, *, alert: bool = False, undoable: bool = False, mark: object = "") -> str:
    """`said` as a line that stays in view for a while, beside a draft too long to be seen whole; `mark` is what it brought back.

    Each is another one, so that what is said twice is seen and heard twice.
    """
    undo = ' <button type="button" data-undo>Undo</button>' if undoable else ""
    return (
        f'<p {_kind("status toast", alert)} data-at="{time.time_ns()}" data-mark="{mark or ""}"><span>{html_text(said)}</span>{undo}</p>'
    )


def _kind(classes: str, alert: bool) -> str:
    return f'class="{classes} alert" role="alert"' if alert else f'class="{classes}"'
