"""Lays figures of evaluations and comparisons out as tables of text, the same for every format."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from framing.comparison import Comparison, Difference
from framing.evaluation import headline_level
from framing.vocabularies import ARTICLE_VOCABULARIES, TOKEN_VOCABULARIES, title

UNKNOWN: Final = "–"
BRACKETS: Final = "Brackets: 95 % bootstrap intervals, resampling whole articles."
MATRIX_NOTE: Final = "Each cell: F1 / average precision (share of positives, the average precision of marking at random)."
VIEW_NOTE: Final = "«As devices»: the corpus’s labels were read as the devices nearest to them, which do not mean the same."
_METRICS: Final = {"f1": "F1", "average_precision": "Average precision", "span_f1": "Span F1", "macro_f1": "F1"}
_LEVELS: Final = {"sentence": "Sentence level", "paragraph": "Paragraph level"}
_HEAD: Final = ("Label", "Support", "F1", "P / R", "AP", "MCC", "Macro-F1", "ECE", "Brier")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first cell of each row names the row. `shares`, where given, has for each cell a share to be shaded by, or None."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    shares: tuple[tuple[float | None, ...], ...] = ()


def told(value: float | None) -> bool:
    """Whether there is a figure: what cannot be told is nan, or None after a round trip through JSON."""
    return value is not None and not math.isnan(value)


def figure(value: float | None, places: int = 2) -> str:
    """«0.71», with a true minus sign, or a dash where there is no figure."""
    if value is None or math.isnan(value):
        return UNKNOWN
    return f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def interval(value: float | None, bounds: Sequence[float | None] | None, places: int = 2) -> str:
    """«0.71 [0.66, 0.75]», or the figure alone where it has no interval."""
    if not bounds or not all(map(told, bounds)):
        return figure(value, places)
    return f"{figure(value, places)} [{figure(bounds[0], places)}, {figure(bounds[1], places)}]"


def heading(evaluation: Mapping[str, Any]) -> str:
    """What was measured on what."""
    return f"{evaluation['model']} on {evaluation['corpus']}, split {evaluation['split']}"


def introduction(evaluation: Mapping[str, Any]) -> list[str]:
    """Sentences on what was measured: extent and seed, paragraphs left out, how the labels were read."""
    extent = evaluation["extent"]
    counts = ", ".join(_count(extent[f"{noun}s"], noun) for noun in ("article", "paragraph", "sentence"))
    sentences = [f"{counts}. Seed {evaluation['seed']}, framing {evaluation['framing']}."]
    # Evaluations written before sources could be chosen name none.
    if chosen := evaluation.get("sources"):
        sentences.append(f"Of the corpus’s sources {', '.join(chosen)} alone.")
    if extent["left_out"]:
        verb = "was" if extent["left_out"] == 1 else "were"
        sentences.append(f"{_count(extent['left_out'], 'paragraph')} {verb} left out because the model’s training saw them.")
    if evaluation["view"]:
        read = "; ".join(f"«{title(label)}» as «{title(device)}»" for label, device in evaluation["view"].items())
        sentences.append(
            f"The corpus’s labels were read as the devices nearest to them: {read}. They do not mean the same: "
            "these figures show how far a model of devices carries over to what others annotated."
        )
    return sentences


def closing(evaluation: Mapping[str, Any]) -> str:
    """How long it took."""
    seconds = evaluation["seconds"]
    return f"Reading and scoring took {seconds['scoring']:.1f} s, these figures {seconds['figures']:.1f} s."


def evaluation_tables(evaluation: Mapping[str, Any]) -> list[Table]:
    """Every table of one evaluation that has a row, in the order of a report."""
    tables = [
        *(_headline(evaluation, level) for level in _LEVELS),
        _baselines(evaluation),
        _summary(evaluation["summary"]),
        _articles(evaluation["articles"]),
        _details(evaluation),
    ]
    return [table for table in tables if table.rows]


def matrix_tables(evaluations: Sequence[Mapping[str, Any]]) -> list[Table]:
    """One table for each vocabulary: a row for each evaluation that measured some of its labels, a column for each label measured.

    A cell is «F1 / average precision (share of positives)», the last being what marking at random reaches in average precision.
    """
    models = {evaluation["model"] for evaluation in evaluations}
    measured = [_figures_of_labels(evaluation) for evaluation in evaluations]
    tables = []
    for name, labels in (TOKEN_VOCABULARIES | ARTICLE_VOCABULARIES).items():
        columns = [label for label in labels if any(label in figures for figures in measured)]
        kept = [(e, figures) for e, figures in zip(evaluations, measured, strict=True) if any(label in figures for label in columns)]
        if kept:
            tables.append(
                Table(
                    name.replace("_", " ").capitalize(),
                    ("Corpus", *map(title, columns)),
                    tuple((_row_name(e, len(models) > 1), *(_matrix_cell(f.get(c)) for c in columns)) for e, f in kept),
                    shares=tuple((None, *(f[c]["f1"] if c in f else None for c in columns)) for _, f in kept),
                )
            )
    return tables


def comparison_tables(comparison: Comparison) -> list[Table]:
    """A table for each metric: both figures, the difference a - b with its interval, p, and p adjusted over labels."""
    families: dict[str, list[Difference]] = {}
    for row in comparison.differences:
        families.setdefault(_METRICS[row.metric], []).append(row)
    head = ("Label", "Level", "A", "B", "A − B", "p", "p (Holm)")
    return [Table(name, head, tuple(map(_difference_cells, rows))) for name, rows in families.items()]


def p_value(value: float | None) -> str:
    """A p value with three decimals, «<0.001» below them."""
    return "<0.001" if value is not None and value < 0.001 else figure(value, 3)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _headline(evaluation: Mapping[str, Any], level: str) -> Table:
    labels = {label: figures for label, figures in evaluation["labels"].items() if headline_level(figures) == level and level in figures}
    ceilings = {label: ceiling for label, ceiling in evaluation["ceilings"].items() if label in labels}
    spans = any("span" in figures for figures in labels.values())
    rows = []
    for label, figures in labels.items():
        span = figures.get("span", {})
        cells = (*_scored(label, figures[level]), *([interval(span.get("f1"), span.get("f1_interval"))] if spans else []))
        rows.append((*cells, figure(ceilings[label]["figure"]) if label in ceilings else "") if ceilings else cells)
    sources = [f"Ceiling of {title(label)}: {c['measure']}, {figure(c['figure'])} ({c['source']})." for label, c in ceilings.items()]
    meaning = "Span F1 counts partial overlap." if spans else ""
    head = (*_HEAD, *(["Span F1"] if spans else []), *(["Ceiling"] if ceilings else []))
    return Table(_LEVELS[level], head, tuple(rows), (f"{BRACKETS} {meaning}".strip(), *sources))


def _scored(label: str, figures: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        title(label),
        f"{figures['support']:,} of {figures['items']:,}",
        interval(figures["f1"], figures.get("f1_interval")),
        f"{figure(figures['precision'])} / {figure(figures['recall'])}",
        *(figure(figures[name]) for name in ("average_precision", "mcc")),
        interval(figures["macro_f1"], figures.get("macro_f1_interval")),
        *(figure(figures[name], 3) for name in ("ece", "brier")),
    )


def baseline_title(name: str) -> str:
    """A baseline as readers see it."""
    return "TF-IDF" if name == "tfidf" else name.replace("_", " ").capitalize()


def _baselines(evaluation: Mapping[str, Any]) -> Table:
    table = evaluation["baselines"]
    names = list(dict.fromkeys(name for given in table.values() for name in given))
    rows = []
    for label, given in table.items():
        figures = evaluation["labels"][label]
        own = figures[headline_level(figures)]
        rows.append((title(label), *(_with_ranking(f) for f in (own, *(given.get(name) for name in names)))))
    note = "F1 with its interval, AP: average precision. The baselines learned from the corpus’s training split."
    return Table("Baselines", ("Label", "The model", *map(baseline_title, names)), tuple(rows), (note,))


def _with_ranking(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return ""
    return f"{interval(figures['f1'], figures.get('f1_interval'))}, AP {figure(figures['average_precision'])}"


def _summary(summary: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = tuple(
        (
            _LEVELS[level],
            str(figures["labels"]),
            interval(figures["micro_f1"], figures["micro_f1_interval"]),
            interval(figures["macro_f1"], figures["macro_f1_interval"]),
        )
        for level, figures in summary.items()
    )
    return Table("Over all labels", ("Level", "Labels", "Micro-F1", "Macro-F1"), rows, ("Labels merged from others are left out.",))


def _articles(articles: Mapping[str, Any]) -> Table:
    return Table("Article level", _HEAD, tuple(_scored(label, figures) for label, figures in articles.items()), (BRACKETS,))


def _details(evaluation: Mapping[str, Any]) -> Table:
    """Voice and blamed target: what is told of a mark beside its label."""
    rows = []
    voice, target = evaluation.get("voice"), evaluation.get("target")
    if voice and voice["support"]:
        told_of = f"{voice['support']:,} gold spans; the larger class alone: {figure(voice['majority'])}"
        rows.append(("Voice, accuracy", interval(voice["accuracy"], voice["interval"]), told_of))
    if target:
        told_of = f"partial overlap inside gold spans; P / R {figure(target['precision'])} / {figure(target['recall'])}"
        rows.append(("Blamed target, F1", figure(target["f1"]), told_of))
    return Table("Voice and target", ("Of a gold span", "Figure", "Measured"), tuple(rows))


def _figures_of_labels(evaluation: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {label: figures[headline_level(figures)] for label, figures in evaluation["labels"].items()} | dict(evaluation["articles"])


def _row_name(evaluation: Mapping[str, Any], with_model: bool) -> str:
    name = f"{evaluation['corpus']}, {evaluation['split']}{' (as devices)' if evaluation['view'] else ''}"
    return f"{evaluation['model']}: {name}" if with_model else name


def _matrix_cell(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return ""
    share = figures["support"] / figures["items"]
    return f"{_short(figures['f1'])} / {_short(figures['average_precision'])} ({_short(share)})"


def _short(value: float | None) -> str:
    """«.41»: without the zero, which a matrix has no room for."""
    return figure(value).removeprefix("0")


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
