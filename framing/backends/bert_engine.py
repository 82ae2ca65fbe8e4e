"""Runs BERT-shaped models on torch alone: importing transformers takes longer than reading an article.

The mathematics is that of the transformers library (Devlin et al., «BERT», NAACL 2019; post-norm layers, exact GELU); a test
holds both to the same logits. Other encoders run through `torch_engine`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

Ints = NDArray[np.int64]


def bert_forward(
    weights_file: Path, encoder: Mapping[str, Any], dtype: torch.dtype = torch.float32
) -> Callable[[Ints, Ints, Ints], NDArray[np.float32]]:
    """A function from (input_ids, attention_mask, quotes), int64 (batch, tokens), to logits, float32 (batch, tokens, channels).

    Everything is computed in `dtype`. Raises KeyError when a tensor is missing, and whatever safetensors raises for a damaged file.
    """
    weights = {name: tensor.to(dtype) for name, tensor in load_file(weights_file).items()}
    heads = int(encoder["num_attention_heads"])
    epsilon = float(encoder.get("layer_norm_eps", 1e-12))
    layers = [_Layer(weights, f"encoder.encoder.layer.{n}.", heads, epsilon) for n in range(int(encoder["num_hidden_layers"]))]
    embeddings = "encoder.embeddings."
    words = weights[f"{embeddings}word_embeddings.weight"]
    positions = weights[f"{embeddings}position_embeddings.weight"] + weights[f"{embeddings}token_type_embeddings.weight"][0]
    norm = weights[f"{embeddings}LayerNorm.weight"], weights[f"{embeddings}LayerNorm.bias"]
    quote_states, classifier = weights["quotes.weight"], (weights["classifier.weight"], weights["classifier.bias"])

    def forward(ids: Ints, mask: Ints, quotes: Ints) -> NDArray[np.float32]:
        with torch.inference_mode():
            states = F.embedding(torch.from_numpy(ids), words) + F.embedding(torch.from_numpy(quotes), quote_states)
            hidden = F.layer_norm(states + positions[: ids.shape[1]], norm[0].shape, *norm, epsilon)
            # Without padding there is nothing to mask, and attention is faster for it.
            attended = None if mask.all() else torch.from_numpy(mask).bool()[:, None, None, :]
            for layer in layers:
                hidden = layer(hidden, attended)
            logits: NDArray[np.float32] = F.linear(hidden, *classifier).float().numpy()
            return logits

    return forward


class _Layer:
    """Self-attention and feed-forward, each followed by residual and norm. Query, key and value are one product."""

    def __init__(self, weights: Mapping[str, Tensor], prefix: str, heads: int, epsilon: float) -> None:
        def pair(name: str) -> tuple[Tensor, Tensor]:
            return weights[f"{prefix}{name}.weight"], weights[f"{prefix}{name}.bias"]

        projections = [pair(f"attention.self.{name}") for name in ("query", "key", "value")]
        self.projection = torch.cat([weight for weight, _ in projections]), torch.cat([bias for _, bias in projections])
        self.attention_output, self.attention_norm = pair("attention.output.dense"), pair("attention.output.LayerNorm")
        self.widen, self.narrow, self.output_norm = pair("intermediate.dense"), pair("output.dense"), pair("output.LayerNorm")
        self.heads, self.epsilon = heads, epsilon

    def __call__(self, hidden: Tensor, attended: Tensor | None) -> Tensor:
        """(batch, tokens, hidden) to the same shape; `attended` is bool, (batch, 1, 1, tokens)."""
        batch, tokens, width = hidden.shape
        projected = F.linear(hidden, *self.projection).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = projected.permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(query, key, value, attn_mask=attended)
        context = F.linear(context.transpose(1, 2).reshape(batch, tokens, width), *self.attention_output)
        hidden = F.layer_norm(hidden + context, (width,), *self.attention_norm, self.epsilon)
        fed = F.linear(F.gelu(F.linear(hidden, *self.widen)), *self.narrow)
        return F.layer_norm(hidden + fed, (width,), *self.output_norm, self.epsilon)
