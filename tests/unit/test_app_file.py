"""`app.py` at the top serves the page, and does nothing but that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_it_takes_the_options_of_the_command() -> None:
    said = run("app.py", "--help")
    assert "--house-list" in said and "--mcp" in said


def test_importing_it_loads_neither_model_nor_page() -> None:
    assert run("-c", "import app, sys; print(sorted({'gradio', 'torch', 'openvino'} & set(sys.modules)))") == "[]\n"
