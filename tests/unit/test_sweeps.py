"""Sweeps: which runs a grid asks for, that finished ones are kept, and what the table says."""

from __future__ import annotations

import json
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from framing.config import TrainConfig, load_config
from framing.errors import ConfigError
from framing.sweeps import Trial, figures_of, load_grid, sweep, sweep_table, trials
from framing.training_data import load_split_data
from tests.unit.config_comments import ROOT, commands

SETTINGS = {
    "name": "try", "encoder": "e", "corpora": [{"name": "originals", "path": "p"}], "splits": "s.json", "calibrate_on": "originals",
    "output": "unset", "seed": 3,
}  # fmt: skip


def metrics(f1: float, support: int = 9) -> dict[str, Any]:
    counted = {"f1": f1, "average_precision": f1 / 2, "support": support}
    return {"dev": {"labels": {"loaded_label": {"sentence": counted}, "lexical_bias": {"paragraph": counted | {"f1": f1 + 0.1}}}}}


class Runner:
    """Leaves what a training leaves, with an F1 of a tenth of the seed, and counts."""

    def __init__(self, broken: Sequence[int] = (), error: Exception | None = None) -> None:
        self.broken, self.error = set(broken), error
        self.ran: list[tuple[str, bool]] = []

    def __call__(self, config: TrainConfig, resume: bool) -> None:
        folder = Path(config.output)
        self.ran.append((folder.name, resume))
        if config.seed in self.broken:
            raise self.error or ConfigError(f"seed {config.seed} is broken")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "training.yaml").write_text(yaml.safe_dump(config.model_dump(mode="json")), encoding="utf-8")
        (folder / "metrics.json").write_text(json.dumps(metrics(config.seed / 10)), encoding="utf-8")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "try.yaml"
    path.write_text(yaml.safe_dump(SETTINGS | {"output": str(tmp_path / "runs")}), encoding="utf-8")
    return path


def swept(config: Path, chosen: Sequence[Trial], runner: Runner) -> str:
    return sweep(config, [], chosen, runner, lambda _: None).table


def grid(folder: Path, content: str) -> Path:
    path = folder / "grid.yaml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_grid_is_every_combination_with_every_seed() -> None:
    found = trials({"training.epochs": [3, 5], "training.learning_rate": [1e-4, 5e-5]}, first_seed=2, seeds=2)
    assert len(found) == len({trial.folder for trial in found}) == 8
    assert found[0] == Trial(("training.epochs=3", "training.learning_rate=0.0001"), 2, "setting-0/seed-2")
    assert [trial.seed for trial in found[:4]] == [2, 3, 2, 3]
    assert trials({}, first_seed=1, seeds=2) == [Trial((), 1, "seed-1"), Trial((), 2, "seed-2")]


def test_values_of_a_grid_reach_the_configuration_as_they_are(config: Path, tmp_path: Path) -> None:
    seen: list[TrainConfig] = []
    lines = ("training.learning_rate: [5e-5]", "calibrate_on: [[originals]]", "license: ['yes']", "training.freeze_embeddings: [true]")
    path = grid(tmp_path, "\n".join(lines))

    def runner(settings: TrainConfig, resume: bool) -> None:
        seen.append(settings)
        Runner()(settings, resume)

    sweep(config, ["training.epochs=1"], trials(load_grid(path), 3, 1), runner, lambda _: None)
    (settings,) = seen
    assert (settings.training.learning_rate, settings.license, settings.training.freeze_embeddings) == (5e-5, "yes", True)
    assert settings.training.epochs == 1


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("- 1", "found list, expected keys with lists of values"),
        ("", "found NoneType"),
        ("training.epochs: 3", "key 'training.epochs' holds 3, expected a list of values to try"),
        ("training.epochs: []", "key 'training.epochs' holds []"),
        ("seed: [1, 2]", "key 'seed' is set by the sweep itself; use --seeds"),
        ("output: [a, b]", "key 'output' is set by the sweep itself"),
        ("a: [1", "not readable as YAML"),
    ],
)
def test_a_grid_that_cannot_be_is_refused_with_its_file(tmp_path: Path, content: str, found: str) -> None:
    path = grid(tmp_path, content)
    with pytest.raises(ConfigError) as caught:
        load_grid(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert found in str(caught.value)


def test_a_grid_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such grid"):
        load_grid(tmp_path / "none.yaml")


def test_a_setting_that_does_not_fit_is_refused_before_anything_is_trained(config: Path) -> None:
    runner = Runner()
    with pytest.raises(ConfigError, match="did you mean 'epochs'"):
        swept(config, trials({"training.epoch": [1]}, 1, 1), runner)
    with pytest.raises(ConfigError, match=r"training\.epochs"):
        swept(config, trials({"training.epochs": [1, "many"]}, 1, 1), runner)
    assert runner.ran == []


def test_each_run_has_its_folder_and_the_table_has_means_and_deviations(config: Path, tmp_path: Path) -> None:
    table = swept(config, trials({}, 3, 3), Runner())
    assert (tmp_path / "runs/sweep.md").read_text(encoding="utf-8") == table + "\n"
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"seed-3", "seed-4", "seed-5", "sweep.md"}
    head, rule, row, *_ = table.splitlines()
    assert head == "| setting | seeds | mean_average_precision | mean_f1 | loaded_label | lexical_bias |"
    assert head.count("|") == rule.count("|")
    assert row == "| as configured | 3 | 0.200 ± 0.050 | 0.450 ± 0.100 | 0.400 ± 0.100 | 0.500 ± 0.100 |"


