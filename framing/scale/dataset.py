"""Maps a Ray dataset of articles to their results, in columns as `framing score -o OUT.parquet` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from framing.backends.choice import AUTO
from framing.batch.computing import Computing
from framing.batch.fields import article_of, check_columns
from framing.batch.opening import require_batch
from framing.batch.parquet import encodable, schema
from framing.batch.rows import RejectedRow
from framing.batch.scoring import score_rows
from framing.batch.settings import ID_COLUMN, TEXT_COLUMNS, Columns, Settings, config_hash
from framing.errors import ConfigError, InputError
from framing.scale.cluster import WorkerCount, check_pool, computing, pool, require_ray

BATCH_ROWS: Final = 256
"""Rows that a worker takes at once: four windows that are sorted by length."""
REJECTED: Final = "rejected"


def score_dataset(
    ds: Any,
    *,
    model: str | Path | None = None,
    text_column: str | None = None,
    id_column: str | None = None,
    title_column: str | None = None,
    row_column: str | None = None,
    input_column: str | None = None,
    settings: Settings | None = None,
    workers: WorkerCount = 1,
    num_cpus: float = 1,
    num_gpus: float = 0,
    batch_rows: int = BATCH_ROWS,
    engine: str = AUTO,
    precision: str = AUTO,
) -> Any:
    """The results of a `ray.data.Dataset` of articles, as another one, which Ray computes when it is read or written.

    There is one row for each row of `ds`: the columns of `framing score -o OUT.parquet`, and a column 'rejected'. That is null beside a
    result; where a row holds no article it says why, 'model', 'config' and 'screening' are null, and 'id' is the row's own where it has
    one. `accepted` and `rejected` part the two. Rows keep the order of `ds` where Ray's `preserve_order` is set.

    Args:
        ds: the articles, a row each; other columns are not read.
        model: a folder at the same path on every node; without it the model that ships with the package.
        text_column: the column to read; without it the first of text, body, content, article that there is.
        id_column: the column with the ids; without it 'id'.
        title_column: a column to screen as the first paragraph.
        row_column: a column of whole numbers for 'row' in the results, which are 0 without it: a dataset numbers no rows.
        input_column: a column for 'input' in the results, such as the 'path' of `read_parquet(include_paths=True)`; '' without it.
        settings: how to screen; the defaults of `Screener.screen` without it.
        workers: how many, each with its own model; (1, 8) lets Ray choose between.
        num_cpus: processors of a worker, and the threads that it computes with.
        num_gpus: GPUs of a worker; 0.25 lets four share one.
        batch_rows: rows that a worker takes at once.
        engine: as in `Screener.load`.
        precision: as in `Screener.load`.

    Raises:
        InputError: a column is missing.
        ConfigError: numbers of workers, processors, GPUs or rows that cannot be.
        MissingExtra: Ray is not installed.
    """
    ray = require_ray()
    check_pool(workers, num_cpus, num_gpus)
    if batch_rows < 1:
        raise ConfigError(f"found batch_rows {batch_rows}; expected 1 or more")
    # Without a row's number there is nothing to make an id of.
    columns = Columns(text_column, id_column or (ID_COLUMN if row_column is None else None), title_column)
    known = ds.schema()
    if known is not None:
        ds = ds.select_columns(_needed(list(known.names), columns, (row_column, input_column)))
        _check_numbers(dict(zip(known.names, known.types, strict=True)), row_column)
    return ds.map_batches(
        _DatasetScorer,
        fn_constructor_kwargs={
            "choice": computing(model, num_cpus, num_gpus, engine, precision),
            "columns": columns,
            "settings": settings or Settings(),
            "row_column": row_column,
            "input_column": input_column,
        },
        batch_size=batch_rows,
        batch_format="pyarrow",
        **pool(ray, workers, num_cpus, num_gpus),
    )


def accepted(results: Any) -> Any:
    """Those rows of what `score_dataset` gives that hold a result, in exactly the columns of `framing score -o OUT.parquet`."""
    return results.map_batches(_accepted, batch_format="pyarrow", batch_size=None)


def rejected(results: Any) -> Any:
    """Those rows of what `score_dataset` gives that held no article: 'id', 'row', 'input' and 'rejected', the reason."""
    return results.map_batches(_rejected, batch_format="pyarrow", batch_size=None)


class _DatasetScorer:
    """A worker: the model, and a call for each batch."""

    def __init__(self, choice: Computing, columns: Columns, settings: Settings, row_column: str | None, input_column: str | None) -> None:
        self._screener = choice.load()
        self._columns, self._settings = columns, settings
        self._row_column, self._input_column = row_column, input_column
        self._config = config_hash(settings, columns)

    def __call__(self, batch: Any) -> Any:
        given = batch.to_pylist()
        parsed = [article_of(fields, self._columns, self._input(fields), self._row(fields), None) for fields in given]
        rows = []
        for fields, row in zip(given, score_rows(self._screener, parsed, self._settings, self._config), strict=True):
            if isinstance(row, RejectedRow):
                own = fields.get(self._columns.id or ID_COLUMN)
                rows.append({"id": None if own is None else str(own), "row": row.row, "input": row.input, REJECTED: row.reason})
            else:
                rows.append(row.to_dict())
        arrow = require_batch("pyarrow", "Scoring on a cluster")
        return arrow.Table.from_pylist([encodable(row) for row in rows], schema=_schema())

    def _row(self, fields: dict[str, Any]) -> int:
        return int(fields[self._row_column] or 0) if self._row_column is not None else 0

    def _input(self, fields: dict[str, Any]) -> str:
        return str(fields[self._input_column] or "") if self._input_column is not None else ""


def _accepted(results: Any) -> Any:
    compute = require_batch("pyarrow.compute", "Scoring on a cluster")
    return results.filter(compute.is_null(results[REJECTED])).select(schema(False).names).cast(schema(False))


def _rejected(results: Any) -> Any:
    compute = require_batch("pyarrow.compute", "Scoring on a cluster")
    return results.filter(compute.is_valid(results[REJECTED])).select(["id", "row", "input", REJECTED])


def _schema() -> Any:
    arrow = require_batch("pyarrow", "Scoring on a cluster")
    return arrow.schema([*(field.with_nullable(True) for field in schema(False)), arrow.field(REJECTED, arrow.string())])


def _check_numbers(types: dict[str, Any], row_column: str | None) -> None:
    if row_column is not None and not str(types[row_column]).startswith(("int", "uint")):
        raise InputError(f"the dataset's column '{row_column}' holds {types[row_column]}; expected whole numbers; name another column")


def _needed(found: Sequence[str], columns: Columns, labels: tuple[str | None, ...]) -> list[str]:
    check_columns(found, columns, "the dataset")
    missing = [name for name in labels if name is not None and name not in found]
    if missing:
        raise InputError(f"the dataset has no column '{missing[0]}'; found {', '.join(found)}; name one of them")
    wanted = {*((columns.text,) if columns.text else TEXT_COLUMNS), columns.id or ID_COLUMN, columns.title, *labels}
    return [name for name in found if name in wanted]
