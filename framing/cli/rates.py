"""`framing data rates`: how often a model marks each device in news copy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.errors import MissingExtra, ModelError


def rates(
    sources: Annotated[Path, typer.Argument(help="Folder that holds your copy of the source corpora, one folder each.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The JSON file of reference rates to write.")],
    model: Annotated[Path | None, typer.Option(help="Model folder; the shipped model without it.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the intervals.")] = 1,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
) -> None:
    """Measure the reference rates of agency copy and of news reports, with 95 % intervals by article; figures alone are written.

    The folder holds narrative-framing, ukraine-news-bias, ptc-semeval2020-task11 and semeval2025-task10. Documents that the model was
    trained or calibrated on are left out, but not those on which it heard a teacher alone.

    Example: framing data rates ~/corpora -o framing/reference_rates.json
    """
    try:
        from framing.rates import measure_references
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "?", "train", "Measuring rates") from error
    from framing.backends.loading import shipped_model
    from framing.leaks import TrainingManifest, unknown_training
    from framing.reference import write_references
    from framing.screener import Screener

    folder = model or shipped_model()
    manifest = TrainingManifest.read(folder)
    if manifest is None:
        raise ModelError(unknown_training(folder))
    command = f"framing data rates SOURCES --seed {seed}"
    references = measure_references(Screener.load(folder, device), manifest, sources, command, seed)
    write_references(references, output)
    for name, reference in references.items():
        typer.echo(f"{name}: {reference.articles} articles, {reference.words} words", err=True)
