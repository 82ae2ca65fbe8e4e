"""A run that starts from one of our models: what that model has seen counts as seen, and dev figures on it are warned of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from framing.config import load_config
from framing.corpora.originals import read_originals
from framing.errors import CorpusError
from framing.experiment import run as train
from framing.folds import cross_validate
from framing.leaks import FILE, TrainingManifest
from framing.splits import load_splits
from tests.conftest import Run
from tests.model import corpora
from tests.model.corpora import ROOT


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def metrics_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of devices, trained on two events of our own articles and calibrated on a third."""
    folder = tmp_path_factory.mktemp("first")
    sources = [{"name": "originals", "path": str(corpora.originals(folder / "originals.jsonl", 2, 1))}]
    train(load_config(corpora.configuration(folder / "first.yaml", folder / "model", sources, splits=str(corpora.SPLITS))))
    return folder / "model"


@pytest.fixture(scope="module")
def continued(tmp_path_factory: pytest.TempPathFactory, first: Path) -> Path:
    """A model of techniques, trained on PTC from the first one."""
    folder = tmp_path_factory.mktemp("continued")
    sources = [{"name": "ptc", "path": str(corpora.ptc(folder / "ptc", 12, 5))}]
    settings = {"encoder": str(first), "splits": "published", "vocabularies": ["techniques", "devices"]}
    train(load_config(corpora.configuration(folder / "ptc.yaml", folder / "model", sources, **settings)))
    return folder / "model"


def test_what_the_first_model_was_trained_and_calibrated_on_is_trained_on_and_what_the_second_was_calibrated_on_is_not(
    continued: Path, first: Path
) -> None:
    earlier, later = TrainingManifest.read(first), TrainingManifest.read(continued)
    assert earlier is not None
    assert later is not None
    assert (len(earlier.training), len(earlier.calibration)) == (2, 1)
    assert later.training.items() >= {**earlier.training, **earlier.calibration}.items()
    assert set(later.training) == {*earlier.training, *earlier.calibration, *(f"ptc#{number}" for number in range(12))}
    assert set(later.calibration) == {f"ptc#{number}" for number in range(100, 105)}


@pytest.mark.parametrize("split", ["train", "dev"])
def test_documents_that_the_first_model_has_seen_are_refused_to_the_second(run: Run, continued: Path, split: str) -> None:
    outcome = run("evaluate", continued, "--corpus", "originals", "--path", "data/originals", "--split", split)
    assert outcome.code == 2
    assert f"originals, split {split}: the model has seen" in outcome.err
    assert outcome.out == ""


def test_metrics_and_card_name_the_first_model(continued: Path, first: Path) -> None:
    revision = json.loads((first / "config.json").read_text(encoding="utf-8"))["revision"]
    metrics = metrics_of(continued)
    assert metrics["started_from"] == {"model": f"framing-tiny@{revision}", "articles": 3}
    assert metrics["warnings"] == []
    card = (continued / "README.md").read_text(encoding="utf-8")
    begun = f"The encoder started as that of `framing-tiny@{revision}`; what that has seen (3 articles) is in"
    assert begun in card
    assert "started_from" not in metrics_of(first)
    assert "The encoder started as" not in (first / "README.md").read_text(encoding="utf-8")


def test_dev_documents_that_the_first_model_has_seen_are_warned_of_before_and_after_the_run(
    run: Run, first: Path, tmp_path: Path
) -> None:
    path = corpora.originals(tmp_path / "originals.jsonl", 2, 1)
    splits = load_splits(corpora.SPLITS)
    trained = sorted({e.article for e in read_originals(path) if splits[e.article] == "train"})
    (fitted_on,) = {e.article for e in read_originals(path)} - set(trained)
    own = corpora.split_file(tmp_path / "own.json", train=trained[:1], dev=[trained[1], fitted_on])
    sources = [{"name": "originals", "path": str(path)}]
    config = corpora.configuration(tmp_path / "c.yaml", tmp_path / "out", sources, splits=str(own), encoder=str(first))
    outcome = run("train", config)
    assert outcome.code == 0, outcome.err
    warnings = metrics_of(tmp_path / "out")["warnings"]
    assert "was trained on 1 of the 2 documents" in warnings[0]
    assert "early stopping and thresholds of the model that this run starts from" in warnings[1]
    assert "saw 1 of the 2 documents" in warnings[1]
    card = (tmp_path / "out/README.md").read_text(encoding="utf-8")
    for warning in warnings:
        assert outcome.err.count(f"framing: {warning}") == 1
        assert warning in card


def test_a_first_model_that_does_not_say_what_it_has_seen_is_warned_of(first: Path, tmp_path: Path) -> None:
    unknown = Path(shutil.copytree(first, tmp_path / "unknown", ignore=shutil.ignore_patterns("checkpoints", FILE)))
    sources = [{"name": "ptc", "path": str(corpora.ptc(tmp_path / "ptc", 4, 2))}]
    settings = {"encoder": str(unknown), "splits": "published", "vocabularies": ["techniques"]}
    told: list[str] = []
    train(load_config(corpora.configuration(tmp_path / "c.yaml", tmp_path / "out", sources, **settings)), warn=told.append)
    assert [f"{unknown}: holds no {FILE}" in warning for warning in told] == [True]
    assert "what that has seen is not known" in (tmp_path / "out/README.md").read_text(encoding="utf-8")


def test_a_cross_validation_of_documents_that_the_first_model_has_seen_is_refused_before_anything_is_trained(
    first: Path, tmp_path: Path
) -> None:
    sources = [{"name": "originals", "path": str(corpora.originals(tmp_path / "originals.jsonl", 2, 1))}]
    settings = {"encoder": str(first), "folds": 2, "holdout": 0.5, "splits": str(corpora.SPLITS)}
    config = load_config(corpora.configuration(tmp_path / "c.yaml", tmp_path / "out", sources, **settings))
    with pytest.raises(CorpusError, match=r"key 'encoder': framing-tiny@\w+ in .*has seen 3 of the 3 documents .*another encoder"):
        cross_validate(config)
    assert not (tmp_path / "out").exists()
