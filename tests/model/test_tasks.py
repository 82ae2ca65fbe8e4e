"""Several label sets in one model, and frames of whole articles, trained here on small corpora of our own writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from transformers import AutoModel

from framing import Screener
from framing.backends.loading import load_model
from framing.config import load_config
from framing.encoding import encode_paragraphs
from framing.experiment import run as train
from framing.leaks import TrainingManifest
from framing.model import FramingModel
from framing.taxonomy import CHANNELS, DEVICE_NAMES
from framing.vocabularies import ARTICLE_VOCABULARIES, BIAS, MERGED, TECHNIQUES
from tests.conftest import Run
from tests.model import corpora
from tests.model.corpora import ROOT

SAMPLE = ROOT / "data/samples/harbour-strike.md"
FRAMES = ARTICLE_VOCABULARIES["narrative_frames"]


class Trained(NamedTuple):
    """A model folder, and where the corpora lie that it was trained on."""

    folder: Path
    data: Path


@pytest.fixture(scope="module")
def joint(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    data = tmp_path_factory.mktemp("joint")
    names = {part: [corpora.babe_article(n) for n in numbers] for part, numbers in (("train", range(24)), ("dev", range(24, 32)))}
    babe_splits = corpora.split_file(data / "babe.json", **names)
    sources = [
        {"name": "originals", "path": str(corpora.originals(data / "originals.jsonl", 2, 1)), "splits": str(corpora.SPLITS)},
        {"name": "ptc", "path": str(corpora.ptc(data / "ptc", 12, 5))},
        {"name": "babe", "path": str(corpora.babe_rows(data / "babe.csv", 32)), "splits": str(babe_splits)},
    ]
    settings = {"splits": "published", "vocabularies": ["bias", "techniques", "devices"]}
    assert train(load_config(corpora.configuration(data / "joint.yaml", data / "model", sources, **settings)))
    return Trained(data / "model", data)


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    data = tmp_path_factory.mktemp("framed")
    names = {part: [corpora.frames_article(n) for n in numbers] for part, numbers in (("train", range(30)), ("dev", range(30, 44)))}
    splits = corpora.split_file(data / "splits.json", **names)
    sources = [{"name": "narrative_framing", "path": str(corpora.frames(data / "frames", 44))}]
    settings = {"splits": str(splits), "vocabularies": ["narrative_frames"], "model": {"window": 64, "overlap": 8}}
    assert train(load_config(corpora.configuration(data / "framed.yaml", data / "model", sources, **settings), ["training.epochs=3"]))
    return Trained(data / "model", data)


def metrics_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return found


def evaluated(run: Run, *arguments: object) -> dict[str, Any]:
    outcome = run("evaluate", *arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def test_one_model_has_the_labels_of_every_corpus_in_one_order(joint: Trained) -> None:
    model = load_model(joint.folder)
    assert model.channels == (*CHANNELS, *TECHNIQUES, *MERGED, *BIAS)
    assert model.predict_articles is None
    assert set(model.calibration.labels) == {*DEVICE_NAMES, *TECHNIQUES, *MERGED, *BIAS}


def test_dev_figures_are_of_the_labels_that_some_corpus_knows(joint: Trained) -> None:
    labels = metrics_of(joint.folder)["dev"]["labels"]
    assert {*DEVICE_NAMES, "name_calling", "distraction", "persuasion", "lexical_bias"} <= set(labels)
    # No corpus here annotates these.
    assert not {"appeal_to_time", "hostility", "informational_bias"} & set(labels)
    # BABE's 8 dev articles have a biased sentence each; the other corpora's sentences are unknown, not free of bias.
    assert (labels["lexical_bias"]["sentence"]["support"], labels["lexical_bias"]["sentence"]["items"]) == (8, 16)
    # A merged span stands in each of the 5 dev articles: whether the line is whataboutism is unknown there.
    assert labels["distraction"]["sentence"]["items"] - labels["whataboutism"]["sentence"]["items"] == 5


def test_it_is_measured_on_each_corpus_by_that_corpus_labels(run: Run, monkeypatch: pytest.MonkeyPatch, joint: Trained) -> None:
    monkeypatch.chdir(ROOT)
    ours = evaluated(run, joint.folder, "--corpus", "originals", "--path", joint.data / "originals.jsonl")
    techniques = evaluated(run, joint.folder, "--corpus", "ptc", "--path", joint.data / "ptc")
    babe = evaluated(
        run, joint.folder, "--corpus", "babe", "--path", joint.data / "babe.csv", "--splits", joint.data / "babe.json"
    )
    assert set(ours["labels"]) == set(DEVICE_NAMES)
    assert set(techniques["labels"]) <= {*TECHNIQUES, *MERGED}
    assert list(babe["labels"]) == ["lexical_bias"]
    assert ours["view"] == techniques["view"] == babe["view"] == {}
    assert {"tfidf", "all_positive"} <= set(babe["baselines"]["lexical_bias"])
    assert {"name_calling", "distraction", "persuasion"} <= set(techniques["baselines"])
    assert "voice" in ours
    assert "voice" not in babe


def test_several_corpora_give_a_matrix_and_a_folder_each(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, joint: Trained
) -> None:
    monkeypatch.chdir(ROOT)
    pairs = ("--corpus", "originals", "--path", joint.data / "originals.jsonl", "--corpus", "ptc", "--path", joint.data / "ptc")
    outcome = run("evaluate", joint.folder, *pairs, "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert "# Evaluations across corpora" in outcome.out
    for name in ("originals-dev", "ptc-dev"):
        assert json.loads((tmp_path / "out" / name / "evaluation.json").read_text(encoding="utf-8"))["labels"]
    assert (tmp_path / "out/matrix.md").is_file()


def test_a_model_with_devices_among_other_labels_screens(joint: Trained) -> None:
    screening = Screener.load(joint.folder).screen(SAMPLE.read_text(encoding="utf-8"), min_score=0.0)
    assert list(screening.paragraphs[0].scores) == list(DEVICE_NAMES)
    assert {finding.device for finding in screening.findings} <= set(DEVICE_NAMES)
    assert screening.findings


def test_articles_get_figures_and_a_calibration(framed: Trained) -> None:
    metrics = metrics_of(framed.folder)
    assert set(metrics["calibration"]["article_labels"]) == set(FRAMES)
    assert set(metrics["dev"]["articles"]) == set(FRAMES)
    conflict = metrics["dev"]["articles"]["narrative_frames.conflict"]
    assert (conflict["support"], conflict["items"]) == (7, 14)
    # Every word of a conflict differs from those of a resolution: even two random layers tell them apart.
    assert conflict["average_precision"] > 0.9
    assert "Whole articles" in (framed.folder / "README.md").read_text(encoding="utf-8")


def test_a_model_of_articles_alone_is_saved_and_loaded_as_any_other(framed: Trained) -> None:
    loaded = AutoModel.from_pretrained(framed.folder)
    assert isinstance(loaded, FramingModel)
    assert (loaded.config.channels, loaded.config.article_labels) == ([], list(FRAMES))
    model = load_model(framed.folder)
    assert (model.channels, model.article_labels) == ((), FRAMES)
    manifest = TrainingManifest.read(framed.folder)
    assert manifest is not None
    assert set(manifest.training) == {corpora.frames_article(n) for n in range(30)}


def test_article_logits_depend_neither_on_the_order_nor_on_the_batching_of_paragraphs(framed: Trained) -> None:
    model = load_model(framed.folder)
    assert model.predict_articles is not None
    random = np.random.default_rng(1)
    # Of very different lengths, one of them longer than a window, and more of them than are read at once.
    texts = [" ".join(["They fought over the pier."] * int(count)) for count in (*random.integers(1, 6, 38), 30)]
    texts.append("")
    article = encode_paragraphs(model.tokenizer, texts)
    shuffled = [article[i] for i in random.permutation(len(article))]
    other = encode_paragraphs(model.tokenizer, ["Residents welcomed the plan."])
    together = model.predict_articles([article, other, shuffled])
    assert together.shape == (3, len(FRAMES))
    np.testing.assert_allclose(together[0], together[2], atol=1e-4)
    np.testing.assert_allclose(together[0], model.predict_articles([article])[0], atol=1e-5)
    np.testing.assert_allclose(together[1], model.predict_articles([other])[0], atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 0.01


def test_a_model_of_articles_is_measured_on_articles(run: Run, framed: Trained) -> None:
    place = ("--corpus", "narrative_framing", "--path", framed.data / "frames", "--splits", framed.data / "splits.json")
    found = evaluated(run, framed.folder, *place)
    assert set(found["articles"]) == set(FRAMES)
    assert found["labels"] == {}
    assert found["extent"]["articles"] == 14
    dev = metrics_of(framed.folder)["dev"]["articles"]
    assert found["articles"]["narrative_frames.conflict"]["f1"] == pytest.approx(dev["narrative_frames.conflict"]["f1"])
    shown = run("evaluate", framed.folder, *place)
    assert shown.code == 0, shown.err
    assert "Conflict" in shown.out


def test_a_model_without_devices_does_not_screen(run: Run, framed: Trained) -> None:
    outcome = run("screen", SAMPLE, "--model", framed.folder)
    assert outcome.code == 2
    assert "framing evaluate" in outcome.err
    assert outcome.out == ""


def test_a_model_that_shares_no_label_with_a_corpus_is_refused(run: Run, framed: Trained, joint: Trained) -> None:
    outcome = run("evaluate", framed.folder, "--corpus", "ptc", "--path", joint.data / "ptc")
    assert outcome.code == 2
    assert "no label in common" in outcome.err
    assert "framing data list" in outcome.err
    swapped = run("evaluate", framed.folder, "--corpus", "ptc", "--path", joint.data / "ptc", "--swap")
    assert swapped.code == 2
    assert "leave out --swap" in swapped.err
