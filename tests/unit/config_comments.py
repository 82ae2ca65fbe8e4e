"""The commands that comments of the project's own configurations give."""

from __future__ import annotations

import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


def commands(config: Path) -> list[list[str]]:
    """The words of each command in the comments of a configuration: a line that begins with `framing`, and those that it goes on in."""
    comments = [line.removeprefix("#").strip() for line in config.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    joined = "\n".join(comments).replace("\\\n", " ")
    return [shlex.split(line) for line in joined.splitlines() if line.startswith("framing ")]


def trainings() -> list[tuple[Path, list[str]]]:
    """Configuration and overrides of each `framing train` in a comment."""
    found = [command for config in CONFIGS for command in commands(config) if command[:2] == ["framing", "train"]]
    return [(ROOT / name, overrides) for _, _, name, *overrides in found]
