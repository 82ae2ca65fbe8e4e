"""Examples as a table: a `datasets.Dataset`, or a Parquet file that reads back to the same examples."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from framing.corpora.base import Example, fingerprint
from framing.errors import CorpusError, MissingExtra
from framing.text import Span

if TYPE_CHECKING:
    from datasets import Dataset

_PLAIN: Final = ("id", "corpus", "source", "article", "split", "text", "start", "natural")
_LISTS: Final = ("spans", "known", "labels", "article_labels", "sentences")


def to_dataset(examples: Sequence[Example]) -> Dataset:
    """One row an example, in memory, under explicit features; nothing is fetched and no cache is left on the disk.

    Offsets count code points of `text`, ends exclusive. A span is {start, end, label, voice, target_start, target_end}, the last
    three null where there is none; `labels` and `article_labels` are lists of {label, present}; `sentences` is null where our
    own splitter draws them.

    Raises:
        MissingExtra: `datasets` is not installed.
        CorpusError: there is no example, or one has a teacher's logits, which no column holds.
    """
    try:
        from datasets import Dataset, Features, List, Value
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "datasets", "train", "Exporting") from error
    if not examples:
        raise CorpusError("there is nothing to export: found 0 paragraphs, expected at least one; name a corpus that holds some")
    taught = next((example for example in examples if example.taught is not None), None)
    if taught is not None:
        raise CorpusError(
            f"paragraph '{taught.id}' has a teacher's logits, which an export would lose: found soft labels, expected what annotators "
            f"gave; the file that 'framing distill' wrote is Parquet already: pass that on"
        )
    string, number, truth = Value("string"), Value("int64"), Value("bool")
    bounds = {"start": number, "end": number}
    given = List({"label": string, "present": truth})
    features = Features(
        {
            **dict.fromkeys(_PLAIN, string),
            "start": number,
            "natural": truth,
            "spans": List({**bounds, "label": string, "voice": string, "target_start": number, "target_end": number}),
            "known": List(string),
            "labels": given,
            "article_labels": given,
            "sentences": List(bounds),
        }
    )

    def rows() -> Iterator[dict[str, Any]]:
        return map(_row, examples)

    with tempfile.TemporaryDirectory(prefix="framing-") as cache:
        # With a fingerprint of ours it does not pickle every example to make its own.
        return Dataset.from_generator(rows, features=features, cache_dir=cache, keep_in_memory=True, fingerprint=fingerprint(examples))


def write_parquet(examples: Sequence[Example], path: Path) -> None:
    """Write `to_dataset(examples)` to one Parquet file; raises what that raises. A file that is there is replaced once all is written."""
    table = to_dataset(examples)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    table.to_parquet(str(partial))
    partial.replace(path)


def read_exported(path: Path) -> list[Example]:
    """The examples that `write_parquet` wrote, equal to those it was given.

    Raises:
        MissingExtra: `pyarrow` is not installed.
        CorpusError: the file is missing, is not Parquet, or has not the columns of an export.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "pyarrow", "train", "Reading an export") from error
    try:
        # Read as bytes, as pyarrow takes a folder for a partitioned table.
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(path.read_bytes()))
    except (OSError, pyarrow.ArrowException) as error:
        raise CorpusError(f"{path}: not a Parquet file that can be read ({error}); export the corpus again") from error
    lacking = sorted({*_PLAIN, *_LISTS} - set(table.column_names))
    if lacking:
        raise CorpusError(f"{path}: the column '{lacking[0]}' is missing; expected what `framing data export` writes; export again")
    return [_example(row) for row in table.to_pylist()]


def _row(example: Example) -> dict[str, Any]:
    return {name: getattr(example, name) for name in _PLAIN} | {
        "spans": [_span_row(span) for span in example.spans],
        "known": sorted(example.known),
        "labels": _given_rows(example.labels),
        "article_labels": _given_rows(example.article_labels),
        "sentences": None if example.sentences is None else [{"start": start, "end": end} for start, end in example.sentences],
    }


def _span_row(span: Span) -> dict[str, Any]:
    first, last = span.target or (None, None)
    return {"start": span.start, "end": span.end, "label": span.label, "voice": span.voice, "target_start": first, "target_end": last}


def _given_rows(labels: Mapping[str, bool]) -> list[dict[str, Any]]:
    return [{"label": label, "present": present} for label, present in labels.items()]


def _example(row: dict[str, Any]) -> Example:
    sentences = row["sentences"]
    return Example(
        **{name: row[name] for name in _PLAIN},
        spans=tuple(
            Span(
                span["start"],
                span["end"],
                span["label"],
                span["voice"],
                None if span["target_start"] is None else (span["target_start"], span["target_end"]),
            )
            for span in row["spans"]
        ),
        known=frozenset(row["known"]),
        labels={given["label"]: given["present"] for given in row["labels"]},
        article_labels={given["label"]: given["present"] for given in row["article_labels"]},
        sentences=None if sentences is None else tuple((sentence["start"], sentence["end"]) for sentence in sentences),
    )
