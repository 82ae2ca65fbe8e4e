"""What the processor can multiply natively."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_CPUINFO: Final = Path("/proc/cpuinfo")
_TELLING: Final = re.compile(r"^(?:avx|amx|sse4|f16c|fma|asimd|sve|bf16|i8mm)")


def processor_flags(cpuinfo: Path = _CPUINFO) -> frozenset[str]:
    """The vector and matrix instructions of the processor by their Linux names; empty where the system does not tell.

    Nothing but Linux is asked: elsewhere engines run in float32 unless the user names another precision.
    """
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return frozenset(flag for flag in line[1].split() if _TELLING.match(flag)) if line else frozenset()


def multiplies_bfloat16(flags: frozenset[str]) -> bool:
    """Whether products of bfloat16 are native."""
    return not flags.isdisjoint({"avx512_bf16", "amx_bf16"})


def multiplies_int8(flags: frozenset[str]) -> bool:
    """Whether products of int8 are native (VNNI)."""
    return not flags.isdisjoint({"avx512_vnni", "avx_vnni"})
