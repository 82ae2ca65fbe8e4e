"""Compares evaluations of two models on the same items: per label the difference, its interval by article, and p values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from framing import metrics
from framing.errors import ConfigError
from framing.evaluation import headline_figures
from framing.resampling import (
    SAMPLES,
    Floats,
    PairedDifference,
    Statistic,
    SumStatistic,
    f1_counts,
    f1_of_sums,
    holm,
    paired_bootstrap,
    paired_bootstrap_sums,
    resampled_average_precision,
    sums_by_article,
)
from framing.runs import Run, plain

Metric = Literal["f1", "average_precision", "span_f1", "macro_f1"]
RANKING_SAMPLES: Final = 1000
"""Draws for average precision, which no sums over articles give."""
_REMEDY: Final = "evaluate both with the same --corpus and --split"
_SAME_ITEMS: Final = "evaluate both on the same paragraphs: the same files, --split and --source, and the same left out by --drop-seen"
_SAME_LABELS: Final = "compare models that give the same labels"
_Key = tuple[str, int]
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of a label under both sides, a over b: `difference` is `a - b`, with its 95 % interval `low` to `high`.

    `level` is that of the items. `p_adjusted` is Holm's over the labels of the same metric. Macro F1 over labels has no label and no
    adjusted value. What cannot be told (average precision of a label without positives) is nan.
    """

    metric: Metric
    label: str | None
    level: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    p_value: float
    p_adjusted: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides on one corpus and split.

    `models_a` and `models_b` name the model of each run; `only_a` and `only_b` are labels that one side measured and the other did not,
    which are not compared; `articles` counts those of the items compared.
    """

    models_a: tuple[str, ...]
    models_b: tuple[str, ...]
    corpus: str
    split: str
    articles: int
    seed: int
    samples: int
    differences: tuple[Difference, ...]
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it: nan is None."""
        told: dict[str, Any] = plain(asdict(self))
        return told


def compare(runs_a: Sequence[Run], runs_b: Sequence[Run], seed: int, samples: int = SAMPLES) -> Comparison:
    """What one side has over the other, each figure being the mean over the side's runs: one run, or one for each seed of a training.

    Labels are compared at their headline level. Articles are resampled with replacement, each draw being given to all runs: the
    intervals tell how far other articles would move the difference, not other seeds. Average precision takes at most
    `RANKING_SAMPLES` draws. Macro F1 is over labels that have positives and that the corpus gives by themselves.

    Raises ConfigError where the runs are of different corpora, splits or items, where they have no label in common, and where the runs
    of one side measured different labels.
    """
    runs, split = [*runs_a, *runs_b], len(runs_a)
    _require_same_setting(runs)
    measured_a, measured_b = _measured(runs_a), _measured(runs_b)
    labels = [label for label in measured_a if label in measured_b]
    if not labels:
        found_in = " and ".join(", ".join(measured) or "none" for measured in (measured_a, measured_b))
        raise ConfigError(f"the runs have no label in common: found {found_in}; {_SAME_LABELS}")
    tables = [_tables(run) for run in runs]
    found: list[Difference] = []
    counted: list[tuple[list[str], list[Floats]]] = []
    compared: set[str] = set()
    headlines = headline_figures(runs[0].evaluation)
    own = {*runs[0].evaluation["own_labels"], *runs[0].evaluation["articles"]}
    for label in labels:
        level = headlines[label][0]
        keys = _same_items(tables, label, level)
        sides = [[table[label, level][key] for key in keys] for table in tables]
        articles = [str(row["article"]) for row in sides[0]]
        sums = [sums_by_article(f1_counts(_bools(rows, "flagged"), _bools(rows, "gold")), articles) for rows in sides]
        found.append(_of_sums("f1", label, level, f1_of_sums, sums, split, seed, samples))
        found.append(_ranking(label, level, sides, articles, split, seed, min(samples, RANKING_SAMPLES)))
        if label in own and _bools(sides[0], "gold").any():
            counted.append((sorted(set(articles)), sums))
        compared.update(articles)
        if any((label, "span") in table for table in tables):
            found.append(_spans(label, tables, split, seed, samples))
            compared.update(str(row["article"]) for row in tables[0][label, "span"].values())
    if len(counted) > 1:
        found.append(_of_sums("macro_f1", None, "headline", _macro_of_sums, _side_by_side(counted), split, seed, samples))
    return Comparison(
        tuple(str(run.evaluation["model"]) for run in runs_a),
        tuple(str(run.evaluation["model"]) for run in runs_b),
        runs[0].evaluation["corpus"],
        runs[0].evaluation["split"],
        len(compared),
        seed,
        samples,
        _adjusted(found),
        tuple(label for label in measured_a if label not in labels),
        tuple(label for label in measured_b if label not in labels),
    )


