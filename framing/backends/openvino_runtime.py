"""OpenVINO, imported so that it stays silent: by itself it reports every import to its maker through Google Analytics.

The package that does so can be absent, which OpenVINO is prepared for; so it is made absent while OpenVINO is being imported. Import
OpenVINO through this module alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_REPORTER: Final = "openvino_telemetry"


@contextmanager
def _without_reporter() -> Iterator[None]:
    imported = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == _REPORTER}
    # None in the table of modules is Python's own way to say that there is no such module.
    sys.modules[_REPORTER] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[_REPORTER]
        sys.modules.update(imported)


with _without_reporter():
    import openvino
    import openvino.opset13 as operations

__all__ = ["openvino", "operations"]
