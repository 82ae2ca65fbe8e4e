"""What training reads: windows with their targets, and batches of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.utils.data import Dataset

from framing.backends.batching import SpecialTokens, pad
from framing.corpora.base import Example
from framing.encoding import (
    NO_SENTENCE,
    UNKNOWN,
    EncodedParagraph,
    Window,
    encode_paragraphs,
    sentence_of_token,
    soft_targets,
    token_targets,
    windows,
)
from framing.gold import article_gold
from framing.taxonomy import CHANNELS
from framing.vocabularies import graded


class RowDataset(Dataset[dict[str, Any]]):
    """Training rows, targets and sentences beside the tokens: a window of a paragraph each, or, where the run has article labels and
    the corpus gives them, all windows of one article.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        examples: Sequence[Example],
        size: int,
        overlap: int,
        channels: Sequence[str] = CHANNELS,
        article_labels: Sequence[str] = (),
    ) -> None:
        """Tokenise everything once: the encodings of a corpus are small beside its gradients."""
        self.rows: list[dict[str, Any]] = []
        marks = graded(channels)
        of_article: dict[str, dict[str, Any]] = {}
        encoded = encode_paragraphs(tokenizer, [example.text for example in examples])
        for example, paragraph in zip(examples, encoded, strict=True):
            if example.taught is None:
                targets = token_targets(paragraph, example.spans, example.known, channels)
            else:
                targets = soft_targets(paragraph, example.taught, channels)
            sentences = sentence_of_token(paragraph, example.sentence_bounds())
            parts = list(windows(len(paragraph.ids), size, overlap))
            whole = _whole_paragraph(example, marks, single=len(parts) == 1)
            pieces = [Piece(paragraph, w, targets[w.start : w.end], sentences[w.start : w.end], whole) for w in parts]
            of_this = article_gold(example, article_labels)
            if not (of_this >= 0).any():
                self.rows += [_row([piece], of_this) for piece in pieces]
            elif example.article in of_article:
                of_article[example.article]["pieces"] += pieces
            else:
                of_article[example.article] = _row(pieces, of_this)
        self.rows += of_article.values()

    def positive_rates(self) -> list[float]:
        """Share of positive tokens among the known ones, per channel; a half where nothing is known."""
        return _rates(np.concatenate([piece.targets for row in self.rows for piece in row["pieces"]]))

    def article_rates(self) -> list[float]:
        """Share of positive articles among the known ones, per article label."""
        return _rates(np.stack([row["article_labels"] for row in self.rows]))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One row."""
        return self.rows[index]


@dataclass(frozen=True, slots=True)
class Piece:
    """A window with its targets, (tokens, channels), its sentences, (tokens,), and the labels given to its whole paragraph, (graded,)."""

    paragraph: EncodedParagraph
    window: Window
    targets: NDArray[np.float32]
    sentences: NDArray[np.int32]
    whole: NDArray[np.float32]


def _row(pieces: list[Piece], article: NDArray[np.int8]) -> dict[str, Any]:
    labels = np.where(article < 0, UNKNOWN, article).astype(np.float32)
    # The sampler groups rows by the length of this field.
    ids = pieces[0].paragraph.ids[pieces[0].window.start : pieces[0].window.end].tolist()
    return {"input_ids": ids, "pieces": pieces, "article_labels": labels}


def _whole_paragraph(example: Example, marks: Sequence[str], single: bool) -> NDArray[np.float32]:
    """Labels given to the paragraph itself. Of one that is read in several windows, none need hold what the paragraph holds."""
    given = [example.labels.get(label) for label in marks]
    return np.array([UNKNOWN if present is None or (present and not single) else float(present) for present in given], dtype=np.float32)


def _rates(targets: NDArray[np.float32]) -> list[float]:
    known, positive = (targets != UNKNOWN).sum(axis=0), np.where(targets != UNKNOWN, targets, 0).sum(axis=0)
    # One item of each kind added, so that a label without positives keeps finite odds.
    return [float(rate) for rate in (positive + 1) / (known + 2)]


@dataclass(frozen=True)
class Collator:
    """Rows to the model's arguments, padded to the longest window of the batch."""

    special: SpecialTokens

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Tensors as `FramingModel.forward` describes them."""
        pieces: list[Piece] = [piece for row in rows for piece in row["pieces"]]
        ids, mask, quotes = pad([(piece.paragraph, piece.window) for piece in pieces], self.special)
        labels = np.full((*ids.shape, pieces[0].targets.shape[1]), UNKNOWN, dtype=np.float32)
        sentences = np.full(ids.shape, NO_SENTENCE, dtype=np.int64)
        for index, piece in enumerate(pieces):
            length = len(piece.targets)
            labels[index, 1 : length + 1] = piece.targets
            sentences[index, 1 : length + 1] = piece.sentences
        arrays = {
            "input_ids": ids,
            "attention_mask": mask,
            "quotes": quotes,
            "labels": labels,
            "sentences": sentences,
            "paragraph_labels": np.stack([piece.whole for piece in pieces]),
            "articles": np.repeat(np.arange(len(rows)), [len(row["pieces"]) for row in rows]),
            "article_labels": np.stack([row["article_labels"] for row in rows]),
        }
        return {name: torch.from_numpy(array) for name, array in arrays.items()}