def _require_same_setting(runs: Sequence[Run]) -> None:
    for part, name, remedy in (("corpus", "corpora", _REMEDY), ("split", "splits", _REMEDY), ("view", "readings of labels", _SAME_LABELS)):
        values = [run.evaluation.get(part) for run in runs]
        for value in values:
            if value != values[0]:
                raise ConfigError(f"the runs are of different {name}: found '{values[0]}' and '{value}'; {remedy}")


def _measured(side: Sequence[Run]) -> list[str]:
    """The labels that the runs of one side measured, which are the same for all of them."""
    first, *others = (list(headline_figures(run.evaluation)) for run in side)
    for other in others:
        if set(other) != set(first):
            raise ConfigError(
                f"the runs of one side measured different labels, among them {', '.join(sorted({*first} ^ {*other}))}; "
                "name a run, or a folder with the runs of one training"
            )
    return first


def _tables(run: Run) -> dict[tuple[str, str], dict[_Key, _Row]]:
    """The rows of each label and level, by their id and place."""
    tables: dict[tuple[str, str], dict[_Key, _Row]] = {}
    for row in run.rows:
        tables.setdefault((row["label"], row["level"]), {})[row["id"], row["item"]] = row
    return tables


def _same_items(tables: Sequence[dict[tuple[str, str], dict[_Key, _Row]]], label: str, level: str) -> list[_Key]:
    """Keys of a label's items in order; raises ConfigError that says what differs where they are not the same in all runs."""
    first = tables[0].get((label, level), {})
    for table in tables[1:]:
        other = table.get((label, level), {})
        differing = sorted(first.keys() ^ other.keys())
        if differing or not first:
            example = f", among them '{differing[0][0]}'" if differing else ""
            raise ConfigError(
                f"{label}: the runs hold different items: found {len(first)} and {len(other)} {level}s, "
                f"{len(differing)} of them in one run only{example}; {_SAME_ITEMS}"
            )
        for key, row in first.items():
            if _gold(other[key]) != _gold(row) or other[key]["article"] != row["article"]:
                differing_part = "article" if other[key]["article"] != row["article"] else "gold"
                raise ConfigError(f"{label}: {level} {key[1]} of '{key[0]}' has another {differing_part} in each run; {_SAME_ITEMS}")
    return sorted(first)


def _gold(row: _Row) -> bool | list[tuple[int, int]]:
    """Gold as it compares: the spans of a run that was read back are lists, those of one in memory tuples."""
    gold = row["gold"]
    return bool(gold) if isinstance(gold, bool) else [(start, end) for start, end in gold]


def _bools(rows: Iterable[_Row], part: str) -> NDArray[np.bool_]:
    return np.array([row[part] for row in rows], dtype=bool)


