"""`devices`: our span annotations over third parties' paragraphs. Format in `data/devices/CARD.md`.

The project publishes offsets and hashes; `framing data join` puts the text in from the user's own copy of the sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framing.corpora.base import Example, parse_spans, read_jsonl, require_fields, require_text, sha256
from framing.errors import CorpusError
from framing.taxonomy import CHANNELS

ANNOTATIONS = "annotations.jsonl"
JOINED = "joined.jsonl"
SECOND_READING = "second-reading.jsonl"


def read_devices(path: Path) -> Iterator[Example]:
    """Paragraphs of a joined file, or of the folder that holds it; every text is checked against its hash."""
    file = path / JOINED if path.is_dir() else path
    if not file.exists():
        raise CorpusError(
            f"{file}: the texts of 'devices' are not here, because they are third parties'; put them in from your copy "
            f"of the source corpora with: framing data join SOURCES (data/devices/CARD.md says where to get them)"
        )
    for number, row in read_jsonl(file):
        where = f"{file}, line {number}"
        try:
            if sha256(require_text(row, where)) != row["sha256"]:
                raise CorpusError(f"{where}: the text of {row['id']} is not the one annotated (SHA-256 differs); join it again")
            yield Example(
                id=row["id"],
                corpus="devices",
                source=row["source"],
                article=f"{row['source']}#{row['article']}",
                text=row["text"],
                spans=parse_spans(row["spans"], len(row["text"]), where),
                known=frozenset(CHANNELS),
                natural=not row["enriched"],
            )
        except KeyError as error:
            raise CorpusError(f"{where}: the field {error} is missing; the format is in data/devices/CARD.md") from error


def read_spans(file: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(id, span rows) of a file of annotations without text; raises CorpusError with file and line where a row lacks one of them."""
    for number, row in read_jsonl(file):
        require_fields(row, ("id", "spans"), f"{file}, line {number}")
        yield row["id"], row["spans"]
