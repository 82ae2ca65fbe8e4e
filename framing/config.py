"""Training configurations: what a YAML file may say, checked where it enters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator, model_validator

from framing.errors import ConfigError
from framing.vocabularies import ARTICLE_VOCABULARIES, TOKEN_VOCABULARIES, channels_of

_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:\.\d*)?[eE][+-]?\d+")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CorpusConfig(_Strict):
    """A labelled corpus: its name in the table of `framing.corpora` and the folder or file that holds it.

    `sources` keeps the examples of these sources alone; `splits` takes the place of the run's own: a file of 'framing data split',
    'published', or 'train' to train on all of it.
    """

    name: str
    path: str
    splits: str | None = None
    sources: tuple[str, ...] = Field((), strict=False)


class RandomEncoderConfig(_Strict):
    """A randomly initialised BERT, for tests and first tries; only its tokenizer comes from elsewhere."""

    tokenizer: str
    hidden_size: int = Field(128, ge=8)
    num_hidden_layers: int = Field(2, ge=1)
    num_attention_heads: int = Field(2, ge=1)
    intermediate_size: int = Field(512, ge=8)

    @model_validator(mode="after")
    def _divisible(self) -> RandomEncoderConfig:
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(f"hidden_size {self.hidden_size} is not a multiple of num_attention_heads {self.num_attention_heads}")
        return self


class LossWeights(_Strict):
    """Weight of each term of the loss; 0 leaves a term out."""

    token: float = Field(1.0, ge=0)
    sentence: float = Field(1.0, ge=0)
    paragraph: float = Field(0.5, ge=0)
    voice: float = Field(1.0, ge=0)
    target: float = Field(1.0, ge=0)
    article: float = Field(1.0, ge=0)


class ModelSettings(_Strict):
    """The token layer and how its logits are pooled. `window` and `overlap` count tokens without special ones."""

    window: int = Field(254, ge=16)
    overlap: int = Field(64, ge=0)
    sharpness: float = Field(4.0, gt=0)
    dropout: float = Field(0.1, ge=0, lt=1)
    positive_weight: float = Field(1.0, gt=0)
    loss_weights: LossWeights = LossWeights()

    @model_validator(mode="after")
    def _fits(self) -> ModelSettings:
        if self.overlap >= self.window:
            raise ValueError(f"overlap {self.overlap} must be smaller than window {self.window}")
        return self


class TrainingSettings(_Strict):
    """The optimisation. Learning rates are peak values, reached after `warmup` (a share of all steps) and decaying to zero.

    `freeze_layers` counts layers from the bottom that are not trained. `negatives` is the share of training paragraphs without any
    label that is kept. `swap` is the share of training paragraphs that get a copy with the sides' names exchanged, by the pairs in
    the file `swap_pairs` (the project's own without it).
    `attention_dropout` is 0 by default: dropping attention weights rules out the fused attention kernels, which cost a
    third of the speed on a CPU. `precision` auto means bfloat16 where the processor multiplies it natively, else float32.
    """

    epochs: int = Field(5, ge=1)
    batch_size: int = Field(16, ge=1)
    gradient_accumulation: int = Field(1, ge=1)
    learning_rate: float = Field(1e-4, gt=0)
    head_learning_rate: float = Field(1e-3, gt=0)
    layer_decay: float = Field(1.0, gt=0, le=1)
    weight_decay: float = Field(0.01, ge=0)
    warmup: float = Field(0.1, ge=0, lt=1)
    patience: int = Field(3, ge=1)
    freeze_embeddings: bool = False
    freeze_layers: int = Field(0, ge=0)
    negatives: float = Field(1.0, gt=0, le=1)
    swap: float = Field(0.0, ge=0, le=1)
    swap_pairs: str | None = None
    attention_dropout: float = Field(0.0, ge=0, lt=1)
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    attention: Literal["eager", "sdpa"] = "sdpa"


class TrainConfig(_Strict):
    """A whole training run. Relative paths count from the current folder.

    `vocabularies` are the label sets to train, of tokens and of articles. `splits` is a file of 'framing data split', or 'published'
    for the splits that the corpora came with. `calibrate_on` names the corpora whose dev split early stopping and thresholds see.
    `holdout` takes that share of the training articles in its place, so that the dev split stays unseen. With `folds` the run is a
    cross-validation over whole articles, or whole sources with `fold_by`, of what `calibrate_on` names (`framing.folds.pool`).
    """

    name: str
    encoder: Annotated[
        Annotated[str, Tag("name")] | Annotated[RandomEncoderConfig, Tag("random")],
        Discriminator(lambda value: "name" if isinstance(value, str) else "random"),
    ]
    corpora: tuple[CorpusConfig, ...] = Field(min_length=1, strict=False)
    splits: str
    calibrate_on: tuple[str, ...] = Field(min_length=1, strict=False)
    output: str
    vocabularies: tuple[str, ...] = Field(("devices",), min_length=1, strict=False)
    holdout: float = Field(0.0, ge=0, lt=1)
    folds: int = Field(0, ge=0)
    fold_by: Literal["article", "source"] = "article"
    seed: int = Field(1, ge=0)
    license: str = "not stated"
    model: ModelSettings = ModelSettings()
    training: TrainingSettings = TrainingSettings()

    @field_validator("calibrate_on", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits_together(self) -> TrainConfig:
        names = [corpus.name for corpus in self.corpora]
        for name in self.calibrate_on:
            if name not in names:
                raise ValueError(f"calibrate_on '{name}' is not among the corpora ({', '.join(names)})")
        known = TOKEN_VOCABULARIES | ARTICLE_VOCABULARIES
        for vocabulary in self.vocabularies:
            if vocabulary not in known:
                raise ValueError(f"vocabulary '{vocabulary}' is unknown; expected some of {', '.join(known)}")
        if self.training.swap and self.article_labels:
            raise ValueError(
                "training.swap copies paragraphs, and labels of whole articles are learned from all of an article; "
                "set training.swap to 0, or train the article vocabularies in a run of their own"
            )
        if self.folds == 1:
            raise ValueError("folds 1 leaves nothing to train on; expected 0 (no cross-validation) or 2 and more")
        if self.folds and self.holdout == 0.0:
            raise ValueError("folds need a holdout (for example 0.1): early stopping and thresholds may not see the fold that is measured")
        return self

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels of the token layer."""
        return channels_of(self.vocabularies)

    @property
    def article_labels(self) -> tuple[str, ...]:
        """Labels of the head over whole articles."""
        return tuple(label for name in ARTICLE_VOCABULARIES if name in self.vocabularies for label in ARTICLE_VOCABULARIES[name])


def load_config(path: Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """Read a YAML configuration and apply `key=value` overrides, dots for nesting (`training.epochs=3`).

    Raises:
        ConfigError: the file is missing or not YAML, or a key or value is wrong; the message names key, file and remedy.
    """
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration; the project's own are in configs/") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(settings, dict):
        raise ConfigError(f"{path}: found {type(settings).__name__}, expected a mapping of keys to values")
    for override in overrides:
        _apply(settings, override)
    try:
        return TrainConfig.model_validate(_scientific(settings))
    except ValidationError as error:
        raise ConfigError("\n".join(f"{path}: {_explain(problem)}" for problem in error.errors())) from None


def _apply(settings: dict[str, Any], override: str) -> None:
    key, separator, value = override.partition("=")
    if not separator or not key:
        raise ConfigError(f"override '{override}': expected key=value, for example training.epochs=3")
    try:
        parsed = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ConfigError(f"override '{override}': the value is not YAML: {error}") from error
    place: Any = settings
    *parents, last = key.split(".")
    for depth, parent in enumerate(parents):
        place = _step(place, parent, override, parents[:depth])
    if isinstance(place, list):
        number = _number(place, last, override, parents)
        place[number : number + 1] = [parsed]
    else:
        _mapping(place, override, parents)[last] = parsed


def _step(place: Any, part: str, override: str, above: Sequence[str]) -> Any:
    """What stands at `part` of `place`, a mapping where nothing stands there yet."""
    if not isinstance(place, list):
        return _mapping(place, override, above).setdefault(part, {})
    number = _number(place, part, override, above)
    if number == len(place):
        place.append({})
    return place[number]


def _mapping(place: Any, override: str, above: Sequence[str]) -> dict[str, Any]:
    if isinstance(place, dict):
        return place
    raise ConfigError(f"override '{override}': '{'.'.join(above)}' is no mapping, so nothing can stand below it")


def _number(place: Sequence[Any], part: str, override: str, above: Sequence[str]) -> int:
    """Index of a list, or its length, where one is appended."""
    if part.isdecimal() and int(part) <= len(place):
        return int(part)
    expected = ", ".join(map(str, range(len(place)))) + (" or " if place else "") + f"{len(place)}, which appends"
    raise ConfigError(f"override '{override}': found '{part}' below '{'.'.join(above)}', a list of {len(place)}; expected {expected}")


def _scientific(value: Any) -> Any:
    """`value` with numbers such as 1e-4, which YAML 1.1 reads as strings for want of a dot, made numbers."""
    if isinstance(value, dict):
        return {key: _scientific(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_scientific(part) for part in value]
    return float(value) if isinstance(value, str) and _SCIENTIFIC.fullmatch(value) else value


def _explain(problem: Any) -> str:
    parts = [str(part) for part in problem["loc"]]
    if parts[:1] == ["encoder"]:
        # Second comes the tag of the kind of encoder, which users never wrote.
        del parts[1:2]
    key = ".".join(parts)
    if problem["type"] == "extra_forbidden":
        known = _known_keys(parts[:-1])
        nearest = get_close_matches(parts[-1], known, n=1, cutoff=0.5)
        hint = f"; did you mean '{nearest[0]}'?" if nearest else ""
        return f"key '{key}' is unknown{hint} (known here: {', '.join(known)})"
    if problem["type"] == "missing":
        return f"key '{key}' is missing; add it"
    if problem["type"] == "value_error":
        # A rule over several keys: its message names them, and its input is a whole section.
        return f"{key}: {problem['msg']}" if key else problem["msg"]
    return f"key '{key}': {problem['msg']}; found {problem['input']!r}"


def _known_keys(parents: Sequence[str]) -> list[str]:
    schema: Any = TrainConfig
    for parent in parents:
        if parent.isdigit():
            continue
        schema = {
            "corpora": CorpusConfig,
            "encoder": RandomEncoderConfig,
            "model": ModelSettings,
            "training": TrainingSettings,
            "loss_weights": LossWeights,
        }[parent]
    return list(schema.model_fields)
