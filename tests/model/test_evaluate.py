"""`framing evaluate`: figures with baselines beside them, of documents that the model did not see."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from framing.assessment import baselines_beside
from framing.baselines import BASELINES
from framing.corpora.base import Example
from framing.corpora.originals import read_originals
from framing.leaks import FILE, TrainingManifest
from framing.measurement import load_split
from framing.runs import read_run
from framing.splits import load_splits
from framing.taxonomy import DEVICE_NAMES
from tests.conftest import Run
from tests.model import corpora
from tests.model.corpora import ROOT


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


ORIGINALS = ("--corpus", "originals", "--path", "data/originals")


def figures(run: Run, *arguments: object) -> dict[str, Any]:
    outcome = run("evaluate", *arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def test_the_model_folder_names_exactly_the_articles_that_were_trained_and_calibrated_on(tiny_model: Path) -> None:
    splits = load_splits(corpora.SPLITS)
    articles = {example.article for example in read_originals(ROOT / "data/originals")}
    manifest = TrainingManifest.read(tiny_model)
    assert manifest is not None
    assert set(manifest.training) == {a for a in articles if splits[a] == "train"}
    assert set(manifest.calibration) == {a for a in articles if splits[a] == "dev"}
    assert " " not in "".join(json.loads((tiny_model / FILE).read_text(encoding="utf-8"))["training"].values())


def test_figures_are_those_of_the_training_run_with_baselines_for_each_label(run: Run, tiny_model: Path) -> None:
    found = figures(run, tiny_model, *ORIGINALS)
    dev = json.loads((tiny_model / "metrics.json").read_text(encoding="utf-8"))["dev"]
    assert set(found["labels"]) == set(found["baselines"]) == set(DEVICE_NAMES)
    for name in DEVICE_NAMES:
        assert found["labels"][name]["sentence"]["f1"] == pytest.approx(dev["labels"][name]["sentence"]["f1"], abs=0.01)
        assert tuple(found["baselines"][name]) == BASELINES
        low, high = found["labels"][name]["sentence"]["f1_interval"]
        assert 0.0 <= low <= high <= 1.0
    assert (found["corpus"], found["split"], found["view"]) == ("originals", "dev", {})
    assert found["extent"] == {"articles": 4, "paragraphs": 99, "sentences": 377, "left_out": 0}


def test_documents_that_the_model_was_trained_on_are_refused(run: Run, tiny_model: Path) -> None:
    outcome = run("evaluate", tiny_model, *ORIGINALS, "--split", "train")
    assert outcome.code == 2
    assert "originals, split train: the model has seen" in outcome.err
    assert "--drop-seen" in outcome.err
    assert outcome.out == ""


def test_documents_that_the_model_was_trained_on_are_left_out_when_that_is_asked_for(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    mixed = corpora.originals(tmp_path / "mixed.jsonl", train=1, dev=1)
    splits = load_splits(corpora.SPLITS)
    seen = [example for example in read_originals(mixed) if splits[example.article] == "train"]
    place = ("--corpus", "originals", "--path", mixed, "--split", "all")
    assert run("evaluate", tiny_model, *place).code == 2
    found = figures(run, tiny_model, *place, "--drop-seen")
    assert found["extent"]["left_out"] == len(seen) > 0
    assert found["extent"]["articles"] == 1
    # Without a training split there is nothing for baselines to learn from: only what learns nothing is left.
    assert {name for given in found["baselines"].values() for name in given} == {"all_positive"}


def test_where_everything_was_seen_nothing_is_left_to_measure(run: Run, tiny_model: Path) -> None:
    outcome = run("evaluate", tiny_model, *ORIGINALS, "--split", "train", "--drop-seen")
    assert outcome.code == 2
    assert "the model has seen all of it; name another split or corpus" in outcome.err


def test_a_model_that_does_not_say_what_it_was_trained_on_is_measured_with_a_warning(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model", ignore=shutil.ignore_patterns("checkpoints", FILE)))
    trained_on = corpora.originals(tmp_path / "train.jsonl", train=1, dev=0)
    outcome = run("evaluate", folder, "--corpus", "originals", "--path", trained_on, "--split", "all")
    assert outcome.code == 0
    assert f"holds no {FILE}" in outcome.err


def test_a_corpus_with_other_labels_is_read_as_devices_and_the_report_says_so(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    place = ("--corpus", "ptc", "--path", corpora.ptc(tmp_path / "ptc", 8, 3))
    found = figures(run, tiny_model, *place)
    assert found["view"] == {"loaded_language": "loaded_label", "name_calling": "loaded_label", "flag_waving": "bloc_rhetoric"}
    assert set(found["labels"]) == {"loaded_label", "bloc_rhetoric"}
    # One line of each dev article calls names, one waves a flag.
    assert (found["labels"]["loaded_label"]["sentence"]["support"], found["labels"]["bloc_rhetoric"]["sentence"]["support"]) == (3, 3)
    shown = run("evaluate", tiny_model, *place)
    assert shown.code == 0
    assert "Loaded language" in shown.out
    assert "Loaded label" in shown.out


def test_thresholds_are_fitted_crosswise_only_where_all_that_is_measured_fitted_the_models(
    run: Run, tiny_model: Path, tmp_path: Path
) -> None:
    assert figures(run, tiny_model, *ORIGINALS)["cross_fitted"]
    mixed = corpora.originals(tmp_path / "mixed.jsonl", train=0, dev=1)
    new = {"id": "new/agency/0", "event": "new", "treatment": "agency", "text": "Nobody wrote of this ferry before.", "spans": []}
    mixed.write_text(mixed.read_text(encoding="utf-8") + json.dumps(new) + "\n", encoding="utf-8")
    outcome = run("evaluate", tiny_model, "--corpus", "originals", "--path", mixed, "--split", "all", "--format", "json")
    assert "early stopping and thresholds saw 1 of the 2 documents" in outcome.err
    assert not json.loads(outcome.out).get("cross_fitted")


def test_figures_that_cannot_be_told_are_null_in_json(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.jsonl"
    rows = map(json.loads, corpora.originals(tmp_path / "dev.jsonl", train=0, dev=1).read_text(encoding="utf-8").splitlines())
    plain.write_text("".join(json.dumps(row | {"spans": []}) + "\n" for row in rows), encoding="utf-8")
    found = figures(run, tiny_model, "--corpus", "originals", "--path", plain, "--split", "all")
    assert found["labels"]["loaded_label"]["sentence"]["average_precision"] is None


def test_an_output_folder_holds_figures_items_and_a_report_and_dev_documents_are_warned_of(
    run: Run, tiny_model: Path, tmp_path: Path
) -> None:
    outcome = run("evaluate", tiny_model, *ORIGINALS, "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert "originals, split dev: early stopping and thresholds saw 4 of the 4 documents" in outcome.err
    assert "Loaded label" in outcome.out
    kept = read_run(tmp_path / "out")
    assert set(kept.evaluation["labels"]) == set(DEVICE_NAMES)
    assert {row["level"] for row in kept.rows} == {"sentence", "paragraph", "span"}
    assert (tmp_path / "out/report.md").read_text(encoding="utf-8").startswith("# Evaluation: framing-tiny@")
    assert "report.md" in outcome.err


def test_a_swap_test_leaves_its_figures_and_a_report_in_the_output_folder(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    outcome = run("evaluate", tiny_model, *ORIGINALS, "--swap", "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert "early stopping and thresholds saw 4 of the 4 documents" in outcome.err
    found = json.loads((tmp_path / "out/swap.json").read_text(encoding="utf-8"))
    assert (found["corpus"], found["split"], found["sources"], found["left_out"]) == ("originals", "dev", [], 0)
    assert 0 < found["paragraphs"] <= found["swaps"]
    assert [row["label"] for row in found["labels"]] == list(DEVICE_NAMES)
    for row in found["labels"]:
        assert 0.0 <= row["mean_absolute"]["low"] <= row["mean_absolute"]["value"] <= row["percentile_95"]["high"] <= 1.0
    assert sum(row["swaps"] for row in found["pairs"]) == found["swaps"]
    report = (tmp_path / "out/swap.md").read_text(encoding="utf-8")
    assert report.startswith("# Swap test: framing-tiny@")
    assert report.strip() == outcome.out.strip()


def test_a_swap_test_refuses_documents_that_the_model_has_seen_or_leaves_them_out(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    mixed = corpora.originals(tmp_path / "mixed.jsonl", train=1, dev=4)
    place = ("--corpus", "originals", "--path", mixed, "--split", "all", "--swap")
    refused = run("evaluate", tiny_model, *place)
    assert refused.code == 2
    assert "originals, split all: the model has seen 1 of the 5 documents" in refused.err
    assert refused.out == ""
    splits = load_splits(corpora.SPLITS)
    seen = [example for example in read_originals(mixed) if splits[example.article] == "train"]
    found, unseen = figures(run, tiny_model, *place, "--drop-seen"), figures(run, tiny_model, *ORIGINALS, "--swap")
    assert found["left_out"] == len(seen) > 0
    assert (found["swaps"], found["articles"]) == (unseen["swaps"], unseen["articles"])


def test_chosen_sources_alone_are_measured_and_the_baselines_learn_from_them_alone(
    run: Run, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned_from: set[str] = set()

    def spy(train: Sequence[Example], *arguments: Any) -> Any:
        learned_from.update(example.source for example in train)
        return baselines_beside(train, *arguments)

    monkeypatch.setattr("framing.measurement.baselines_beside", spy)
    chosen = ("--source", "originals/quoting", "--source", "originals/agency")
    outcome = run("evaluate", tiny_model, *ORIGINALS, *chosen, "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    assert learned_from == {"originals/quoting", "originals/agency"}
    kept = read_run(tmp_path / "out")
    assert kept.evaluation["sources"] == ["originals/quoting", "originals/agency"]
    sources = {example.id: example.source for example in read_originals(ROOT / "data/originals")}
    assert {sources[row["id"]] for row in kept.rows} == {"originals/quoting", "originals/agency"}
    told = "Of the corpus’s sources originals/quoting, originals/agency alone."
    assert told in outcome.out
    assert told in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    swapped = figures(run, tiny_model, *ORIGINALS, "--source", "originals/agency", "--swap")
    assert swapped["sources"] == ["originals/agency"]
    assert swapped["paragraphs"] < figures(run, tiny_model, *ORIGINALS, "--swap")["paragraphs"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((*ORIGINALS, "--format", "xml"), "--format 'xml' is unknown; expected markdown or json"),
        ((*ORIGINALS, "--corpus", "ptc"), "found 2 --corpus and 1 --path; expected one --path for each --corpus"),
        ((*ORIGINALS, "--source", "agency"), "has no source 'agency'; nearest is 'originals/agency'; expected some of originals/agency, "),
        ((*ORIGINALS, *ORIGINALS, "--source", "originals/agency"), "found --source with 2 --corpus, expected one"),
        ((*ORIGINALS, "--split", "validation"), "has no split 'validation'; expected one of train, dev, test, all"),
        (("--corpus", "original", "--path", "data/originals"), "nearest is 'originals'"),
        (("--corpus", "originals", "--path", "data/nothing"), "data/nothing does not exist"),
        ((*ORIGINALS, "--splits", "data/none.json"), "framing data split"),
        (("--path", "data/originals"), "--corpus"),
        ((*ORIGINALS, "--swap", "--pairs", "none.yaml"), "no such file of pairs"),
        ((*ORIGINALS, "--device", "tpu9"), "tpu9"),
    ],
)
def test_misuse_ends_with_2_and_says_what_was_expected(run: Run, tiny_model: Path, arguments: tuple[str, ...], named: str) -> None:
    outcome = run("evaluate", tiny_model, *arguments)
    assert outcome.code == 2
    assert named in outcome.err
    assert outcome.out == ""


def test_a_folder_without_a_model_is_refused(run: Run, tmp_path: Path) -> None:
    outcome = run("evaluate", tmp_path, *ORIGINALS)
    assert outcome.code == 2
    assert "copy it again" in outcome.err


def test_an_unknown_split_of_a_published_corpus_is_refused_with_those_there_are(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    place = ("--corpus", "ptc", "--path", corpora.ptc(tmp_path / "ptc", 2, 2))
    outcome = run("evaluate", tiny_model, *place, "--split", "test")
    assert outcome.code == 2
    assert "has no split 'test'; expected one of dev, train, all" in outcome.err


def test_the_splits_that_come_with_the_package_are_found_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    part = load_split("originals", ROOT / "data/originals", "dev")
    assert part.examples and part.train
