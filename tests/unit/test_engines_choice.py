"""Which engine and precision a machine gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.backends.choice import REFERENCE, Choice, choices
from framing.backends.processor import processor_flags
from framing.errors import ConfigError, MissingExtra

# As /proc/cpuinfo of such machines has them, the rest left out.
GENOA = frozenset({"avx2", "avx512f", "avx512_bf16", "avx512_vnni"})
SAPPHIRE_RAPIDS = GENOA | {"avx_vnni", "amx_bf16", "amx_int8", "amx_tile"}
ICE_LAKE = frozenset({"avx2", "avx512f", "avx512_vnni"})
ALDER_LAKE = frozenset({"avx2", "avx_vnni"})
HASWELL = frozenset({"avx2", "fma"})
GRAVITON = frozenset({"asimd", "bf16", "i8mm"})


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (GENOA, ["openvino int8", "openvino bfloat16", "openvino float32", "torch float32"]),
        (SAPPHIRE_RAPIDS, ["openvino bfloat16", "openvino int8", "openvino float32", "torch float32"]),
        (ICE_LAKE, ["openvino int8", "openvino float32", "torch float32"]),
        (ALDER_LAKE, ["openvino int8", "openvino float32", "torch float32"]),
        (HASWELL, ["openvino float32", "torch float32"]),
        (GRAVITON, ["openvino float32", "torch float32"]),
        (frozenset(), ["openvino float32", "torch float32"]),
    ],
)
def test_with_openvino_the_fastest_precision_of_the_processor_is_tried_first(flags: frozenset[str], expected: list[str]) -> None:
    assert [str(choice) for choice in choices("auto", "auto", "cpu", flags, installed=True)] == expected


@pytest.mark.parametrize(
    ("flags", "expected"),
    [(GENOA, ["torch bfloat16", "torch float32"]), (ICE_LAKE, ["torch float32"]), (frozenset(), ["torch float32"])],
)
def test_without_openvino_torch_runs_in_bfloat16_where_the_processor_has_it(flags: frozenset[str], expected: list[str]) -> None:
    assert [str(choice) for choice in choices("auto", "auto", "cpu", flags, installed=False)] == expected
    assert [str(choice) for choice in choices("torch", "auto", "cpu", flags, installed=True)] == expected


def test_on_other_devices_torch_runs_in_bfloat16_where_nvidias_are() -> None:
    for device in ("cuda", "cuda:1"):
        assert choices("auto", "auto", device, GENOA, installed=True) == (Choice("torch", "bfloat16"), REFERENCE)
    assert choices("auto", "auto", "mps", GENOA, installed=True) == (REFERENCE,)
    for device in ("cuda", "cuda:1", "mps"):
        assert choices("auto", "float32", device, GENOA, installed=True) == (REFERENCE,)
        assert choices("torch", "bfloat16", device, frozenset(), installed=False) == (Choice("torch", "bfloat16"),)


def test_what_is_named_is_what_is_tried() -> None:
    assert choices("openvino", "int8", "cpu", GENOA, installed=True) == (Choice("openvino", "int8"),)
    assert choices("openvino", "auto", "cpu", HASWELL, installed=True) == (Choice("openvino", "float32"),)
    assert choices("auto", "float32", "cpu", GENOA, installed=True) == (Choice("openvino", "float32"), REFERENCE)
    assert choices("auto", "bfloat16", "cpu", GENOA, installed=False) == (Choice("torch", "bfloat16"),)


@pytest.mark.parametrize(
    ("engine", "precision", "device", "flags", "message"),
    [
        ("onnx", "auto", "cpu", GENOA, "engine 'onnx' is unknown; expected one of auto, torch, openvino"),
        ("auto", "int4", "cpu", GENOA, "precision 'int4' is unknown; expected one of auto, float32, bfloat16, int8"),
        ("torch", "int8", "cpu", GENOA, "expected float32 or bfloat16"),
        ("openvino", "auto", "cuda", GENOA, "device 'cuda'"),
        ("openvino", "int8", "cpu", HASWELL, "needs a processor with VNNI"),
        ("torch", "bfloat16", "cpu", ICE_LAKE, "needs a processor with AVX512-BF16"),
    ],
)
def test_what_cannot_be_is_refused_by_name(engine: str, precision: str, device: str, flags: frozenset[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        choices(engine, precision, device, flags, installed=True)


def test_an_engine_that_is_not_installed_is_named_with_the_command_that_brings_it() -> None:
    for engine, precision in (("openvino", "auto"), ("auto", "int8")):
        with pytest.raises(MissingExtra, match=r"pip install 'framing\[fast\]'"):
            choices(engine, precision, "cpu", GENOA, installed=False)


@given(st.frozensets(st.sampled_from(sorted(SAPPHIRE_RAPIDS | GRAVITON))), st.booleans())
def test_auto_always_ends_with_torch_in_float32(flags: frozenset[str], installed: bool) -> None:
    assert choices("auto", "auto", "cpu", flags, installed)[-1] == REFERENCE


def test_flags_are_read_where_linux_writes_them(tmp_path: Path) -> None:
    intel, arm = tmp_path / "intel", tmp_path / "arm"
    intel.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512_vnni amx_bf16\n\nprocessor\t: 1\nflags\t\t: fpu avx2\n")
    arm.write_text("processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n")
    assert processor_flags(intel) == {"avx2", "avx512_vnni", "amx_bf16"}
    assert processor_flags(arm) == {"asimd", "bf16", "i8mm"}
    assert processor_flags(tmp_path / "nothing") == frozenset()