def test_finished_runs_are_not_run_again_and_begun_ones_go_on(config: Path, tmp_path: Path) -> None:
    swept(config, trials({}, 3, 1), Runner())
    whole, cut_off = tmp_path / "runs/seed-4/checkpoints/checkpoint-7", tmp_path / "runs/seed-5/checkpoints/checkpoint-7"
    whole.mkdir(parents=True)
    (whole / "trainer_state.json").write_text("{}", encoding="utf-8")
    cut_off.mkdir(parents=True)
    runner = Runner()
    swept(config, trials({}, 3, 3), runner)
    assert runner.ran == [("seed-4", True), ("seed-5", False)]


def test_a_failed_run_is_told_in_the_table_and_the_others_go_on(config: Path) -> None:
    table = swept(config, trials({}, 3, 3), Runner(broken=[4]))
    lines = table.splitlines()
    assert "| as configured | 2 | 0.200 ± 0.071 |" in table
    assert [line.split("|")[1].strip() for line in lines[-3:]] == ["seed-3", "seed-4", "seed-5"]
    assert "failed: seed 4 is broken" in lines[-2]
    assert len({line.count("|") for line in lines[-5:]}) == 1
    again = Runner()
    assert "failed" not in swept(config, trials({}, 3, 3), again)
    assert again.ran == [("seed-4", False)]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "failed: OutOfMemoryError: CUDA out of memory."),
        (MemoryError(), "failed: MemoryError"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "failed: RuntimeError: DefaultCPUAllocator: can't allocate memory"),
        (OSError(28, "No space left on device"), "failed: OSError: [Errno 28] No space left on device"),
        (ValueError("array must not contain infs or NaNs"), "failed: ValueError: array must not contain infs or NaNs"),
        (KeyError("dev"), "failed: KeyError: 'dev'"),
    ],
)
def test_a_run_that_ends_in_an_error_of_any_kind_is_told_and_the_others_go_on(config: Path, error: Exception, told: str) -> None:
    runner = Runner(broken=[3], error=error)
    table = swept(config, trials({}, 3, 2), runner)
    assert [folder for folder, _ in runner.ran] == ["seed-3", "seed-4"]
    assert told in table.splitlines()[-2]
    assert "| seed-4 | 0.200 |" in table


def test_a_failed_run_leaves_its_memory_to_the_next(config: Path) -> None:
    class Weights:
        """What a training holds, in a circle, as a trainer and its callbacks do."""

        def __init__(self) -> None:
            self.trainer = self

    held: list[weakref.ref[Weights]] = []

    def runner(settings: TrainConfig, resume: bool) -> None:
        assert all(reference() is None for reference in held)
        weights = Weights()
        held.append(weakref.ref(weights))
        raise torch.OutOfMemoryError("full")

    assert sweep(config, [], trials({}, 3, 3), runner, lambda _: None).table.count("full") == 3


@pytest.mark.parametrize("example", sorted((ROOT / "configs/grids").glob("*.yaml")), ids=lambda path: path.name)
def test_an_example_of_a_grid_fits_the_configuration_that_its_comment_names(example: Path) -> None:
    ((_, _, name, flag, grid_name, _, seeds, *overrides),) = commands(example)
    assert (flag, ROOT / grid_name) == ("--grid", example)
    chosen = trials(load_grid(example), 1, int(seeds))
    configs = [load_config(ROOT / name, [*overrides, *trial.setting]) for trial in chosen]
    assert len({str(settings) for settings in configs}) * int(seeds) == len(chosen) > int(seeds)


