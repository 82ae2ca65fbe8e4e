"""Which model scores a batch, and what it runs on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from framing.backends.choice import AUTO
from framing.screener import Screener


@dataclass(frozen=True, slots=True)
class Computing:
    """Arguments of `Screener.load`."""

    model: Path | None = None
    device: str = "cpu"
    engine: str = AUTO
    precision: str = AUTO
    threads: int | None = None

    def load(self) -> Screener:
        """The loaded model; raises as `Screener.load` does."""
        return Screener.load(self.model, self.device, self.engine, self.precision, self.threads)
