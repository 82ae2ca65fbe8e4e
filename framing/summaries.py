"""Figures over all labels of a corpus, of techniques given to known spans, and of each sensitivity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from framing import metrics
from framing.corpora.base import Example
from framing.decoding import Sensitivity
from framing.encoding import tokens_inside
from framing.evaluation import Bools, Items, sentence_items, sentences_known
from framing.prediction import Calibrated, Prediction
from framing.resampling import bootstrap_sums, f1_counts, f1_of_sums, sums_by_article
from framing.taxonomy import DEVICE_NAMES
from framing.vocabularies import MERGED, TECHNIQUES


def own_labels(examples: Iterable[Example]) -> frozenset[str]:
    """The labels that a corpus gives by themselves: what figures over all labels are taken over.

    A label that stands there only as a part of a merged one can be neither right nor wrong alone, and one merged from labels that are
    given would count these twice.
    """
    given: set[str] = set()
    for example in examples:
        given.update(span.label for span in example.spans)
        given.update(label for label, present in example.labels.items() if present)
    return frozenset(label for label in given if not given.intersection(MERGED.get(label, ())))


def summary_figures(
    calibrated: Sequence[Calibrated], own: frozenset[str], seed: int, samples: int = 1000
) -> dict[str, dict[str, Any]]:
    """Micro and macro F1 over the labels `own`, per level, with intervals by article; only known cells count.

    `labels` counts those that are known, `with_support` those that have positives, which macro F1 is the mean over.
    """
    table: dict[str, dict[str, Any]] = {}
    for level in ("sentence", "paragraph") if calibrated else ():
        kept = [index for index, label in enumerate(calibrated[0].prediction.labels) if label in own]
        if level == "sentence":
            kept = [index for index in kept if sentences_known([c.prediction for c in calibrated], index)]
        known = np.concatenate([_gold(c, level)[:, kept] >= 0 for c in calibrated])
        gold = np.concatenate([_gold(c, level)[:, kept] == 1 for c in calibrated])
        if known.sum(axis=0).astype(bool).sum() < 2:
            continue
        flagged = np.concatenate([_flags(c, level)[:, kept] for c in calibrated])
        articles = [c.prediction.example.article for c in calibrated for _ in range(len(_gold(c, level)))]
        whole = metrics.multilabel_f1(flagged, gold, known)

        def over(rows: NDArray[np.int64], kind: str, flagged: Bools = flagged, gold: Bools = gold, known: Bools = known) -> float:
            return float(getattr(metrics.multilabel_f1(flagged[rows], gold[rows], known[rows]), kind))

        intervals = {k: metrics.bootstrap_interval(partial(over, kind=k), articles, seed, samples) for k in ("micro", "macro")}
        table[level] = {
            "micro_f1": whole.micro,
            "micro_f1_interval": list(intervals["micro"]),
            "macro_f1": whole.macro,
            "macro_f1_interval": list(intervals["macro"]),
            "labels": int(known.any(axis=0).sum()),
            "with_support": sum(support > 0 for support in whole.support),
            "all_positive_micro_f1": metrics.multilabel_f1(known, gold, known).micro,
        }
    return table


def baseline_summary(baselines: Mapping[str, Mapping[str, Items]], labels: Sequence[str], seed: int, samples: int = 1000) -> dict[str, Any]:
    """Micro F1, with its interval by article, and macro F1 of each baseline over `labels`; empty where one of them has no baselines."""
    if not labels or not all(label in baselines for label in labels):
        return {}
    table = {}
    for name in baselines[labels[0]]:
        if not all(name in baselines[label] for label in labels):
            continue
        items = [baselines[label][name] for label in labels]
        counts = [f1_counts(of.flagged, of.gold) for of in items]
        sums = sums_by_article(np.concatenate(counts), [article for of in items for article in of.articles])
        supported = [f1_of_sums(of_label.sum(axis=0)) for of_label, of in zip(counts, items, strict=True) if of.gold.any()]
        table[name] = {
            "micro_f1": float(f1_of_sums(sums.sum(axis=0))),
            "micro_f1_interval": list(bootstrap_sums(f1_of_sums, sums, seed, samples)),
            "macro_f1": float(np.mean(supported)) if supported else 0.0,
        }
    return table


def technique_figures(calibrated: Sequence[Calibrated], own: frozenset[str], seed: int, samples: int = 1000) -> dict[str, Any]:
    """Technique classification of SemEval-2020 task 11 on the gold spans: micro F1 with its interval by article, and of each technique.

    A span gets the technique among `own` whose token logits inside it have the highest mean; one that is gold with several gets as many.
    One that a reader cut in pieces counts once, by the first of them.
    `majority` is the share of the most frequent technique. Empty where the corpus has fewer than two techniques or no span of them.
    """
    labels = calibrated[0].prediction.labels if calibrated else ()
    techniques = [label for label in labels if label in own and (label in TECHNIQUES or label in MERGED)]
    if len(techniques) < 2:
        return {}
    gold, given, articles = [], [], []
    for c in calibrated:
        marked = [(s.start, s.end, s.label) for s in c.prediction.example.spans if s.label in techniques and not s.open_start]
        gold.append(marked)
        given.append(_classified(c.prediction, Counter((start, end) for start, end, _ in marked), techniques))
        articles.append(c.prediction.example.article)
    count = sum(map(len, gold))
    if not count:
        return {}
    whole = metrics.technique_classification(given, gold)
    # Each span has one technique, so that micro F1 is the share of spans that got theirs.
    hits = [metrics.technique_classification([a], [b]).micro * len(b) for a, b in zip(given, gold, strict=True)]
    sums = sums_by_article(np.array([hits, [len(marked) for marked in gold]]).T, articles)

    def share(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        shares: NDArray[np.float64] = drawn[..., 0] / np.maximum(drawn[..., 1], 1)
        return shares

    return {
        "micro_f1": whole.micro,
        "micro_f1_interval": list(bootstrap_sums(share, sums, seed, samples)),
        "per_technique": dict(whole.per_technique),
        "spans": count,
        "majority": Counter(label for marked in gold for _, _, label in marked).most_common(1)[0][1] / count,
    }


def _classified(p: Prediction, wanted: Counter[tuple[int, int]], techniques: Sequence[str]) -> list[tuple[int, int, str]]:
    columns = [p.labels.index(label) for label in techniques]
    tokens = p.logits[:, [p.channels.index(label) for label in techniques]]
    found = []
    for (start, end), times in wanted.items():
        inside = tokens_inside(p.encoded, start, end)
        strength = tokens[inside].mean(axis=0) if inside.any() else p.paragraph_logits[columns]
        found += [(start, end, techniques[index]) for index in np.argsort(-strength, kind="stable")[:times]]
    return found


def sensitivity_figures(calibrated: Sequence[Calibrated]) -> dict[str, dict[str, dict[str, float]]]:
    """Precision and recall of sentences at each sensitivity, for each device whose sentences are known."""
    table: dict[str, dict[str, dict[str, float]]] = {}
    for index, label in enumerate(calibrated[0].prediction.labels if calibrated else ()):
        if label not in DEVICE_NAMES or not sentences_known([c.prediction for c in calibrated], index):
            continue
        items = sentence_items(calibrated, index)
        table[label] = {}
        for sensitivity in get_args(Sensitivity):
            thresholds = [
                np.full(int((c.prediction.gold_sentences[:, index] >= 0).sum()), c.calibration.labels[label].threshold_at(sensitivity))
                for c in calibrated
            ]
            precision, recall, _ = metrics.precision_recall_f1(items.probabilities >= np.concatenate(thresholds), items.gold)
            table[label][sensitivity] = {"precision": precision, "recall": recall}
    return table


def _gold(calibrated: Calibrated, level: str) -> NDArray[np.int8]:
    p = calibrated.prediction
    return p.gold_sentences if level == "sentence" else p.gold_paragraph[None, :]


def _flags(calibrated: Calibrated, level: str) -> Bools:
    p, fitted = calibrated.prediction, [calibrated.calibration.labels[label] for label in calibrated.prediction.labels]
    if level == "sentence":
        pairs = [(f.sentence.probability(p.sentence_logits[:, i]), f.sentence_threshold) for i, f in enumerate(fitted)]
    else:
        pairs = [(f.paragraph.probability(p.paragraph_logits[i : i + 1]), f.paragraph_threshold) for i, f in enumerate(fitted)]
    return np.stack([stated >= threshold for stated, threshold in pairs], axis=1)
