"""Labelled corpora: one module a published format, and the table of their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from framing.corpora.base import Example
from framing.corpora.devices import read_devices
from framing.corpora.originals import read_originals
from framing.errors import CorpusError

READERS: Final[dict[str, Callable[[Path], Iterator[Example]]]] = {
    "devices": read_devices,
    "originals": read_originals,
}


def load_corpus(name: str, path: Path) -> list[Example]:
    """Every example of the corpus at `path`; raises CorpusError when the name, the path or a row is wrong."""
    if name not in READERS:
        nearest = get_close_matches(name, READERS, n=1, cutoff=0.3)
        hint = f"; nearest is '{nearest[0]}'" if nearest else ""
        raise CorpusError(f"corpus '{name}' is unknown{hint}; expected one of {', '.join(READERS)}")
    if not path.exists():
        raise CorpusError(f"corpus '{name}': {path} does not exist; expected the folder or file that its card describes")
    examples = list(READERS[name](path))
    if not examples:
        raise CorpusError(f"corpus '{name}': {path} holds no paragraph")
    return examples
