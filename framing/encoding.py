"""Paragraphs to token windows with targets, and window logits back to paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from framing.corpora.base import TokenLogits
from framing.quotation import quotation_states
from framing.taxonomy import CHANNELS, TARGET, VOICE
from framing.text import Span
from framing.vocabularies import coarser, graded, parts_of

UNKNOWN: Final = -100.0
"""Target of a cell that nobody annotated; it stays out of loss and metrics."""
NO_SENTENCE: Final = -1
VOICED_FROM: Final = 0.1
"""Probability of some device from which a teacher's word on the voice counts: elsewhere it was never taught one."""
_FIRST_MARK: Final = "\u0300"
_JOINER: Final = "\u200d"
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class EncodedParagraph:
    """The tokens of one paragraph, without special tokens. All arrays have the shape (tokens,)."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int32]
    """First character of each token, counted from the paragraph's start."""
    ends: NDArray[np.int32]
    quotes: NDArray[np.int8]
    """Quotation state (`framing.quotation`) at the token's first character."""
    words: NDArray[np.int32]
    """Index of the word that the token is a piece of; hyphens and apostrophes inside a word do not end it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens [start, end) of a paragraph that the encoder reads at once, of which [keep_start, keep_end) are read off."""

    start: int
    end: int
    keep_start: int
    keep_end: int


def whole_text_tokenizer(tokenizer: Tokenizer) -> Tokenizer:
    """The tokenizer, told never to cut or pad: some published ones do so on their own, and whole paragraphs are needed here."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode_paragraphs(tokenizer: Tokenizer, texts: Sequence[str]) -> list[EncodedParagraph]:
    """Tokenise whole paragraphs, without special tokens; nothing is truncated."""
    # Lone surrogates, which only broken input holds, are not text to the tokenizer; one character stands in for another.
    readable = [text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text) for text in texts]
    return [
        _encode(text, encoding.ids, encoding.offsets)
        for text, encoding in zip(texts, tokenizer.encode_batch(readable, add_special_tokens=False), strict=True)
    ]


def _encode(text: str, ids: Sequence[int], offsets: Sequence[tuple[int, int]]) -> EncodedParagraph:
    bounds = np.asarray(offsets, dtype=np.int32).reshape(-1, 2)
    starts, ends = bounds[:, 0], _with_marks(text, bounds)
    quotes = quotation_states(text)[starts]
    return EncodedParagraph(np.asarray(ids, dtype=np.int32), starts, ends, quotes, _word_of_token(text, starts, ends))


def _with_marks(text: str, bounds: NDArray[np.int32]) -> NDArray[np.int32]:
    """Ends of the tokens, each moved behind what combines with its last character: tokenizers that drop accents leave it out."""
    ends = bounds[:, 1]
    if text.isascii():
        return ends
    ends = ends.copy()
    for token, end in enumerate(ends.tolist()):
        while end < len(text) and text[end] >= _FIRST_MARK and _combines(text[end]):
            end += 1
        ends[token] = end
    # Of two tokens within one character the first may reach no further than the second begins.
    ends[:-1] = np.maximum(bounds[:-1, 1], np.minimum(ends[:-1], bounds[1:, 0]))
    return ends


def _combines(character: str) -> bool:
    return character == _JOINER or unicodedata.category(character).startswith("M")


def _word_of_token(text: str, starts: NDArray[np.int32], ends: NDArray[np.int32]) -> NDArray[np.int32]:
    begins = [
        index == 0
        or start != ends[index - 1]
        or not (_joins(text[start]) and _joins(text[start - 1]))
        for index, start in enumerate(starts.tolist())
    ]
    return (np.cumsum(begins) - 1).astype(np.int32)


def _joins(character: str) -> bool:
    return character.isalnum() or character in "-\u2010\u2011'’" or (character >= _FIRST_MARK and _combines(character))


def windows(tokens: int, size: int, overlap: int) -> Iterator[Window]:
    """Windows of at most `size` tokens that overlap by `overlap`; each token is kept from exactly one of them.

    Half of an overlap is read off the earlier window and half off the later one, so that every kept token has context on both sides.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"overlap {overlap} does not fit a window of {size} tokens; expected 0 <= overlap < size")
    start = keep_start = 0
    while True:
        end = min(start + size, tokens)
        keep_end = end if end == tokens else end - overlap // 2
        yield Window(start, end, keep_start, keep_end)
        if end == tokens:
            return
        start, keep_start = end - overlap, keep_end


