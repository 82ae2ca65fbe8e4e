"""Runs the command line again and again in children of one process that has imported torch: each starts at once, and can be killed.

A child is a real process with real files; forking before the first tensor is safe, since no thread has been started by then.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit code, negative for the signal that killed it, what it wrote to stderr, and its wall time."""

    code: int
    err: str
    seconds: float


class Forks:
    """The process that forks; `run` asks it for one child."""

    def __init__(self, folder: Path) -> None:
        self._err = folder / "stderr"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.model.forked"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *arguments: object, **options: Any) -> Ended:
        """`framing ARGUMENTS`; options: `after` (seconds) or `once` (a path that appears) then `signal`; `stdin`, `stdout` (paths);
        `closed` (stdout is a pipe that nobody reads); `file_limit` (bytes that a file may have)."""
        assert self._process.stdin is not None and self._process.stdout is not None
        asked = {"arguments": list(map(str, arguments)), "stderr": str(self._err), **options}
        self._process.stdin.write(json.dumps(asked, default=str) + "\n")
        self._process.stdin.flush()
        code, seconds = json.loads(self._process.stdout.readline())
        return Ended(code, self._err.read_text(encoding="utf-8"), seconds)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


def _child(asked: dict[str, Any]) -> None:
    import resource

    import torch

    from framing.cli import main

    for path, target, flags in (
        ("stdin", 0, os.O_RDONLY),
        ("stdout", 1, os.O_WRONLY | os.O_CREAT),
        ("stderr", 2, os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(asked.get(path, os.devnull), flags | (os.O_TRUNC if target else 0)), target)
    if asked.get("closed"):
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    if "file_limit" in asked:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["file_limit"], resource.RLIM_INFINITY))
    torch.set_num_threads(1)
    # A shell that starts the tests in the background has Ctrl-C ignored in all that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["framing", *asked["arguments"]]
    code: Any = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(code or 0))


def _serve() -> None:
    import torch  # noqa: F401

    import framing.backends.bert_engine
    import framing.cli  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _child(asked)
        if "after" in asked or "once" in asked:
            time.sleep(asked.get("after", 0.0))
            while "once" in asked and not Path(asked["once"]).exists() and time.monotonic() - began < 60:
                time.sleep(0.005)
            os.kill(child, asked.get("signal", signal.SIGKILL))
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - began]), flush=True)  # noqa: T201


if __name__ == "__main__":
    _serve()
