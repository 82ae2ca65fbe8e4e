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
        """Files with something in them in the folder of the server's files: Gradio makes an empty one for each upload, too."""
        return {path for path in self.uploads.rglob("*") if path.is_file() and path.stat().st_size}


def kept_for(seconds: float) -> str:
    """What makes a server forget that soon; see `served`."""
    return (
        f"import framing.app.screen_tab as tab, framing.app.server as server\ntab.KEPT = server.KEPT = {seconds}\nserver.SWEPT_EVERY = 0.5"
    )


@contextmanager
def served(folder: Path, port: int | None = None, changed: str = "") -> Iterator[Site]:
    """The page with its files in `folder`, once it answers; `folder`/server.log has what it says. `changed` is Python to run before."""
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    site = Site(f"http://localhost:{port}", folder / "house-list.txt", folder / "feedback.jsonl", folder / "uploads", folder / "tmp")
    site.temporary.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", f"{changed}\nfrom framing.cli import main\nmain()", "app", "--port", str(port), "--mcp"]
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
