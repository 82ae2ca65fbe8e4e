"""Tells which documents a model has seen: those that it was trained on, and those that its thresholds were fitted on.

Corpora take paragraphs from the same articles and cut them differently, so that documents are compared by their sentences, drawn by
our own splitter whatever the corpus says, and by article as well as by id.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, sha256
from framing.errors import CorpusError, ModelError
from framing.neighbours import SHINGLE_WORDS, SHORTEST, words
from framing.segmentation import sentence_bounds

FILE: Final = "training-documents.json"
SHORTEST_WORDS: Final = 6
"""Shorter sentences («He declined to comment.») stand in many articles and are not compared."""
DIGEST_DIGITS: Final = 10
"""Of the hash of a sentence. An unseen sentence has the digest of one of 10,000 seen ones by a chance of one in 100 million."""
HELD: Final = 0.5
"""Share from which an article counts as seen (of a seen article's sentences, that it holds, or of its own, that are listed), and a
paragraph (of its sentences)."""
FEWEST_WORDS: Final = SHORTEST + SHINGLE_WORDS - 1
"""Of the listed sentences of an article that counts as seen by its own: a set phrase alone, as of a tweet, refuses no document."""
BOILERPLATE_ARTICLES: Final = 5
"""A sentence listed under more articles than these («You agree to our terms of use.») does not tell which of them an excerpt is of."""
_NAMED: Final = 3
_UNSEEN_ALONE: Final = "choose unseen documents with --split, or leave these out with --drop-seen"


@dataclass(frozen=True, slots=True)
class TrainingManifest:
    """The articles that a model was trained on and calibrated on, each with the digests of those sentences that it was shown; `taught`
    are those of which it was told a teacher's opinion, not what annotators found.
    """

    training: Mapping[str, frozenset[str]]
    calibration: Mapping[str, frozenset[str]]
    taught: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, training: Iterable[Example], calibration: Iterable[Example]) -> TrainingManifest:
        """The manifest of a training: the examples that the weights were fitted on, and those that stopping and thresholds were."""
        trained = list(training)
        annotated, unlabelled = ([e for e in trained if (e.taught is not None) is taught] for taught in (False, True))
        return cls(article_digests(annotated), article_digests(calibration), article_digests(unlabelled))

    def starting_from(self, earlier: TrainingManifest) -> TrainingManifest:
        """The manifest for weights that started as those of a model with the manifest `earlier`.

        What that model was calibrated on counts as trained on: the labels chose its best epoch, and so the weights.
        """
        training = _joined(self.training, earlier.training, earlier.calibration)
        return TrainingManifest(training, self.calibration, _joined(self.taught, earlier.taught))

    def write(self, folder: Path) -> None:
        """Write `training-documents.json` into a model folder: article ids and digests, no text."""
        parts = {"training": self.training, "calibration": self.calibration, **({"taught": self.taught} if self.taught else {})}
        rows = {
            name: {article: "".join(sorted(digests)) for article, digests in sorted(part.items())} for name, part in parts.items()
        }
        (folder / FILE).write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> TrainingManifest | None:
        """The manifest in a model folder; None where there is none, so that nothing is known of what the model has seen.

        Raises:
            ModelError: the file is not one that `write` made.
        """
        try:
            rows = json.loads((folder / FILE).read_text(encoding="utf-8"))
            parts = (rows["training"], rows["calibration"], rows.get("taught", {}))
            return cls(*({name: _cut(of) for name, of in part.items()} for part in parts))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"{folder / FILE}: not a list of training documents ({error!r}); expected the JSON that 'framing train' writes: "
                f"copy the model folder again"
            ) from error


def unknown_training(folder: Path) -> str:
    """The warning for a model folder without a manifest."""
    return (
        f"{folder}: holds no {FILE}, so that what the model was trained on is not known and the figures may count documents that it "
        f"has seen; 'framing train' writes the file"
    )


def without_taught(manifest: TrainingManifest) -> TrainingManifest:
    """The manifest without the articles that a teacher alone spoke of: the model knows their wording, but no annotator's word on it."""
    return replace(manifest, taught={})


def seen(manifest: TrainingManifest, examples: Sequence[Example], calibration: bool = True) -> list[Example]:
    """The examples that the model has seen, in order; with `calibration` also those that it was only calibrated on.

    All of an article's examples count where it is one of `seen_articles`. Of other articles those examples count whose sentences are
    listed in the share `HELD`: a notice or a statement that the training held under another article.
    """
    listed, holders = _listed(manifest, calibration)
    articles = _whole(examples, listed, holders)
    return [e for e in examples if e.article in articles or _known(dict(_digests(e)), holders)]


def seen_articles(manifest: TrainingManifest, examples: Sequence[Example], calibration: bool = True) -> set[str]:
    """Articles that the model has seen: their id is listed, or they hold the share `HELD` of a listed article's sentences, or they are
    excerpts: that share of their own sentences is listed, of at least `FEWEST_WORDS` words together. Boilerplate counts on neither side of
    an excerpt's share (`BOILERPLATE_ARTICLES`).
    """
    return _whole(examples, *_listed(manifest, calibration))


def refuse_seen(
    manifest: TrainingManifest, examples: Sequence[Example], where: str, calibration: bool = True, remedy: str = _UNSEEN_ALONE
) -> None:
    """Raise CorpusError, from `where` to `remedy`, when the model has seen one of the articles; see `seen_articles`."""
    articles = seen_articles(manifest, examples, calibration)
    found = [article for article in dict.fromkeys(example.article for example in examples) if article in articles]
    if not found:
        return
    documents = len({example.article for example in examples})
    named = ", ".join(found[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
    raise CorpusError(f"{where}: the model has seen {len(found)} of the {documents} documents ({named}), expected none; {remedy}")


def _listed(manifest: TrainingManifest, calibration: bool) -> tuple[dict[str, frozenset[str]], dict[str, list[str]]]:
    """Digests by listed article, and listed articles by digest."""
    listed = _joined(manifest.training, manifest.taught, *([manifest.calibration] if calibration else []))
    holders: dict[str, list[str]] = defaultdict(list)
    for article, digests in listed.items():
        for digest in digests:
            holders[digest].append(article)
    return listed, holders


def _joined(*parts: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    joined: dict[str, frozenset[str]] = {}
    for part in parts:
        for article, digests in part.items():
            joined[article] = joined.get(article, frozenset()) | digests
    return joined


def _whole(examples: Sequence[Example], listed: Mapping[str, frozenset[str]], holders: Mapping[str, list[str]]) -> set[str]:
    return {
        article
        for article, sentences in _sentences(examples).items()
        if article in listed or _holds(sentences, listed, holders) or _excerpt(sentences, holders)
    }


def _holds(digests: Iterable[str], listed: Mapping[str, frozenset[str]], holders: Mapping[str, list[str]]) -> bool:
    """Whether an article of these sentences holds enough of one of the listed articles."""
    shared: dict[str, int] = defaultdict(int)
    for digest in digests:
        for article in holders.get(digest, ()):
            shared[article] += 1
    return any(count >= HELD * len(listed[article]) for article, count in shared.items())


def _known(digests: Collection[str], holders: Mapping[str, list[str]]) -> bool:
    return bool(digests) and sum(digest in holders for digest in digests) >= HELD * len(digests)


def _excerpt(sentences: Mapping[str, int], holders: Mapping[str, list[str]]) -> bool:
    own = {digest: length for digest, length in sentences.items() if len(holders.get(digest, ())) <= BOILERPLATE_ARTICLES}
    return _known(own, holders) and sum(length for digest, length in own.items() if digest in holders) >= FEWEST_WORDS


def article_digests(examples: Iterable[Example]) -> dict[str, frozenset[str]]:
    """Digests of each article's sentences of `SHORTEST_WORDS` or more, the same whatever a corpus makes of case, spacing and paragraphs."""
    return {article: frozenset(sentences) for article, sentences in _sentences(examples).items()}


def _sentences(examples: Iterable[Example]) -> dict[str, dict[str, int]]:
    """Number of words of each digest of each article."""
    sentences: dict[str, dict[str, int]] = defaultdict(dict)
    for example in examples:
        sentences[example.article].update(_digests(example))
    return dict(sentences)


def _digests(example: Example) -> Iterator[tuple[str, int]]:
    for start, end in sentence_bounds(example.text, 0, len(example.text)):
        found = words(example.text[start:end])
        if len(found) >= SHORTEST_WORDS:
            yield sha256(" ".join(found))[:DIGEST_DIGITS], len(found)


def _cut(digests: str) -> frozenset[str]:
    if len(digests) % DIGEST_DIGITS:
        raise ValueError(f"{len(digests)} digits, expected a multiple of {DIGEST_DIGITS}")
    return frozenset(digests[start : start + DIGEST_DIGITS] for start in range(0, len(digests), DIGEST_DIGITS))
