"""Measures every engine and precision that could run the shipped model on this processor, and prints a Markdown table.

    python benchmarks/engines.py [--tokens 4000] [--repeats 5] [--threads N]

Text: our own articles and the sample, in batches sorted by length and filled by tokens, as the program forms them. Engines take
turns within a repeat, so that whatever else the machine does hits all alike; a figure is the median over the repeats. Tokens per second
of processor time count, and those of wall time beside them: on a shared machine only the former says something about the engine.
Rows other than torch and openvino are what was not chosen; they need: pip install onnx onnxruntime nncf
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from framing.backends.batching import Forward
from framing.backends.choice import Choice
from framing.backends.loading import WEIGHTS, LoadedModel, load_model, read_settings, shipped_model
from framing.backends.openvino_engine import FILES, openvino_forward, openvino_version, write_engine
from framing.backends.openvino_graph import bert_graph
from framing.backends.openvino_runtime import openvino
from framing.backends.processor import processor_flags
from framing.backends.tensors import read_tensors
from framing.corpora.base import Example
from framing.corpora.originals import read_originals
from framing.encoding import EncodedParagraph, encode_paragraphs
from framing.engines import calibration_inputs
from framing.parity import measure_parity, parity_examples
from framing.text import Document

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data/samples/harbour-strike.md"


@dataclass
class Candidate:
    """An engine at a precision, what it cost to make, and its timings: (processor seconds, wall seconds) a repeat."""

    engine: str
    precision: str
    model: LoadedModel
    build: float
    size: int
    timings: list[tuple[float, float]] = field(default_factory=list)
    difference: float = 0.0


def candidates(folder: Path, threads: int, scratch: Path) -> Iterator[Candidate]:
    """All that can be made here; what is missing is told, and left out."""
    settings = read_settings(folder)
    encoder, flags = settings["encoder"], processor_flags()
    weights = folder / WEIGHTS

    def made(engine: str, precision: str, make: Callable[[Path], Forward | None]) -> Candidate | None:
        place = scratch / f"{engine}-{precision}".replace(" ", "-")
        place.mkdir()
        started = time.process_time()
        try:
            forward = make(place)
            choice = Choice("torch", "bfloat16" if "bfloat16" in precision else "float32")
            model = load_model(folder, choice=choice) if forward is None else load_model(folder, forward=forward)
        except (ImportError, RuntimeError, ValueError) as error:
            print(f"{engine} {precision} is left out: {str(error).splitlines()[0][:140]}")  # noqa: T201
            return None
        size = sum(file.stat().st_size for file in place.iterdir()) or weights.stat().st_size
        return Candidate(engine, precision, model, time.process_time() - started, size)

    def of_openvino(precision: Any) -> Callable[[Path], Forward]:
        def make(place: Path) -> Forward:
            write_engine(weights, encoder, precision, place, calibration_inputs(folder, settings))
            return openvino_forward(place, encoder, precision, flags, threads)

        return make

    recipes: list[tuple[str, str, Callable[[Path], Forward | None]]] = [
        ("torch", "float32", lambda _: None),
        ("torch", "bfloat16", lambda _: None),
        ("onnxruntime", "float32", lambda place: onnx_forward(folder, encoder, place, threads, quantised=False)),
        ("onnxruntime", "int8, dynamic", lambda place: onnx_forward(folder, encoder, place, threads, quantised=True)),
        *((f"openvino {openvino_version()}", precision, of_openvino(precision)) for precision in ("float32", "bfloat16", "int8")),
        ("openvino with NNCF", "int8, static", lambda place: nncf_forward(folder, encoder, place, threads)),
    ]
    for recipe in recipes:
        candidate = made(*recipe)
        if candidate is not None:
            yield candidate


def onnx_forward(folder: Path, encoder: dict[str, Any], place: Path, threads: int, quantised: bool) -> Forward:
    """The model through torch.onnx on onnxruntime; weights alone are int8 beforehand, what they multiply is quantised as it comes."""
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from framing.backends.torch_engine import load_weights

    model = load_weights(folder, "cpu")

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, quotes: torch.Tensor) -> torch.Tensor:
            return self.model(ids, mask, quotes).logits

    file = place / "model.onnx"
    example = tuple(torch.ones(2, 9, dtype=torch.int64) for _ in range(3))
    names = ["ids", "mask", "quotes"]
    axes = {name: {0: "batch", 1: "tokens"} for name in (*names, "logits")}
    torch.onnx.export(
        Logits(), example, file, input_names=names, output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False
    )
    if quantised:
        whole = file.rename(place / "whole.onnx")
        quantize_dynamic(whole, file, weight_type=QuantType.QInt8, per_channel=True)
        whole.unlink()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return lambda ids, mask, quotes: session.run(None, {"ids": ids, "mask": mask, "quotes": quotes})[0]


def nncf_forward(folder: Path, encoder: dict[str, Any], place: Path, threads: int) -> Forward:
    """Post-training quantisation by NNCF, calibrated on the texts that ours is calibrated on."""
    # NNCF reports its use as OpenVINO does, and is kept from it in the same way.
    sys.modules["openvino_telemetry"] = None
    import nncf

    graph = bert_graph(read_tensors(folder / WEIGHTS), encoder)
    rows = [list(row) for row in calibration_inputs(folder, read_settings(folder))]
    with_nncf = nncf.quantize(graph, nncf.Dataset(rows), model_type=nncf.ModelType.TRANSFORMER, subset_size=len(rows))
    openvino.save_model(with_nncf, place / FILES[0], compress_to_fp16=False)
    return openvino_forward(place, encoder, "bfloat16", processor_flags(), threads)


def texts_to_time(model: LoadedModel, tokens: int) -> list[EncodedParagraph]:
    """Paragraphs of the sample and of our own articles, evenly over their lengths, about `tokens` tokens."""
    sample = Document.from_text(SAMPLE.read_text(encoding="utf-8"), "sample")
    texts = [sample.text[p.start : p.end] for p in sample.paragraphs] + [e.text for e in read_originals(ROOT / "data/originals")]
    encoded = sorted(encode_paragraphs(model.tokenizer, texts), key=lambda paragraph: len(paragraph.ids))
    every = max(1, sum(len(paragraph.ids) for paragraph in encoded) // tokens)
    return encoded[every // 2 :: every]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=4000, help="tokens of text that are timed")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as scratch:
        measure(list(candidates(shipped_model(), options.threads, Path(scratch))), options.tokens, options.repeats)


def measure(found: list[Candidate], tokens: int, repeats: int) -> None:
    """Time the engines in turns, compare their scores, print the table."""
    reference, examples = found[0], parity_examples()
    paragraphs = texts_to_time(reference.model, tokens)
    count = sum(len(paragraph.ids) for paragraph in paragraphs)
    for candidate in found:
        candidate.difference = difference(reference.model, candidate.model, examples)
    for _ in range(repeats):
        for candidate in found:
            processor, wall = time.process_time(), time.perf_counter()
            candidate.model.predict(paragraphs)
            candidate.timings.append((time.process_time() - processor, time.perf_counter() - wall))
    base = np.array(reference.timings)
    print(f"{count} tokens in {len(paragraphs)} paragraphs, {repeats} repeats, {torch.get_num_threads()} threads")  # noqa: T201
    print("| engine | precision | tokens/s of processor time | ratio | ratio by wall time | score difference | build, s | MB |")  # noqa: T201
    print("|---|---|---|---|---|---|---|---|")  # noqa: T201
    for candidate in found:
        timings = np.array(candidate.timings)
        ratio, by_wall = np.median(base / timings, axis=0)
        rate = count / np.median(timings[:, 0])
        cost = f"{candidate.build:.1f} | {candidate.size / 1e6:.0f}"
        figures = f"{rate:,.0f} | {ratio:.2f} | {by_wall:.2f} | {candidate.difference:.4f} | {cost}"
        print(f"| {candidate.engine} | {candidate.precision} | {figures} |")  # noqa: T201


def difference(reference: LoadedModel, model: LoadedModel, examples: list[Example]) -> float:
    """Mean absolute difference of the sentences' calibrated probabilities."""
    return 0.0 if model is reference else measure_parity(reference, model, examples).mean_difference


if __name__ == "__main__":
    main()
