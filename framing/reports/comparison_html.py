"""Lays a comparison of two sides out as a self-contained web page: a chart and a table for each metric."""

from __future__ import annotations

from collections.abc import Sequence

from framing.comparison import Comparison, Difference
from framing.reports.characters import html_text
from framing.reports.charts import Bar, difference_bars, label_colours
from framing.reports.tables import METRICS, comparison_heading, comparison_introduction, comparison_tables
from framing.reports.tables_html import document, table_section
from framing.vocabularies import title


def comparison_html(comparison: Comparison) -> str:
    """A comparison (`framing.comparison.compare`) as one HTML page, to be written as UTF-8."""
    labelled: dict[str, list[Difference]] = {}
    for row in comparison.differences:
        if row.label is not None:
            labelled.setdefault(METRICS[row.metric], []).append(row)
    charts = "".join(_chart(metric, rows) for metric, rows in labelled.items())
    sections = [f"<section><h2>A − B</h2>{charts}</section>"] if charts else []
    sections += map(table_section, comparison_tables(comparison))
    return document("Comparison", comparison_heading(comparison), comparison_introduction(comparison), sections)


def _chart(metric: str, rows: Sequence[Difference]) -> str:
    colours = label_colours([str(row.label) for row in rows])
    bars = [Bar(title(str(row.label)), colours[str(row.label)], row.difference, (row.low, row.high)) for row in rows]
    return (
        f'<figure><div class="bars">{difference_bars(bars, metric)}</div><figcaption class="note quiet">{html_text(metric)}: to the right '
        "of the middle A is the better. Line across a bar: 95 % interval.</figcaption></figure>"
    )
