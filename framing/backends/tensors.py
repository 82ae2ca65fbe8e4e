"""Reads a safetensors file into NumPy, so that an engine without torch can be built from the weights as they ship."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypedDict

import numpy as np
import safetensors
from numpy.typing import NDArray

_TYPES: Final = {"F32": np.float32, "F16": np.float16}


class _Stored(TypedDict):
    dtype: str
    shape: list[int]
    data: bytes


# The library's NumPy side knows no bfloat16, so the bytes are taken as they are.
_deserialize: Callable[[bytes], list[tuple[str, _Stored]]] = safetensors.deserialize


def read_tensors(file: Path) -> dict[str, NDArray[np.float32]]:
    """Every tensor by its name, float32; raises ValueError for numbers of another kind, and what safetensors raises for damage."""
    return {name: _array(stored["dtype"], stored["data"]).reshape(stored["shape"]) for name, stored in _deserialize(file.read_bytes())}


def _array(kind: str, data: bytes) -> NDArray[np.float32]:
    # bfloat16 is the upper half of a float32.
    if kind == "BF16":
        return (np.frombuffer(data, np.uint16).astype(np.uint32) << 16).view(np.float32)
    if kind not in _TYPES:
        raise ValueError(f"weights of type {kind}; expected BF16, F16 or F32")
    return np.frombuffer(data, _TYPES[kind]).astype(np.float32)
