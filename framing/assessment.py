"""Evaluates a model on a corpus: figures, baselines, curves and errors in one plain structure."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from framing import metrics
from framing.baselines import Level, baseline_table, tuning_split
from framing.corpora.base import Example
from framing.corpora.ceilings import Ceiling
from framing.evaluation import (
    Items,
    article_figures,
    headline_level,
    item_figures,
    label_figures,
    paragraph_items,
    sentence_items,
    sentences_known,
    spans_of_label,
    summary_figures,
    target_overlap,
    voice_figures,
)
from framing.prediction import Calibrated
from framing.taxonomy import TARGET, VOICE
from framing.text import Span
from framing.version import __version__
from framing.vocabularies import KIN, graded

SCHEMA_VERSION: Final = 1
GALLERY: Final = 12
"""Sentences of each kind of error that a report shows, the ones where the model was surest."""
CURVE_POINTS: Final = 60


@dataclass(frozen=True, slots=True)
class Setting:
    """What was asked: the model's name, the corpus, its split, and how the corpus's labels were read (`view`: label to device)."""

    model: str
    corpus: str
    split: str
    seed: int
    view: dict[str, str]
    left_out: int = 0
    """Paragraphs left out because the model's training saw them."""
    sources: tuple[str, ...] = ()
    """Those of the corpus that alone were measured; none where all were."""


def in_common(channels: Sequence[str], article_labels: Sequence[str], examples: Sequence[Example]) -> set[str]:
    """Labels that the model gives and some example knows."""
    known = {label for e in examples for label in (*e.known, *e.labels, *e.article_labels)}
    return known & {*graded(channels), *article_labels}


def as_devices(examples: Sequence[Example]) -> tuple[list[Example], dict[str, str]]:
    """(the examples with labels of others read as the device that is nearest to them, label to device for those that were read so).

    What the others mean is not what our devices mean (`framing.vocabularies.KIN`): figures on such a view show how far a model of devices
    carries over to what others annotated.
    """
    view = {label: device for label, device in KIN.items() if any(label in e.known or label in e.labels for e in examples)}
    return [_as_devices(example, view) for example in examples], view


def _as_devices(example: Example, view: dict[str, str]) -> Example:
    spans = tuple(Span(s.start, s.end, view[s.label], s.voice, s.target) for s in example.spans if s.label in view)
    known = frozenset(view[label] for label in example.known if label in view) | (example.known & {VOICE})
    labels: dict[str, bool] = {}
    for label, present in example.labels.items():
        if label in view:
            labels[view[label]] = labels.get(view[label], False) or present
    return replace(example, spans=spans, known=known, labels=labels)


def assess(
    setting: Setting,
    calibrated: Sequence[Calibrated],
    seconds: float,
    articles: Mapping[str, Items] | None = None,
    baselines: Mapping[str, Mapping[str, Items]] | None = None,
    ceilings: Mapping[str, Ceiling] | None = None,
) -> dict[str, Any]:
    """Everything that a report shows, as plain dicts and lists.

    Args:
        setting: what was asked.
        calibrated: the model's paragraphs, each with the calibration to read it with, fitted on other articles.
        seconds: wall time of reading and scoring.
        articles: the scored articles per article label, from `article_items`, for models with article labels.
        baselines: items of the baselines per label, from `baselines_beside`.
        ceilings: agreement of the corpus's annotators per label, where it can be told.
    """
    started = time.perf_counter()
    articles = articles or {}
    labels = label_figures(calibrated, setting.seed)
    examples = [c.prediction.example for c in calibrated]
    result: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "framing": __version__,
        "model": setting.model,
        "corpus": setting.corpus,
        "split": setting.split,
        "sources": list(setting.sources),
        "seed": setting.seed,
        "view": setting.view,
        "extent": {
            "articles": len({e.article for e in examples}.union(*(items.articles for items in articles.values()))),
            "paragraphs": len(examples),
            "sentences": sum(len(c.prediction.bounds) for c in calibrated),
            "left_out": setting.left_out,
        },
        "labels": labels,
        "summary": summary_figures(calibrated, setting.seed),
        "articles": article_figures(articles, setting.seed),
        "baselines": {
            label: {name: item_figures(items, setting.seed, samples=300) for name, items in by_name.items()}
            for label, by_name in (baselines or {}).items()
        },
        "ceilings": {label: ceiling.to_dict() for label, ceiling in (ceilings or {}).items() if label in labels or label in articles},
        "curves": {label: _curves(calibrated, index, labels[label]) for index, label in _measured(calibrated, labels)},
        "errors": {label: _gallery(calibrated, index, labels[label]) for index, label in _measured(calibrated, labels)},
    }
    result |= _voice_and_target(calibrated, setting.seed)
    result["seconds"] = {"scoring": round(seconds, 2), "figures": round(time.perf_counter() - started, 2)}
    return result


