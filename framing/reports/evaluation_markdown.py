"""Writes evaluations, the matrix of several, and comparisons as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from framing.comparison import Comparison
from framing.reports.comparison_tables import comparison_heading, comparison_introduction, comparison_tables
from framing.reports.swap_tables import swap_heading, swap_introduction, swap_tables
from framing.reports.tables import (
    MATRIX_NOTE,
    VIEW_NOTE,
    Table,
    closing,
    evaluation_tables,
    heading,
    introduction,
    matrix_tables,
)

_SPECIAL: Final = re.compile(r"[\\`*|]|<(?=[a-zA-Z/!?])|(?<!\w)_|_(?!\w)")


def evaluation_markdown(evaluation: Mapping[str, Any]) -> str:
    """One evaluation (`framing.assessment.assess`) as Markdown."""
    return _document(f"Evaluation: {heading(evaluation)}", introduction(evaluation), evaluation_tables(evaluation), closing(evaluation))


def matrix_markdown(evaluations: Sequence[Mapping[str, Any]]) -> str:
    """Several evaluations as a matrix of corpora and labels, a table for each vocabulary."""
    notes = [MATRIX_NOTE, *([VIEW_NOTE] if any(evaluation["view"] for evaluation in evaluations) else [])]
    return _document("Evaluations across corpora", notes, matrix_tables(evaluations))


def comparison_markdown(comparison: Comparison) -> str:
    """A comparison of two sides: a table for each metric."""
    return _document(comparison_heading(comparison), comparison_introduction(comparison), comparison_tables(comparison))


def swap_markdown(figures: Mapping[str, Any]) -> str:
    """A swap test (`framing.measurement.measure_swaps`): a table by label, by pair and by direction."""
    return _document(f"Swap test: {swap_heading(figures)}", swap_introduction(figures), swap_tables(figures))


def _document(title: str, introduction: Sequence[str], tables: Sequence[Table], end: str = "") -> str:
    parts = [f"# {_text(title)}", "\n".join(f"{_text(line)}  " for line in introduction).rstrip(), *map(_table, tables)]
    return "\n\n".join([*parts, *([_text(end)] if end else [])]) + "\n"


def _table(table: Table) -> str:
    rule = ["---", *["---:"] * (len(table.head) - 1)]
    lines = [f"| {' | '.join(map(_text, cells))} |" for cells in (table.head, *table.rows)]
    lines.insert(1, f"|{'|'.join(rule)}|")
    return "\n\n".join([f"## {_text(table.title)}", "\n".join(lines), *map(_text, table.notes)])


def _text(text: str) -> str:
    """Text on one line that Markdown takes as text: names of models and corpora come from outside."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
