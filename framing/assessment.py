"""Evaluates a model on a corpus: figures, baselines, curves and errors in one plain structure."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from framing.baselines import Level, baseline_table, tuning_split
from framing.ceilings import Ceiling
from framing.corpora.base import Example
from framing.evaluation import (
    Items,
    article_figures,
    headline_level,
    item_figures,
    label_figures,
    paragraph_items,
    sentence_items,
    sentences_known,
)
from framing.gallery import article_gallery, curves, gallery, label_items
from framing.known_wording import target_figures, voice_figures
from framing.prediction import Calibrated
from framing.span_documents import span_documents
from framing.summaries import baseline_summary, sensitivity_figures, summary_figures, technique_figures
from framing.taxonomy import TARGET, VOICE
from framing.version import __version__
from framing.vocabularies import KIN, graded, parts_of

SCHEMA_VERSION: Final = 1


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
    spans = tuple(replace(span, label=view[span.label]) for span in example.spans if span.label in view)
    # A merged label may stand for one that is read as a device: whether a paragraph that holds it has the device is unknown.
    unsure = {view[part] for span in example.spans for part in parts_of(span.label) if part in view}
    known = frozenset(view[label] for label in example.known if label in view) - unsure | (example.known & {VOICE})
    labels: dict[str, bool] = {}
    for label, present in example.labels.items():
        if label in view:
            labels[view[label]] = labels.get(view[label], False) or present
    return replace(example, spans=spans, known=known, labels=labels)


def assess(
    setting: Setting,
    calibrated: Sequence[Calibrated],
    seconds: float,
    own: frozenset[str],
    articles: Mapping[str, Items] | None = None,
    baselines: Mapping[str, Mapping[str, Items]] | None = None,
    ceilings: Mapping[str, Ceiling] | None = None,
    crossed: Sequence[Calibrated] = (),
) -> dict[str, Any]:
    """Everything that a report shows, as plain dicts and lists.

    Args:
        setting: what was asked.
        calibrated: the model's paragraphs, each with the calibration to read it with, fitted on other articles.
        seconds: wall time of reading and scoring.
        own: labels that the corpus gives by themselves (`framing.summaries.own_labels`), which figures over all labels are taken over.
        articles: the scored articles per article label, from `article_items`, for models with article labels.
        baselines: items of the baselines per label, from `baselines_beside`.
        ceilings: agreement of the corpus's annotators per label, where it can be told.
        crossed: the paragraphs again, each with thresholds fitted on others of them, where the model's were fitted on these very ones.
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
        "own_labels": sorted(own),
        "summary": _summary(calibrated, labels, own, baselines or {}, setting.seed),
        "techniques": technique_figures(calibrated, own, setting.seed),
        "sensitivities": sensitivity_figures(calibrated),
        "articles": article_figures(articles, setting.seed),
        "cross_fitted": label_figures(crossed, setting.seed, samples=0),
        "baselines": {
            label: {name: item_figures(items, setting.seed, samples=300) for name, items in by_name.items()}
            for label, by_name in (baselines or {}).items()
        },
        "ceilings": {label: ceiling.to_dict() for label, ceiling in (ceilings or {}).items() if label in labels or label in articles},
        "curves": {label: curves(label_items(calibrated, index, labels[label])) for index, label in _measured(calibrated, labels)}
        | {label: curves(items) for label, items in articles.items()},
        "errors": {label: gallery(calibrated, index, labels[label]) for index, label in _measured(calibrated, labels)}
        | {label: article_gallery(calibrated, items) for label, items in articles.items()},
    }
    result |= _voice_and_target(calibrated, setting.seed)
    result["seconds"] = {"scoring": round(seconds, 2), "figures": round(time.perf_counter() - started, 2)}
    return result


def _summary(
    calibrated: Sequence[Calibrated],
    labels: Mapping[str, Mapping[str, Any]],
    own: frozenset[str],
    baselines: Mapping[str, Mapping[str, Items]],
    seed: int,
) -> dict[str, dict[str, Any]]:
    table = summary_figures(calibrated, own, seed)
    for level, figures in table.items():
        counted = [label for label, of in labels.items() if label in own and level in of]
        # The baselines stand at the level that a label is first reported at.
        if all(headline_level(labels[label]) == level for label in counted):
            figures["baselines"] = baseline_summary(baselines, counted, seed)
    return table


def _voice_and_target(calibrated: Sequence[Calibrated], seed: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    channels = calibrated[0].prediction.channels if calibrated else ()
    if VOICE in channels and any(VOICE in c.prediction.example.known for c in calibrated):
        result["voice"] = voice_figures(calibrated, seed)
    if TARGET in channels and any(TARGET in c.prediction.example.known for c in calibrated):
        result["target"] = target_figures(calibrated, seed)
    return result


def baselines_beside(
    train: Sequence[Example], measured: Sequence[Example], labels: Mapping[str, Any], articles: Iterable[str], seed: int
) -> dict[str, dict[str, Items]]:
    """Items of the baselines for each label of `labels` (figures of a model), at the level that the label is first reported at, and for
    each label of whole articles.

    They learn from four fifths of the training articles and are tuned on the rest; without these only what learns nothing stands there.
    """
    learn, tune = tuning_split(train, seed)
    table: dict[str, dict[str, Items]] = {}
    wanted: dict[Level, list[str]] = {"sentence": [], "paragraph": [], "article": list(articles)}
    for label, figures in labels.items():
        wanted[headline_level(figures)].append(label)
    for level, names in wanted.items():
        table |= baseline_table(learn, tune, measured, names, level, seed) if names else {}
    return table


def item_rows(calibrated: Sequence[Calibrated], articles: Mapping[str, Items] | None = None) -> list[dict[str, Any]]:
    """One row for each scored sentence, paragraph and article of a known label, and one for each document's spans: what a comparison
    reads.

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
        for d in span_documents(calibrated, index):
            place = {"label": label, "id": d.id, "article": d.article}
            rows.append({**place, "level": "span", "item": 0, "predicted": d.predicted, "gold": d.gold})
    for label, items in (articles or {}).items():
        for row, article in enumerate(items.articles):
            rows.append({"label": label, "id": article, "article": article, "level": "article", "item": 0, **_score(items, row)})
    return rows


def _score(items: Items, row: int) -> dict[str, Any]:
    return {
        "gold": bool(items.gold[row]),
        "flagged": bool(items.flagged[row]),
        "probability": round(float(items.probabilities[row]), 5),
    }


def _measured(calibrated: Sequence[Calibrated], labels: Mapping[str, Any]) -> list[tuple[int, str]]:
    return [(index, label) for index, label in enumerate(calibrated[0].prediction.labels if calibrated else ()) if label in labels]
