"""Lays figures of comparisons out as tables of text, the same for every format."""

from __future__ import annotations

from typing import Final

from framing.comparison import Comparison, Difference
from framing.reports.tables import Table, figure, interval, told
from framing.vocabularies import title

METRICS: Final = {"f1": "F1", "average_precision": "Average precision", "span_f1": "Span F1", "macro_f1": "F1"}


def comparison_heading(comparison: Comparison) -> str:
    """What was compared on what."""
    return f"Comparison on {comparison.corpus}, split {comparison.split}"


def comparison_introduction(comparison: Comparison) -> list[str]:
    """Sentences on the two sides, on the intervals, and on what only one side measured."""
    sides = (("A", comparison.models_a, comparison.only_a), ("B", comparison.models_b, comparison.only_b))
    lines = [f"{side}: {', '.join(dict.fromkeys(models))}{_runs(len(models))}." for side, models, _ in sides]
    lines.append(
        f"{comparison.articles:,} articles. A − B with its 95 % interval: {comparison.samples:,} paired draws of whole articles "
        f"(average precision: at most 1,000), seed {comparison.seed}. Holm: adjusted over the labels of a table."
    )
    lines += [f"Measured by {side} alone: {', '.join(map(title, labels))}." for side, _, labels in sides if labels]
    return lines


def _runs(count: int) -> str:
    return f" (mean of {count} runs)" if count > 1 else ""


def comparison_tables(comparison: Comparison) -> list[Table]:
    """A table for each metric: both figures, the difference a - b with its interval, p, and p adjusted over labels."""
    families: dict[str, list[Difference]] = {}
    for row in comparison.differences:
        families.setdefault(METRICS[row.metric], []).append(row)
    head = ("Label", "Level", "A", "B", "A − B", "p", "p (Holm)")
    return [Table(name, head, tuple(map(_difference_cells, rows))) for name, rows in families.items()]


def p_value(value: float | None) -> str:
    """A p value with three decimals, «<0.001» below them."""
    return "<0.001" if value is not None and value < 0.001 else figure(value, 3)


def _difference_cells(row: Difference) -> tuple[str, ...]:
    sign = "+" if told(row.difference) and round(row.difference, 3) > 0 else ""
    return (
        "Macro over labels" if row.label is None else title(row.label),
        row.level,
        figure(row.a, 3),
        figure(row.b, 3),
        sign + interval(row.difference, (row.low, row.high), 3),
        p_value(row.p_value),
        "" if row.label is None else p_value(row.p_adjusted),
    )
