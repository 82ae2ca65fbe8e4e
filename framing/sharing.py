"""Finds the articles that two corpora share by their sentences, whatever ids the corpora give them and however they cut them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from framing.leaks import HELD


@dataclass(frozen=True, slots=True)
class SharedArticle:
    """An article of one corpus, and the article of another that is nearest to it: the sentences that both hold, and that each holds."""

    article: str
    other: str
    shared: int
    sentences: int
    other_sentences: int

    @property
    def held(self) -> bool:
        """Whether both are one article or one is an excerpt of the other: less in common may be a notice or a quotation."""
        return self.shared >= HELD * min(self.sentences, self.other_sentences)


def shared_articles(digests: Mapping[str, frozenset[str]], others: Mapping[str, frozenset[str]]) -> list[SharedArticle]:
    """The articles that share a sentence with one of `others`, each with the nearest; those that are `held` and share most come first.

    Both are digests of sentences by article, as `framing.leaks.article_digests` gives them.
    """
    holders: dict[str, list[str]] = defaultdict(list)
    for other, of_other in others.items():
        for digest in of_other:
            holders[digest].append(other)
    nearest = []
    for article, of_article in digests.items():
        counts = Counter(other for digest in of_article for other in holders.get(digest, ()))
        pairs = [SharedArticle(article, other, shared, len(of_article), len(others[other])) for other, shared in counts.items()]
        if pairs:
            nearest.append(min(pairs, key=_order))
    return sorted(nearest, key=_order)


def _order(pair: SharedArticle) -> tuple[bool, int, str, str]:
    return not pair.held, -pair.shared, pair.article, pair.other
