"""The cache of engines, the gate that they pass, and weights read without torch. No torch, no OpenVINO."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from framing.backends.engine_files import MANIFEST, cache_folder, entry_name, publish, read_entry, unfinished, write_manifest
from framing.backends.tensors import read_tensors
from framing.parity import LabelParity, Parity, parity_examples
from framing.taxonomy import CHANNELS


def make(place: Path, content: bytes = b"weights") -> None:
    with unfinished(place) as made:
        (made / "engine.bin").write_bytes(content)
        write_manifest(made, {"engine": "openvino"}, ("engine.bin",))
        publish(made, place)


def test_an_engine_is_there_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "cache" / "one"
    make(place)
    manifest = read_entry(place)
    assert manifest is not None
    assert manifest["engine"] == "openvino"
    assert [path.name for path in place.parent.iterdir()] == ["one"]


@pytest.mark.parametrize("damage", ["shorter", "changed", "file gone", "manifest gone", "manifest cut", "manifest of another kind"])
def test_a_damaged_engine_counts_as_none_and_is_replaced(tmp_path: Path, damage: str) -> None:
    place = tmp_path / "one"
    make(place)
    file, manifest = place / "engine.bin", place / MANIFEST
    if damage == "shorter":
        file.write_bytes(b"weight")
    elif damage == "changed":
        file.write_bytes(b"wEights")
    elif damage == "file gone":
        file.unlink()
    elif damage == "manifest gone":
        manifest.unlink()
    elif damage == "manifest cut":
        manifest.write_text(manifest.read_text()[:20])
    else:
        manifest.write_text(json.dumps(["engine"]))
    assert read_entry(place) is None
    make(place, b"new")
    assert read_entry(place) is not None
    assert file.read_bytes() == b"new"


def test_one_that_another_process_finished_first_stays(tmp_path: Path) -> None:
    place = tmp_path / "one"
    make(place, b"first")
    make(place, b"second")
    assert (place / "engine.bin").read_bytes() == b"first"


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "one"
    with pytest.raises(RuntimeError), unfinished(place) as made:
        (made / "engine.bin").write_bytes(b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_the_cache_is_where_the_variable_says_else_where_the_platform_keeps_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FRAMING_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("FRAMING_CACHE")
    assert cache_folder().name == "framing"
    assert cache_folder().is_relative_to(Path.home()) or "XDG_CACHE_HOME" in os.environ


def test_another_precision_or_processor_is_another_engine() -> None:
    names = {entry_name({"precision": p, "processor": f}) for p in ("int8", "bfloat16") for f in (["avx2"], ["avx2", "amx_bf16"])}
    assert len(names) == 4
    assert entry_name({"a": 1, "b": 2}) == entry_name({"b": 2, "a": 1})


def parity(mean: float, before: float = 0.7, after: float = 0.7, step: float = 0.001) -> Parity:
    return Parity(10, 20, mean, 0.1, {"loaded_label": LabelParity(before, after, step, 300)})


def test_scores_may_differ_by_a_hundredth_on_average_and_f1_may_fall_by_half_a_point() -> None:
    assert parity(0.01).faults == ()
    assert parity(0.0, after=0.695).faults == ()
    assert parity(0.0, after=0.9).faults == ()
    assert "0.0101" in parity(0.0101).faults[0]
    assert parity(float("nan")).faults != ()
    assert parity(0.0, after=0.694).faults == ("sentence F1 of loaded_label falls from 0.700 to 0.694",)


def test_of_few_sentences_one_may_be_decided_otherwise_and_two_may_not() -> None:
    assert parity(0.0, after=0.69, step=0.01).faults == ()
    assert parity(0.0, after=0.68, step=0.01).faults != ()


def test_engines_are_checked_on_our_own_labelled_text() -> None:
    examples = parity_examples()
    assert {example.corpus for example in examples} == {"originals"}
    assert all(example.known.issuperset(CHANNELS) for example in examples)
    assert sum(len(example.spans) for example in examples) > 100


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=20))
def test_weights_of_every_kind_are_read_as_float32(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    folder = tmp_path_factory.mktemp("weights")
    values = np.array(numbers, dtype=np.float32)
    save_file({"a": values, "b": values.reshape(-1, 1)}, folder / "full.safetensors")
    read = read_tensors(folder / "full.safetensors")
    np.testing.assert_array_equal(read["a"], values)
    assert read["b"].shape == (len(values), 1)
    # bfloat16 is the upper half of a float32, and safetensors' NumPy side writes none.
    halves = (values.view(np.uint32) >> 16).astype(np.uint16)
    header = json.dumps({"a": {"dtype": "BF16", "shape": [len(values)], "data_offsets": [0, 2 * len(values)]}}).encode()
    (folder / "half.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + halves.tobytes())
    np.testing.assert_array_equal(read_tensors(folder / "half.safetensors")["a"], (halves.astype(np.uint32) << 16).view(np.float32))


def test_weights_of_a_kind_that_is_not_expected_are_named(tmp_path: Path) -> None:
    save_file({"a": np.zeros(2, dtype=np.float64)}, tmp_path / "double.safetensors")
    with pytest.raises(ValueError, match="type F64; expected BF16, F16 or F32"):
        read_tensors(tmp_path / "double.safetensors")
