"""A configuration is checked where it enters: whatever is wrong is named, with its file and its remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from framing.config import RandomEncoderConfig, TrainConfig, load_config
from framing.corpora import READERS
from framing.errors import ConfigError
from framing.taxonomy import CHANNELS
from framing.vocabularies import ARTICLE_VOCABULARIES, BIAS
from tests.unit.config_comments import CONFIGS, ROOT, commands, trainings

SMALLEST: dict[str, Any] = {
    "name": "try",
    "encoder": "some/encoder",
    "corpora": [{"name": "originals", "path": "data/originals"}],
    "splits": "splits.json",
    "calibrate_on": "originals",
    "output": "runs/try",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, SMALLEST)


def write(folder: Path, settings: Any) -> Path:
    file = folder / "try.yaml"
    file.write_text(settings if isinstance(settings, str) else yaml.safe_dump(settings), encoding="utf-8")
    return file


def refusal(path: Path, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    return str(caught.value)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.name)
def test_the_projects_own_configurations_load_and_name_data_that_is_here(config: Path) -> None:
    loaded = load_config(config)
    assert loaded.name.startswith("framing-")
    assert loaded.splits == "published" or (ROOT / loaded.splits).is_file()
    for corpus in loaded.corpora:
        assert corpus.name in READERS
        # Third parties' corpora are the user's own copies, and what teachers say of texts is made where the student is trained.
        assert corpus.path.startswith(("data/published/", "runs/")) or (ROOT / corpus.path).is_dir()


def test_there_are_configurations_to_check() -> None:
    assert {"distilled.yaml", "small.yaml", "tiny.yaml"} <= {config.name for config in CONFIGS}


@pytest.mark.parametrize(("config", "overrides"), trainings(), ids=lambda part: part.name if isinstance(part, Path) else "")
def test_a_training_that_a_comment_gives_loads_and_leaves_the_folder_of_the_file_itself_alone(config: Path, overrides: list[str]) -> None:
    loaded = load_config(config, overrides)
    if overrides:
        assert loaded.output != load_config(config).output
    if loaded.splits != "published":
        assert (ROOT / loaded.splits).is_file()


def test_an_evaluation_that_a_comment_gives_has_a_path_for_its_corpus() -> None:
    evaluations = [command for config in CONFIGS for command in commands(config) if command[:2] == ["framing", "evaluate"]]
    assert evaluations
    assert all(command.count("--path") == command.count("--corpus") == 1 for command in evaluations)


def test_comments_give_trainings_to_check() -> None:
    assert {"babe.yaml", "base.yaml", "frames.yaml", "techniques.yaml"} <= {config.name for config, _ in trainings()}


def test_what_is_not_said_has_its_default_and_what_is_said_is_kept(path: Path) -> None:
    config = load_config(path)
    assert (config.encoder, config.corpora[0].path, config.seed) == ("some/encoder", "data/originals", 1)
    assert (config.model.window, config.model.overlap, config.training.epochs) == (254, 64, 5)


def test_an_encoder_of_random_weights_is_a_mapping(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SMALLEST | {"encoder": {"tokenizer": "some/tokenizer", "hidden_size": 64}}))
    assert config.encoder == RandomEncoderConfig(tokenizer="some/tokenizer", hidden_size=64)


def test_a_loaded_configuration_cannot_be_changed(path: Path) -> None:
    config = load_config(path)
    with pytest.raises(ValueError, match="frozen"):
        config.seed = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("extra", "key", "nearest"),
    [
        ({"sed": 3}, "sed", "seed"),
        ({"training": {"epoch": 3}}, "training.epoch", "epochs"),
        ({"training": {"warmup_ratio": 0.1}}, "training.warmup_ratio", "warmup"),
        ({"model": {"loss_weights": {"tokn": 1.0}}}, "model.loss_weights.tokn", "token"),
        ({"corpora": [{"name": "originals", "path": "p", "pth": "q"}]}, "corpora.0.pth", "path"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_one_and_the_file(
    tmp_path: Path, extra: dict[str, Any], key: str, nearest: str
) -> None:
    path = write(tmp_path, SMALLEST | extra)
    message = refusal(path)
    assert message.startswith(f"{path}: key '{key}' is unknown; did you mean '{nearest}'?")


def test_an_unknown_key_of_the_encoder_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    path = write(tmp_path, SMALLEST | {"encoder": {"tokenizer": "t", "hiden_size": 64}})
    assert "did you mean 'hidden_size'?" in refusal(path)


@pytest.mark.parametrize("key", sorted(SMALLEST))
def test_a_missing_key_is_named_with_the_file(tmp_path: Path, key: str) -> None:
    path = write(tmp_path, {name: value for name, value in SMALLEST.items() if name != key})
    assert f"{path}: key '{key}' is missing; add it" in refusal(path)


@pytest.mark.parametrize(
    ("extra", "key", "found"),
    [
        ({"seed": "one"}, "seed", "'one'"),
        ({"seed": -1}, "seed", "-1"),
        ({"name": 3}, "name", "3"),
        ({"training": {"epochs": 2.5}}, "training.epochs", "2.5"),
        ({"training": {"epochs": True}}, "training.epochs", "True"),
        ({"training": {"precision": "int4"}}, "training.precision", "'int4'"),
        ({"model": {"dropout": 1.0}}, "model.dropout", "1.0"),
        ({"corpora": []}, "corpora", "[]"),
    ],
)
def test_a_value_of_the_wrong_type_or_size_is_named_with_what_was_found(
    tmp_path: Path, extra: dict[str, Any], key: str, found: str
) -> None:
    path = write(tmp_path, SMALLEST | extra)
    message = refusal(path)
    assert message.startswith(f"{path}: key '{key}': ")
    assert f"found {found}" in message


def test_every_wrong_key_is_named_at_once(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, SMALLEST | {"seed": "one", "lisence": "MIT"}))
    assert len(message.splitlines()) == 2
    assert "'seed'" in message
    assert "did you mean 'license'?" in message


@pytest.mark.parametrize("overlap", [254, 300])
def test_an_overlap_that_does_not_fit_the_window_is_refused(path: Path, overlap: int) -> None:
    assert f"overlap {overlap} must be smaller than window 254" in refusal(path, f"model.overlap={overlap}")


def test_the_model_is_calibrated_on_one_of_its_corpora(path: Path) -> None:
    assert "'devices' is not among the corpora (originals)" in refusal(path, "calibrate_on=devices")


def test_overrides_reach_nested_keys_that_the_file_does_not_have(path: Path) -> None:
    config = load_config(path, ["seed=7", "training.epochs=3", "model.loss_weights.token=0.5", "training.freeze_embeddings=true"])
    assert (config.seed, config.training.epochs, config.model.loss_weights.token) == (7, 3, 0.5)
    assert config.training.freeze_embeddings is True
    assert config.model.loss_weights.sentence == TrainConfig.model_validate(SMALLEST).model.loss_weights.sentence


@pytest.mark.parametrize(("value", "expected"), [("1e-4", 1e-4), ("1.0e-4", 1e-4), ("2E-3", 2e-3), ("0.001", 1e-3), ("1", 1.0)])
def test_numbers_are_read_as_people_write_them(path: Path, value: str, expected: float) -> None:
    assert load_config(path, [f"training.learning_rate={value}"]).training.learning_rate == expected


def test_a_value_may_hold_an_equals_sign_and_the_last_override_wins(path: Path) -> None:
    assert load_config(path, ["output=runs/a=b", "seed=2", "seed=3"]) == load_config(path, ["seed=3", "output=runs/a=b"])
    assert load_config(path, ["output=runs/a=b"]).output == "runs/a=b"


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ("training.epochs", "expected key=value, for example training.epochs=3"),
        ("=3", "expected key=value"),
        ("name.first=3", "'name' is no mapping"),
        ("corpora.2={name: ptc, path: p}", "found '2' below 'corpora', a list of 1; expected 0 or 1, which appends"),
        ("corpora.2.name=ptc", "found '2' below 'corpora', a list of 1"),
        ("corpora.first={name: ptc, path: p}", "found 'first' below 'corpora', a list of 1"),
        ("corpora.-1.name=ptc", "found '-1' below 'corpora', a list of 1"),
        ("output=[1", "the value is not YAML"),
    ],
)
def test_an_override_that_cannot_be_applied_is_refused_by_its_own_text(path: Path, override: str, found: str) -> None:
    message = refusal(path, override)
    assert message.startswith(f"override '{override}': ")
    assert found in message


def test_an_override_replaces_an_entry_of_a_list_and_at_its_end_appends_one(path: Path) -> None:
    both = load_config(path, ["corpora.1={name: ptc, path: p}"]).corpora
    assert [(corpus.name, corpus.path) for corpus in both] == [("originals", "data/originals"), ("ptc", "p")]
    assert load_config(path, ["corpora.1.name=ptc", "corpora.1.path=p"]).corpora == both
    assert load_config(path, ["corpora.0={name: ptc, path: p}", "calibrate_on=ptc"]).corpora == both[1:]
    assert load_config(path, ["vocabularies=[]", "vocabularies.0=devices", "vocabularies.1=bias"]).vocabularies == ("devices", "bias")
    assert "key 'corpora.1.path' is missing" in refusal(path, "corpora.1.name=ptc")


def test_an_override_is_checked_like_the_file(path: Path) -> None:
    assert "did you mean 'epochs'?" in refusal(path, "training.epoch=3")
    assert "key 'training.epochs'" in refusal(path, "training.epochs=many")


@pytest.mark.parametrize(
    ("content", "found"),
    [("a: [1", "not readable as YAML"), ("- 1\n- 2", "found list, expected a mapping"), ("", "found NoneType, expected a mapping")],
)
def test_a_file_that_is_no_mapping_is_refused_with_its_name(tmp_path: Path, content: str, found: str) -> None:
    path = write(tmp_path, content)
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert found in message


def test_a_file_that_is_not_there_is_refused_and_the_folder_of_configurations_named(tmp_path: Path) -> None:
    message = refusal(tmp_path / "no.yaml")
    assert str(tmp_path / "no.yaml") in message
    assert "configs/" in message


def test_several_corpora_can_be_calibrated_on(tmp_path: Path) -> None:
    corpora = [{"name": "originals", "path": "a"}, {"name": "ptc", "path": "b", "splits": "published"}]
    path = write(tmp_path, SMALLEST | {"corpora": corpora})
    assert load_config(path).calibrate_on == ("originals",)
    assert load_config(path, ["calibrate_on=[originals, ptc]"]).calibrate_on == ("originals", "ptc")
    assert "calibrate_on 'babe' is not among the corpora (originals, ptc)" in refusal(path, "calibrate_on=[originals, babe]")


def test_vocabularies_give_their_channels_in_one_order_and_article_labels_apart(path: Path) -> None:
    config = load_config(path, ["vocabularies=[narrative_frames, bias, devices]"])
    assert config.channels == (*CHANNELS, *BIAS)
    assert config.article_labels == ARTICLE_VOCABULARIES["narrative_frames"]
    assert load_config(path).channels == CHANNELS
    assert load_config(path).article_labels == ()
    assert load_config(path, ["vocabularies=[policy_frames]"]).channels == ()


@pytest.mark.parametrize(
    ("overrides", "found"),
    [
        (["vocabularies=[devices, technics]"], "vocabulary 'technics' is unknown; expected some of devices, techniques, bias, roles"),
        (["vocabularies=[]"], "key 'vocabularies'"),
        (["folds=1", "holdout=0.1"], "folds 1 leaves nothing to train on; expected 0 (no cross-validation) or 2 and more"),
        (["folds=5"], "folds need a holdout (for example 0.1)"),
        (["holdout=1.0"], "key 'holdout'"),
        (["folds=5", "holdout=0.1", "fold_by=outlet"], "key 'fold_by'"),
        (["training.negatives=0.0"], "key 'training.negatives'"),
        (["training.swap=1.5"], "key 'training.swap'"),
        (["training.swap=0.5", "vocabularies=[policy_frames]"], "training.swap copies paragraphs, and labels of whole articles"),
        (["training.freeze_layers=-1"], "key 'training.freeze_layers'"),
    ],
)
def test_vocabularies_folds_and_shares_that_cannot_be_are_refused(path: Path, overrides: list[str], found: str) -> None:
    assert found in refusal(path, *overrides)


def test_a_resolved_configuration_is_read_back_as_what_it_was(path: Path, tmp_path: Path) -> None:
    config = load_config(path, ["folds=3", "holdout=0.2", "vocabularies=[bias]", "training.learning_rate=3e-5"])
    stored = tmp_path / "training.yaml"
    stored.write_text(yaml.safe_dump(config.model_dump(mode="json")), encoding="utf-8")
    assert load_config(stored) == config
