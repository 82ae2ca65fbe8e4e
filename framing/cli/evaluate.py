"""`framing evaluate`: a model folder and a corpus in, figures out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from framing.cli.options import write_reports
from framing.errors import ConfigError, MissingExtra
from framing.runs import plain


def evaluate(
    model: Annotated[Path, typer.Argument(help="Model folder, for example models/framing-small or runs/ptc.")],
    corpus: Annotated[list[str], typer.Option("--corpus", help="Name of a corpus (framing data list); repeat it for a matrix.")],
    path: Annotated[list[Path], typer.Option("--path", help="Where that corpus lies; one for each --corpus, in order.")],
    split: Annotated[
        list[str] | None, typer.Option(help="train, dev (the default), test, or all: once for all of them, or once for each --corpus.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source of the corpus (framing data check). May be repeated.")] = None,
    splits: Annotated[Path | None, typer.Option(help="A split file; without it the published splits, or the project's.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for JSON, items, Markdown and HTML.")] = None,
    output_format: Annotated[str, typer.Option("--format", help="What stdout gets: markdown or json.")] = "markdown",
    drop_seen: Annotated[bool, typer.Option("--drop-seen", help="Leave out documents that the model was trained on.")] = False,
    swap: Annotated[bool, typer.Option("--swap", help="Exchange the sides' names, and report how far the scores move.")] = False,
    pairs: Annotated[Path | None, typer.Option(help="YAML of pairs for --swap; the project's own without it.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of intervals and baselines.")] = 1,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
) -> None:
    """Measure a model on a corpus, baselines beside it, with 95 % intervals by article.

    Documents that the model was trained on are refused. Of a corpus whose labels the model does not have, the labels nearest to our
    devices are read as those. With an output folder each evaluation leaves report.md, report.html (with charts and the worst errors, which
    quote the corpus) and what 'framing compare' reads; several leave matrix.md and matrix.html, too.

    Example: framing evaluate models/framing-small --corpus devices --path data/devices --split dev -o runs/small-dev
    """
    if output_format not in ("markdown", "json"):
        raise ConfigError(f"--format '{output_format}' is unknown; expected markdown or json")
    if len(corpus) != len(path):
        raise ConfigError(f"found {len(corpus)} --corpus and {len(path)} --path; expected one --path for each --corpus, in order")
    wanted = split or ["dev"]
    if len(wanted) not in (1, len(corpus)):
        raise ConfigError(f"found {len(wanted)} --split for {len(corpus)} --corpus; expected one for all, or one for each, in order")
    if source and len(corpus) > 1:
        raise ConfigError(f"found --source with {len(corpus)} --corpus, expected one: a source is one corpus's; evaluate them one by one")
    try:
        from framing.measurement import load_split, measure, measure_swaps
        from framing.reports.evaluation_html import evaluation_html, matrix_html, swap_html
        from framing.reports.evaluation_markdown import evaluation_markdown, matrix_markdown, swap_markdown
        from framing.runs import write_run
        from framing.sides import SHIPPED_PAIRS, load_pairs
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "?", "train", "Evaluating") from error

    found: list[dict[str, Any]] = []
    for name, place, asked in zip(corpus, path, wanted if len(wanted) > 1 else wanted * len(corpus), strict=True):
        part = load_split(name, place, asked, splits, source or ())
        folder = output / f"{name}-{asked}" if output is not None and len(corpus) > 1 else output
        if swap:
            measured = measure_swaps(model, part, load_pairs(pairs or SHIPPED_PAIRS), seed, drop_seen, device)
        else:
            measured = measure(model, part, seed, drop_seen, device, place)
        for warning in measured.warnings:
            typer.echo(f"framing: {warning}", err=True)
        found.append(measured.evaluation)
        _print(measured.evaluation, output_format, swap_markdown if swap else evaluation_markdown)
        if swap:
            written = json.dumps(plain(measured.evaluation), indent=1, allow_nan=False)
            reports = {"swap.json": written, "swap.md": swap_markdown(measured.evaluation), "swap.html": swap_html(measured.evaluation)}
            write_reports(folder, reports)
            continue
        if folder is not None:
            write_run(folder, measured.evaluation, measured.rows)
            reports = {"report.md": evaluation_markdown(measured.evaluation), "report.html": evaluation_html(measured.evaluation)}
            write_reports(folder, reports)
    if len(found) > 1 and not swap:
        typer.echo(matrix_markdown(found) if output_format == "markdown" else "", nl=output_format == "markdown")
        write_reports(output, {"matrix.md": matrix_markdown(found), "matrix.html": matrix_html(found)})


def _print(figures: dict[str, Any], output_format: str, markdown: Any) -> None:
    typer.echo(json.dumps(plain(figures), ensure_ascii=False, allow_nan=False) if output_format == "json" else markdown(figures))
