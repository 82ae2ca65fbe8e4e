"""The page, served by `framing app` in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent.parent
_START = 120


@dataclass(frozen=True, slots=True)
class Site:
    """A served page: its address and the files that it keeps."""

    address: str
    house_list: Path
    feedback: Path
    uploads: Path
    temporary: Path

    def left_behind(self) -> set[Path]:
        """What lies in Gradio's temporary folder but the empty files, under names of chance, that Gradio itself makes for each upload."""
        there = self.uploads.iterdir() if self.uploads.exists() else iter(())
        return {path for path in there if path.name != "vibe_edit_history" and (path.is_dir() or path.stat().st_size)}


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """The page with its files in `folder`, once it answers; `folder`/server.log has what it says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = Site(f"http://localhost:{port}", folder / "house-list.txt", folder / "feedback.jsonl", folder / "uploads", folder / "tmp")
    site.temporary.mkdir(parents=True)
    command = [sys.executable, "-m", "framing", "app", "--port", str(port), "--mcp"]
    command += ["--house-list", str(site.house_list), "--feedback", str(site.feedback)]
    surroundings = {**os.environ, "GRADIO_TEMP_DIR": str(site.uploads), "TMPDIR": str(site.temporary), "PYTHONPATH": str(ROOT)}
    log = folder / "server.log"
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said, env=surroundings, cwd=folder) as process:
        try:
            _await(site, process, log)
            yield site
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(site: Site, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"{site.address}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the page did not start: {log.read_text(encoding='utf-8', errors='replace')}")
