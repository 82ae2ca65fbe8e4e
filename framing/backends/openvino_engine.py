"""Runs a BERT-shaped model on OpenVINO: its files are written once, and read without torch."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from framing.backends.batching import Forward
from framing.backends.choice import Precision
from framing.backends.openvino_graph import Inputs, bert_graph, group_size, measure_spans
from framing.backends.openvino_runtime import openvino
from framing.backends.processor import multiplies_bfloat16
from framing.backends.tensors import read_tensors

GRAPH_FILE: Final = "engine.xml"
FILES: Final = (GRAPH_FILE, "engine.bin")


def openvino_version() -> str:
    """The release, without the hash of its build."""
    return str(openvino.__version__).split("-")[0]


def write_engine(
    weights_file: Path, encoder: Mapping[str, Any], precision: Precision, folder: Path, texts: Iterable[Inputs]
) -> None:
    """Write `FILES` into the folder; `texts`, each a batch of one, tell how far the numbers reach that int8 has to hold.

    Raises KeyError when a tensor is missing, and what safetensors raises for a damaged file.
    """
    weights = read_tensors(weights_file)
    graph = bert_graph(weights, encoder, measure_spans(weights, encoder, texts) if precision == "int8" else None)
    # bfloat16 is decided when the graph is compiled; the stored numbers stay what they are.
    openvino.save_model(graph, folder / GRAPH_FILE, compress_to_fp16=False)


def openvino_forward(
    folder: Path, encoder: Mapping[str, Any], precision: Precision, flags: frozenset[str], threads: int | None = None
) -> Forward:
    """A function from (input_ids, attention_mask, quotes), int64 (batch, tokens), to logits, float32 (batch, tokens, channels).

    May be called from several threads. Raises RuntimeError for files that OpenVINO cannot read.
    """
    # Beside int8 products the rest is computed in bfloat16 where the processor has it.
    lowered = precision == "bfloat16" or (precision == "int8" and multiplies_bfloat16(flags))
    settings: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": "bf16" if lowered else "f32",
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": group_size(encoder) if precision == "int8" else 0,
        "PERFORMANCE_HINT": "LATENCY",
    }
    if threads is not None:
        settings["INFERENCE_NUM_THREADS"] = threads
        # Whoever counts threads shares the machine: pinned, several processes would all sit on the first cores.
        settings["ENABLE_CPU_PINNING"] = False
    compiled = openvino.Core().compile_model(folder / GRAPH_FILE, "CPU", settings)
    own = threading.local()

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.float32]:
        # A request holds one calculation at a time, so each thread has its own.
        if not hasattr(own, "request"):
            own.request = compiled.create_infer_request()
        logits: NDArray[np.float32] = own.request.infer([ids, mask, quotes], share_inputs=True, share_outputs=False)[0]
        return logits

    return forward
