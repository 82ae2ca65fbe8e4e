"""ElecDeb60to20: fallacies in US presidential debates, as snippets within a few sentences of dialogue.

Format: Goffredo, Chaves, Villata and Cabrio, «Argument-based Detection and Classification of Fallacies in Political Debates», EMNLP
2023. Of `pos_train_set.csv` and `pos_test_set.csv` the columns named `Fallacy` and `Label` hold the snippet and its class (the
header is published with these names). The `.conll` files are not read: they hold the same debates' snippets, one a sentence, without
the subcategories that the map to techniques needs, and split another way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, read_quoted_table
from framing.corpora.placing import places
from framing.errors import CorpusError
from framing.segmentation import sentence_bounds
from framing.text import Span
from framing.vocabularies import PERSUASION

FILES: Final = {"train": "pos_train_set.csv", "test": "pos_test_set.csv"}
FALLACIES: Final[dict[str, dict[str, str]]] = {
    "AppealtoEmotion": {
        "Loaded Language": "loaded_language",
        "Flag waving": "flag_waving",
        "Appeal to fear": "appeal_to_fear",
        "Appeal to pity": PERSUASION,
        "": PERSUASION,
    },
    "AppealtoAuthority": {
        "Without Evidence": "appeal_to_authority",
        "False Authority": "appeal_to_authority",
        "Appeal to popular opinion": "appeal_to_popularity",
        "": PERSUASION,
    },
    "AdHominem": {
        "Name-Calling, Labeling": "name_calling",
        "Tu quoque": "appeal_to_hypocrisy",
        "Ad hominem": PERSUASION,
        "Circumstantial Ad hominem": PERSUASION,
        "": PERSUASION,
    },
    "FalseCause": {"False cause": "causal_oversimplification", "": "causal_oversimplification"},
    "Slipperyslope": {"Slippery slope": "consequential_oversimplification", "": "consequential_oversimplification"},
    "Slogans": {"Slogan": "slogans", "": "slogans"},
}
"""Class, subcategory (may be empty) and the label: merged where no single technique has the name."""
KNOWN: Final = frozenset(label for labels in FALLACIES.values() for label in labels.values())
SHORTEST_SHARED_WORDS: Final = 5
"""A sentence of fewer words («Thank you.») that stands in two contexts does not make them overlap."""
_HEADER: Final = ("Date", "Fallacy", "Label", "Subcategory", "arg_comp", "arg_rel", "Context", "bio_tags", "pos_tags")


@dataclass(slots=True)
class _Context:
    """One stretch of dialogue with every snippet that was labelled in it; `split` is 'test' when any of its rows is."""

    text: str
    split: str
    sentences: list[tuple[int, int]]
    spans: set[Span] = field(default_factory=set)


def read_elecdeb(path: Path) -> Iterator[Example]:
    """Every context in the folder `path` once, its repeated rows put together; the article is the year of the debates.

    A snippet is marked wherever it stands in its context: the published tags take the first place by rule. Contexts of
    neighbouring snippets overlap, so a snippet is also marked in each context that repeats the whole sentence around it.

    Of the 191 test contexts 76 stand in train too, and more overlap with train (74 test snippets are train snippets). A context of
    both is test, with the snippets of both; a train context that shares a sentence with a test context is left out. Years still
    stand on both sides: drawing a split anew by article keeps each on one.

    `persuasion` is known in the sense of these six classes: unmarked text may hold techniques that the corpus does not annotate.
    Every context was published for a fallacy in it, so none is natural.

    Raises:
        CorpusError: a file is missing or not UTF-8, or a row has other fields or values than published; with file and line.
    """
    years: dict[str, dict[str, _Context]] = defaultdict(dict)
    for split, file in FILES.items():
        for year, text, spans in _rows(path / file):
            if text not in years[year]:
                years[year][text] = _Context(text, split, sentence_bounds(text, 0, len(text)))
            years[year][text].split = split
            years[year][text].spans.update(spans)
    for year, by_text in years.items():
        contexts = list(by_text.values())
        _repeat_spans(contexts)
        in_test = {sentence for context in contexts if context.split == "test" for sentence in _long_sentences(context)}
        for number, context in enumerate(contexts):
            if context.split == "train" and not in_test.isdisjoint(_long_sentences(context)):
                continue
            yield Example(
                id=f"elecdeb-{year}-{number}",
                corpus="elecdeb",
                source="elecdeb",
                article=f"elecdeb#{year}",
                text=context.text,
                spans=tuple(sorted(context.spans, key=lambda span: (span.start, span.end, span.label))),
                known=KNOWN,
                natural=False,
                split=context.split,
            )


def _rows(path: Path) -> Iterator[tuple[str, str, list[Span]]]:
    rows = read_quoted_table(path, ",")
    _, header = next(rows, (1, []))
    if tuple(header) != _HEADER:
        raise CorpusError(f"{path}, line 1: found the columns {', '.join(header)}; expected {', '.join(_HEADER)}; download it again")
    for number, row in rows:
        where = f"{path}, line {number}"
        year, snippet, name, subcategory, _, _, context, *_ = row
        if name not in FALLACIES or subcategory not in FALLACIES[name]:
            expected = f"a subcategory of {', '.join(filter(None, FALLACIES[name]))}" if name in FALLACIES else ", ".join(FALLACIES)
            raise CorpusError(f"{where}: the fallacy '{name}', '{subcategory}' is unknown; expected {expected}; correct the row")
        found = places(snippet, context)
        if not found:
            raise CorpusError(f"{where}: the snippet '{snippet[:40]}' is not in its context; expected it verbatim; correct the row")
        yield year, context, [Span(start, end, FALLACIES[name][subcategory]) for start, end in found]


def _repeat_spans(contexts: list[_Context]) -> None:
    """Mark each span also in the other contexts that hold the sentences around it."""
    passages = set()
    for context in contexts:
        for span in context.spans:
            around = [(start, end) for start, end in context.sentences if start < span.end and end > span.start]
            start, end = min(around[0][0], span.start), max(around[-1][1], span.end)
            passages.add((context.text[start:end], span.start - start, span.end - start, span.label))
    for context in contexts:
        for passage, start, end, label in passages:
            place = context.text.find(passage)
            if place >= 0:
                context.spans.add(Span(place + start, place + end, label))


def _long_sentences(context: _Context) -> set[str]:
    sentences = (context.text[start:end] for start, end in context.sentences)
    return {sentence for sentence in sentences if len(sentence.split()) >= SHORTEST_SHARED_WORDS}
