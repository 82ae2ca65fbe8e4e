"""The reference engine: the model as it is, in torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from framing.backends.batching import Forward, SpecialTokens, pad, predict
from framing.encoding import EncodedParagraph, windows
from framing.model import FramingModel

ARTICLE_ROWS: Final = 16
"""Windows of one article that are read at once."""


def torch_forward(model: FramingModel, autocast: torch.dtype | None = None) -> Forward:
    """A function from (input_ids, attention_mask, quotes) to logits, on the model's device.

    The model is put into evaluation mode for each call and back afterwards. `autocast` lowers the precision of matrix products.
    """

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.float32]:
        was_training = model.training
        model.train(False)
        inputs = [torch.from_numpy(array).to(model.device) for array in (ids, mask, quotes)]
        lowered = torch.autocast(model.device.type, dtype=autocast) if autocast is not None else nullcontext()
        with torch.inference_mode(), lowered:
            logits = model(*inputs).logits
        model.train(was_training)
        result: NDArray[np.float32] = logits.cpu().numpy()
        return result

    return forward


def torch_predictor(
    model: FramingModel, special: SpecialTokens, autocast: torch.dtype | None = None
) -> Callable[[Sequence[EncodedParagraph]], list[NDArray[np.float32]]]:
    """A function from encoded paragraphs to their logits, float32 (tokens, channels) each."""
    forward, config = torch_forward(model, autocast), model.config
    return lambda paragraphs: predict(forward, paragraphs, special, len(config.channels), config.window, config.overlap)


def article_predictor(
    model: FramingModel, special: SpecialTokens, autocast: torch.dtype | None = None
) -> Callable[[Sequence[Sequence[EncodedParagraph]]], NDArray[np.float32]]:
    """A function from articles, each a list of encoded paragraphs, to their logits, float32 (articles, article labels)."""
    config = model.config

    def predict_all(articles: Sequence[Sequence[EncodedParagraph]]) -> NDArray[np.float32]:
        was_training = model.training
        model.train(False)
        lowered = torch.autocast(model.device.type, dtype=autocast) if autocast is not None else nullcontext()
        with torch.inference_mode(), lowered:
            logits = torch.cat([one(paragraphs) for paragraphs in articles])
        model.train(was_training)
        result: NDArray[np.float32] = logits.cpu().numpy()
        return result

    def one(paragraphs: Sequence[EncodedParagraph]) -> torch.Tensor:
        rows = [(p, w) for p in paragraphs for w in windows(len(p.ids), config.window, config.overlap)]
        batches = [pad(rows[i : i + ARTICLE_ROWS], special) for i in range(0, len(rows), ARTICLE_ROWS)]
        inputs = [[torch.from_numpy(array).to(model.device) for array in batch] for batch in batches]
        vectors = torch.cat([model(*batch).vectors for batch in inputs])
        return model.article_logits(vectors, torch.zeros(len(vectors), dtype=torch.int64, device=vectors.device))

    return predict_all


def load_weights(folder: Path, device: str) -> FramingModel:
    """The model in float32, ready for inference; raises ValueError when weights are missing or of another shape."""
    target = torch.device(device)
    loaded: Any = FramingModel.from_pretrained(folder, dtype=torch.float32, local_files_only=True, output_loading_info=True)
    model, report = loaded
    if report["missing_keys"] or report["mismatched_keys"]:
        raise ValueError(f"missing {sorted(report['missing_keys'])[:3]}, of another shape {sorted(report['mismatched_keys'])[:3]}")
    ready: FramingModel = model.to(target).train(False)
    return ready
