"""`framing matrix`: evaluations of several models and corpora in one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import write_reports
from framing.reports.evaluation_html import matrix_html
from framing.reports.evaluation_markdown import matrix_markdown
from framing.runs import read_runs


def matrix(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders that 'framing evaluate -o' wrote, or folders of such.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for Markdown and HTML.")] = None,
) -> None:
    """Print what models trained on some corpora reach on others: a row for each evaluation, a column for each label.

    Example: framing matrix runs/ptc-on-ptc runs/ptc-on-semeval2021 runs/techniques-on-semeval2021
    """
    evaluations = [run.evaluation for folder in runs for run in read_runs(folder)]
    typer.echo(matrix_markdown(evaluations), nl=False)
    write_reports(output, {"matrix.md": matrix_markdown(evaluations), "matrix.html": matrix_html(evaluations)})
