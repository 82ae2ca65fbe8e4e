"""Measures reference rates: picks news copy out of public corpora, and counts what the screener marks in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from framing.corpora import load_corpus
from framing.corpora.base import Example
from framing.decoding import SENSITIVITIES, Sensitivity
from framing.errors import CorpusError
from framing.leaks import TrainingManifest, seen_articles, without_taught
from framing.neighbours import PARAGRAPH_BREAK
from framing.poisson import poisson_interval
from framing.reference import DeviceRates, Rate, ReferenceRates
from framing.resampling import bootstrap_sums
from framing.screener import Screener
from framing.screening import Screening
from framing.taxonomy import DEVICE_NAMES, VOICES

FOLDERS: Final[dict[str, str]] = {
    "narrative_framing": "narrative-framing",
    "ukraine_news_bias": "ukraine-news-bias",
    "ptc": "ptc-semeval2020-task11",
    "semeval2025": "semeval2025-task10",
}
"""Corpora of whole news articles, and their folders beside one another, as for `framing data join`."""
NEWSROOMS: Final = frozenset("bbc cbsnews cnbc cnn npr pbs thehill thenewyorktimes usatoday yahoonews".split())
"""Outlets of narrative-framing (as its reader names them) whose articles are news reports for the most part."""
DATELINE: Final = re.compile(r"\((?:Reuters|REUTERS|AP|AFP|dpa|DPA|UPI)\)\s*[-–—]+\s*")
DATELINE_WORDS: Final = 80
"""A dateline stands in the first so many words; headlines, bylines and captions may come before it."""
PARAGRAPH_CHARACTERS: Final = 900
"""Some corpora give sentences, not paragraphs: neighbours are put together up to this length, as the model reads a paragraph at once."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of news copy: its name and description, and the passage taken of an article (source, text), None for articles left out."""

    name: str
    description: str
    passage: Callable[[str, str], str | None]


def after_dateline(text: str) -> str | None:
    """What follows an agency's dateline («LONDON (Reuters) -») in the first words of `text`; None where there is none.

    What comes before it is the reprinting outlet's: its headline, and the captions of its pictures.
    """
    words = list(re.finditer(r"\S+", text))[:DATELINE_WORDS]
    found = DATELINE.search(text, 0, words[-1].end()) if words else None
    return text[found.end() :] if found and text[found.end() :].strip() else None


def of_newsroom(source: str, text: str) -> str | None:
    """The whole text, where `source` is one of `NEWSROOMS`."""
    return text if source in NEWSROOMS else None


SELECTIONS: Final[dict[str, Selection]] = {
    "agency": Selection(
        "agency copy",
        "Dispatches of Reuters, AP and AFP as other outlets reprinted them, told by their datelines and read from the dateline on, "
        "without headlines; most are on climate and the environment in the United States, 2017-2019.",
        lambda source, text: after_dateline(text),
    ),
    "news": Selection(
        "news reports",
        "Articles on climate policy, 2017-2019, by the BBC, CBS News, CNBC, CNN, NPR, PBS, The Hill, The New York Times, USA Today and "
        "Yahoo News: news reports for the most part, some analysis among them, with headlines.",
        of_newsroom,
    ),
}


def measure_references(screener: Screener, manifest: TrainingManifest, sources: Path, command: str, seed: int) -> dict[str, ReferenceRates]:
    """The reference rates of each of `SELECTIONS`, of articles that the model has not seen, from the corpora in the folder `sources`.

    Raises:
        CorpusError: a corpus is missing or malformed, or holds nothing of a selection.
    """
    articles: dict[str, tuple[str, str]] = {}
    for corpus, folder in FOLDERS.items():
        examples = load_corpus(corpus, sources / folder)
        seen = seen_articles(without_taught(manifest), examples)
        articles |= article_texts(example for example in examples if example.article not in seen)
    references = {}
    for key, selection in SELECTIONS.items():
        passages = [selection.passage(source, text) for source, text in articles.values()]
        # A text that stands twice under two ids counts once.
        chosen = list(dict.fromkeys(passage for passage in passages if passage is not None))
        if not chosen:
            raise CorpusError(f"{sources}: found no article for the reference '{key}'; expected the published corpora in {list(FOLDERS)}")
        levels = [screener.screen_levels(text) for text in chosen]
        references[key] = reference_rates(selection, levels, command, seed)
    return references


def article_texts(examples: Iterable[Example]) -> dict[str, tuple[str, str]]:
    """Source and text of each article, its examples put together to paragraphs of up to `PARAGRAPH_CHARACTERS`."""
    sources: dict[str, str] = {}
    paragraphs: dict[str, list[str]] = {}
    for example in examples:
        sources[example.article] = example.source
        parts = paragraphs.setdefault(example.article, [])
        # A line break inside an example would begin a new paragraph when the text is read.
        text = " ".join(example.text.split())
        if parts and len(parts[-1]) + 1 + len(text) <= PARAGRAPH_CHARACTERS:
            parts[-1] += " " + text
        else:
            parts.append(text)
    return {article: (sources[article], PARAGRAPH_BREAK.join(parts)) for article, parts in paragraphs.items()}


def reference_rates(selection: Selection, screened: Sequence[Mapping[Sensitivity, Screening]], command: str, seed: int) -> ReferenceRates:
    """Rates over articles, each screened at every sensitivity; raises ValueError where there are none."""
    words = np.array([article["balanced"].summary.words for article in screened], dtype=np.float64)
    levels: dict[Sensitivity, dict[str, DeviceRates]] = {}
    for level in SENSITIVITIES:
        findings = [article[level].findings for article in screened]
        rates = {
            (name, voice): _rate([sum(f.device == name and f.voice == voice for f in found) for found in findings], words, seed)
            for name in DEVICE_NAMES
            for voice in VOICES
        }
        levels[level] = {name: DeviceRates(rates[name, "own"], rates[name, "reported"]) for name in DEVICE_NAMES}
    model = screened[0]["balanced"].model
    return ReferenceRates(selection.name, selection.description, len(screened), int(words.sum()), model, command, levels)


def _rate(counts: Sequence[int], words: np.ndarray, seed: int) -> Rate:
    sums = np.column_stack([np.array(counts, dtype=np.float64), words])
    resampled = bootstrap_sums(lambda drawn: 1000 * drawn[..., 0] / drawn[..., 1], sums, seed)
    total, per_1000 = sum(counts), 1000 / float(words.sum())
    exact = poisson_interval(total)
    low, high = min(resampled[0], exact[0] * per_1000), max(resampled[1], exact[1] * per_1000)
    return Rate(total, round(total * per_1000, 3), round(low, 3), round(high, 3))
