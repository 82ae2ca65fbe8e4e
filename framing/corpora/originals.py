"""`originals`: articles written for this project, each event told five ways. Format in `data/originals/CARD.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from framing.corpora.base import Example, parse_spans, read_jsonl, require_text
from framing.errors import CorpusError
from framing.taxonomy import CHANNELS


def read_originals(path: Path) -> Iterator[Example]:
    """Paragraphs in reading order. The unit for splitting is the event: its five treatments share facts and names."""
    file = path / "originals.jsonl" if path.is_dir() else path
    for number, row in read_jsonl(file):
        where = f"{file}, line {number}"
        try:
            yield Example(
                id=row["id"],
                corpus="originals",
                source=f"originals/{row['treatment']}",
                article=f"originals#{row['event']}",
                text=require_text(row, where),
                spans=parse_spans(row["spans"], len(row["text"]), where),
                known=frozenset(CHANNELS),
            )
        except KeyError as error:
            raise CorpusError(f"{where}: the field {error} is missing; the format is in data/originals/CARD.md") from error
