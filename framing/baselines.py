"""What simple methods reach on the same items: all-positive, prior, word list, length, source, TF-IDF with logistic regression."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from framing.calibration import fit_scale, fit_thresholds
from framing.corpora.base import Example
from framing.evaluation import Items
from framing.gold import PRESENT, UNKNOWN, article_gold, paragraph_gold, stretch_gold
from framing.splits import group_articles
from framing.vocabularies import coarser

Floats = NDArray[np.float64]
Level = Literal["sentence", "paragraph", "article"]
LISTED_WORDS: Final = 200
"""Length of the word list."""
SEEN_OFTEN: Final = 5
"""Times that a word of the list must have been seen in positive wording."""
TUNING_SHARE: Final = 0.2
BASELINES: Final = ("all_positive", "prior", "word_list", "length", "source", "tfidf")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, paragraph or article of which the label is known; `marked` are the words in gold spans of the label."""

    text: str
    source: str
    article: str
    positive: bool
    marked: str


Scorer = Callable[[Sequence[Unit]], Floats]


def baseline_table(
    train: Sequence[Example], tune: Sequence[Example], measured: Sequence[Example], labels: Sequence[str], level: Level, seed: int
) -> dict[str, dict[str, Items]]:
    """Per label the probabilities and flags of each baseline on the items of `measured`, in the order of `BASELINES`.

    A baseline learns from `train`; its scale and its threshold are fitted on `tune`, as a model's are on its dev split.
    Of a label that is never both present and absent in `train`, or is unknown in `tune`, only `all_positive` can be told; one that is
    unknown in `measured` is left out.
    """
    texts = _stretches(train, level)
    vectors = _Vectors(texts, [*_stretches(tune, level), *_stretches(measured, level)]) if len(texts) > 1 else None
    table = {}
    for label in labels:
        learned, tuned, asked = (units(part, label, level) for part in (train, tune, measured))
        if not asked:
            continue
        gold, articles = np.array([unit.positive for unit in asked]), [unit.article for unit in asked]
        items = {"all_positive": Items(np.ones(len(gold)), np.ones(len(gold), dtype=bool), gold, articles)}
        table[label] = items
        if vectors is None or len({unit.positive for unit in learned}) < 2 or not tuned:
            continue
        prior = np.full(len(gold), float(np.mean([unit.positive for unit in learned])))
        items["prior"] = Items(prior, prior >= 0.5, gold, articles)
        gold_of_tuned = np.array([unit.positive for unit in tuned])
        learners: dict[str, Callable[[Sequence[Unit]], Scorer]] = {
            "word_list": _learn_words,
            "length": _learn_length,
            "source": _learn_source,
            "tfidf": partial(_learn_tfidf, vectors, seed),
        }
        for name, learn in learners.items():
            scorer = learn(learned)
            scores = scorer(tuned)
            scale = fit_scale(scores, gold_of_tuned)
            (threshold,) = fit_thresholds([scale.probability(scores)], [gold_of_tuned])
            stated = scale.probability(scorer(asked))
            items[name] = Items(stated, stated >= threshold, gold, articles)
    return table


class _Vectors:
    """TF-IDF vectors fitted on texts to learn from, and looked up for these and for further ones: every label needs them again."""

    def __init__(self, learned: Sequence[str], further: Sequence[str]) -> None:
        vectors: TfidfVectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        vectors.fit(learned)
        unique = list(dict.fromkeys([*learned, *further]))
        self._row = {text: number for number, text in enumerate(unique)}
        self._matrix: Any = vectors.transform(unique)

    def of(self, asked: Sequence[Unit]) -> Any:
        """Sparse matrix, (units, terms)."""
        return self._matrix[[self._row[unit.text] for unit in asked]]


def _stretches(examples: Sequence[Example], level: Level) -> list[str]:
    if level == "article":
        return [_text(members) for members in _by_article(examples).values()]
    bounds = [(e, e.sentence_bounds() if level == "sentence" else [(0, len(e.text))]) for e in examples]
    return [example.text[start:end] for example, of_example in bounds for start, end in of_example]


def _by_article(examples: Sequence[Example]) -> dict[str, list[Example]]:
    articles: dict[str, list[Example]] = {}
    for example in examples:
        articles.setdefault(example.article, []).append(example)
    return articles


def _text(members: Sequence[Example]) -> str:
    return "\n\n".join(example.text for example in members)