def _of_sums(
    metric: Metric, label: str | None, level: str, statistic: SumStatistic, sums: Sequence[Floats], split: int, seed: int, samples: int
) -> Difference:
    """The difference of a figure of sums, each of shape (articles, columns): the first `split` are of side a."""
    sides = (sums[:split], sums[split:])
    columns = sums[0].shape[1]
    # Both sides must have as many columns; a mean stays the same when every run is counted equally often.
    copies = math.lcm(*map(len, sides))
    given = [np.concatenate(list(side) * (copies // len(side)), axis=1) for side in sides]

    def mean(joined: Floats) -> Floats:
        return np.asarray(statistic(joined.reshape(*joined.shape[:-1], copies, columns)).mean(axis=-1), dtype=np.float64)

    given_a, given_b = given
    paired = paired_bootstrap_sums(mean, given_a, given_b, seed, samples)
    return _difference(metric, label, level, [float(mean(side.sum(axis=0))) for side in given], paired)


def _difference(metric: Metric, label: str | None, level: str, figures: Sequence[float], paired: PairedDifference) -> Difference:
    a, b = figures
    return Difference(metric, label, level, a, b, paired.difference, paired.low, paired.high, paired.p_value)


def _macro_of_sums(sums: Floats) -> Floats:
    """Mean over labels of F1, the counts of each label one after the other: shape (..., 3 x labels)."""
    return np.asarray(f1_of_sums(sums.reshape(*sums.shape[:-1], -1, 3)).mean(axis=-1), dtype=np.float64)


def _side_by_side(counted: Sequence[tuple[Sequence[str], Sequence[Floats]]]) -> list[Floats]:
    """Sums of each run over the articles of all labels, shape (articles, 3 x labels), from the articles and each run's sums by label."""
    names = sorted({name for articles, _ in counted for name in articles})
    whole = [np.zeros((len(names), 3 * len(counted))) for _ in counted[0][1]]
    for column, (articles, sums) in enumerate(counted):
        rows = np.searchsorted(np.array(names), np.array(articles))
        for of_run, part in zip(whole, sums, strict=True):
            of_run[rows, 3 * column : 3 * column + 3] = part
    return whole


def _ranking(
    label: str, level: str, sides: Sequence[Sequence[_Row]], articles: Sequence[str], split: int, seed: int, samples: int
) -> Difference:
    gold = _bools(sides[0], "gold")
    figures = [resampled_average_precision(np.array([float(row["probability"]) for row in rows]), gold) for rows in sides]

    def mean(part: Sequence[Statistic]) -> Statistic:
        return lambda items: float(np.mean([figure(items) for figure in part]))

    a, b = mean(figures[:split]), mean(figures[split:])
    everything = np.arange(len(articles))
    paired = paired_bootstrap(a, b, articles, seed, samples)
    return _difference("average_precision", label, level, [a(everything), b(everything)], paired)


def _spans(label: str, tables: Sequence[dict[tuple[str, str], dict[_Key, _Row]]], split: int, seed: int, samples: int) -> Difference:
    keys = _same_items(tables, label, "span")
    sums = []
    for table in tables:
        rows = [table[label, "span"][key] for key in keys]
        sums.append(sums_by_article(np.array([_span_sums(row) for row in rows]), [str(row["article"]) for row in rows]))
    return _of_sums("span_f1", label, "span", _span_f1_of_sums, sums, split, seed, samples)


def _span_sums(row: _Row) -> list[float]:
    """Shares earned and spans predicted, shares found and gold spans, as `metrics.span_overlap` counts them."""
    predicted, gold = ([(int(start), int(end)) for start, end in row[part]] for part in ("predicted", "gold"))
    precision, recall, _ = metrics.span_overlap([predicted], [gold])
    spans = len(metrics.merge(predicted)), len(metrics.merge(gold))
    return [precision * spans[0], spans[0], recall * spans[1], spans[1]]


def _span_f1_of_sums(sums: Floats) -> Floats:
    earned, predicted, found, gold = np.moveaxis(sums, -1, 0)
    precision, recall = earned / np.maximum(predicted, 1), found / np.maximum(gold, 1)
    both = precision + recall
    f1: Floats = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    return f1


def _adjusted(found: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences, metric by metric, those of labels with Holm's adjustment over the labels of their metric."""
    ordered: list[Difference] = []
    metrics_in_order: tuple[Metric, ...] = ("f1", "macro_f1", "average_precision", "span_f1")
    for metric in metrics_in_order:
        family = [row for row in found if row.metric == metric]
        told = [row for row in family if row.label is not None and not math.isnan(row.p_value)]
        adjusted = dict(zip(map(id, told), holm([row.p_value for row in told]), strict=True)) if told else {}
        ordered += [replace(row, p_adjusted=adjusted.get(id(row))) for row in family]
    return tuple(ordered)
