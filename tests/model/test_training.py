"""`framing train`: what a run leaves, that it resumes, that wrong configurations are told."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors import safe_open
from transformers import set_seed

from framing.baselines import BASELINES
from framing.building import build
from framing.config import load_config
from framing.corpora.base import fingerprint
from framing.corpora.originals import read_originals
from framing.decoding import Calibration
from framing.splits import load_splits, select
from framing.taxonomy import DEVICE_NAMES, FINGERPRINT
from framing.training import train
from framing.training_data import load_split_data
from tests.conftest import Run
from tests.model import corpora
from tests.model.conftest import ROOT, tiny


def metrics_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return found


def test_a_run_leaves_a_folder_that_explains_itself(tiny_model: Path) -> None:
    present = {file.name for file in tiny_model.iterdir()}
    assert "training-documents.json" in present
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= present
    assert {"training.yaml", "metrics.json", "README.md", "calibration.png"} <= present
    assert not [file for file in tiny_model.iterdir() if file.suffix in {".bin", ".pt", ".pkl", ".joblib"}]
    config = json.loads((tiny_model / "config.json").read_text(encoding="utf-8"))
    assert config["taxonomy"] == FINGERPRINT
    assert len(config["revision"]) == 12
    card = (tiny_model / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: cc0-1.0\n")
    assert "not human judgements" in " ".join(card.replace("**", "").split())
    assert (tiny_model / "calibration.png").read_bytes().startswith(b"\x89PNG")


def test_the_weights_are_bfloat16(tiny_model: Path) -> None:
    with safe_open(tiny_model / "model.safetensors", "pt") as weights:
        assert {weights.get_tensor(name).dtype for name in weights.keys()} == {torch.bfloat16}  # noqa: SIM118


def test_bfloat16_trains_on_a_processor_too(run: Run, small: Path, tmp_path: Path) -> None:
    outcome = run("train", small, f"output={tmp_path / 'out'}", "training.precision=bfloat16")
    assert outcome.code == 0, outcome.err
    assert yaml.safe_load((tmp_path / "out/training.yaml").read_text(encoding="utf-8"))["training"]["precision"] == "bfloat16"


def test_the_resolved_configuration_and_the_data_fingerprint_lie_beside_the_weights(tiny_model: Path) -> None:
    resolved = yaml.safe_load((tiny_model / "training.yaml").read_text(encoding="utf-8"))
    assert resolved["training"]["epochs"] == 3
    assert resolved["training"]["attention_dropout"] == 0.0
    assignment = load_splits(ROOT / "data/splits/devices-originals.json")
    examples = list(read_originals(ROOT / "data/originals"))
    seen = select(examples, assignment, "train") + select(examples, assignment, "dev")
    assert metrics_of(tiny_model)["data_fingerprint"] == fingerprint(seen)


def test_every_device_and_the_voice_have_figures_baselines_and_a_calibration(tiny_model: Path) -> None:
    metrics = metrics_of(tiny_model)
    for part in ("dev", "dev_cross_fitted"):
        for name in DEVICE_NAMES:
            sentence = metrics[part]["labels"][name]["sentence"]
            low, high = sentence["f1_interval"]
            assert 0.0 <= low <= sentence["f1"] <= high <= 1.0
            assert sentence["support"] > 0
    for name in DEVICE_NAMES:
        for level in ("sentence", "paragraph"):
            baselines = metrics["baselines"][name][level]
            assert tuple(baselines) == BASELINES
            assert 0.0 < baselines["all_positive"]["f1"] < 1.0
            assert 0.0 < baselines["tfidf"]["f1"] <= 1.0
    assert tuple(Calibration.from_dict(metrics["calibration"]).labels) == DEVICE_NAMES
    assert metrics["dev"]["voice"]["support"] > 50


def test_another_seed_gives_other_weights_and_one_article_to_calibrate_on_is_enough(run: Run, small: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        finished = run("train", small, f"output={tmp_path / str(seed)}", f"seed={seed}")
        assert finished.code == 0, finished.err
    assert (tmp_path / "1/model.safetensors").read_bytes() != (tmp_path / "2/model.safetensors").read_bytes()
    assert metrics_of(tmp_path / "1")["dev_extent"]["articles"] == 1
    assert "dev_cross_fitted" not in metrics_of(tmp_path / "1")


def test_a_killed_run_resumes_and_ends_with_the_very_weights_of_one_that_was_not_killed(run: Run, tmp_path: Path, small: Path) -> None:
    folder, whole = tmp_path / "run", tmp_path / "whole"
    arguments = ("train", small, "training.epochs=6", f"output={folder}")
    command = [sys.executable, "-m", "framing", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 200
    while process.poll() is None and not list(folder.glob("checkpoints/checkpoint-*/trainer_state.json")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (folder / "model.safetensors").exists()
    refused = run(*arguments)
    assert refused.code == 2
    assert "--resume" in refused.err
    for finished in (run(*arguments, "--resume"), run(*arguments[:-1], f"output={whole}")):
        assert finished.code == 0, finished.err
    assert metrics_of(folder)["dev"]["voice"] == metrics_of(whole)["dev"]["voice"]
    assert (folder / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()


def test_checkpoints_of_other_settings_or_other_data_are_not_gone_on_from(run: Run, small: Path, tmp_path: Path) -> None:
    rows = corpora.originals(tmp_path / "originals.jsonl", 2, 1)
    begun = ("train", small, f"corpora.0.path={rows}")
    config = load_config(small, [f"corpora.0.path={rows}", f"output={tmp_path / 'run'}"])
    train(config, load_split_data(config))
    assert not (tmp_path / "run/metrics.json").exists()
    other = run(*begun, f"output={tmp_path / 'run'}", "training.learning_rate=0.5", "--resume")
    assert other.code == 2
    assert f"{tmp_path / 'run/checkpoints'} holds the run of another configuration (key 'training.learning_rate': found" in other.err
    shutil.copytree(tmp_path / "run", tmp_path / "moved")
    moved = run(*begun, f"output={tmp_path / 'moved'}", "--resume")
    assert moved.code == 0, moved.err
    assert metrics_of(tmp_path / "moved")["warnings"] == []
    # The best epoch is found where it lies now, not the last one taken for want of it.
    assert Path(metrics_of(tmp_path / "moved")["best_checkpoint"]).parent == tmp_path / "moved/checkpoints"
    lines = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    rows.write_text("".join(lines[:-1]), encoding="utf-8")
    cut = run(*begun, f"output={tmp_path / 'run'}", "--resume")
    assert cut.code == 2
    assert "holds a run on other data (data_fingerprint: found" in cut.err
    (tmp_path / "run/checkpoints/begun.json").unlink()
    untold = run(*begun, f"output={tmp_path / 'run'}", "--resume")
    assert untold.code == 0, untold.err
    assert "an earlier release of framing began this run" in untold.err


def test_a_finished_run_is_not_overwritten(run: Run, monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> None:
    before = (tiny_model / "model.safetensors").read_bytes()
    monkeypatch.chdir(ROOT)
    finished = run(*tiny(tiny_model))
    assert finished.code == 2
    assert "output=FOLDER" in finished.err
    assert (tiny_model / "model.safetensors").read_bytes() == before


def test_layers_that_are_frozen_keep_their_weights_and_the_others_do_not(small: Path, tmp_path: Path) -> None:
    config = load_config(small, ["training.freeze_layers=1", "training.freeze_embeddings=true", f"output={tmp_path / 'run'}"])
    set_seed(config.seed)
    before = {name: weights.clone() for name, weights in build(config)[0].state_dict().items()}
    # Cut off while its first checkpoint was written: no reason to refuse the run.
    (tmp_path / "run/checkpoints/checkpoint-1").mkdir(parents=True)
    model, _, _ = train(config, load_split_data(config))
    same = {name for name, weights in model.state_dict().items() if torch.equal(weights, before[name])}
    frozen = {name for name in before if ".layer.0." in name or "word_embeddings" in name}
    assert len(frozen) > 10
    assert frozen <= same
    assert not {name for name in same if ".layer.1." in name}
    assert "classifier.weight" not in same


def test_several_runs_are_refused_in_several_processes(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    for several in (("--seeds", "2"), ("folds=2", "holdout=0.2")):
        refused = run("train", small, *several)
        assert (refused.code, "found several processes (torchrun) and several runs" in refused.err) == (2, True)


def test_freezing_every_layer_is_refused(run: Run, small: Path) -> None:
    refused = run("train", small, "training.freeze_layers=2")
    assert refused.code == 2
    assert "2 leaves none of the encoder's 2 layers to train" in refused.err


def test_resuming_without_a_whole_checkpoint_is_refused(run: Run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "run/checkpoints/checkpoint-1").mkdir(parents=True)
    refused = run("train", small, f"output={tmp_path / 'run'}", "--resume")
    assert refused.code == 2
    assert "start the run without --resume" in refused.err


def test_swapped_copies_are_trained_on_and_the_data_stay_what_they_were(run: Run, small: Path, tmp_path: Path) -> None:
    plain = load_split_data(load_config(small))
    pairs = tmp_path / "pairs.yaml"
    pairs.write_text("sides:\n  a: {kind: body, name: the council}\n  b: {kind: body, name: the ministry}\npairs: [[a, b]]\n")
    output = tmp_path / "run"
    finished = run("train", small, "training.swap=1.0", f"training.swap_pairs={pairs}", f"output={output}")
    assert finished.code == 0, finished.err
    metrics = metrics_of(output)
    assert metrics["data_fingerprint"] == plain.data_fingerprint
    assert metrics["train"]["paragraphs"] > len(plain.train)
    assert metrics["train"]["articles"] == len({example.article for example in plain.train})


def test_a_sweep_keeps_finished_runs_and_tells_failed_ones_in_its_table(run: Run, small: Path, tmp_path: Path) -> None:
    grid = tmp_path / "grid.yaml"
    grid.write_text("model.window: [100, 600]\n", encoding="utf-8")
    command = ("train", small, f"output={tmp_path / 'sweep'}", "--seeds", "2", "--grid", grid)
    first = run(*command)
    assert first.code == 2
    assert "2 of 4 runs failed (setting-1/seed-1, setting-1/seed-2)" in first.err
    assert "| model.window=100 | 2 |" in first.out
    assert "| model.window=600 | 0 |" in first.out
    assert first.out.count("failed: key 'model.window': 600 is more than the 510 tokens") == 2
    folders = [tmp_path / f"sweep/setting-0/seed-{seed}" for seed in (1, 2)]
    assert (folders[0] / "model.safetensors").read_bytes() != (folders[1] / "model.safetensors").read_bytes()
    times = [(folder / "metrics.json").stat().st_mtime_ns for folder in folders]
    again = run(*command)
    # Progress goes to stderr.
    assert again.out == first.out == (tmp_path / "sweep/sweep.md").read_text(encoding="utf-8")
    assert [(folder / "metrics.json").stat().st_mtime_ns for folder in folders] == times
    assert "setting-0" not in again.err


def test_two_processes_train_one_model(tmp_path: Path, small: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(port), "-m", "framing"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    finished = subprocess.run(
        [*command, "train", str(small), f"output={tmp_path / 'run'}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()[-2000:]
    metrics = metrics_of(tmp_path / "run")
    assert metrics["train"]["paragraphs"] == len(load_split_data(load_config(small)).train)
    assert finished.stderr.count(b"model in ") == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["configs/none.yaml"], "no such configuration"),
        (["configs/tiny.yaml", "training.epoch=3"], "did you mean 'epochs'?"),
        (["configs/tiny.yaml", "training.epochs=many"], "key 'training.epochs'"),
        (["configs/tiny.yaml", "corpora.0.path=data/nothing"], "data/nothing does not exist"),
        (["configs/tiny.yaml", "corpora.0.name=originales", "calibrate_on=originales"], "nearest is 'originals'"),
        (["configs/tiny.yaml", "splits=data/none.json"], "framing data split"),
        (["configs/tiny.yaml", "model.window=600"], "key 'model.window': 600 is more than the 510 tokens"),
        (["configs/tiny.yaml", "encoder=no/such/folder"], "encoder 'no/such/folder' cannot be loaded"),
    ],
)
def test_a_wrong_configuration_ends_with_2_and_says_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], named: str
) -> None:
    monkeypatch.chdir(ROOT)
    finished = run("train", *arguments, f"output={tmp_path / 'run'}")
    assert finished.code == 2
    assert named in finished.err
    assert not (tmp_path / "run/model.safetensors").exists()


def test_the_missing_text_of_devices_is_told_with_the_command_that_brings_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    shutil.copy(ROOT / "data/devices/annotations.jsonl", tmp_path)
    finished = run("train", "configs/small.yaml", f"corpora.0.path={tmp_path}", f"output={tmp_path / 'run'}")
    assert finished.code == 2
    assert "framing data join SOURCES" in finished.err
