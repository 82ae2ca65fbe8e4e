"""A run goes on only with the settings and the data that it was begun with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framing.beginnings import FILE, has_beginning, refuse_other_beginning, write_beginning
from framing.config import TrainConfig
from framing.errors import ConfigError

DATA = "0123456789abcdef"


def config(**changes: Any) -> TrainConfig:
    settings = {
        "name": "try", "encoder": "e", "corpora": [{"name": "originals", "path": "p"}], "splits": "s.json", "calibrate_on": "originals",
        "output": "out", "training": {"learning_rate": 0.00013, "epochs": 3},
    }  # fmt: skip
    return TrainConfig.model_validate(settings | changes)


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The folder for checkpoints of a run that was begun with `config()`."""
    write_beginning(tmp_path / "checkpoints", config(), DATA)
    return tmp_path / "checkpoints"


def test_the_same_run_goes_on_and_so_does_one_in_another_folder(begun: Path) -> None:
    refuse_other_beginning(begun, config(), DATA)
    refuse_other_beginning(begun, config(output="elsewhere"), DATA)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 2}, "key 'seed': found 1, expected 2)"),
        ({"training": {"learning_rate": 0.0001, "epochs": 3}}, "key 'training.learning_rate': found 0.00013, expected 0.0001)"),
        ({"encoder": {"tokenizer": "t"}}, "'encoder': found 'e', expected nothing; key 'encoder.hidden_size': found nothing, expected 128"),
        ({"splits": "t.json", "holdout": 0.1}, "key 'holdout': found 0.0, expected 0.1; key 'splits': found 's.json', expected 't.json')"),
        (
            {"corpora": [{"name": "originals", "path": "p", "sources": ["originals/plain"]}]},
            "key 'corpora.0.sources': found [], expected nothing; key 'corpora.0.sources.0': found nothing, expected 'originals/plain')",
        ),
    ],
)
def test_other_settings_are_refused_by_the_keys_that_differ(begun: Path, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        refuse_other_beginning(begun, config(**changes), DATA)
    message = str(caught.value)
    assert message.startswith(f"{begun} holds the run of another configuration (")
    assert named in message
    assert "output=FOLDER, or delete it" in message


def test_many_keys_are_counted_rather_than_named(begun: Path) -> None:
    training = {"learning_rate": 0.1, "epochs": 1, "patience": 1}
    with pytest.raises(ConfigError, match=r"'name'.*'seed'.*'training.epochs'.*; and 2 more keys\)"):
        refuse_other_beginning(begun, config(name="other", seed=2, training=training), DATA)


def test_other_data_are_refused_with_both_fingerprints(begun: Path) -> None:
    with pytest.raises(ConfigError, match=f"data_fingerprint: found {DATA}, expected fedc.*output=FOLDER, or delete it"):
        refuse_other_beginning(begun, config(), "fedc")


def test_a_setting_that_a_later_release_brings_has_its_default_in_an_earlier_run(begun: Path) -> None:
    content = json.loads((begun / FILE).read_text(encoding="utf-8"))
    del content["settings"]["fold_by"]
    (begun / FILE).write_text(json.dumps(content), encoding="utf-8")
    refuse_other_beginning(begun, config(), DATA)
    with pytest.raises(ConfigError, match="key 'fold_by': found 'article', expected 'source'"):
        refuse_other_beginning(begun, config(fold_by="source"), DATA)


@pytest.mark.parametrize("content", ["{cut", "[]", "{}", '{"settings": {"name": "n"}, "data_fingerprint": "0"}'])
def test_a_file_that_cannot_be_used_is_refused_with_its_name_and_the_remedy(begun: Path, content: str) -> None:
    (begun / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"begun\.json: not the settings that 'framing train' writes.*output=FOLDER, or delete"):
        refuse_other_beginning(begun, config(), DATA)


def test_checkpoints_that_do_not_tell_are_not_refused(tmp_path: Path) -> None:
    assert not has_beginning(tmp_path)
    refuse_other_beginning(tmp_path, config(), DATA)
