"""Lays tables out as sections of a self-contained web page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from framing.reports.characters import html_text
from framing.reports.page import page, stylesheet
from framing.reports.tables import Table, told

_LARGE: Final = 8
# A figure and what belongs to it stay on one line; a line may break before an interval and after it.
_TOGETHER: Final = re.compile(r"(?<=[\d,/–]) (?=[\d/–−])|(?<=\d) (?=of \d)|(?<=\d of) |(?<=AP) |(?<=P) (?=/ R)|(?<=P /) ")


def document(kind: str, name: str, notes: Sequence[str], sections: Iterable[str], end: str = "") -> str:
    """A report as a page: `kind` of report («Evaluation»), its `name`, `notes` under it, sections of HTML, and a line at the `end`."""
    lines = "".join(f"<p>{html_text(note)}</p>" for note in notes)
    body = "".join(sections) or "<p>None of the model’s labels is known here.</p>"
    footer = f'<footer class="page"><p>{html_text(end)}</p></footer>' if end else ""
    return page(
        f"{kind}: {name}",
        f'<header class="page lead"><p class="kind">{kind}</p><h1>{html_text(name)}</h1>{lines}</header><main>{body}</main>{footer}',
        stylesheet("evaluation.css"),
    )


def table_section(table: Table) -> str:
    """A table under its title, notes below it."""
    prose = [any(";" in row[column] for row in table.rows) for column in range(len(table.head))]
    # The first column names the row; figures stand to the right, text to the left.
    style = ["", *(' class="prose"' if text else ' class="number"' for text in prose[1:])]
    head = "".join(f'<th scope="col"{style[column]}><span>{html_text(name)}</span></th>' for column, name in enumerate(table.head))
    rows = "".join(
        f'<tr><th scope="row">{_cell(row[0])}</th>'
        f"{''.join(_figures(table, place, column, style[column]) for column in range(1, len(row)))}</tr>"
        for place, row in enumerate(table.rows)
    )
    notes = "".join(f'<p class="note quiet">{html_text(note)}</p>' for note in table.notes)
    kind = f"wide{' matrix' if table.shares else ''}{' dense' if table.shares and len(table.head) > _LARGE else ''}"
    # A table that is too wide scrolls by itself: with the keyboard, too.
    return (
        f'<section><h2>{html_text(table.title)}</h2><div class="{kind}" role="region" tabindex="0" aria-label="{html_text(table.title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{notes}</section>"
    )


def _figures(table: Table, place: int, column: int, style: str) -> str:
    share = table.shares[place][column] if table.shares else None
    shade = f' style="--share:{share:.3f}"' if share is not None and told(share) else ""
    return f"<td{style}{shade}>{_cell(table.rows[place][column])}</td>"


def _cell(text: str) -> str:
    return html_text(_TOGETHER.sub("\u00a0", text))
