"""A BERT-shaped model as an OpenVINO graph, built straight from its weights: no torch, no tracing, no converter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from framing.backends.openvino_runtime import openvino
from framing.backends.openvino_runtime import operations as op

if TYPE_CHECKING:
    from openvino import Node

Array = NDArray[np.float32]
Weights = Mapping[str, Array]

GRAPH: Final = 1
"""Counts up when the graph changes, so that engines built before are built again."""
INPUTS: Final = ("input_ids", "attention_mask", "quotes")
MASKED: Final = -1e4
"""Added to the attention logits of padding: far below any real one, and inside the range of every precision."""


def group_size(encoder: Mapping[str, Any]) -> int:
    """Weights, and activations, that share a scale in int8: a divisor of every product's length.

    Groups of about a hundred lose half as much as whole rows do and cost a few hundredths of the speed; larger ones than a row, or
    different ones for weights and activations, fall out of the fast kernels.
    """
    length = int(np.gcd(int(encoder["hidden_size"]), int(encoder["intermediate_size"])))
    divisors = [size for size in range(32, 129, 16) if length % size == 0]
    return min(divisors, key=lambda size: abs(size - 96)) if divisors else length


def bert_graph(weights: Weights, encoder: Mapping[str, Any], quantised: bool) -> openvino.Model:
    """The graph from `INPUTS`, each int64 (batch, tokens), to logits, float32 (batch, tokens, channels).

    `quantised` stores the encoder's matrices as int8; what multiplies them is quantised as it comes, so that no text is needed to
    calibrate. Raises KeyError when a tensor is missing.
    """
    builder = _Builder(weights, encoder, quantised)
    parameters = [op.parameter(openvino.PartialShape([-1, -1]), openvino.Type.i64, name=name) for name in INPUTS]
    for parameter, name in zip(parameters, INPUTS, strict=True):
        parameter.output(0).set_names({name})
    ids, mask, quotes = parameters
    hidden, attended = builder.embed(ids, quotes), builder.attention_mask(mask)
    for number in range(int(encoder["num_hidden_layers"])):
        hidden = builder.layer(hidden, attended, f"encoder.encoder.layer.{number}.")
    logits = op.add(op.matmul(hidden, _floats(weights["classifier.weight"]), False, True), _floats(weights["classifier.bias"]))
    return openvino.Model([logits], parameters, "framing")


class _Builder:
    """Puts the parts of the encoder together."""

    def __init__(self, weights: Weights, encoder: Mapping[str, Any], quantised: bool) -> None:
        self.weights = weights
        self.heads, self.width = int(encoder["num_attention_heads"]), int(encoder["hidden_size"])
        self.epsilon = float(encoder.get("layer_norm_eps", 1e-12))
        self.group = group_size(encoder) if quantised else None

    def embed(self, ids: Node, quotes: Node) -> Node:
        names = "encoder.embeddings."
        positions = self.weights[f"{names}position_embeddings.weight"] + self.weights[f"{names}token_type_embeddings.weight"][0]
        tokens = op.gather(op.shape_of(ids, "i64"), _ints([1]), _ints(0))
        placed = op.slice(_floats(positions), _ints([0]), tokens, _ints([1]), _ints([0]))
        words = op.convert(op.gather(_table(self.weights[f"{names}word_embeddings.weight"]), ids, _ints(0)), "f32")
        states = op.gather(_floats(self.weights["quotes.weight"]), quotes, _ints(0))
        return self.norm(op.add(op.add(words, states), placed), f"{names}LayerNorm")

    def attention_mask(self, mask: Node) -> Node:
        """Float32, (batch, 1, 1, tokens), to be added to attention logits."""
        outside = op.subtract(_floats(1.0), op.convert(op.unsqueeze(mask, _ints([1, 2])), "f32"))
        return op.multiply(outside, _floats(MASKED))

    def layer(self, hidden: Node, attended: Node, name: str) -> Node:
        query, key, value = (self.split(self.product(hidden, f"{name}attention.self.{part}")) for part in ("query", "key", "value"))
        context = op.transpose(op.scaled_dot_product_attention(query, key, value, attended), _ints([0, 2, 1, 3]))
        joined = op.reshape(context, _ints([0, 0, self.width]), True)
        hidden = self.norm(op.add(hidden, self.product(joined, f"{name}attention.output.dense")), f"{name}attention.output.LayerNorm")
        widened = op.gelu(self.product(hidden, f"{name}intermediate.dense"), "erf")
        return self.norm(op.add(hidden, self.product(widened, f"{name}output.dense")), f"{name}output.LayerNorm")

    def split(self, projected: Node) -> Node:
        """(batch, tokens, hidden) to (batch, heads, tokens, hidden / heads)."""
        by_head = op.reshape(projected, _ints([0, 0, self.heads, self.width // self.heads]), True)
        return op.transpose(by_head, _ints([0, 2, 1, 3]))

    def norm(self, values: Node, name: str) -> Node:
        normalised = op.mvn(values, _ints([-1]), True, self.epsilon, "inside_sqrt")
        return op.add(op.multiply(normalised, _floats(self.weights[f"{name}.weight"])), _floats(self.weights[f"{name}.bias"]))

    def product(self, values: Node, name: str) -> Node:
        matrix = self.weights[f"{name}.weight"]
        stored = _floats(matrix) if self.group is None else _quantised(matrix, self.group)
        return op.add(op.matmul(values, stored, False, True), _floats(self.weights[f"{name}.bias"]))


def _quantised(matrix: Array, group: int) -> Node:
    """The matrix as int8 with a scale for each group of a row, in the form that the kernels look for."""
    rows, columns = matrix.shape
    grouped = matrix.reshape(rows, columns // group, group)
    scale = np.maximum(np.abs(grouped).max(axis=2, keepdims=True), np.float32(1e-12)) / np.float32(127)
    steps = op.convert(op.constant(np.rint(grouped / scale).astype(np.int8)), "f32")
    return op.reshape(op.multiply(steps, _floats(scale)), _ints([rows, columns]), False)


def _table(values: Array) -> Node:
    """A table to look rows up in, at half the size where its numbers are bfloat16, as those of a finished training are."""
    halves = values.view(np.uint32) >> 16
    if not np.array_equal((halves << 16).view(np.float32), values):
        return _floats(values)
    # A tensor of its own: one made from an array would share the array's memory without keeping it.
    table = openvino.Tensor(openvino.Type.bf16, openvino.Shape(values.shape))
    table.data.view(np.uint16)[...] = halves
    return op.constant(table)


def _floats(values: Array | float) -> Node:
    return op.constant(np.asarray(values, dtype=np.float32))


def _ints(values: Sequence[int] | int) -> Node:
    return op.constant(np.asarray(values, dtype=np.int64))
