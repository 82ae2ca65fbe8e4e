"""`soft_labels`: paragraphs that nobody annotated, with a teacher model's logits for their tokens, as `framing distill` writes them.

Hinton, Vinyals, Dean, «Distilling the knowledge in a neural network», 2015: a small model learns from what a large one makes of
unlabelled text. One Parquet file, a row a paragraph: `id`, `article`, `source`, `text`, then for the teacher's own tokens `starts` and
`ends` (characters of the paragraph, end exclusive) and `logits` (token after token, one value a channel); the file's metadata name the
channels and the teacher. The texts are whoever's they are: the file is for the machine that made it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from framing.corpora.base import Example, TokenLogits
from framing.errors import CorpusError, MissingExtra

_METADATA: Final = b"framing.soft_labels"
_COLUMNS: Final = ("id", "article", "source", "text", "starts", "ends", "logits")
_ROWS: Final = 2048


def write_soft_labels(path: Path, examples: Iterable[Example], teacher: str) -> int:
    """Write the examples, each with its `taught`, all of the same channels; returns how many.

    Raises:
        MissingExtra: `pyarrow` is not installed.
        OSError: the file cannot be written; nothing is left in its place.
    """
    pyarrow, parquet = _parquet()
    partial, written, writer = path.with_name(f"{path.name}.part"), 0, None
    try:
        for rows, channels in _batches(examples):
            if writer is None:
                writer = parquet.ParquetWriter(str(partial), _schema(pyarrow, channels, teacher), compression="zstd")
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=writer.schema))
            written += len(rows)
        if writer is not None:
            writer.close()
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return written


def read_soft_labels(path: Path) -> Iterator[Example]:
    """The paragraphs of such a file, nothing about them known but `taught`; they are for training alone.

    Raises:
        CorpusError: the file is missing, or not one that `write_soft_labels` wrote.
        MissingExtra: `pyarrow` is not installed.
    """
    pyarrow, parquet = _parquet()
    try:
        with parquet.ParquetFile(str(path)) as file:
            stated = json.loads((file.schema_arrow.metadata or {})[_METADATA])
            channels, teacher = tuple(stated["channels"]), str(stated["teacher"])
            for batch in file.iter_batches(_ROWS, columns=list(_COLUMNS)):
                for row in batch.to_pylist():
                    yield _example(row, channels, teacher)
    except (OSError, KeyError, ValueError, TypeError, pyarrow.ArrowException) as error:
        message = f"{path}: not a file of soft labels ({error!r}); write one with: framing distill TEACHER TEXTS -o FILE"
        raise CorpusError(message) from error


def _example(row: dict[str, Any], channels: tuple[str, ...], teacher: str) -> Example:
    logits = np.asarray(row["logits"], dtype=np.float32).reshape(-1, len(channels))
    starts, ends = (np.asarray(row[name], dtype=np.int32) for name in ("starts", "ends"))
    if not len(starts) == len(ends) == len(logits):
        raise ValueError(f"{row['id']}: {len(starts)} starts, {len(ends)} ends and logits of {len(logits)} tokens")
    taught = TokenLogits(teacher, channels, starts, ends, logits)
    return Example(row["id"], "soft_labels", row["source"], row["article"], row["text"], (), frozenset(), split="train", taught=taught)


def _batches(examples: Iterable[Example]) -> Iterator[tuple[list[dict[str, Any]], tuple[str, ...]]]:
    rows: list[dict[str, Any]] = []
    channels: tuple[str, ...] = ()
    for example in examples:
        if example.taught is None:
            raise ValueError(f"{example.id} has no logits of a teacher")
        channels = example.taught.channels
        rows.append(_row(example, example.taught))
        if len(rows) == _ROWS:
            yield rows, channels
            rows = []
    if rows:
        yield rows, channels


def _row(example: Example, taught: TokenLogits) -> dict[str, Any]:
    return {
        "id": example.id,
        "article": example.article,
        "source": example.source,
        "text": example.text,
        "starts": taught.starts.tolist(),
        "ends": taught.ends.tolist(),
        # Half precision keeps three digits, a hundredth of what two seeds of one teacher differ by.
        "logits": taught.logits.astype(np.float16).ravel(),
    }


def _schema(pyarrow: Any, channels: tuple[str, ...], teacher: str) -> Any:
    texts = [(name, pyarrow.string()) for name in ("id", "article", "source", "text")]
    offsets = [(name, pyarrow.list_(pyarrow.int32())) for name in ("starts", "ends")]
    schema = pyarrow.schema([*texts, *offsets, ("logits", pyarrow.list_(pyarrow.float16()))])
    return schema.with_metadata({_METADATA: json.dumps({"channels": channels, "teacher": teacher}).encode()})


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "pyarrow", "batch", "A file of soft labels") from error
    return pyarrow, pyarrow.parquet