def token_targets(
    encoded: EncodedParagraph, spans: Sequence[Span], known: frozenset[str], channels: Sequence[str] = CHANNELS
) -> NDArray[np.float32]:
    """Targets, float32, shape (tokens, channels): 1 inside, 0 outside, `UNKNOWN` where nothing is annotated.

    A span counts for its label and the merged labels around it; inside a span of a merged label its parts are unknown. Voice is
    known inside spans alone. Where spans of both voices overlap, the shorter one, being the more specific, decides.
    """
    targets = np.full((len(encoded.ids), len(channels)), UNKNOWN, dtype=np.float32)
    column = {name: index for index, name in enumerate(channels) if name in known}
    targets[:, [index for name, index in column.items() if name != VOICE]] = 0.0
    ordered = [(span, tokens_inside(encoded, span.start, span.end)) for span in sorted(spans, key=lambda s: s.start - s.end)]
    for span, inside in ordered:
        for part in parts_of(span.label):
            if part in column:
                targets[inside, column[part]] = UNKNOWN
    for span, inside in ordered:
        for label in coarser(span.label):
            if label in column:
                targets[inside, column[label]] = 1.0
        if span.voice is not None and VOICE in column:
            targets[inside, column[VOICE]] = float(span.voice == "reported")
        if span.target is not None and TARGET in column:
            targets[tokens_inside(encoded, *span.target), column[TARGET]] = 1.0
    return targets


def soft_targets(encoded: EncodedParagraph, taught: TokenLogits, channels: Sequence[str] = CHANNELS) -> NDArray[np.float32]:
    """A teacher's probabilities as targets, float32, shape (tokens, channels), from the mean of its logits over the tokens of its own that
    overlap each; `UNKNOWN` for channels that it does not have, and for the voice where it sees no device.
    """
    means, covered = logits_over(encoded.starts, encoded.ends, taught)
    probabilities = 1 / (1 + np.exp(-means[covered]))
    targets = np.full((len(encoded.ids), len(channels)), UNKNOWN, dtype=np.float32)
    for index, name in enumerate(channels):
        if name in taught.channels:
            targets[covered, index] = probabilities[:, taught.channels.index(name)]
    if VOICE in channels:
        devices = targets[:, [channels.index(label) for label in graded(channels)]]
        targets[~(devices >= VOICED_FROM).any(axis=1), channels.index(VOICE)] = UNKNOWN
    return targets


def logits_over(
    starts: NDArray[np.int32], ends: NDArray[np.int32], taught: TokenLogits
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(the mean logits of the tokens that overlap each stretch of characters, (stretches, channels), whether any does, (stretches,))."""
    first = np.searchsorted(taught.ends, starts, side="right")
    last = np.searchsorted(taught.starts, ends, side="left")
    covered = last > first
    sums = np.concatenate([np.zeros((1, len(taught.channels))), np.cumsum(taught.logits, axis=0, dtype=np.float64)])
    means: NDArray[np.float64] = (sums[last] - sums[first]) / np.maximum(last - first, 1)[:, None]
    return means, covered


def tokens_inside(encoded: EncodedParagraph, start: int, end: int) -> NDArray[np.bool_]:
    """Which tokens overlap the characters [start, end), bool, shape (tokens,)."""
    return (encoded.starts < end) & (encoded.ends > start)


def sentence_of_token(encoded: EncodedParagraph, sentences: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    """Index of the sentence that each token begins in, int32, shape (tokens,); `sentences` are bounds within the paragraph."""
    starts = [start for start, _ in sentences]
    return np.maximum(np.searchsorted(starts, encoded.starts, side="right") - 1, 0).astype(np.int32)