def _voice_and_target(calibrated: Sequence[Calibrated], seed: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    channels = calibrated[0].prediction.channels if calibrated else ()
    if VOICE in channels and any(VOICE in c.prediction.example.known for c in calibrated):
        result["voice"] = voice_figures(calibrated, seed)
    if TARGET in channels and any(TARGET in c.prediction.example.known for c in calibrated):
        overlap = target_overlap([c.prediction for c in calibrated], calibrated[0].calibration.target_cut)
        result["target"] = dict(zip(("precision", "recall", "f1"), overlap, strict=True))
    return result


def baselines_beside(
    train: Sequence[Example], measured: Sequence[Example], labels: Mapping[str, Any], seed: int
) -> dict[str, dict[str, Items]]:
    """Items of the baselines for each label of `labels` (figures of a model), at the level that the label is first reported at.

    They learn from four fifths of the training articles and are tuned on the rest.
    """
    if not train:
        return {}
    learn, tune = tuning_split(train, seed)
    table: dict[str, dict[str, Items]] = {}
    levels: tuple[Level, ...] = ("sentence", "paragraph")
    for level in levels:
        wanted = [label for label, figures in labels.items() if headline_level(figures) == level]
        table |= baseline_table(learn, tune, measured, wanted, level, seed) if wanted else {}
    return table


def item_rows(calibrated: Sequence[Calibrated]) -> list[dict[str, Any]]:
    """One row for each scored sentence and paragraph of a known label, and one for each paragraph's spans: what a comparison reads.

    Rows hold ids, offsets, gold and scores, and no text.
    """
    rows: list[dict[str, Any]] = []
    for index, label in enumerate(calibrated[0].prediction.labels if calibrated else ()):
        by_sentence = sentences_known([c.prediction for c in calibrated], index)
        for c in calibrated:
            p = c.prediction
            place = {"label": label, "id": p.example.id, "article": p.example.article}
            items = sentence_items([c], index)
            known = np.flatnonzero(p.gold_sentences[:, index] >= 0).tolist() if by_sentence else []
            rows += [{**place, "level": "sentence", "item": item, **_score(items, row)} for row, item in enumerate(known)]
            whole = paragraph_items([c], index)
            rows += [{**place, "level": "paragraph", "item": 0, **_score(whole, 0)}] if len(whole.gold) else []
            if label in p.example.known:
                (predicted,), (gold,) = spans_of_label([c], index)
                rows.append({**place, "level": "span", "item": 0, "predicted": predicted, "gold": gold})
    return rows


def _score(items: Items, row: int) -> dict[str, Any]:
    return {
        "gold": bool(items.gold[row]),
        "flagged": bool(items.flagged[row]),
        "probability": round(float(items.probabilities[row]), 5),
    }


def _measured(calibrated: Sequence[Calibrated], labels: Mapping[str, Any]) -> list[tuple[int, str]]:
    return [(index, label) for index, label in enumerate(calibrated[0].prediction.labels if calibrated else ()) if label in labels]


def _items(calibrated: Sequence[Calibrated], index: int, figures: dict[str, Any]) -> Items:
    return sentence_items(calibrated, index) if headline_level(figures) == "sentence" else paragraph_items(calibrated, index)


def _curves(calibrated: Sequence[Calibrated], index: int, figures: dict[str, Any]) -> dict[str, Any]:
    """Precision over recall, as points, and stated against observed per bin with the number of items."""
    items = _items(calibrated, index, figures)
    order = np.argsort(-items.probabilities, kind="stable")
    hits = np.cumsum(items.gold[order])
    picks = np.unique(np.linspace(0, len(order) - 1, CURVE_POINTS).astype(int)) if len(order) else np.array([], dtype=int)
    # Where recall rises fast the items are few: take the points evenly over what was found, too.
    if hits.size and hits[-1]:
        picks = np.unique(np.concatenate([picks, np.searchsorted(hits, np.linspace(1, hits[-1], CURVE_POINTS))]))
    curve = [[float(hits[i] / hits[-1]), float(hits[i] / (i + 1))] for i in picks] if hits.size and hits[-1] else []
    bins = metrics.ECE_BINS
    bin_of = np.minimum((items.probabilities * bins).astype(int), bins - 1)
    reliability = [
        [float(items.probabilities[bin_of == b].mean()), float(items.gold[bin_of == b].mean()), int((bin_of == b).sum())]
        for b in range(bins)
        if (bin_of == b).any()
    ]
    return {"precision_recall": curve, "reliability": reliability}


def _gallery(calibrated: Sequence[Calibrated], index: int, figures: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The sentences (or paragraphs) where the model was surest and wrong: false alarms and misses."""
    level = headline_level(figures)
    found: dict[str, list[dict[str, Any]]] = {"false_alarms": [], "misses": []}
    for c in calibrated:
        p = c.prediction
        bounds = p.bounds if level == "sentence" else [(0, len(p.example.text))]
        gold = p.gold_sentences[:, index] if level == "sentence" else p.gold_paragraph[index : index + 1]
        items = _items([c], index, figures)
        known = [bound for bound, value in zip(bounds, gold.tolist(), strict=True) if value >= 0]
        for (start, end), row in zip(known, range(len(items.gold)), strict=True):
            if items.flagged[row] != items.gold[row]:
                kind = "false_alarms" if items.flagged[row] else "misses"
                spans = [(max(s.start, start) - start, min(s.end, end) - start) for s in p.example.spans if s.start < end and s.end > start]
                found[kind].append(
                    {
                        "id": p.example.id,
                        "article": p.example.article,
                        "text": p.example.text[start:end],
                        "probability": round(float(items.probabilities[row]), 4),
                        "gold": spans if kind == "misses" else [],
                    }
                )
    found["false_alarms"].sort(key=lambda error: -error["probability"])
    found["misses"].sort(key=lambda error: error["probability"])
    return {kind: errors[:GALLERY] for kind, errors in found.items()}