def tuning_split(train: Sequence[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """(to learn from, to tune on): a seeded fifth of the articles is for tuning, and of near-duplicates all are on one side."""
    group_of = group_articles(train)
    sizes = Counter(group_of.values())
    articles = sorted(group_of)
    random.Random(seed).shuffle(articles)
    room = math.ceil(len(articles) * TUNING_SHARE)
    tuning: set[str] = set()
    for article in articles:
        group = group_of[article]
        if group not in tuning and sizes[group] <= room:
            tuning.add(group)
            room -= sizes[group]
    return [e for e in train if group_of[e.article] not in tuning], [e for e in train if group_of[e.article] in tuning]


def voice_baselines(train: Sequence[Example], measured: Sequence[Example], seed: int) -> dict[str, float]:
    """Accuracy of the voice inside gold spans: of the larger class, and of TF-IDF over the span's sentences."""
    train_texts, train_reported = _span_contexts(train)
    texts, reported = _span_contexts(measured)
    if len(set(train_reported)) < 2 or not texts:
        return {}
    vectors: TfidfVectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    regression = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000, random_state=seed)
    guessed = make_pipeline(vectors, regression).fit(train_texts, train_reported).predict(texts)
    share = float(np.mean(reported))
    return {"majority_accuracy": max(share, 1 - share), "tfidf_accuracy": float((guessed == np.array(reported)).mean())}


def units(examples: Sequence[Example], label: str, level: Level) -> list[Unit]:
    """The sentences, paragraphs or articles of which the label is known, in order."""
    if level == "article":
        known = [example for example in examples if article_gold(example, [label])[0] != UNKNOWN]
        articles = [(members, article_gold(members[0], [label])[0]) for members in _by_article(known).values()]
        return [Unit(_text(m), m[0].source, m[0].article, bool(gold == PRESENT), "") for m, gold in articles]
    found = []
    for example in examples:
        if level == "sentence":
            bounds = example.sentence_bounds()
            gold = stretch_gold(example, bounds, [label])[:, 0].tolist()
        else:
            bounds, gold = [(0, len(example.text))], paragraph_gold(example, [label]).tolist()
        for (start, end), value in zip(bounds, gold, strict=True):
            if value >= 0:
                marked = _marked(example, label, start, end)
                found.append(Unit(example.text[start:end], example.source, example.article, value == 1, marked))
    return found


def _marked(example: Example, label: str, start: int, end: int) -> str:
    spans = [(span.start, span.end) for span in example.spans if label in coarser(span.label)]
    # Word by word, so that one in two overlapping spans counts once, and half a word counts as the word that the text holds.
    words = [word.span() for word in _WORD.finditer(example.text[start:end])]
    return " ".join(
        example.text[start + first : start + last] for first, last in words if any(s < start + last and e > start + first for s, e in spans)
    )


def _learn_words(learned: Sequence[Unit]) -> Scorer:
    """Count of words that stand in positive wording more often than elsewhere, by log odds; the list is learned, not copied."""
    inside: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for unit in learned:
        everywhere.update(_words(unit.text))
        if unit.positive:
            inside.update(_words(unit.marked or unit.text))
    within, overall = sum(inside.values()), sum(everywhere.values())
    odds = {
        word: math.log((count + 1) / (within + 1)) - math.log((everywhere[word] - count + 1) / (overall - within + 1))
        for word, count in inside.items()
        if count >= SEEN_OFTEN
    }
    listed = set(sorted(odds, key=lambda word: (-odds[word], word))[:LISTED_WORDS])
    return lambda asked: np.array([float(sum(word in listed for word in _words(unit.text))) for unit in asked])


def _learn_length(learned: Sequence[Unit]) -> Scorer:
    def logarithm(asked: Sequence[Unit]) -> Floats:
        return np.array([math.log1p(len(_words(unit.text))) for unit in asked])

    gold = np.array([unit.positive for unit in learned])
    sign = 1.0 if np.corrcoef(logarithm(learned), gold)[0, 1] >= 0 else -1.0
    return lambda asked: sign * logarithm(asked)


def _learn_source(learned: Sequence[Unit]) -> Scorer:
    """Log odds of the source's share of positives, one item of each kind added; an unseen source gets those of all."""
    counts: dict[str, list[int]] = {}
    for unit in learned:
        counts.setdefault(unit.source, [1, 1])[unit.positive] += 1
    rate = float(np.mean([unit.positive for unit in learned]))
    overall = math.log(rate / (1 - rate))
    odds = {source: math.log(positive / negative) for source, (negative, positive) in counts.items()}
    return lambda asked: np.array([odds.get(unit.source, overall) for unit in asked])


def _learn_tfidf(vectors: _Vectors, seed: int, learned: Sequence[Unit]) -> Scorer:
    regression = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000, random_state=seed)
    regression.fit(vectors.of(learned), [unit.positive for unit in learned])
    return lambda asked: np.asarray(regression.decision_function(vectors.of(asked)), dtype=np.float64)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _span_contexts(examples: Sequence[Example]) -> tuple[list[str], list[bool]]:
    texts, reported = [], []
    for example in examples:
        bounds = example.sentence_bounds()
        for span in example.spans:
            if span.voice is None:
                continue
            first = next((s for s, e in bounds if s < span.end and e > span.start), span.start)
            last = max((e for s, e in bounds if s < span.end and e > span.start), default=span.end)
            texts.append(example.text[first:last])
            reported.append(span.voice == "reported")
    return texts, reported
