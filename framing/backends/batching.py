"""Windows of many paragraphs to padded batches, and batch logits back to paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from framing.encoding import EncodedParagraph, Window, windows

TOKEN_BUDGET: Final = 4096
"""Tokens of a batch, padding included."""

Array = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """Ids of the tokens that open, close and pad a sequence."""

    first: int
    last: int
    padding: int

    @classmethod
    def of(cls, tokenizer: Tokenizer, padding: int) -> SpecialTokens:
        """Read off what the tokenizer puts around an empty text; raises ValueError when that is not one token on each side."""
        around = tokenizer.encode("").ids
        if len(around) != 2:
            raise ValueError(f"the tokenizer puts {len(around)} special tokens around a text; expected one on each side")
        return cls(around[0], around[1], padding)


Forward = Callable[[Ints, Ints, Ints], Array]
"""(input_ids, attention_mask, quotes), each int64 (batch, tokens), to logits, float32 (batch, tokens, channels)."""


def predict(
    forward: Forward,
    paragraphs: Sequence[EncodedParagraph],
    special: SpecialTokens,
    channels: int,
    window: int,
    overlap: int,
    token_budget: int = TOKEN_BUDGET,
) -> list[Array]:
    """Logits of each paragraph, float32 (tokens, channels), in the order given.

    Windows are sorted by length and batched until padding included they hold `token_budget` tokens, so that short
    paragraphs do not pay for long ones. One window may exceed the budget alone.
    """
    results = [np.zeros((len(paragraph.ids), channels), dtype=np.float32) for paragraph in paragraphs]
    jobs = [(i, w) for i, p in enumerate(paragraphs) if len(p.ids) for w in windows(len(p.ids), window, overlap)]
    jobs.sort(key=lambda job: job[1].end - job[1].start)
    for batch in _batches(jobs, token_budget):
        ids, mask, quotes = pad([(paragraphs[i], w) for i, w in batch], special)
        logits = forward(ids, mask, quotes)
        for row, (i, w) in enumerate(batch):
            # One more for the opening special token.
            first = 1 + w.keep_start - w.start
            results[i][w.keep_start : w.keep_end] = logits[row, first : first + w.keep_end - w.keep_start]
    return results


def pad(rows: Sequence[tuple[EncodedParagraph, Window]], special: SpecialTokens) -> tuple[Ints, Ints, Ints]:
    """(input_ids, attention_mask, quotes) of the rows, special tokens added, padded to the longest."""
    width = max(w.end - w.start for _, w in rows) + 2
    ids = np.full((len(rows), width), special.padding, dtype=np.int64)
    mask, quotes = np.zeros_like(ids), np.zeros_like(ids)
    for row, (paragraph, w) in enumerate(rows):
        length = w.end - w.start
        ids[row, 0] = special.first
        ids[row, 1 : length + 1] = paragraph.ids[w.start : w.end]
        ids[row, length + 1] = special.last
        mask[row, : length + 2] = 1
        quotes[row, 1 : length + 1] = paragraph.quotes[w.start : w.end]
    return ids, mask, quotes


def _batches(jobs: Sequence[tuple[int, Window]], token_budget: int) -> Iterator[list[tuple[int, Window]]]:
    batch: list[tuple[int, Window]] = []
    for job in jobs:
        width = job[1].end - job[1].start + 2
        # Sorted by length: the newest row is the widest, so it sets the padding of the whole batch.
        if batch and width * (len(batch) + 1) > token_budget:
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch
