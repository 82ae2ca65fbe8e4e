"""Has a large model say what it makes of articles that nobody annotated, for a small one to learn from.

Hinton, Vinyals, Dean, «Distilling the knowledge in a neural network», 2015.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Final

import numpy as np

from framing.backends.loading import LoadedModel
from framing.corpora.base import Example, TokenLogits
from framing.decoding import smooth_maximum
from framing.encoding import encode_paragraphs, logits_over
from framing.leaks import TrainingManifest, seen
from framing.text import Document
from framing.vocabularies import graded

CHUNK: Final = 64
"""Articles that are read at once."""
SHORTEST_WORDS: Final = 6
"""Of a paragraph: shorter ones are bylines and captions."""
PLAIN_BELOW: Final = 0.1
"""Probability of every device, as the first teacher is calibrated, below which a paragraph is plain."""


def paragraphs_of(article: str, source: str, document: Document) -> list[Example]:
    """The paragraphs of an article that are long enough, nothing known of them."""
    texts = [document.text[p.start : p.end] for p in document.paragraphs]
    long_enough = [(number, text) for number, text in enumerate(texts) if len(text.split()) >= SHORTEST_WORDS]
    return [Example(f"{article}#{number}", "soft_labels", source, article, text, (), frozenset()) for number, text in long_enough]


def teach(
    teachers: Sequence[LoadedModel],
    articles: Iterable[Sequence[Example]],
    held_out: Sequence[Example] = (),
    keep_plain: float = 1.0,
    seed: int = 1,
) -> Iterator[Example]:
    """The paragraphs of articles with the teachers' mean logits at the tokens of the first as `taught`, in order.

    What repeats the documents of `held_out`, whole articles or single paragraphs (`framing.leaks.seen`), is left out, and a paragraph that
    stood before. Of those in which the teachers see nothing, the share `keep_plain` is kept, drawn by their hash and the seed.

    Raises ValueError where the teachers have different channels.
    """
    if len({teacher.channels for teacher in teachers}) != 1:
        raise ValueError(f"found teachers of the channels {[teacher.channels for teacher in teachers]}; expected one or more of the same")
    manifest = TrainingManifest.of(held_out, ())
    met: set[str] = set()
    waiting = iter(articles)
    while chunk := list(islice(waiting, CHUNK)):
        examples = list(chain.from_iterable(chunk))
        left_out = {example.id for example in seen(manifest, examples)} if held_out else set()
        fresh = []
        for example in examples:
            if example.id not in left_out and example.sha256 not in met:
                met.add(example.sha256)
                fresh.append(example)
        for example in _taught(teachers, fresh):
            if keep_plain >= 1.0 or not _plain(teachers[0], example) or random.Random(f"{seed}:{example.sha256}").random() < keep_plain:
                yield example


def _taught(teachers: Sequence[LoadedModel], examples: Sequence[Example]) -> Iterator[Example]:
    name = "+".join(teacher.name for teacher in teachers)
    for example, *said in zip(examples, *(_logits(teacher, examples) for teacher in teachers), strict=True):
        first, *others = said
        logits = np.mean([first.logits, *(_over(first, other) for other in others)], axis=0)
        yield replace(example, taught=replace(first, teacher=name, logits=logits.astype(np.float32)))


def _over(first: TokenLogits, other: TokenLogits) -> np.ndarray:
    """Another teacher's logits at the tokens of the first; where it has no token it agrees."""
    means, covered = logits_over(first.starts, first.ends, other)
    return np.where(covered[:, None], means, first.logits)


def _logits(teacher: LoadedModel, examples: Sequence[Example]) -> list[TokenLogits]:
    encoded = encode_paragraphs(teacher.tokenizer, [example.text for example in examples])
    return [
        TokenLogits(teacher.name, teacher.channels, paragraph.starts, paragraph.ends, logits)
        for paragraph, logits in zip(encoded, teacher.predict(encoded), strict=True)
    ]


def _plain(teacher: LoadedModel, example: Example) -> bool:
    assert example.taught is not None
    labels = graded(teacher.channels)
    marks = example.taught.logits[:, [teacher.channels.index(label) for label in labels]]
    if not len(marks):
        return True
    pooled = smooth_maximum(marks, np.zeros(len(marks), dtype=np.int32), 1, teacher.sharpness)[0]
    scales = [teacher.calibration.labels[label].paragraph for label in labels]
    return all(scale.probability(logit) < PLAIN_BELOW for scale, logit in zip(scales, pooled, strict=True))
