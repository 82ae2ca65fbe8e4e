"""Tables on the page that sort by their heads and filter as one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from framing.reports.characters import html_text

Row = Sequence[str]
"""The cells of a row as HTML, each from `<td`."""
_NUMBER: Final = "number"


def cell(value: str | int, kind: str = "") -> str:
    """A cell with `value` as text; numbers stand to the right, `kind` is a class."""
    kind = kind or (_NUMBER if isinstance(value, int) else "")
    shown = f"{value:,}" if isinstance(value, int) else html_text(value)
    return f"<td role=cell{f' class={kind}' if kind else ''}>{shown}</td>"


def table_of(heads: Sequence[tuple[str, str]], rows: Sequence[Row], name: str) -> str:
    """A table called `name` whose columns are (head, 'text' or 'number'); `assets/table.js` sorts and filters it."""
    cells = "".join(
        f'<th scope="col" role="columnheader"{f" class={_NUMBER}" if kind == _NUMBER else ""}>'
        f'<button type="button" data-sort="{column}" data-kind="{kind}">{html_text(head)}</button></th>'
        for column, (head, kind) in enumerate(heads)
    )
    # On a phone rows are laid out as cards, which takes the roles away that tables have by themselves.
    body = "".join(f'<tr role="row">{"".join(row)}</tr>' for row in rows)
    return (
        f'<div class="filter"><label>Filter <input type="search" data-filter></label><span class="quiet" role="status" data-shown>'
        f'{count(len(rows), "row")}</span></div><div class="wide" role="region" tabindex="0" aria-label="{html_text(name)}">'
        f'<table role="table"><thead role="rowgroup"><tr role="row">{cells}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )


def count(number: int, noun: str) -> str:
    """«1 row», «2 rows»."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
