"""The line in which the page says what it did, or why it could not."""

from __future__ import annotations

from framing.reports.characters import html_text


def status(said: str, alert: bool = False) -> str:
    """`said` as a line that screen readers announce, at once when it is an `alert`."""
    return f'<p class="status{" alert" if alert else ""}" role="{"alert" if alert else "status"}">{html_text(said)}</p>'
