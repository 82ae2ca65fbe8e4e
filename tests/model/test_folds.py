"""Cross-validation: every paragraph measured once, by a model that did not see it, and resumed where it was cut off."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.config import load_config
from framing.corpora import load_corpus
from framing.corpora.base import Example
from framing.errors import ConfigError, CorpusError
from framing.folds import cross_validate, cross_validated, fold_of, pool
from framing.leaks import TrainingManifest
from framing.vocabularies import ARTICLE_VOCABULARIES
from tests.conftest import Run
from tests.model import corpora

ARTICLES = 30


def example(article: int, text: str, source: str = "paper") -> Example:
    return Example(f"{article}/{text[:9]}", "made", source, f"made#{article}", text, (), frozenset())


EXAMPLES = [
    example(a, f"Ward {a} has {a + p} benches, {p} lamps and a well of {a * p} feet.", f"paper-{a % 5}")
    for a in range(40)
    for p in range(3)
]


def test_whole_articles_go_into_folds_of_about_the_same_size() -> None:
    folds = fold_of(EXAMPLES, 4, "article", seed=1)
    placed = {(e.article, fold) for e, fold in zip(EXAMPLES, folds, strict=True)}
    assert len(placed) == len({e.article for e in EXAMPLES})
    assert [folds.count(number) for number in range(4)] == [30] * 4
    assert fold_of(EXAMPLES, 4, "article", seed=1) == folds
    assert fold_of(EXAMPLES, 4, "article", seed=2) != folds


def test_near_duplicates_are_in_one_fold() -> None:
    copied = "The council of the old harbour town met on Tuesday to hear why the cranes stood still for a month."
    twins = [example(100 + n, copied if n % 2 else copied.replace("Tuesday", "Monday"), f"paper-{n}") for n in range(8)]
    folds = fold_of([*EXAMPLES, *twins], 4, "article", seed=1)
    assert len(set(folds[len(EXAMPLES) :])) == 1


def test_whole_sources_go_into_one_fold() -> None:
    folds = fold_of(EXAMPLES, 2, "source", seed=1)
    of_source = {(e.source, f) for e, f in zip(EXAMPLES, folds, strict=True)}
    assert len(of_source) == 5
    assert {f for _, f in of_source} == {0, 1}


def test_an_article_in_two_sources_is_measured_with_each_of_them() -> None:
    both = [*EXAMPLES, replace(EXAMPLES[0], id="again", source="paper-9")]
    folds = fold_of(both, 6, "source", seed=1)
    assert folds[-1] != folds[0]


@pytest.mark.parametrize(("by", "groups"), [("article", 40), ("source", 5)])
def test_more_folds_than_groups_are_refused(by: str, groups: int) -> None:
    with pytest.raises(ConfigError, match=f"key 'folds': 41 folds of {groups} groups by {by}; expected at most as many"):
        fold_of(EXAMPLES, 41, by, seed=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and the configuration of its cross-validation."""
    folder = tmp_path_factory.mktemp("folds")
    corpora.babe_rows(folder / "babe.csv", ARTICLES)
    sources = [{"name": "babe", "path": str(folder / "babe.csv")}]
    settings = {"splits": "published", "vocabularies": ["bias"], "folds": 2, "holdout": 0.3}
    corpora.configuration(folder / "folds.yaml", folder / "whole", sources, **settings)
    return folder


@pytest.fixture(scope="module")
def whole(data: Path) -> dict[str, Any]:
    return cross_validate(load_config(data / "folds.yaml"))


def read(folder: Path) -> tuple[dict[str, Any], str]:
    """The figures of a cross-validation without its times, and its items."""
    evaluation: dict[str, Any] = json.loads((folder / "evaluation/evaluation.json").read_text(encoding="utf-8"))
    del evaluation["seconds"]
    return evaluation, (folder / "evaluation/items.jsonl").read_text(encoding="utf-8")


