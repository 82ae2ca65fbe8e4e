"""Keeps with a run's checkpoints the settings and the data that it was begun with, so that no other run goes on from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from framing.config import TrainConfig
from framing.errors import ConfigError

FILE: Final = "begun.json"
_WHERE: Final = "output"
"""The one key in which a run and its resumption may differ."""
_REMEDY: Final = "choose another folder, output=FOLDER, or delete it"
_NAMED: Final = 3


def write_beginning(checkpoints: Path, config: TrainConfig, data_fingerprint: str) -> None:
    """Write what a run is begun with beside its checkpoints, before there is one."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    content = {"data_fingerprint": data_fingerprint, "settings": config.model_dump(mode="json")}
    (checkpoints / FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def has_beginning(checkpoints: Path) -> bool:
    """Whether the checkpoints tell what they were begun with; those of framing 0.1 at first did not."""
    return (checkpoints / FILE).exists()


def refuse_other_beginning(checkpoints: Path, config: TrainConfig, data_fingerprint: str) -> None:
    """Raise ConfigError where the checkpoints were begun with other settings, but for `output`, or on other data.

    The message names the keys that differ. Checkpoints that do not tell (`has_beginning`) are not refused.
    """
    file = checkpoints / FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        settings, fingerprint = TrainConfig.model_validate(content["settings"]), str(content["data_fingerprint"])
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ConfigError(f"{file}: not the settings that 'framing train' writes ({told}); {_REMEDY}: {checkpoints.parent}") from error
    refuse_other(checkpoints, settings, config)
    refuse_other_data(checkpoints, fingerprint, data_fingerprint)


def refuse_other(folder: Path, settings: TrainConfig, config: TrainConfig) -> None:
    """Raise ConfigError, which names the keys, where the `settings` of the run in `folder` are not those of `config`."""
    found, asked = _flat(settings.model_dump(mode="json")), _flat(config.model_dump(mode="json"))
    keys = [key for key in sorted({*found, *asked}) if found.get(key) != asked.get(key) and key != _WHERE]
    if keys:
        named = "; ".join(f"key '{key}': found {_told(found, key)}, expected {_told(asked, key)}" for key in keys[:_NAMED])
        more = f"; and {len(keys) - _NAMED} more keys" if len(keys) > _NAMED else ""
        raise ConfigError(f"{folder} holds the run of another configuration ({named}{more}); {_REMEDY}")


def refuse_other_data(folder: Path, found: str, data_fingerprint: str) -> None:
    """Raise ConfigError where the run in `folder` was begun on data of another fingerprint."""
    if found != data_fingerprint:
        raise ConfigError(
            f"{folder} holds a run on other data (data_fingerprint: found {found}, expected {data_fingerprint}): the corpora or their "
            f"splits have changed since; {_REMEDY}"
        )


def _flat(value: Any, key: str = "") -> dict[str, Any]:
    """Values by dotted key, an empty list or mapping as it is."""
    parts: Mapping[Any, Any] = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
    if not parts:
        return {key: value}
    return {name: part for inner, of in parts.items() for name, part in _flat(of, f"{key}.{inner}" if key else str(inner)).items()}


def _told(values: Mapping[str, Any], key: str) -> str:
    return repr(values[key]) if key in values else "nothing"
