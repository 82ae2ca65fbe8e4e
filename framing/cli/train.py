"""`framing train`: a YAML configuration in, a model folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.errors import ConfigError, MissingExtra


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.yaml", help="The project's own are in configs/.")],
    overrides: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Changes to it: training.epochs=3")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
) -> None:
    """Train, calibrate on dev, measure, and leave a model folder with its card.

    Several GPUs: torchrun --nproc-per-node 4 -m framing train CONFIG.yaml

    Example: framing train configs/tiny.yaml training.epochs=3 seed=2
    """
    try:
        from framing.config import load_config
        from framing.experiment import run
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "?", "train", "Training") from error

    settings = load_config(config, overrides or [])
    folder = Path(settings.output)
    if (folder / "config.json").exists() and not resume:
        raise ConfigError(
            f"{folder} holds a finished run, which is not overwritten; name another folder with output=FOLDER, or delete it"
        )
    metrics = run(settings, resume)
    if metrics is None:
        return
    typer.echo(f"model in {folder} (card: {folder / 'README.md'})", err=True)
    for name, figures in metrics["dev"]["devices"].items():
        sentence = figures["sentence"]
        low, high = sentence["f1_interval"]
        typer.echo(f"{name:18} dev sentence F1 {sentence['f1']:.3f} [{low:.3f}, {high:.3f}]")
