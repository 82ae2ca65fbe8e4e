"""A BERT-shaped model as an OpenVINO graph, built straight from its weights: no torch, no tracing, no converter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from framing.backends.openvino_runtime import openvino
from framing.backends.openvino_runtime import operations as op

if TYPE_CHECKING:
    from openvino import Node

Array = NDArray[np.float32]
Weights = Mapping[str, Array]
Inputs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Token ids, attention mask and quotation states of a batch, (batch, tokens) each."""
Spans = Mapping[str, tuple[Array, Array]]
"""Least and greatest value of each channel, (channels,), of what linear layers multiply, by the name of the first of them."""

INPUTS: Final = ("input_ids", "attention_mask", "quotes")
STEPS: Final = 256
SMOOTHING: Final = 0.65
"""How much of the reach of a channel goes over to its weights; on our dev articles 0.65 to 0.9 differ by less than single sentences do."""
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


def bert_graph(weights: Weights, encoder: Mapping[str, Any], spans: Spans | None = None) -> openvino.Model:
    """The graph from `INPUTS`, each int64 (batch, tokens), to logits, float32 (batch, tokens, channels).

    With `spans`, as `measure_spans` gives them, the encoder's matrices are int8, and so is what multiplies them: in fixed steps where a
    span is given, elsewhere as it comes. Raises KeyError when a tensor is missing.
    """
    builder = _Builder(weights, encoder, spans)
    parameters, hidden = builder.encode()
    logits = op.add(op.matmul(hidden, _floats(weights["classifier.weight"]), False, True), _floats(weights["classifier.bias"]))
    return openvino.Model([logits], parameters, "framing")


