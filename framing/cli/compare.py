"""`framing compare`: two evaluations of the same items in, differences with paired intervals out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from framing import comparison
from framing.cli.options import write_reports
from framing.errors import ConfigError
from framing.reports.comparison_html import comparison_html
from framing.reports.evaluation_markdown import comparison_markdown
from framing.runs import read_runs


def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="Folder that 'framing evaluate -o' wrote, or one of such folders.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another, over the same corpus and split.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for JSON, Markdown and HTML.")] = None,
    output_format: Annotated[str, typer.Option("--format", help="markdown or json.")] = "markdown",
    seed: Annotated[int, typer.Option(help="Seed of the paired bootstrap.")] = 1,
    samples: Annotated[int, typer.Option(min=100, help="Draws of whole articles.")] = 10_000,
) -> None:
    """Compare two evaluations label by label: A minus B, paired 95 % interval by article, p values adjusted by Holm's method.

    A folder of such folders, one for each seed of a training, stands for the mean of its runs. With an output folder the comparison
    is left there, too, as a page with charts among others.

    Example: framing compare runs/small-dev runs/mine-dev
    """
    if output_format not in ("markdown", "json"):
        raise ConfigError(f"--format '{output_format}' is unknown; expected markdown or json")
    found = comparison.compare(read_runs(run_a), read_runs(run_b), seed, samples)
    as_json, as_markdown = json.dumps(found.to_dict()), comparison_markdown(found)
    typer.echo(as_json if output_format == "json" else as_markdown, nl=output_format == "json")
    write_reports(output, {"comparison.json": as_json, "comparison.md": as_markdown, "comparison.html": comparison_html(found)})
