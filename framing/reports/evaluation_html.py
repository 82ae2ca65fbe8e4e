"""Lays evaluations, and the matrix of several, out as self-contained web pages with charts and a gallery of errors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from framing.evaluation import headline_figures
from framing.gallery import GALLERY
from framing.reports.characters import html_text
from framing.reports.charts import Bar, f1_bars, label_colours, precision_recall_chart, reliability_chart
from framing.reports.swap_tables import swap_heading, swap_introduction, swap_tables
from framing.reports.tables import (
    MATRIX_NOTE,
    VIEW_NOTE,
    baseline_title,
    closing,
    evaluation_tables,
    figure,
    heading,
    introduction,
    matrix_tables,
)
from framing.reports.tables_html import document, table_section
from framing.vocabularies import title

CHARTS: Final = 8
"""Labels whose charts are open, those with the most support; the charts of the others open on a click."""
_BARS: Final = 14
_KINDS: Final = {"false_alarms": ("False alarms", "false alarm"), "misses": ("Misses", "miss")}


def evaluation_html(evaluation: Mapping[str, Any]) -> str:
    """One evaluation (`framing.assessment.assess`) as one HTML page, to be written as UTF-8.

    The errors on it quote the corpus.
    """
    colours = label_colours([*evaluation["labels"], *evaluation["articles"]])
    headlines = headline_figures(evaluation)
    by_support = sorted(evaluation["curves"], key=lambda label: -headlines[label][1]["support"])
    sections = [_bars(evaluation, colours), *map(table_section, evaluation_tables(evaluation))]
    sections += [_charts(evaluation, by_support, colours), _errors(evaluation, by_support, colours)]
    return document("Evaluation", heading(evaluation), introduction(evaluation), sections, closing(evaluation))


def matrix_html(evaluations: Sequence[Mapping[str, Any]]) -> str:
    """Several evaluations as a matrix of corpora and labels, one HTML page with a table for each vocabulary."""
    notes = [f"{MATRIX_NOTE} The deeper the shade, the higher the F1."]
    notes += [VIEW_NOTE] if any(evaluation["view"] for evaluation in evaluations) else []
    return document("Matrix", "Evaluations across corpora", notes, map(table_section, matrix_tables(evaluations)))


def swap_html(figures: Mapping[str, Any]) -> str:
    """A swap test (`framing.measurement.measure_swaps`) as one HTML page."""
    return document("Swap test", swap_heading(figures), swap_introduction(figures), map(table_section, swap_tables(figures)))


def _bars(evaluation: Mapping[str, Any], colours: Mapping[str, str]) -> str:
    baselines = evaluation["baselines"]
    letters = _letters(dict.fromkeys(name for given in baselines.values() for name in given))
    levels: dict[str, list[Bar]] = {"sentence": [], "paragraph": [], "article": []}
    for label, (level, own) in headline_figures(evaluation).items():
        ticks = tuple((letters[name], given["f1"]) for name, given in baselines.get(label, {}).items())
        levels[level].append(Bar(title(label), colours[label], own["f1"], own.get("f1_interval"), ticks))
    return "".join(_bar_chart(level, bars, letters) for level, bars in levels.items() if bars)


def _bar_chart(level: str, bars: Sequence[Bar], letters: Mapping[str, str]) -> str:
    shown = {letter: baseline_title(name) for name, letter in letters.items()} if any(bar.baselines for bar in bars) else {}
    key = f" Ticks: F1 of the baselines ({', '.join(f'{letter}: {name}' for letter, name in shown.items())})." if shown else ""
    # Long charts are cut into columns, which fit a sheet of paper.
    height = math.ceil(len(bars) / math.ceil(len(bars) / _BARS))
    charts = "".join(f1_bars(bars[first : first + height], shown) for first in range(0, len(bars), height))
    return (
        f'<section><h2>F1, {level} level</h2><figure><div class="bars">{charts}</div>'
        f'<figcaption class="note quiet">Line across a bar: 95 % interval.{html_text(key)}</figcaption></figure></section>'
    )


def _letters(names: Iterable[str]) -> dict[str, str]:
    """A letter for each baseline: the first of its name that no other has."""
    letters: dict[str, str] = {}
    for name in names:
        letters[name] = next(letter for letter in f"{name}{_SPARE}".upper() if letter.isalpha() and letter not in letters.values())
    return letters


_SPARE: Final = "abcdefghijklmnopqrstuvwxyz"


def _charts(evaluation: Mapping[str, Any], labels: Sequence[str], colours: Mapping[str, str]) -> str:
    if not labels:
        return ""
    figures = [_charts_of_label(evaluation, label, colours[label]) for label in labels]
    rest = figures[CHARTS:]
    more = f'<details class="more"><summary>{_count(len(rest), "label")} with less support</summary>{_grid(rest)}</details>' if rest else ""
    return (
        "<section><h2>Precision and recall, stated and observed probability</h2>"
        '<p class="note quiet">Left: precision over recall; the ring is the threshold, the dashed line marking everything. Right: the '
        "share that was found true over the probability stated; a dot’s area goes with the number of items, on the dashed line both "
        "agree.</p>"
        f"{_grid(figures[:CHARTS])}{more}</section>"
    )


def _grid(figures: Sequence[str]) -> str:
    return f'<div class="charts">{"".join(figures)}</div>'


def _charts_of_label(evaluation: Mapping[str, Any], label: str, colour: str) -> str:
    curves, figures = evaluation["curves"][label], headline_figures(evaluation)[label][1]
    name = title(label)
    # Where nothing is present there is no recall, and no place for the threshold.
    operating = (figures["recall"], figures["precision"]) if figures["support"] else None
    share = figures["support"] / figures["items"]
    return (
        f'<figure><figcaption><b>{html_text(name)}</b> <span class="quiet">{figures["support"]:,} of {figures["items"]:,}, '
        f'average precision {figure(figures["average_precision"])}</span></figcaption><div class="pair">'
        f"{precision_recall_chart(name, curves['precision_recall'], share, operating, colour)}"
        f"{reliability_chart(name, curves['reliability'], colour)}</div></figure>"
    )


def _errors(evaluation: Mapping[str, Any], labels: Sequence[str], colours: Mapping[str, str]) -> str:
    shown = [label for label in labels if any(evaluation["errors"][label][kind] for kind in _KINDS)]
    if not shown:
        return ""
    galleries = "".join(_gallery(label, evaluation["errors"][label], colours[label]) for label in shown)
    return (
        f'<section class="errors"><h2>Errors</h2><p class="note quiet">At most {GALLERY} of each kind, those where the model was surest, '
        "each with the probability that it stated. Underlined: what the annotators marked. The texts are the corpus’s, under its licence."
        f"</p>{galleries}</section>"
    )


def _gallery(label: str, errors: Mapping[str, Sequence[Mapping[str, Any]]], colour: str) -> str:
    counts = ", ".join(_count(len(errors[kind]), noun) for kind, (_, noun) in _KINDS.items())
    lists = "".join(
        f"<h3>{name}</h3><ul>{''.join(map(_error, errors[kind]))}</ul>" for kind, (name, _) in _KINDS.items() if errors[kind]
    )
    return (
        f'<details style="--colour:{colour}"><summary><b>{html_text(title(label))}</b> <span class="quiet">{counts}</span></summary>'
        f"{lists}</details>"
    )


def _error(error: Mapping[str, Any]) -> str:
    return (
        f'<li><span class="number">{figure(error["probability"], 3)}</span><div><p class="excerpt" dir="auto" lang="">'
        f'{_underlined(error["text"], error["gold"])}</p><p class="quiet"><bdi>{html_text(error["article"])}</bdi>, '
        f'paragraph <bdi>{html_text(error["id"])}</bdi></p></div></li>'
    )


def _underlined(text: str, gold: Sequence[Sequence[int]]) -> str:
    """`text` with the gold spans underlined; those that overlap share their line."""
    parts, position = [], 0
    for start, end in sorted(map(tuple, gold)):
        if end > position:
            first = max(start, position)
            parts.append(f'{html_text(text[position:first])}<u class="u">{html_text(text[first:end])}</u>')
            position = end
    return "".join(parts) + html_text(text[position:])


def _count(count: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"
