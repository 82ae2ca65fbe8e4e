"""Lays figures of evaluations out as tables of text, the same for every format."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from framing.evaluation import headline_figures
from framing.vocabularies import ARTICLE_VOCABULARIES, TOKEN_VOCABULARIES, title

UNKNOWN: Final = "–"
BRACKETS: Final = "Brackets: 95 % bootstrap intervals, resampling whole articles."
MATRIX_NOTE: Final = "Each cell: F1 / average precision (share of positives, the average precision of marking at random)."
VIEW_NOTE: Final = "«As devices»: the corpus’s labels were read as the devices nearest to them, which do not mean the same."
_LEVELS: Final = {"sentence": "Sentence level", "paragraph": "Paragraph level", "article": "Article level"}
_SPAN_NOTE: Final = "Span F1 counts partial overlap."
_CROSSED_NOTE: Final = (
    "The model’s thresholds were fitted on these very articles: Cross-fitted F1 fits them on four fifths of the articles and measures on "
    "the rest, which is what new articles can expect."
)
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
    whole = f", all of it with the baselines {seconds['whole']:.1f} s" if "whole" in seconds else ""
    return f"Scoring took {seconds['scoring']:.1f} s, these figures {seconds['figures']:.1f} s{whole}."


def evaluation_tables(evaluation: Mapping[str, Any]) -> list[Table]:
    """Every table of one evaluation that has a row, in the order of a report."""
    tables = [
        *(_level(evaluation, level) for level in _LEVELS),
        _baselines(evaluation),
        _summary(evaluation["summary"]),
        _sensitivities(evaluation["sensitivities"]),
        _details(evaluation),
    ]
    return [table for table in tables if table.rows]


def matrix_tables(evaluations: Sequence[Mapping[str, Any]]) -> list[Table]:
    """One table for each vocabulary: a row for each evaluation that measured some of its labels, a column for each label measured.

    A cell is «F1 / average precision (share of positives)», the last being what marking at random reaches in average precision.
    """
    models = {evaluation["model"] for evaluation in evaluations}
    measured = [{label: figures for label, (_, figures) in headline_figures(e).items()} for e in evaluations]
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


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _level(evaluation: Mapping[str, Any], level: str) -> Table:
    """The labels measured at a level. Spans, ceilings and cross-fitted figures stand where a label is first reported."""
    first = {label for label, (place, _) in headline_figures(evaluation).items() if place == level}
    measured = evaluation["articles"] if level == "article" else {k: f[level] for k, f in evaluation["labels"].items() if level in f}
    ceilings = {label: ceiling for label, ceiling in evaluation["ceilings"].items() if label in first}
    spans = {label: evaluation["labels"].get(label, {}).get("span", {}) for label in first}
    crossed = {label: figures[level]["f1"] for label, figures in evaluation["cross_fitted"].items() if label in first}
    columns: dict[str, dict[str, str]] = {}
    if any(spans.values()):
        columns["Span F1"] = {label: interval(span.get("f1"), span.get("f1_interval")) for label, span in spans.items()}
    if crossed:
        columns["Cross-fitted F1"] = {label: figure(crossed.get(label)) for label in first}
    if ceilings:
        columns["Ceiling"] = {label: figure(ceiling["figure"]) for label, ceiling in ceilings.items()}
    rows = tuple((*_scored(label, figures), *(given.get(label, "") for given in columns.values())) for label, figures in measured.items())
    notes = [BRACKETS, *([_SPAN_NOTE] if "Span F1" in columns else []), *([_CROSSED_NOTE] if crossed else [])]
    sources = [f"Ceiling of {title(label)}: {c['measure']}, {figure(c['figure'])} ({c['source']})." for label, c in ceilings.items()]
    return Table(_LEVELS[level], (*_HEAD, *columns), rows, (" ".join(notes), *sources))


def _scored(label: str, figures: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        title(label),
        f"{figures['support']:,} of {figures['items']:,}",
        interval(figures["f1"], figures.get("f1_interval")),
        f"{figure(figures['precision'])} / {figure(figures['recall'])}",
        interval(figures["average_precision"], figures.get("average_precision_interval")),
        *(interval(figures[name], figures.get(f"{name}_interval")) for name in ("mcc", "macro_f1")),
        *(interval(figures[name], figures.get(f"{name}_interval"), 3) for name in ("ece", "brier")),
    )


def baseline_title(name: str) -> str:
    """A baseline as readers see it."""
    return "TF-IDF" if name == "tfidf" else name.replace("_", " ").capitalize()


def _baselines(evaluation: Mapping[str, Any]) -> Table:
    table, headlines = evaluation["baselines"], headline_figures(evaluation)
    names = list(dict.fromkeys(name for given in table.values() for name in given))
    rows = [
        (title(label), *(_with_ranking(figures) for figures in (headlines[label][1], *(given.get(name) for name in names))))
        for label, given in table.items()
    ]
    spans = {label: figures["span"] for label, figures in evaluation["labels"].items() if "span" in figures}
    whole = "; ".join(f"{title(label)} {figure(span['all_positive_f1'])}" for label, span in spans.items())
    notes = ["F1 with its interval, AP: average precision, M: macro-F1. The baselines learned from the corpus’s training split."]
    notes += [f"Span F1 of marking every sentence from end to end: {whole}."] if whole else []
    return Table("Baselines", ("Label", "The model", *map(baseline_title, names)), tuple(rows), tuple(notes))


def _with_ranking(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return ""
    f1 = interval(figures["f1"], figures.get("f1_interval"))
    return f"{f1}, AP {figure(figures['average_precision'])}, M {figure(figures['macro_f1'])}"


def _summary(summary: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = tuple(
        (
            _LEVELS[level],
            f"{figures['labels']}, {figures['with_support']} with positives",
            interval(figures["micro_f1"], figures["micro_f1_interval"]),
            interval(figures["macro_f1"], figures["macro_f1_interval"]),
            figure(figures["all_positive_micro_f1"]),
            "; ".join(
                f"{baseline_title(name)} {interval(given['micro_f1'], given['micro_f1_interval'])}, macro {figure(given['macro_f1'])}"
                for name, given in figures.get("baselines", {}).items()
            ),
        )
        for level, figures in summary.items()
    )
    note = "Labels that the corpus gives by themselves. Macro-F1 is the mean over those with positives."
    head = ("Level", "Labels", "Micro-F1", "Macro-F1", "All positive, micro-F1", "Baselines, micro-F1")
    return Table("Over all labels", head, rows, (note,))


def _sensitivities(sensitivities: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Table:
    names = list(next(iter(sensitivities.values()), {}))
    rows = tuple(
        (title(label), *(f"{figure(given[name]['precision'])} / {figure(given[name]['recall'])}" for name in names))
        for label, given in sensitivities.items()
    )
    note = "Precision / recall of sentences at what 'framing screen --sensitivity' and the page mean by each."
    return Table("Sensitivities", ("Label", *map(str.capitalize, names)), rows, (note,))


def _details(evaluation: Mapping[str, Any]) -> Table:
    """Voice, technique and blamed target: what is told of known wording."""
    rows = []
    voice, target = evaluation.get("voice"), evaluation.get("target")
    if voice and voice["support"]:
        told_of = f"{voice['support']:,} gold spans; the larger class alone: {figure(voice['majority'])}"
        rows.append(("Voice, accuracy", interval(voice["accuracy"], voice["interval"]), told_of))
    techniques = evaluation["techniques"]
    if techniques:
        told_of = f"{techniques['spans']:,} gold spans; the most frequent technique alone: {figure(techniques['majority'])}"
        rows.append(("Technique, micro-F1", interval(techniques["micro_f1"], techniques["micro_f1_interval"]), told_of))
    if target:
        told_of = f"partial overlap inside gold spans; P / R {figure(target['precision'])} / {figure(target['recall'])}"
        # Evaluations of earlier versions have neither the interval nor the baseline.
        told_of += f"; the whole span: {figure(target['whole_span_f1'])}" if "whole_span_f1" in target else ""
        rows.append(("Blamed target, F1", interval(target["f1"], target.get("f1_interval")), told_of))
    return Table("Inside gold spans", ("Of a gold span", "Figure", "Measured"), tuple(rows))


def _row_name(evaluation: Mapping[str, Any], with_model: bool) -> str:
    sources = "".join(f", {source}" for source in evaluation.get("sources", []))
    name = f"{evaluation['corpus']}, {evaluation['split']}{sources}{' (as devices)' if evaluation['view'] else ''}"
    return f"{evaluation['model']}: {name}" if with_model else name


def _matrix_cell(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return ""
    share = figures["support"] / figures["items"]
    return f"{_short(figures['f1'])} / {_short(figures['average_precision'])} ({_short(share)})"


def _short(value: float | None) -> str:
    """«.41»: without the zero, which a matrix has no room for."""
    return figure(value).removeprefix("0")