def test_every_paragraph_is_measured_once_by_a_model_that_did_not_see_it(data: Path, whole: dict[str, Any]) -> None:
    examples = load_corpus("babe", data / "babe.csv")
    _, items = read(data / "whole")
    rows = [json.loads(line) for line in items.splitlines()]
    measured = [row["id"] for row in rows if row["level"] == "paragraph" and row["label"] == "lexical_bias"]
    assert sorted(measured) == sorted(e.id for e in examples)
    folds = fold_of(examples, 2, "article", seed=1)
    for number in range(2):
        manifest = TrainingManifest.read(data / f"whole/fold-{number}")
        assert manifest is not None
        seen = set(manifest.training) | set(manifest.calibration)
        inside = {e.article for e, f in zip(examples, folds, strict=True) if f == number}
        assert not seen & inside
        assert seen | inside == {e.article for e in examples}
    assert whole["extent"] | {"articles": ARTICLES, "paragraphs": 2 * ARTICLES} == whole["extent"]
    assert [set(of_fold) for of_fold in whole["folds"]] == [{"lexical_bias"}] * 2
    assert whole["labels"]["lexical_bias"]["sentence"]["support"] == ARTICLES
    assert len(whole["baselines"]["lexical_bias"]) == 6


def test_one_that_was_cut_off_after_a_fold_goes_on_and_ends_with_the_same_figures(
    run: Run, data: Path, tmp_path: Path, whole: dict[str, Any]
) -> None:
    output = tmp_path / "resumed"
    shutil.copytree(data / "whole/fold-0", output / "fold-0")
    # Cut off while its first checkpoint was written: there is nothing to go on from.
    (output / "fold-1/checkpoints/checkpoint-3").mkdir(parents=True)
    before = (output / "fold-0/metrics.json").stat().st_mtime_ns
    command = ("train", data / "folds.yaml", f"output={output}")
    refused = run(*command)
    assert refused.code == 2
    assert "--resume" in refused.err
    resumed = run(*command, "--resume")
    assert resumed.code == 0, resumed.err
    assert "Lexical bias" in resumed.out
    assert (output / "fold-0/metrics.json").stat().st_mtime_ns == before
    assert read(output) == read(data / "whole")


def test_a_fold_of_another_configuration_is_not_taken_for_one_of_this(data: Path, whole: dict[str, Any]) -> None:
    other = load_config(data / "folds.yaml", ["seed=2"])
    with pytest.raises(ConfigError, match=r"fold-0 holds the run of another configuration \(key 'seed': found 1, expected 2\)"):
        cross_validate(other, resume=True)


def test_a_fold_on_other_data_is_not_taken_for_one_of_this(data: Path, tmp_path: Path, whole: dict[str, Any]) -> None:
    config = load_config(data / "folds.yaml", [f"output={tmp_path / 'whole'}"])
    shutil.copytree(data / "whole", tmp_path / "whole")
    assert cross_validated(config)
    file = tmp_path / "whole/fold-1/metrics.json"
    metrics = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(metrics | {"data_fingerprint": "0123456789abcdef"}), encoding="utf-8")
    for check in (cross_validated, lambda settings: cross_validate(settings, resume=True)):
        with pytest.raises(ConfigError, match=r"fold-1 holds a run on other data .*found 0123456789abcdef"):
            check(config)


def test_a_fold_that_has_seen_what_it_measures_is_refused(data: Path, tmp_path: Path, whole: dict[str, Any]) -> None:
    config = load_config(data / "folds.yaml", [f"output={tmp_path / 'whole'}"])
    shutil.copytree(data / "whole", tmp_path / "whole")
    # As of a fold whose encoder had seen them before its folder was replaced.
    shutil.copy(data / "whole/fold-1/training-documents.json", tmp_path / "whole/fold-0/training-documents.json")
    for check in (cross_validated, lambda settings: cross_validate(settings, resume=True)):
        with pytest.raises(CorpusError, match=r"fold-0: the model of this fold has seen 15 of the 15 documents"):
            check(config)


