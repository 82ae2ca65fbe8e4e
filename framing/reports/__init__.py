"""Screenings as people and programs read them: a terminal, one self-contained web page, a line of JSON."""

from __future__ import annotations

from framing.reports.html import render_html
from framing.reports.json_lines import render_json
from framing.reports.terminal import render_text

__all__ = ["render_html", "render_json", "render_text"]
