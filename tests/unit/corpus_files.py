"""Files that tests of corpora write, what they expect of readers, and where the published corpora lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from framing.corpora.base import Example
from framing.errors import CorpusError

SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "data"
Reader = Callable[[Path], Iterator[Example]]


def published(name: str) -> Path:
    """The folder of a published corpus; skips the test where it is not there, because the corpora are third parties'."""
    if not (SHARED / name).is_dir():
        pytest.skip(f"{SHARED / name} is not there: the corpus belongs to third parties")
    return SHARED / name


def write(path: Path, content: str | bytes | list[Any]) -> Path:
    """Writes text as it is, with its line ends, and a list as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1) if isinstance(content, list) else content
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def table(*rows: tuple[object, ...], end: str = "\n") -> str:
    """Rows separated by tabs."""
    return "".join("\t".join(map(str, row)) + end for row in rows)


def refusal(reader: Reader, path: Path) -> str:
    """The message with which the reader refuses what is at `path`."""
    with pytest.raises(CorpusError) as caught:
        list(reader(path))
    return str(caught.value)


def marked(example: Example) -> list[tuple[str, str]]:
    """Wording and label of each span."""
    return [(example.text[span.start : span.end], span.label) for span in example.spans]


def wordings(example: Example) -> list[str]:
    """Wording of each span."""
    return [wording for wording, _ in marked(example)]


def present(labels: Mapping[str, bool]) -> set[str]:
    """The labels that hold."""
    return {label for label, holds in labels.items() if holds}