def test_a_sweep_of_which_every_run_fails_still_ends_in_a_table(config: Path) -> None:
    table = swept(config, trials({}, 3, 2), Runner(broken=[3, 4]))
    assert "| as configured | 0 |" in table
    assert table.count("is broken") == 2
    assert {line.count("|") for line in table.splitlines()[-4:]} == {3}


def test_an_error_of_several_lines_stays_in_its_cell() -> None:
    table = sweep_table([(Trial((), 1, "seed-1"), {"mean_f1": 0.5}), (Trial((), 2, "seed-2"), "first\nsecond | third")])
    assert table.splitlines()[-1] == r"| seed-2 | failed: first second \| third |"


def test_a_folder_with_the_run_of_another_setting_is_told_and_left_and_the_others_stay_finished(config: Path, tmp_path: Path) -> None:
    swept(config, trials({"training.epochs": [3]}, 4, 1), Runner())
    runner, told = Runner(broken=[5]), list[str]()
    outcome = sweep(config, [], trials({"training.epochs": [4]}, 3, 4), runner, told.append)
    assert [folder for folder, _ in runner.ran] == ["seed-3", "seed-5", "seed-6"]
    assert list(outcome.failed) == ["setting-0/seed-4", "setting-0/seed-5"]
    assert "setting-0/seed-4 holds the run of another configuration (key 'training.epochs': found 3, expected 4)" in "".join(told)
    assert "| training.epochs=4 | 2 | 0.225 ± 0.106 |" in outcome.table
    assert "| setting-0/seed-4 | failed: " in outcome.table
    assert (tmp_path / "runs/sweep.md").read_text(encoding="utf-8") == outcome.table + "\n"
    assert "'epochs': 3" in str(yaml.safe_load((tmp_path / "runs/setting-0/seed-4/training.yaml").read_text(encoding="utf-8")))


def test_finished_runs_on_other_data_or_without_figures_are_told(config: Path, tmp_path: Path) -> None:
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings |= {"corpora": [{"name": "originals", "path": str(ROOT / "data/originals")}]}
    config.write_text(yaml.safe_dump(settings | {"splits": str(ROOT / "data/splits/devices-originals.json")}), encoding="utf-8")
    swept(config, trials({}, 3, 4), Runner())
    data = load_split_data(load_config(config)).data_fingerprint
    contents = (metrics(0.4) | {"data_fingerprint": data}, metrics(0.4) | {"data_fingerprint": "0123456789abcdef"}, {}, [])
    for seed, content in enumerate(contents, start=3):
        (tmp_path / f"runs/seed-{seed}/metrics.json").write_text(json.dumps(content), encoding="utf-8")
    outcome = sweep(config, [], trials({}, 3, 4), Runner(), lambda _: None)
    assert "| seed-3 | 0.200 |" in outcome.table
    assert list(outcome.failed) == ["seed-4", "seed-5", "seed-6"]
    assert f"found 0123456789abcdef, expected {data}" in outcome.failed["seed-4"]
    assert "expected a JSON object" in outcome.failed["seed-6"]


def test_figures_are_of_labels_with_support_and_of_articles_too() -> None:
    framed = {"articles": {"narrative_frames.conflict": {"f1": 0.6, "average_precision": 0.5, "support": 4}}}
    assert figures_of(framed) == {"mean_average_precision": 0.5, "mean_f1": 0.6, "narrative_frames.conflict": 0.6}
    without = metrics(0.4)["dev"]
    without["labels"]["lexical_bias"]["paragraph"]["support"] = 0
    assert figures_of(without) == {"mean_average_precision": 0.2, "mean_f1": 0.4, "loaded_label": 0.4}


def test_a_label_that_one_run_lacks_leaves_its_cell_empty() -> None:
    rows = [(Trial((), 1, "seed-1"), {"mean_f1": 0.5, "slogans": 0.5}), (Trial((), 2, "seed-2"), {"mean_f1": 0.7})]
    table = sweep_table(rows)
    assert "| as configured | 2 | 0.600 ± 0.141 | 0.500 |" in table
    assert table.splitlines()[-1] == "| seed-2 | 0.700 |  |"
