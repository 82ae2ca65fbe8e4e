"""What training reads: the split examples of a run, their windows with targets, and batches of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.utils.data import Dataset

from framing.backends.batching import SpecialTokens, pad
from framing.config import TrainConfig
from framing.corpora import load_corpus
from framing.corpora.base import Example, fingerprint
from framing.encoding import (
    NO_SENTENCE,
    UNKNOWN,
    EncodedParagraph,
    Window,
    encode_paragraphs,
    sentence_of_token,
    token_targets,
    windows,
)
from framing.errors import ConfigError
from framing.segmentation import sentence_bounds
from framing.splits import load_splits, select


@dataclass(frozen=True)
class SplitData:
    """Examples of each split over all corpora of a run, and the dev examples that early stopping and calibration see."""

    train: list[Example]
    dev: list[Example]
    data_fingerprint: str


class WindowDataset(Dataset[dict[str, Any]]):
    """Training rows: one window of one paragraph each, targets and sentences beside the tokens."""

    def __init__(self, tokenizer: Tokenizer, examples: Sequence[Example], size: int, overlap: int) -> None:
        """Tokenise everything once: the encodings of a corpus are small beside its gradients."""
        self.rows: list[dict[str, Any]] = []
        encoded = encode_paragraphs(tokenizer, [example.text for example in examples])
        for example, paragraph in zip(examples, encoded, strict=True):
            targets = token_targets(paragraph, example.spans, example.known)
            sentences = sentence_of_token(paragraph, sentence_bounds(example.text, 0, len(example.text)))
            for window in windows(len(paragraph.ids), size, overlap):
                part = slice(window.start, window.end)
                # The sampler groups rows by the length of this field.
                self.rows.append({"input_ids": paragraph.ids[part].tolist(), "paragraph": paragraph, "window": window,
                                  "targets": targets[part], "sentences": sentences[part]})  # fmt: skip

    def positive_rates(self) -> list[float]:
        """Share of positive tokens among the known ones, per channel; a half where nothing is known."""
        targets = np.concatenate([row["targets"] for row in self.rows])
        known, positive = (targets != UNKNOWN).sum(axis=0), (targets == 1).sum(axis=0)
        # One token of each kind added, so that a channel without positives keeps finite odds.
        return [float(rate) for rate in (positive + 1) / (known + 2)]

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One row."""
        return self.rows[index]


@dataclass(frozen=True)
class Collator:
    """Rows to the model's arguments, padded to the longest row of the batch."""

    special: SpecialTokens

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Tensors as `FramingModel.forward` describes them."""
        pairs: list[tuple[EncodedParagraph, Window]] = [(row["paragraph"], row["window"]) for row in rows]
        ids, mask, quotes = pad(pairs, self.special)
        labels = np.full((*ids.shape, rows[0]["targets"].shape[1]), UNKNOWN, dtype=np.float32)
        sentences = np.full(ids.shape, NO_SENTENCE, dtype=np.int64)
        for index, row in enumerate(rows):
            length = len(row["targets"])
            labels[index, 1 : length + 1] = row["targets"]
            sentences[index, 1 : length + 1] = row["sentences"]
        arrays = {"input_ids": ids, "attention_mask": mask, "quotes": quotes, "labels": labels, "sentences": sentences}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


def load_split_data(config: TrainConfig) -> SplitData:
    """Read the corpora of a run and split them; dev is restricted to the corpus that calibration uses."""
    assignment = load_splits(Path(config.splits))
    train: list[Example] = []
    dev: list[Example] = []
    for corpus in config.corpora:
        examples = load_corpus(corpus.name, Path(corpus.path))
        train += select(examples, assignment, "train")
        if corpus.name == config.calibrate_on:
            dev += select(examples, assignment, "dev")
    if not train or not dev:
        raise ConfigError(f"{config.splits} leaves {len(train)} paragraphs to train on and {len(dev)} dev ones; expected some of both")
    return SplitData(train, dev, fingerprint(train + dev))
