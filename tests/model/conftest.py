"""A real model, trained here in seconds: two layers, random encoder, a small part of our own articles."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from framing import Screener
from framing.locking import locked
from tests.model import corpora

ROOT = Path(__file__).parent.parent.parent


def framing(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, from the project's folder."""
    command = [sys.executable, "-m", "framing", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=300, check=False)


def tiny(output: Path, *overrides: str) -> Sequence[str]:
    """Arguments that train `configs/tiny.yaml` briefly into `output`."""
    return ["train", "configs/tiny.yaml", f"output={output}", *(overrides or ("training.epochs=3",))]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    own = tmp_path_factory.getbasetemp()
    # Of several processes that share the tests, each below a folder of the whole run, the first trains it for all.
    folder = (own if worker_id == "master" else own.parent) / "tiny"
    with locked(folder):
        if not (folder / "metrics.json").exists():
            finished = framing(*tiny(folder))
            assert finished.returncode == 0, finished.stderr.decode()
    return folder


@pytest.fixture(scope="session")
def screener(tiny_model: Path) -> Screener:
    return Screener.load(tiny_model)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration of seconds: two events to train on, one to calibrate on."""
    folder = tmp_path_factory.mktemp("small")
    sources = [{"name": "originals", "path": str(corpora.originals(folder / "originals.jsonl", 2, 1))}]
    return corpora.configuration(folder / "small.yaml", folder / "out", sources, splits=str(corpora.SPLITS))
