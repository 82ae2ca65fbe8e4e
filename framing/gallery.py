"""Curves of precision, recall and calibration, and the errors where a model was surest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from framing import metrics
from framing.evaluation import Items, headline_level, paragraph_items, sentence_items
from framing.prediction import Calibrated
from framing.vocabularies import coarser

GALLERY: Final = 12
"""Sentences of each kind of error that a report shows, the ones where the model was surest."""
CURVE_POINTS: Final = 60
BEGINNING: Final = 300
"""Characters shown of an article."""


def label_items(calibrated: Sequence[Calibrated], index: int, figures: Mapping[str, Any]) -> Items:
    """The items that a label is first reported at."""
    return sentence_items(calibrated, index) if headline_level(figures) == "sentence" else paragraph_items(calibrated, index)


def curves(items: Items) -> dict[str, Any]:
    """Precision over recall, as points, and stated against observed per bin with the number of items."""
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


def gallery(calibrated: Sequence[Calibrated], index: int, figures: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The sentences (or paragraphs) where the model was surest and wrong: false alarms and misses."""
    level = headline_level(figures)
    found: dict[str, list[dict[str, Any]]] = {"false_alarms": [], "misses": []}
    for c in calibrated:
        p = c.prediction
        bounds = p.bounds if level == "sentence" else [(0, len(p.example.text))]
        gold = p.gold_sentences[:, index] if level == "sentence" else p.gold_paragraph[index : index + 1]
        items = label_items([c], index, figures)
        known = [bound for bound, value in zip(bounds, gold.tolist(), strict=True) if value >= 0]
        for row, (start, end) in enumerate(known):
            if items.flagged[row] != items.gold[row]:
                kind = "false_alarms" if items.flagged[row] else "misses"
                own = [s for s in p.example.spans if p.labels[index] in coarser(s.label) and s.start < end and s.end > start]
                spans = [(max(s.start, start) - start, min(s.end, end) - start) for s in own]
                error = {"id": p.example.id, "article": p.example.article, "text": p.example.text[start:end]}
                found[kind].append(error | _stated(items, row) | {"gold": spans if kind == "misses" else []})
    return _surest(found)


def article_gallery(calibrated: Sequence[Calibrated], items: Items) -> dict[str, list[dict[str, Any]]]:
    """The same of whole articles, each shown by its beginning."""
    beginning: dict[str, str] = {}
    for c in calibrated:
        beginning.setdefault(c.prediction.example.article, c.prediction.example.text[:BEGINNING])
    found: dict[str, list[dict[str, Any]]] = {"false_alarms": [], "misses": []}
    for row, article in enumerate(items.articles):
        if items.flagged[row] != items.gold[row]:
            error = {"id": article, "article": article, "text": beginning.get(article, "")}
            found["false_alarms" if items.flagged[row] else "misses"].append(error | _stated(items, row) | {"gold": []})
    return _surest(found)


def _stated(items: Items, row: int) -> dict[str, float]:
    return {"probability": round(float(items.probabilities[row]), 4)}


def _surest(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    found["false_alarms"].sort(key=lambda error: -error["probability"])
    found["misses"].sort(key=lambda error: error["probability"])
    return {kind: errors[:GALLERY] for kind, errors in found.items()}
