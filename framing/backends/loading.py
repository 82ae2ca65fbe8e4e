"""Opens a model folder: checks what is in it before the heavy libraries meet it, then loads weights, tokenizer, calibration."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from framing.backends.batching import TOKEN_BUDGET, Forward, SpecialTokens, predict
from framing.backends.choice import REFERENCE, Choice, Precision
from framing.backends.encoders import is_plain_bert
from framing.decoding import Calibration
from framing.encoding import EncodedParagraph, whole_text_tokenizer
from framing.errors import ModelError
from framing.taxonomy import CHANNELS, FINGERPRINT

CONFIG: Final = "config.json"
WEIGHTS: Final = "model.safetensors"
TOKENIZER: Final = "tokenizer.json"
SHIPPED: Final = "framing-small"

Articles = Callable[[Sequence[Sequence[EncodedParagraph]]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model ready to score: `predict` maps encoded paragraphs to logits, float32 (tokens, channels) each.

    `predict_articles` maps articles, each a list of encoded paragraphs, to logits, float32 (articles, article labels); None for a
    model without article labels.
    """

    name: str
    tokenizer: Tokenizer
    predict: Callable[[Sequence[EncodedParagraph]], list[NDArray[np.float32]]]
    calibration: Calibration
    sharpness: float
    channels: tuple[str, ...] = CHANNELS
    article_labels: tuple[str, ...] = ()
    predict_articles: Articles | None = None
    engine: Choice = REFERENCE


def shipped_model() -> Path:
    """Folder of the model that comes with the package: inside it when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "models" / SHIPPED
    return installed if installed.is_dir() else package.parent / "models" / SHIPPED


def model_name(folder: Path, settings: dict[str, Any]) -> str:
    """Name and revision of a model, as they stand in every result, from its folder and the settings in its config.json."""
    return f"{settings.get('run_name') or folder.name}@{settings.get('revision') or 'unversioned'}"


def load_model(folder: Path, device: str = "cpu", choice: Choice = REFERENCE, forward: Forward | None = None) -> LoadedModel:
    """Load the model in `folder` onto a torch `device`; raises ModelError that names the file at fault and the remedy.

    `choice` is taken as it is: whether its scores are as good is `framing.engines`' to find out. Another engine than torch comes
    as `forward`.
    """
    settings = read_settings(folder)
    tokenizer = read_tokenizer(folder)
    calibration = read_calibration(folder, settings)
    encoder = settings["encoder"]
    special = _special_tokens(folder, tokenizer, encoder)
    article_labels = tuple(settings.get("article_labels", ()))
    articles: Articles | None = None
    if forward is None:
        forward, articles = _engine(folder, encoder, device, special, bool(article_labels), choice.precision)
    # Smaller batches stay in the processor's cache, which matters where products are fast.
    budget = TOKEN_BUDGET if choice.engine == "torch" else TOKEN_BUDGET // 2
    channels, window, overlap = tuple(settings["channels"]), settings["window"], settings["overlap"]
    return LoadedModel(
        model_name(folder, settings),
        tokenizer,
        lambda paragraphs: predict(forward, paragraphs, special, len(channels), window, overlap, budget),
        calibration,
        settings["sharpness"],
        channels,
        article_labels,
        articles,
        choice,
    )


def _engine(
    folder: Path, encoder: dict[str, Any], device: str, special: SpecialTokens, reads_articles: bool, precision: Precision
) -> tuple[Forward, Articles | None]:
    import torch

    from framing.backends.bert_engine import bert_forward

    try:
        if device == "cpu" and is_plain_bert(encoder) and not reads_articles:
            return bert_forward(folder / WEIGHTS, encoder, torch.bfloat16 if precision == "bfloat16" else torch.float32), None
        from framing.backends.torch_engine import article_predictor, load_weights, torch_forward

        model = load_weights(folder, device)
        lowered = torch.bfloat16 if precision == "bfloat16" else None
        return torch_forward(model, lowered), article_predictor(model, special, lowered) if reads_articles else None
    # Damaged weights surface as many kinds of errors: safetensors' own, KeyError, OSError, ValueError, RuntimeError.
    except Exception as error:
        message = f"model folder '{folder}' cannot be loaded on '{device}' ({error}); copy it again, or name another device"
        raise ModelError(message) from error


def _special_tokens(folder: Path, tokenizer: Tokenizer, encoder: dict[str, Any]) -> SpecialTokens:
    try:
        return SpecialTokens.of(tokenizer, int(encoder.get("pad_token_id") or 0))
    except ValueError as error:
        raise ModelError(f"{folder / TOKENIZER}: {error}; copy the model folder again") from error


def read_settings(folder: Path) -> dict[str, Any]:
    """The folder's config.json, after a check that the folder holds a whole framing model of this taxonomy."""
    if not folder.is_dir():
        raise ModelError(f"model folder '{folder}' does not exist; expected a folder written by: framing train CONFIG.yaml")
    for name in (CONFIG, WEIGHTS, TOKENIZER):
        if not (folder / name).is_file():
            raise ModelError(f"model folder '{folder}' has no {name}; expected {CONFIG}, {WEIGHTS} and {TOKENIZER}; copy it again")
    try:
        settings: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ModelError(f"{folder / CONFIG}: not readable as JSON ({error}); copy the model folder again") from error
    kind = settings.get("model_type") if isinstance(settings, dict) else None
    if kind != "framing":
        raise ModelError(f"{folder / CONFIG}: found a model of type '{kind}', expected 'framing'; fine-tune it with: framing train")
    lacking = [key for key in ("encoder", "channels", "window", "overlap", "sharpness") if key not in settings]
    if lacking:
        raise ModelError(f"{folder / CONFIG}: the key '{lacking[0]}' is missing; copy the model folder again")
    if settings.get("taxonomy") != FINGERPRINT:
        raise ModelError(
            f"{folder / CONFIG}: made for taxonomy {settings.get('taxonomy')}, this version has {FINGERPRINT}; "
            f"train the model again, or install the version of framing that made it"
        )
    return settings


def read_tokenizer(folder: Path) -> Tokenizer:
    """The folder's tokenizer, set to read whole texts."""
    file = folder / TOKENIZER
    try:
        # The library raises bare Exception for whatever it cannot read.
        return whole_text_tokenizer(Tokenizer.from_file(str(file)))
    except Exception as error:
        raise ModelError(f"{file}: not readable as a tokenizer ({error}); copy the model folder again") from error


def read_calibration(folder: Path, settings: dict[str, Any]) -> Calibration:
    """The calibration stored in config.json."""
    try:
        return Calibration.from_dict(settings["calibration"])
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"{folder / CONFIG}: no usable calibration ({error!r}), without which a score means nothing; "
            f"finish the training run: framing train CONFIG.yaml --resume"
        ) from error
