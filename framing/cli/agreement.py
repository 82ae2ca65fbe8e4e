"""`framing data agreement`: how far two readings of the same paragraphs agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.corpora import load_corpus
from framing.errors import MissingExtra


def agreement(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="A name that `framing data list` prints: how to read both.")],
    first: Annotated[Path, typer.Argument(help="Folder or file of one reading.")],
    second: Annotated[Path, typer.Argument(help="Folder or file of the other.")],
    seed: Annotated[int, typer.Option(help="Seed of the intervals.")] = 1,
) -> None:
    """Print how far two independent readings agree on the paragraphs that both hold, paired by id, as a Markdown table.

    Example: framing data agreement devices data/devices/joined.jsonl second.jsonl
    """
    try:
        from framing.agreement import agreement as measure
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "?", "train", "Measuring agreement") from error

    found = measure(load_corpus(corpus, first), load_corpus(corpus, second), seed)
    typer.echo(f"{found.paragraphs} paragraphs of {found.articles} articles; brackets: 95 % intervals, resampling articles, seed {seed}\n")
    typer.echo("| label | sentences, first / second | sentence F1 | Cohen's kappa | character F1 | span F1 |")
    typer.echo("|---|---|---|---|---|---|")
    for row in found.labels:
        low, high = row.interval
        typer.echo(
            f"| {row.label} | {row.first} / {row.second} | {row.sentences:.2f} [{low:.2f}, {high:.2f}] "
            f"| {row.kappa:.2f} | {row.characters:.2f} | {row.spans:.2f} |"
        )
    if found.voiced_pairs:
        typer.echo(f"\nThe same voice in {found.voice:.2f} of {found.voiced_pairs} pairs of overlapping spans.")
