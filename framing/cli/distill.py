"""`framing distill`: a large model's word on articles that nobody annotated, for a small model to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from framing.batch.rows import Article, RejectedRow
from framing.batch.settings import TEXT_COLUMNS, Columns
from framing.batch.sources import Source, sources_of
from framing.cli.data import named_corpora
from framing.cli.options import ComputeOption, PrecisionOption, writing
from framing.corpora.base import Example
from framing.corpora.soft_labels import write_soft_labels
from framing.distillation import paragraphs_of, teach
from framing.engines import load_engine
from framing.errors import ConfigError, FramingError, InputError
from framing.splits import load_splits, select

SHOWN_EVERY = 1000


def distill(
    teacher: Annotated[Path, typer.Argument(metavar="TEACHER", help="Folder of a trained model, the larger the better.")],
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Articles: files, folders or globs that 'framing score' reads.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A new Parquet file.")],
    also: Annotated[
        list[str] | None, typer.Option("--teacher", metavar="FOLDER", help="A further teacher; the logits of all are averaged.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(help=f"Column to read; the first of {', '.join(TEXT_COLUMNS)} without it.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the articles' ids; id without it, or else the row's number.")] = None,
    held_out: Annotated[
        list[str] | None, typer.Option(metavar="NAME=PATH", help="Corpora whose dev and test articles, and repeats of them, are left out.")
    ] = None,
    splits: Annotated[Path | None, typer.Option(help="Their split file.")] = None,
    keep_plain: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of paragraphs kept in which the teacher sees nothing.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Seed of that share's draw.")] = 1,
    compute: ComputeOption = "cpu",
    precision: PrecisionOption = "auto",
) -> None:
    """Write soft labels: what TEACHER makes of the tokens of articles that nobody annotated.

    A configuration then trains a small model on them beside annotated corpora, as the corpus 'soft_labels' with the split 'published'.

    Example: framing distill runs/teacher news.jsonl --held-out devices=data/devices --splits data/splits/mine.json -o soft.parquet
    """
    if output.exists():
        raise ConfigError(f"'{output}' exists and is not overwritten; name a new file, or delete it")
    with writing(output):
        output.parent.mkdir(parents=True, exist_ok=True)
    if bool(held_out) != bool(splits):
        raise ConfigError("found one of --held-out and --splits; expected both or neither")
    held = _held_out(held_out, splits) if held_out and splits else []
    columns, sources = Columns(text_column, id_column), sources_of(inputs)
    for source in sources:
        source.check(columns)
    teachers = [load_engine(folder, compute, "torch", precision) for folder in (teacher, *map(Path, also or []))]
    if len({model.channels for model in teachers}) != 1:
        raise ConfigError(f"the teachers have different labels: {'; '.join(', '.join(model.channels) for model in teachers)}")
    taught = teach(teachers, _articles(sources, columns), held, keep_plain, seed)
    with writing(output):
        written = write_soft_labels(output, _counted(taught), "+".join(model.name for model in teachers))
    if not written:
        raise InputError(f"no paragraph is left of {', '.join(inputs)}; expected articles that are not held out")
    typer.echo(f"{written:,} paragraphs in {output}", err=True)


def _held_out(named: Sequence[str], splits: Path) -> list[Example]:
    assigned, examples = load_splits(splits), named_corpora(named)
    return [example for split in ("dev", "test") for example in select(examples, assigned, split)]


def _articles(sources: Sequence[Source], columns: Columns) -> Iterator[list[Example]]:
    for source in sources:
        for record in source.records(columns):
            article = record.parse()
            if isinstance(article, RejectedRow):
                typer.echo(f"left out: {article}", err=True)
                continue
            yield _paragraphs(article)


def _paragraphs(article: Article) -> list[Example]:
    try:
        return paragraphs_of(article.id, article.input, article.split())
    except FramingError as error:
        typer.echo(f"left out: {article.input}, row {article.row}: {error}", err=True)
        return []


def _counted(examples: Iterator[Example]) -> Iterator[Example]:
    for number, example in enumerate(examples, start=1):
        if number % SHOWN_EVERY == 0:
            typer.echo(f"{number:,} paragraphs", err=True)
        yield example
