"""The model: one encoder, one linear layer over its tokens, everything else derived from those logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from framing.encoding import NO_SENTENCE, UNKNOWN
from framing.quotation import OUTSIDE, STATES
from framing.taxonomy import CHANNELS, DEVICE_NAMES, FINGERPRINT, TARGET, VOICE

N_DEVICES = len(DEVICE_NAMES)


class FramingConfig(PreTrainedConfig):
    """Shape of the model, its loss weights, and the calibration that was fitted on dev.

    `encoder` is the configuration of a transformers encoder as a dict. `sharpness` is the base of the smooth maximum:
    the larger, the closer to the true maximum. `window` and `overlap` count tokens without the special ones. `run_name` and
    `revision` (a hash of the weights) say in every result which model it came from.
    """

    model_type = "framing"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        channels: list[str] | None = None,
        taxonomy: str = FINGERPRINT,
        window: int = 254,
        overlap: int = 64,
        sharpness: float = 4.0,
        dropout: float = 0.1,
        loss_weights: dict[str, float] | None = None,
        positive_weight: float = 1.0,
        calibration: dict[str, Any] | None = None,
        run_name: str | None = None,
        revision: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder or {}
        self.channels = list(channels or CHANNELS)
        self.taxonomy = taxonomy
        self.window = window
        self.overlap = overlap
        self.sharpness = sharpness
        self.dropout = dropout
        self.loss_weights = {"token": 1.0, "sentence": 1.0, "paragraph": 0.5, "voice": 1.0, "target": 1.0} | (loss_weights or {})
        self.positive_weight = positive_weight
        self.calibration = calibration
        self.run_name = run_name
        self.revision = revision


@dataclass
class FramingOutput(ModelOutput):
    """`logits`: float32, (batch, tokens, channels); `loss`: scalar when labels were given."""

    loss: Tensor | None = None
    logits: Tensor | None = None


class FramingModel(PreTrainedModel):
    """Token logits for the devices, the blamed target and the voice.

    A voice logit above 0 leans to 'reported'. Quotation states enter as an embedding added to the word embeddings; it starts
    at zero, so that an untrained model reads exactly what its encoder read before.
    """

    config_class = FramingConfig
    base_model_prefix = "encoder"
    _supports_sdpa = True
    _supports_attention_backend = True

    def __init__(self, config: FramingConfig, encoder: PreTrainedModel | None = None) -> None:
        """Build from `config`; `encoder` takes the place of a randomly initialised one."""
        super().__init__(config)
        if encoder is None:
            settings = dict(config.encoder)
            encoder = AutoModel.from_config(AutoConfig.for_model(settings.pop("model_type"), **settings))
        # Sentence-level pooling is done over token logits, so the encoder's own pooler would be dead weight.
        if getattr(encoder, "pooler", None) is not None:
            encoder.pooler = None
        self.encoder = encoder
        hidden = encoder.config.hidden_size
        self.quotes = nn.Embedding(STATES, hidden, padding_idx=OUTSIDE)
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(hidden, len(config.channels))
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_encoder(cls, encoder: PreTrainedModel, **settings: Any) -> FramingModel:
        """Put a new token layer on a pretrained encoder; `settings` go to `FramingConfig`."""
        config = FramingConfig(encoder=encoder.config.to_diff_dict() | {"model_type": encoder.config.model_type}, **settings)
        model = cls(config, encoder=encoder)
        # Zeros, so that runs of different seeds start from one point; the layer is linear, so nothing needs breaking apart.
        for parameter in (model.quotes.weight, model.classifier.weight, model.classifier.bias):
            nn.init.zeros_(parameter)
        return model

    def start_from_rates(self, rates: Sequence[float]) -> None:
        """Set the token layer's biases to the log odds of `rates`, the share of positive tokens of each channel.

        Devices are rare. From biases of zero the first hundreds of steps go into making everything improbable, which the
        encoder does by forgetting what distinguishes its tokens (Lin et al., «Focal loss for dense object detection», 2017, 4.1).
        """
        odds = torch.tensor([rate / (1.0 - rate) for rate in rates])
        with torch.no_grad():
            self.classifier.bias.copy_(torch.log(odds))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        quotes: Tensor,
        labels: Tensor | None = None,
        sentences: Tensor | None = None,
        **_: Any,
    ) -> FramingOutput:
        """Logits, and the loss when `labels` are given.

        Args:
            input_ids: int64, (batch, tokens), special tokens included.
            attention_mask: int64, (batch, tokens).
            quotes: int64, (batch, tokens), quotation states.
            labels: float32, (batch, tokens, channels), `UNKNOWN` where nothing was annotated.
            sentences: int64, (batch, tokens), sentence of each token within its row, -1 for special and padding tokens.
        """
        embedded = self.encoder.get_input_embeddings()(input_ids) + self.quotes(quotes)
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        logits = self.classifier(self.dropout(hidden)).float()
        loss = None if labels is None or sentences is None else self.loss(logits, labels, sentences)
        return FramingOutput(loss=loss, logits=logits)

    def loss(self, logits: Tensor, labels: Tensor, sentences: Tensor) -> Tensor:
        """Weighted sum of binary cross-entropies over tokens, sentences and paragraphs; unknown cells do not count."""
        weights, devices = self.config.loss_weights, slice(0, N_DEVICES)
        inside = sentences != NO_SENTENCE
        logits, labels = logits[inside], labels[inside]
        rows = torch.arange(len(inside), device=inside.device).unsqueeze(1).expand_as(inside)[inside]
        _, by_sentence = torch.unique(rows * (sentences.max() + 1) + sentences[inside], return_inverse=True)
        device_logits, device_labels = logits[:, devices], labels[:, devices]
        total: Tensor = weights["token"] * N_DEVICES * masked_bce(device_logits, device_labels, self.config.positive_weight)
        for level, segment in (("sentence", by_sentence), ("paragraph", rows)):
            pooled = smooth_maximum(device_logits, segment, self.config.sharpness)
            total = total + weights[level] * N_DEVICES * masked_bce(pooled, segment_maximum(device_labels, segment))
        for name, channel in (("voice", CHANNELS.index(VOICE)), ("target", CHANNELS.index(TARGET))):
            total = total + weights[name] * masked_bce(logits[:, channel], labels[:, channel])
        return total


def masked_bce(logits: Tensor, labels: Tensor, positive_weight: float = 1.0) -> Tensor:
    """Mean binary cross-entropy over the known cells; zero, with a gradient, when no cell is known."""
    known = labels != UNKNOWN
    if not known.any():
        return logits.sum() * 0.0
    weight = torch.full((), positive_weight, device=logits.device)
    return F.binary_cross_entropy_with_logits(logits[known], labels[known], pos_weight=weight)


def segment_maximum(values: Tensor, segment: Tensor) -> Tensor:
    """Largest value of each segment: (tokens, labels) and (tokens,) to (segments, labels)."""
    count = int(segment.max()) + 1 if len(segment) else 0
    index = segment.unsqueeze(1).expand_as(values)
    return values.new_full((count, values.shape[1]), UNKNOWN).scatter_reduce(0, index, values, "amax", include_self=False)


def smooth_maximum(logits: Tensor, segment: Tensor, sharpness: float) -> Tensor:
    """Log-mean-exp of each segment, (1/s) log mean exp(s x): (tokens, labels) to (segments, labels)."""
    scaled = logits * sharpness
    peak = segment_maximum(scaled.detach(), segment)
    sums = torch.zeros_like(peak).index_add(0, segment, torch.exp(scaled - peak[segment]))
    sizes = torch.zeros(len(peak), device=logits.device).index_add(0, segment, torch.ones_like(segment, dtype=torch.float32))
    return (peak + torch.log(sums / sizes.clamp(min=1.0).unsqueeze(1))) / sharpness


# So that AutoModel.from_pretrained finds the class by its folder once this module is imported.
AutoConfig.register(FramingConfig.model_type, FramingConfig, exist_ok=True)
AutoModel.register(FramingConfig, FramingModel, exist_ok=True)
