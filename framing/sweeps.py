"""Runs one configuration over seeds and over a grid of settings, and puts the figures into one table."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import yaml

from framing.config import TrainConfig, load_config
from framing.errors import ConfigError, FramingError
from framing.experiment import begun, finished, read_metrics
from framing.folds import EVALUATION, cross_validated
from framing.runs import read_run
from framing.training_data import load_split_data

TABLE: Final = "sweep.md"
FIGURES: Final = ("mean_average_precision", "mean_f1")


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a sweep: its setting as overrides, its seed, its folder below the sweep's."""

    setting: tuple[str, ...]
    seed: int
    folder: str


@dataclass(frozen=True, slots=True)
class Swept:
    """The table of a sweep, and why those of its trials failed that did, by folder."""

    table: str
    failed: Mapping[str, str]


def load_grid(path: Path) -> dict[str, list[Any]]:
    """Keys and the values to try, from YAML (`training.learning_rate: [0.00005, 0.0001]`).

    Raises:
        ConfigError: the file is missing or not YAML, or a key has no list of values.
    """
    try:
        grid = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such grid; expected a YAML file of keys and lists of values") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(grid, dict) or not grid:
        raise ConfigError(f"{path}: found {type(grid).__name__}, expected keys with lists of values, as training.epochs: [3, 5]")
    for key, values in grid.items():
        if not isinstance(values, list) or not values:
            raise ConfigError(f"{path}: key '{key}' holds {values!r}, expected a list of values to try")
        if key in ("seed", "output"):
            raise ConfigError(f"{path}: key '{key}' is set by the sweep itself; use --seeds, or output=FOLDER")
    return grid


def trials(grid: Mapping[str, Sequence[Any]], first_seed: int, seeds: int) -> list[Trial]:
    """Every setting of the grid with every seed, seeds innermost; without a grid there is one setting."""
    settings = [tuple(f"{key}={json.dumps(value)}" for key, value in zip(grid, values, strict=True)) for values in product(*grid.values())]
    found = []
    for number, setting in enumerate(settings):
        prefix = f"setting-{number}/" if grid else ""
        found += [Trial(setting, seed, f"{prefix}seed-{seed}") for seed in range(first_seed, first_seed + seeds)]
    return found


def sweep(
    path: Path,
    overrides: Sequence[str],
    chosen: Sequence[Trial],
    run: Callable[[TrainConfig, bool], Any],
    progress: Callable[[str], None],
) -> Swept:
    """Run every trial that is not finished, and return the table, which is also left in the sweep's folder.

    A trial that fails, be it for want of memory or because its folder holds another setting's run, is told in the table with its error,
    and the others go on; a trial that has begun is resumed from its last checkpoint. `run` trains or cross-validates one configuration and
    leaves its folder. `progress` is told which trial is run, and which failed.

    Raises:
        ConfigError: a setting does not fit the configuration (before anything is trained).
    """
    configs = [load_config(path, [*overrides, *trial.setting, f"seed={trial.seed}"]) for trial in chosen]
    folder = Path(configs[0].output)
    fingerprints: dict[Hashable, str] = {}
    rows: list[tuple[Trial, dict[str, float] | str]] = []
    failed: dict[str, str] = {}
    for trial, config in zip(chosen, configs, strict=True):
        settings = config.model_copy(update={"output": str(folder / trial.folder)})
        try:
            if not _done(settings, fingerprints):
                progress(f"{trial.folder} {' '.join(trial.setting)}")
                run(settings, _begun(settings))
            rows.append((trial, figures_of(_figures(settings))))
        except FramingError as error:
            failed[trial.folder] = str(error)
        # Of whatever kind: what the trials before have cost must end in the table.
        except Exception as error:
            failed[trial.folder] = f"{type(error).__name__}: {error}"
        if trial.folder in failed:
            progress(f"{trial.folder} failed: {failed[trial.folder]}")
            rows.append((trial, failed[trial.folder]))
            # The next run needs the memory that the failed one held.
            gc.collect()
            torch.cuda.empty_cache()
    table = sweep_table(rows)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TABLE).write_text(table + "\n", encoding="utf-8")
    return Swept(table, failed)


def _done(config: TrainConfig, fingerprints: dict[Hashable, str]) -> bool:
    """Whether a trial is finished; `fingerprints` keeps those of the data that trials share, which take long to read."""
    if config.folds:
        return cross_validated(config)
    folder = Path(config.output)
    if not finished(folder, config):
        return False
    data = (config.corpora, config.splits, config.calibrate_on, config.holdout)
    if "data_fingerprint" in read_metrics(folder):
        if data not in fingerprints:
            fingerprints[data] = load_split_data(config).data_fingerprint
        finished(folder, config, fingerprints[data])
    return True


def _begun(config: TrainConfig) -> bool:
    return Path(config.output).exists() if config.folds else begun(Path(config.output))


def _figures(config: TrainConfig) -> dict[str, Any]:
    """Figures of a finished run: those on dev, or those of a cross-validation."""
    folder = Path(config.output)
    if config.folds:
        return read_run(folder / EVALUATION).evaluation
    dev: dict[str, Any] = read_metrics(folder)["dev"]
    return dev


def figures_of(measured: Mapping[str, Any]) -> dict[str, float]:
    """Mean average precision and mean F1 over the labels, and the F1 of each, of the figures of labels and of articles."""
    labels = measured.get("labels", {})
    headline = {label: figures.get("sentence", figures.get("paragraph")) for label, figures in labels.items()}
    headline |= measured.get("articles", {})
    supported = {label: figures for label, figures in headline.items() if figures and figures["support"]}
    means = (float(np.mean([figures[key] for figures in supported.values()])) for key in ("average_precision", "f1"))
    return dict(zip(FIGURES, means, strict=True)) | {label: float(figures["f1"]) for label, figures in supported.items()}


def sweep_table(rows: Sequence[tuple[Trial, dict[str, float] | str]]) -> str:
    """Markdown: one row a setting, mean and standard deviation over its seeds; then one row a run."""
    done = [(trial, figures) for trial, figures in rows if isinstance(figures, dict)]
    # Where every run failed one column is left, for what went wrong.
    columns = list(dict.fromkeys(key for _, figures in done for key in figures)) or [FIGURES[0]]
    lines = [_row(["setting", "seeds", *columns]), _row(["---"] * (len(columns) + 2))]
    for setting in dict.fromkeys(trial.setting for trial, _ in rows):
        members = [figures for trial, figures in done if trial.setting == setting]
        cells = [_spread([figures[key] for figures in members if key in figures]) for key in columns]
        lines.append(_row([" ".join(setting) or "as configured", str(len(members)), *cells]))
    lines += ["", _row(["run", *columns]), _row(["---"] * (len(columns) + 1))]
    for trial, figures in rows:
        if isinstance(figures, str):
            reason = " ".join(figures.split()).replace("|", "\\|")
            lines.append(_row([trial.folder, f"failed: {reason}", *[""] * (len(columns) - 1)]))
        else:
            lines.append(_row([trial.folder, *(f"{figures[key]:.3f}" if key in figures else "" for key in columns)]))
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> str:
    if not values:
        return ""
    return f"{np.mean(values):.3f}" + (f" ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
