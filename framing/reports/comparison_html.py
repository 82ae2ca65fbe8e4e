"""Lays a comparison of two sides out as a self-contained web page: a table and a chart for each metric."""

from __future__ import annotations

from collections.abc import Sequence

from framing.comparison import Comparison, Difference
from framing.reports.characters import html_text
from framing.reports.charts import Bar, difference_bars, label_colours
from framing.reports.comparison_tables import METRICS, comparison_heading, comparison_introduction, comparison_tables
from framing.reports.tables_html import document, table_section
from framing.vocabularies import title


def comparison_html(comparison: Comparison) -> str:
    """A comparison (`framing.comparison.compare`) as one HTML page, to be written as UTF-8."""
    labelled: dict[str, list[Difference]] = {}
    for row in comparison.differences:
        if row.label is not None:
            labelled.setdefault(METRICS[row.metric], []).append(row)
    sections = []
    for table in comparison_tables(comparison):
        sections += [table_section(table), *([_chart(table.title, labelled[table.title])] if table.title in labelled else [])]
    return document("Comparison", comparison_heading(comparison), comparison_introduction(comparison), sections)


def _chart(metric: str, rows: Sequence[Difference]) -> str:
    colours = label_colours([str(row.label) for row in rows])
    bars = [Bar(title(str(row.label)), colours[str(row.label)], row.difference, (row.low, row.high)) for row in rows]
    caption = f"{metric}, A − B: to the right of the middle A is the better. Line across a bar: 95 % interval."
    return (
        f'<section><figure><div class="bars">{difference_bars(bars, metric)}</div>'
        f'<figcaption class="note quiet">{html_text(caption)}</figcaption></figure></section>'
    )
