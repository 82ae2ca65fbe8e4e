"""Labelled corpora: one module a published format, and the table of their names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from framing.corpora.babe import read_babe
from framing.corpora.base import Example
from framing.corpora.basil import read_basil
from framing.corpora.checkthat import read_checkthat
from framing.corpora.devices import read_devices
from framing.corpora.dipromats import read_dipromats
from framing.corpora.elecdeb import read_elecdeb
from framing.corpora.feedback import read_feedback
from framing.corpora.mafalda import read_mafalda
from framing.corpora.narrative_framing import read_narrative_framing
from framing.corpora.originals import read_originals
from framing.corpora.ptc import read_ptc
from framing.corpora.semeval2021 import read_semeval2021
from framing.corpora.semeval2023 import read_semeval2023
from framing.corpora.semeval2025 import read_semeval2025
from framing.corpora.soft_labels import read_soft_labels
from framing.corpora.ukraine_news_bias import read_ukraine_news_bias
from framing.corpora.usvsthem import read_usvsthem
from framing.errors import CorpusError, nearest

READERS: Final[dict[str, Callable[[Path], Iterator[Example]]]] = {
    "devices": read_devices,
    "originals": read_originals,
    "feedback": read_feedback,
    "babe": read_babe,
    "basil": read_basil,
    "checkthat": read_checkthat,
    "dipromats": read_dipromats,
    "elecdeb": read_elecdeb,
    "mafalda": read_mafalda,
    "narrative_framing": read_narrative_framing,
    "ptc": read_ptc,
    "semeval2021": read_semeval2021,
    "semeval2023": read_semeval2023,
    "semeval2025": read_semeval2025,
    "soft_labels": read_soft_labels,
    "ukraine_news_bias": read_ukraine_news_bias,
    "usvsthem": read_usvsthem,
}


def load_corpus(name: str, path: Path, sources: Collection[str] = ()) -> list[Example]:
    """Every example of the corpus at `path`, of these sources alone where some are named.

    Raises:
        CorpusError: the name, the path or a row is wrong, or the corpus has not one of the sources.
    """
    if name not in READERS:
        raise CorpusError(f"corpus '{name}' is unknown{nearest(name, READERS, 0.3)}; expected one of {', '.join(READERS)}")
    if not path.exists():
        raise CorpusError(f"corpus '{name}': {path} does not exist; expected the folder or file that its card describes")
    examples = list(READERS[name](path))
    if not examples:
        raise CorpusError(f"corpus '{name}': {path} holds no paragraph")
    if not sources:
        return examples
    there = sorted({example.source for example in examples})
    for source in sources:
        if source not in there:
            raise CorpusError(f"corpus '{name}' has no source '{source}'{nearest(source, there)}; expected some of {', '.join(there)}")
    return [example for example in examples if example.source in sources]
