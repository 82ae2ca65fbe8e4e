"""`framing data`: the corpora that training reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.corpora import load_corpus
from framing.corpora.devices import ANNOTATIONS, JOINED
from framing.corpora.joining import join as join_sources
from framing.errors import CorpusError
from framing.splits import assign, save_splits

app = typer.Typer(help="Put corpora together and split them.", no_args_is_help=True)


@app.command()
def join(
    sources: Annotated[Path, typer.Argument(help="Folder that holds your copy of the source corpora, one folder each.")],
    annotations: Annotated[Path, typer.Option(help="Our annotations, as offsets.")] = Path("data/devices") / ANNOTATIONS,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the joined corpus goes.")] = Path("data/devices") / JOINED,
) -> None:
    """Put the text of `devices` back beside our annotations, from your own copy of its sources.

    Example: framing data join ~/corpora
    """
    report = join_sources(annotations, sources, output)
    typer.echo(f"{report.joined} paragraphs joined in {output}", err=True)
    for source, count in report.missing.items():
        reason = "its folder is not there" if source in report.absent_sources else "not found in your copy"
        typer.echo(f"{source}: {count} paragraphs left out, {reason}", err=True)


@app.command()
def split(
    corpora: Annotated[list[str], typer.Argument(metavar="NAME=PATH...", help="Corpora to split together.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The split file to write.")],
    seed: Annotated[int, typer.Option(help="Seed of the draw.")],
    dev: Annotated[float, typer.Option(min=0.0, max=0.5, help="Share of paragraphs for dev.")] = 0.15,
    test: Annotated[float, typer.Option(min=0.0, max=0.5, help="Share of paragraphs for test.")] = 0.15,
) -> None:
    """Assign whole articles to train, dev and test; articles that share a paragraph stay together, across corpora too.

    Example: framing data split devices=data/devices originals=data/originals --seed 20 -o data/splits/mine.json
    """
    examples = []
    for pair in corpora:
        name, separator, path = pair.partition("=")
        if not separator:
            raise CorpusError(f"'{pair}': expected NAME=PATH, for example originals=data/originals")
        examples += load_corpus(name, Path(path))
    fractions = {"dev": dev, "test": test}
    assignment = assign(examples, fractions, seed)
    save_splits(output, assignment, fractions, seed)
    typer.echo(f"{len(assignment)} articles in {output}", err=True)
