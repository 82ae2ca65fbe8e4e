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

import pytest
import torch
import yaml
from safetensors import safe_open

from framing.baselines import BASELINES
from framing.corpora.base import fingerprint
from framing.corpora.originals import read_originals
from framing.decoding import Calibration
from framing.splits import load_splits, select
from framing.taxonomy import DEVICE_NAMES, FINGERPRINT
from tests.conftest import Run
from tests.model.conftest import ROOT, framing, tiny


def metrics_of(folder: Path) -> dict:
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def test_a_run_leaves_a_folder_that_explains_itself(tiny_model: Path) -> None:
    present = {file.name for file in tiny_model.iterdir()}
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


def test_another_seed_gives_other_weights(tmp_path: Path, tiny_model: Path) -> None:
    finished = framing(*tiny(tmp_path / "other", "training.epochs=3", "seed=2"))
    assert finished.returncode == 0
    assert (tmp_path / "other/model.safetensors").read_bytes() != (tiny_model / "model.safetensors").read_bytes()


def test_a_killed_run_resumes_and_ends_with_the_very_weights_of_one_that_was_not_killed(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_model: Path
) -> None:
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "framing", *tiny(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 200
    while process.poll() is None and not list(folder.glob("checkpoints/checkpoint-*/trainer_state.json")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (folder / "model.safetensors").exists()
    monkeypatch.chdir(ROOT)
    refused = run(*tiny(folder))
    assert refused.code == 2
    assert "--resume" in refused.err
    resumed = framing(*tiny(folder), "--resume")
    assert resumed.returncode == 0, resumed.stderr.decode()
    assert metrics_of(folder)["dev"]["voice"] == metrics_of(tiny_model)["dev"]["voice"]
    assert (folder / "model.safetensors").read_bytes() == (tiny_model / "model.safetensors").read_bytes()


def test_a_finished_run_is_not_overwritten(run: Run, monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> None:
    before = (tiny_model / "model.safetensors").read_bytes()
    monkeypatch.chdir(ROOT)
    finished = run(*tiny(tiny_model))
    assert finished.code == 2
    assert "output=FOLDER" in finished.err
    assert (tiny_model / "model.safetensors").read_bytes() == before


def test_two_processes_train_one_model(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(port), "-m", "framing"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    finished = subprocess.run(
        [*command, *tiny(tmp_path / "run", "training.epochs=1")], cwd=ROOT, env=environment, capture_output=True, timeout=300, check=False
    )
    assert finished.returncode == 0, finished.stderr.decode()[-2000:]
    metrics = metrics_of(tmp_path / "run")
    assert metrics["train"]["paragraphs"] == 343
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