def test_a_cross_validation_is_swept_whole_and_kept_when_it_is_finished(
    run: Run, data: Path, tmp_path: Path, whole: dict[str, Any]
) -> None:
    sweep = tmp_path / "sweep"
    shutil.copytree(data / "whole", sweep / "seed-1")
    cross_validate(load_config(data / "folds.yaml", ["seed=2", f"output={sweep / 'seed-2'}"]))
    # Cut off after its first fold.
    for folder in ("fold-1", "evaluation"):
        shutil.rmtree(sweep / "seed-2" / folder)
    kept = [sweep / "seed-1/evaluation/evaluation.json", sweep / "seed-2/fold-0/metrics.json"]
    times = [file.stat().st_mtime_ns for file in kept]
    swept = run("train", data / "folds.yaml", "--seeds", "2", f"output={sweep}")
    assert swept.code == 0, swept.err
    assert [file.stat().st_mtime_ns for file in kept] == times
    figures = whole["labels"]["lexical_bias"]["sentence"]
    assert f"| seed-1 | {figures['average_precision']:.3f} | {figures['f1']:.3f} | {figures['f1']:.3f} |" in swept.out
    assert "| as configured | 2 |" in swept.out
    assert (sweep / "seed-2/evaluation/evaluation.json").is_file()


def test_a_cross_validation_of_another_setting_is_not_swept_over(run: Run, data: Path, tmp_path: Path, whole: dict[str, Any]) -> None:
    shutil.copytree(data / "whole", tmp_path / "sweep/seed-1")
    refused = run("train", data / "folds.yaml", "training.epochs=2", "--seeds", "2", f"output={tmp_path / 'sweep'}")
    assert refused.code == 2
    assert "seed-1/fold-0 holds the run of another configuration" in refused.err


def test_folds_measure_what_the_run_calibrates_on_and_never_a_test_split(tmp_path: Path) -> None:
    babe = tmp_path / "babe.csv"
    corpora.babe_rows(babe, 12)
    names = sorted({example.article for example in load_corpus("babe", babe)})
    splits = corpora.split_file(tmp_path / "splits.json", train=names[:6], dev=names[6:9], test=names[9:])
    frames = {"name": "narrative_framing", "path": str(corpora.frames(tmp_path / "frames", 4)), "splits": "train"}
    sources = [{"name": "babe", "path": str(babe), "splits": str(splits)}, frames]
    settings = {"splits": "published", "vocabularies": ["bias"], "folds": 2, "holdout": 0.3, "calibrate_on": ["babe"]}
    config = load_config(corpora.configuration(tmp_path / "some.yaml", tmp_path / "out", sources, **settings))
    measured, beside = pool(config)
    assert {e.article for e in measured} == set(names[:9])
    assert {e.corpus for e in beside} == {"narrative_framing"} and len({e.article for e in beside}) == 4


def test_a_holdout_that_takes_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    config = load_config(data / "folds.yaml", ["holdout=0.00001", f"output={tmp_path / 'none'}"])
    with pytest.raises(ConfigError, match="a holdout of 1e-05 leaves 30 paragraphs to train on and 0 to calibrate with"):
        cross_validate(config)


def test_frames_of_articles_are_cross_validated_too(tmp_path: Path) -> None:
    sources = [{"name": "narrative_framing", "path": str(corpora.frames(tmp_path / "frames", 24))}]
    settings = {"splits": "published", "vocabularies": ["narrative_frames"], "folds": 2, "holdout": 0.4}
    config = load_config(corpora.configuration(tmp_path / "frames.yaml", tmp_path / "out", sources, **settings))
    evaluation = cross_validate(config)
    assert set(evaluation["articles"]) == set(ARTICLE_VOCABULARIES["narrative_frames"])
    conflict = evaluation["articles"]["narrative_frames.conflict"]
    assert (conflict["support"], conflict["items"]) == (12, 24)
    assert [set(of_fold) for of_fold in evaluation["folds"]] == [set(evaluation["articles"])] * 2
