"""The model that a run starts from, where it is one of ours: the documents which that has seen are seen by the run's model too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.backends.loading import CONFIG, model_name
from framing.config import TrainConfig
from framing.corpora.base import Example
from framing.leaks import TrainingManifest, refuse_seen, seen_articles, unknown_training
from framing.model import FramingConfig


@dataclass(frozen=True, slots=True)
class Start:
    """The folder of a model whose encoder a run takes; `manifest` is None where the folder does not say what the model has seen."""

    folder: Path
    name: str
    manifest: TrainingManifest | None

    @property
    def articles(self) -> int | None:
        """How many articles the model was trained, taught or calibrated on; None where that is not known."""
        manifest = self.manifest
        return None if manifest is None else len({*manifest.training, *manifest.calibration, *manifest.taught})

    def handed_on(self, manifest: TrainingManifest) -> TrainingManifest:
        """The manifest of the run's own training, with what this model has seen."""
        return manifest if self.manifest is None else manifest.starting_from(self.manifest)

    def warnings(self, dev: Sequence[Example]) -> list[str]:
        """What a reader of the run's dev figures should know."""
        if self.manifest is None:
            return [unknown_training(self.folder)]
        documents = len({example.article for example in dev})
        trained = seen_articles(self.manifest, dev, calibration=False)
        fitted_on = seen_articles(self.manifest, dev) - trained
        found = []
        if trained:
            found.append(
                f"dev: the model that this run starts from ({self.name}) was trained on {len(trained)} of the {documents} documents, which "
                f"early stopping, thresholds and dev figures count as unseen; measure on other documents, or start from another encoder"
            )
        if fitted_on:
            found.append(
                f"dev: early stopping and thresholds of the model that this run starts from ({self.name}) saw {len(fitted_on)} of the "
                f"{documents} documents; on others the figures will be somewhat lower"
            )
        return found

    def refuse_seen(self, measured: Sequence[Example]) -> None:
        """Raise CorpusError when this model has seen one of the articles that the run is to measure."""
        if self.manifest is not None:
            where = f"key 'encoder': {self.name} in {self.folder}"
            refuse_seen(self.manifest, measured, where, remedy="start from another encoder, encoder=NAME, or measure other documents")


def start_of(config: TrainConfig) -> Start | None:
    """The model of ours that a run starts from; None where its encoder is random or somebody else's.

    Raises:
        ModelError: the folder's list of training documents cannot be read.
    """
    if not isinstance(config.encoder, str):
        return None
    folder = Path(config.encoder)
    manifest, settings = TrainingManifest.read(folder), _settings(folder)
    if manifest is None and settings.get("model_type") != FramingConfig.model_type:
        return None
    return Start(folder, model_name(folder, settings), manifest)


def _settings(folder: Path) -> dict[str, Any]:
    try:
        settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # A name on the hub, or a folder that cannot be loaded, which is told where it is loaded.
        return {}
    return settings if isinstance(settings, dict) else {}
