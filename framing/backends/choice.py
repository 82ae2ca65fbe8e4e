"""Which engine and precision to use: by what is asked, what is installed and what the processor has."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, Literal, NamedTuple, get_args

from framing.backends.processor import multiplies_bfloat16, multiplies_int8
from framing.errors import ConfigError, MissingExtra

Engine = Literal["torch", "openvino"]
Precision = Literal["float32", "bfloat16", "int8"]
AUTO: Final = "auto"


class Choice(NamedTuple):
    """An engine and the precision of its matrix products."""

    engine: Engine
    precision: Precision

    def __str__(self) -> str:
        return f"{self.engine} {self.precision}"


REFERENCE: Final = Choice("torch", "float32")
"""What every other choice is held against."""


def openvino_installed() -> bool:
    """Whether OpenVINO can be imported, found out without importing it."""
    return find_spec("openvino") is not None


def choices(engine: str, precision: str, device: str, flags: frozenset[str], installed: bool) -> tuple[Choice, ...]:
    """What to try, best first; a lower precision is passed over where its scores turn out to differ.

    Args:
        engine: 'auto', 'torch' or 'openvino'.
        precision: 'auto', 'float32', 'bfloat16' or 'int8'.
        device: of torch; OpenVINO runs on 'cpu' alone.
        flags: of the processor, as `processor_flags` gives them.
        installed: whether OpenVINO is.

    Raises:
        ConfigError: a name that is none of these, or a pair that cannot be.
        MissingExtra: OpenVINO is asked for and not installed.
    """
    _check("engine", engine, get_args(Engine))
    _check("precision", precision, get_args(Precision))
    wants_openvino = engine == "openvino" or (engine == AUTO and precision == "int8")
    if wants_openvino and device != "cpu":
        raise ConfigError(f"found engine 'openvino' or precision 'int8' on device '{device}'; expected 'cpu', or: engine torch, bfloat16")
    if engine == "torch" and precision == "int8":
        raise ConfigError("found engine 'torch' with precision 'int8'; expected float32 or bfloat16, or engine openvino")
    if wants_openvino and not installed:
        raise MissingExtra("openvino", "fast", "The engine 'openvino'")
    if device != "cpu":
        halved = Choice("torch", "bfloat16")
        # NVIDIA's GPUs that torch still supports compute in bfloat16; of Apple's, whose kernels differ, it is not assumed.
        if precision == AUTO and device.startswith("cuda"):
            return (halved, REFERENCE)
        return (halved if precision == "bfloat16" else REFERENCE,)
    tried = [*_openvino(flags), *_torch(flags)] if installed and engine != "torch" else _torch(flags)
    if engine == "openvino":
        tried = _openvino(flags)
    elif engine == AUTO and installed:
        # Beside OpenVINO torch serves what OpenVINO cannot run, and that as exactly as can be.
        tried = [*_openvino(flags), REFERENCE]
    if precision == AUTO:
        return tuple(tried)
    chosen = tuple(choice for choice in tried if choice.precision == precision)
    if not chosen:
        lacking = "AVX512-BF16 or AMX" if precision == "bfloat16" else "VNNI"
        raise ConfigError(f"precision '{precision}' needs a processor with {lacking}, which this one does not report; use float32 or auto")
    return chosen


def _openvino(flags: frozenset[str]) -> list[Choice]:
    # Measured on VNNI, where int8 is the faster. With matrix units (AMX), whose kernels were not measured, the more exact one leads.
    has_amx = "amx_bf16" in flags
    fast: list[Precision] = ["bfloat16"] if multiplies_bfloat16(flags) else []
    if multiplies_int8(flags):
        fast.insert(len(fast) if has_amx else 0, "int8")
    return [Choice("openvino", precision) for precision in (*fast, "float32")]


def _torch(flags: frozenset[str]) -> list[Choice]:
    return [*([Choice("torch", "bfloat16")] if multiplies_bfloat16(flags) else []), REFERENCE]


def _check(what: str, found: str, names: tuple[str, ...]) -> None:
    if found not in (AUTO, *names):
        raise ConfigError(f"{what} '{found}' is unknown; expected one of {', '.join((AUTO, *names))}")
