"""Runs of invented models over an invented corpus of 40 articles: what agrees with the gold, and how often, is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from framing.runs import SCHEMA_VERSION, Run

ARTICLES = 40


def layout() -> Iterator[tuple[str, str, int]]:
    """Article, id and number of sentences of each paragraph, the same each time."""
    random = np.random.default_rng(11)
    for article in range(ARTICLES):
        for paragraph in range(int(random.integers(1, 6))):
            yield f"gazette/{article}", f"gazette/{article}#{paragraph}", int(random.integers(1, 4))


def scored(
    model: str,
    agreement: Mapping[str, float],
    seed: int = 0,
    paragraphs_only: Collection[str] = (),
    without_spans: Collection[str] = (),
    share: float = 0.3,
) -> Run:
    """A run in which each label of `agreement` is flagged as the gold says for that share of items; probabilities have many ties.

    Gold is the same for every model and seed: positive for `share` of the items. Labels of `paragraphs_only` have no sentences.
    """
    rows: list[dict[str, Any]] = []
    for label, agreeing in agreement.items():
        gold_of, model_of = np.random.default_rng([1, *label.encode()]), np.random.default_rng([2, seed, *label.encode()])

        def judged(
            gold_of: np.random.Generator = gold_of, of: np.random.Generator = model_of, agreeing: float = agreeing
        ) -> dict[str, Any]:
            gold = bool(gold_of.random() < share)
            flagged = gold if of.random() < agreeing else not gold
            return {"gold": gold, "flagged": flagged, "probability": round(min(1.0, max(0.0, of.normal(0.7 if flagged else 0.3, 0.1))), 2)}

        for article, place, sentences in layout():
            where = {"label": label, "id": place, "article": article}
            if label not in paragraphs_only:
                rows += [{**where, "level": "sentence", "item": item, **judged()} for item in range(sentences)]
            rows.append({**where, "level": "paragraph", "item": 0, **judged()})
            if label not in without_spans:
                starts = np.flatnonzero(gold_of.random(5) < share) * 20
                gold = [(int(start), int(start) + int(gold_of.integers(5, 30))) for start in starts]
                predicted = [
                    (max(0, start + int(model_of.integers(-9, 9))), end + 10) for start, end in gold if model_of.random() < agreeing
                ]
                rows.append({**where, "level": "span", "item": 0, "predicted": predicted, "gold": gold})
    levels = {label: {row["level"]: {} for row in rows if row["label"] == label} for label in agreement}
    setting = {"model": model, "corpus": "gazette", "split": "dev", "view": {}}
    evaluation = {"schema_version": SCHEMA_VERSION, **setting, "labels": levels, "articles": {}, "own_labels": list(levels)}
    return Run(evaluation, tuple(rows))