def measure_spans(weights: Weights, encoder: Mapping[str, Any], texts: Iterable[Inputs]) -> dict[str, tuple[Array, Array]]:
    """The spans over some texts, read in float32 one by one: padding would count as text.

    Those of the second linear layer of a feed-forward block are left out: a few of its tokens reach many times as far as the others, which
    steps of one size cannot hold (Bondarenko et al., «Understanding and overcoming the challenges of efficient transformer quantization»,
    EMNLP 2021).
    """
    builder = _Builder(weights, encoder, None)
    parameters, _ = builder.encode()
    watched = {name: values for name, values in builder.multiplied.items() if "attention" in name or "intermediate" in name}
    ends = [reduce(values, _ints([0, 1]), False) for values in watched.values() for reduce in (op.reduce_min, op.reduce_max)]
    request = openvino.Core().compile_model(openvino.Model(ends, parameters, "spans"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = [[np.array(end) for end in request(list(text)).values()] for text in texts]
    least = [np.minimum.reduce(column) for column in zip(*(row[::2] for row in found), strict=True)]
    greatest = [np.maximum.reduce(column) for column in zip(*(row[1::2] for row in found), strict=True)]
    return dict(zip(watched, zip(least, greatest, strict=True), strict=True))


class _Builder:
    """Puts the parts of the encoder together."""

    def __init__(self, weights: Weights, encoder: Mapping[str, Any], spans: Spans | None) -> None:
        self.weights, self.spans = weights, spans
        self.depth = int(encoder["num_hidden_layers"])
        self.multiplied: dict[str, Node] = {}
        self.heads, self.width = int(encoder["num_attention_heads"]), int(encoder["hidden_size"])
        self.epsilon = float(encoder.get("layer_norm_eps", 1e-12))
        self.group = group_size(encoder)

    def encode(self) -> tuple[list[Node], Node]:
        """The graph's inputs, and the hidden states of the last layer."""
        parameters = [op.parameter(openvino.PartialShape([-1, -1]), openvino.Type.i64, name=name) for name in INPUTS]
        for parameter, name in zip(parameters, INPUTS, strict=True):
            parameter.output(0).set_names({name})
        ids, mask, quotes = parameters
        hidden, attended = self.embed(ids, quotes), self.attention_mask(mask)
        for number in range(self.depth):
            hidden = self.layer(hidden, attended, f"encoder.encoder.layer.{number}.")
        return parameters, hidden

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
        parts = self.products(hidden, *(f"{name}attention.self.{part}" for part in ("query", "key", "value")))
        query, key, value = map(self.split, parts)
        context = op.transpose(op.scaled_dot_product_attention(query, key, value, attended), _ints([0, 2, 1, 3]))
        joined = op.reshape(context, _ints([0, 0, self.width]), True)
        (projected,) = self.products(joined, f"{name}attention.output.dense")
        hidden = self.norm(op.add(hidden, projected), f"{name}attention.output.LayerNorm")
        (widened,) = self.products(hidden, f"{name}intermediate.dense")
        (narrowed,) = self.products(op.gelu(widened, "erf"), f"{name}output.dense")
        return self.norm(op.add(hidden, narrowed), f"{name}output.LayerNorm")

    def split(self, projected: Node) -> Node:
        """(batch, tokens, hidden) to (batch, heads, tokens, hidden / heads)."""
        by_head = op.reshape(projected, _ints([0, 0, self.heads, self.width // self.heads]), True)
        return op.transpose(by_head, _ints([0, 2, 1, 3]))

    def norm(self, values: Node, name: str) -> Node:
        normalised = op.mvn(values, _ints([-1]), True, self.epsilon, "inside_sqrt")
        return op.add(op.multiply(normalised, _floats(self.weights[f"{name}.weight"])), _floats(self.weights[f"{name}.bias"]))

    def products(self, values: Node, *names: str) -> list[Node]:
        """What the named linear layers make of the same values."""
        self.multiplied[names[0]] = values
        matrices = [self.weights[f"{name}.weight"] for name in names]
        if self.spans is None:
            stored = [_floats(matrix) for matrix in matrices]
        elif names[0] in self.spans:
            values, stored = _in_fixed_steps(values, *self.spans[names[0]], matrices)
        else:
            stored = [_quantised(matrix, self.group) for matrix in matrices]
        biases = [_floats(self.weights[f"{name}.bias"]) for name in names]
        return [op.add(op.matmul(values, matrix, False, True), bias) for matrix, bias in zip(stored, biases, strict=True)]


def _in_fixed_steps(values: Node, least: Array, greatest: Array, matrices: Sequence[Array]) -> tuple[Node, list[Node]]:
    """Values in 256 steps over their span, and the matrices that multiply them as int8 with a scale for each row.

    Channels that reach far are first made smaller and their weights larger by as much, so that one step fits all (Xiao et al.,
    «SmoothQuant», ICML 2023).
    """
    reach = np.maximum(np.maximum(np.abs(least), np.abs(greatest)), np.float32(1e-5))
    heaviest = np.maximum(np.max([np.abs(matrix).max(axis=0) for matrix in matrices], axis=0), np.float32(1e-5))
    factors = reach**SMOOTHING / heaviest ** (1 - SMOOTHING)
    factors = (factors / np.exp(np.log(factors).mean())).clip(1e-2, 1e2).astype(np.float32)
    low, high = (_floats(end) for end in ((least / factors).min(), (greatest / factors).max()))
    stepped = op.fake_quantize(op.multiply(values, _floats(1 / factors)), low, high, low, high, STEPS)
    return stepped, [_quantised_rows(matrix * factors) for matrix in matrices]


def _quantised(matrix: Array, group: int) -> Node:
    """The matrix as int8 with a scale for each group of a row, in the form that the kernels look for."""
    rows, columns = matrix.shape
    grouped = matrix.reshape(rows, columns // group, group)
    scale = np.maximum(np.abs(grouped).max(axis=2, keepdims=True), np.float32(1e-12)) / np.float32(127)
    steps = op.convert(op.constant(np.rint(grouped / scale).astype(np.int8)), "f32")
    return op.reshape(op.multiply(steps, _floats(scale)), _ints([rows, columns]), False)


def _quantised_rows(matrix: Array) -> Node:
    """The matrix as int8 with a scale for each row."""
    scale = np.maximum(np.abs(matrix).max(axis=1, keepdims=True), np.float32(1e-12)) / np.float32(127)
    return op.multiply(op.convert(op.constant(np.rint(matrix / scale).astype(np.int8)), "f32"), _floats(scale))


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
