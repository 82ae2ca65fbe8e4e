"""`framing train`: a YAML configuration in, a model folder out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from framing.errors import ConfigError, MissingExtra

FAILED: Final = 2
"""Exit code of a sweep of which a run failed."""


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.yaml", help="The project's own are in configs/.")],
    overrides: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Changes to it: training.epochs=3")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="Runs with this many seeds, counted from the configuration's.")] = 1,
    grid: Annotated[Path | None, typer.Option(metavar="GRID.yaml", help="Keys and lists of values: every combination is run.")] = None,
) -> None:
    """Train, calibrate on dev, measure, and leave a model folder with its card.

    With --seeds or --grid each run has its own folder below the output; the same command goes on where it was cut off, and ends
    in one table, with exit code 2 where a run failed, which the table tells. A configuration with 'folds' is a cross-validation,
    and so is then each run. Example of a grid: configs/grids/learning-rates.yaml

    Several GPUs: torchrun --nproc-per-node 4 -m framing train CONFIG.yaml

    Example: framing train configs/tiny.yaml training.epochs=3 --seeds 5
    """
    try:
        from framing.config import TrainConfig, load_config
        from framing.experiment import run
        from framing.folds import cross_validate
        from framing.sweeps import load_grid, sweep, trials
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "?", "train", "Training") from error

    settings = load_config(config, overrides or [])
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and (seeds > 1 or grid or settings.folds):
        raise ConfigError(
            "found several processes (torchrun) and several runs (--seeds, --grid or folds), expected one of both: "
            "run the seeds, settings or folds in one process, or each by itself"
        )
    if seeds > 1 or grid:
        chosen = trials(load_grid(grid) if grid else {}, settings.seed, seeds)

        def run_trial(trial: TrainConfig, resume: bool) -> object:
            return cross_validate(trial, resume, _warn) if trial.folds else run(trial, resume, warn=_warn)

        swept = sweep(config, overrides or [], chosen, run_trial, lambda line: typer.echo(line, err=True))
        typer.echo(swept.table)
        if swept.failed:
            named = ", ".join(swept.failed)
            typer.echo(f"framing: {len(swept.failed)} of {len(chosen)} runs failed ({named}); the table tells why", err=True)
            raise typer.Exit(FAILED)
        return
    if settings.folds:
        _print_evaluation(cross_validate(settings, resume, _warn), Path(settings.output))
        return
    folder = Path(settings.output)
    if (folder / "config.json").exists() and not resume:
        raise ConfigError(
            f"{folder} holds a finished run, which is not overwritten; name another folder with output=FOLDER, or delete it"
        )
    metrics = run(settings, resume, warn=_warn)
    if metrics is None:
        return
    typer.echo(f"model in {folder} (card: {folder / 'README.md'})", err=True)
    for label, figures in metrics["dev"].get("labels", {}).items():
        level = "sentence" if "sentence" in figures else "paragraph"
        _print_figure(label, level, figures[level])
    for label, figures in metrics["dev"].get("articles", {}).items():
        _print_figure(label, "article", figures)


def _warn(warning: str) -> None:
    typer.echo(f"framing: {warning}", err=True)


def _print_evaluation(evaluation: dict[str, Any], folder: Path) -> None:
    from framing.reports.evaluation_markdown import evaluation_markdown

    typer.echo(f"evaluation in {folder / 'evaluation'}", err=True)
    typer.echo(evaluation_markdown(evaluation))


def _print_figure(label: str, level: str, figures: dict[str, Any]) -> None:
    low, high = figures["f1_interval"]
    typer.echo(f"{label:34} dev {level} F1 {figures['f1']:.3f} [{low:.3f}, {high:.3f}]")
