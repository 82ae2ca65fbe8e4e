"""The frame of every HTML report: one self-contained page in the project's type and colours."""

from __future__ import annotations

from importlib import resources
from typing import Final

from framing.reports.characters import html_text

# Whatever a hostile text might smuggle in, the page may load nothing, run nothing and send nothing.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, body: str, styles: str = "") -> str:
    """A page to be written as UTF-8; `title` is text, `body` is HTML, `styles` is CSS that follows that of `page.css`."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{html_text(title)}</title><style>{stylesheet('page.css')}{styles}</style></head><body>{body}</body></html>\n"
    )


def stylesheet(name: str) -> str:
    """A CSS file that lies beside this module."""
    return resources.files("framing.reports").joinpath(name).read_text("utf-8")
