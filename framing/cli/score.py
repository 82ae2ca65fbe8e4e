"""`framing score`: any number of articles in, one file of results out."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from framing.batch.computing import Computing
from framing.batch.formats import format_of
from framing.batch.running import AlreadyFinished, Request, Run, Tally
from framing.batch.settings import TEXT_COLUMNS, Columns, Settings
from framing.batch.shards import SHARD_ROWS
from framing.batch.sources import Source, sources_of, total
from framing.batch.streaming import score_to_stream
from framing.cli.options import (
    ComputeOption,
    DevicesOption,
    EngineOption,
    MinScoreOption,
    ModelOption,
    OnlyOption,
    PrecisionOption,
    SensitivityOption,
    devices_of,
    house_list_of,
)
from framing.cli.progress import Progress
from framing.errors import FramingError, InputError
from framing.scale import score_files

INTERRUPTED = 130
STDOUT = "-"


def score(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs, or - for JSON Lines on stdin.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help=".jsonl, .parquet, with --flat .csv, or - for stdout.")],
    text_column: Annotated[str | None, typer.Option(help=f"Column to read; the first of {', '.join(TEXT_COLUMNS)} without it.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the ids; id without it, or else the row's number.")] = None,
    title_column: Annotated[
        str | None, typer.Option(help="Column to screen as the first paragraph; offsets count from its start, a blank line follows it.")
    ] = None,
    flat: Annotated[bool, typer.Option("--flat", help="One row a finding instead of one an article.")] = False,
    only: OnlyOption = None,
    min_score: MinScoreOption = None,
    sensitivity: SensitivityOption = "balanced",
    devices: DevicesOption = None,
    house_list: Annotated[Path | None, typer.Option(metavar="FILE", help="Terms to leave unmarked, one a line; none without it.")] = None,
    model: ModelOption = None,
    compute: ComputeOption = "cpu",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    limit: Annotated[int | None, typer.Option(min=1, help="Read that many rows at most.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with its own copy of the model.")] = 1,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first bad row with exit code 2.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT, and start anew where a run was stopped.")] = False,
    shard_rows: Annotated[int, typer.Option(min=1, help="Rows that are finished together, the most that a killed run loses.")] = SHARD_ROWS,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="Show no progress on stderr.")] = False,
    engine_cluster: Annotated[
        Literal["ray"] | None, typer.Option(help="Score on a Ray cluster; OUT is then a folder with one file a shard, docs/cluster.md.")
    ] = None,
    address: Annotated[str, typer.Option(help="Of the cluster: auto, ray://HOST:10001, or local for a Ray of this machine.")] = "local",
) -> None:
    """Score many articles into one file, in flat memory; a run that was stopped goes on where it was with --resume.

    Reads .jsonl .csv .tsv (also .gz and .zst), .parquet, .zip, and the documents that 'framing screen' reads. Rows come out in the order
    of the input. A row that holds no article goes to OUT.rejects.jsonl with its line and the reason. Finished parts wait in OUT.parts
    until the run ends. Exit code: 0 finished, 2 misuse, an output that cannot be written, or with --strict a bad row, 130 Ctrl-C.

    Example: framing score news.csv --text-column body --id-column url -o scores.parquet
    """
    # Results for a table must not hang on a file that happens to lie in the folder: only a list that is named counts.
    _, house = house_list_of(house_list, off=house_list is None)
    settings = Settings(devices_of(devices), only.value if only else None, min_score, sensitivity, house)
    columns = Columns(text_column, id_column, title_column)
    # Before anything else is looked at, since a wrong name is the commonest slip.
    format_of(output, flat)
    sources = sources_of(inputs)
    if engine_cluster is not None:
        _refuse_on_cluster(output, compute)
        with _cluster_progress(sources, limit, not no_progress) as progress:
            tally = score_files(
                inputs,
                output,
                model=model,
                text_column=text_column,
                id_column=id_column,
                title_column=title_column,
                settings=settings,
                format=format_of(output, flat),
                flat=flat,
                workers=workers,
                num_gpus=1 if compute == "cuda" else 0,
                shard_rows=shard_rows,
                limit=limit,
                strict=strict,
                overwrite=overwrite,
                address=address,
                engine=engine,
                precision=precision,
                advance=progress.advance,
            )
        _tell(tally, Path(output), Path(f"{output}.rejects.jsonl"))
        return
    computing = Computing(model, compute, engine, precision)
    if output == STDOUT:
        if resume or workers > 1:
            option = "--resume" if resume else "--workers"
            raise InputError(f"found {option} with -o -; expected a file, since stdout keeps no parts; name one")
        score_to_stream(sources, columns, settings, flat, computing, limit, strict)
        return
    request = Request(sources, Path(output), columns, settings, flat, computing, limit, workers, strict, resume, overwrite, shard_rows)
    try:
        _run(request, not no_progress)
    except AlreadyFinished as finished:
        typer.echo(f"framing: {finished}", err=True)


def _run(request: Request, shows: bool) -> None:
    with Run(request) as run, Progress(shows) as progress:
        done = sum(shard.records for shard in run.finished.values())
        count = total(request.sources)
        progress.begin(done, count if count is None or request.limit is None else min(count, request.limit))
        try:
            tally = run.score(progress.advance)
        except KeyboardInterrupt:
            progress.stop()
            typer.echo(f"framing: stopped; {_go_on(run)}", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            progress.stop()
            place = error.filename or run.parts.folder
            raise FramingError(f"'{place}' cannot be written ({error.strerror or error}); make room, then {_go_on(run)}") from error
        except FramingError as error:
            progress.stop()
            raise FramingError(f"{error}\nframing: {_go_on(run)}") from error
    _tell(tally, run.parts.output, run.parts.rejects)


def _refuse_on_cluster(output: str, compute: str) -> None:
    if output == STDOUT:
        raise InputError("found -o - with --engine-cluster; expected a folder for the shards; name one that ends in .parquet or .jsonl")
    if compute not in ("cpu", "cuda"):
        raise InputError(f"found --device {compute} with --engine-cluster; expected cpu or cuda, since Ray says which GPU is whose")


@contextmanager
def _cluster_progress(sources: list[Source], limit: int | None, shows: bool) -> Iterator[Progress]:
    with Progress(shows) as progress:
        count = total(sources)
        progress.begin(0, count if count is None or limit is None else min(count, limit))
        try:
            yield progress
        except KeyboardInterrupt:
            progress.stop()
            typer.echo("framing: stopped; the same command goes on from what is finished", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _tell(tally: Tally, output: Path, rejects: Path) -> None:
    if tally.rejected:
        rows = "1 row is" if tally.rejected == 1 else f"{tally.rejected} rows are"
        typer.echo(f"framing: {rows} no article; where and why stands in {rejects}", err=True)
    typer.echo(f"framing: {tally.articles} articles, {tally.words} words in {output}", err=True)


def _go_on(run: Run) -> str:
    """What is finished, and the command that goes on from there."""
    finished = sum(shard.records for shard in run.parts.finished().values())
    arguments = [argument for argument in sys.argv[1:] if argument not in ("--overwrite", "--resume")]
    return f"{finished} rows are finished in {run.parts.folder}; go on with: {shlex.join(['framing', *arguments, '--resume'])}"
