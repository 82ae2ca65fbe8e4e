"""The shipped model, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from framing import Screener

ROOT = Path(__file__).parent.parent.parent
MODEL = ROOT / "models/framing-small"


@pytest.fixture(scope="session")
def shipped() -> Screener:
    return Screener.load()
