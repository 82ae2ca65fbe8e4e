"""The model: one encoder, one linear layer over its tokens, everything else derived from those logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from framing.encoding import NO_SENTENCE, UNKNOWN
from framing.quotation import OUTSIDE, STATES
from framing.taxonomy import CHANNELS, FINGERPRINT, TARGET, VOICE
from framing.vocabularies import graded

SURE: Final = 1e-4
"""A teacher's probabilities are taken as no nearer to 0 and 1 than this."""
LOSS_WEIGHTS: Final = {"token": 1.0, "sentence": 1.0, "paragraph": 0.5, "voice": 1.0, "target": 1.0, "article": 1.0}


class FramingConfig(PreTrainedConfig):
    """Shape of the model, its loss weights, and the calibration that was fitted on dev.

    `channels` are the labels of the token layer, `article_labels` those of the head over whole articles.
    `encoder` is the configuration of a transformers encoder as a dict. `sharpness` is the base of the smooth maximum: the larger,
    the closer to the true maximum. `window` and `overlap` count tokens without the special ones. `run_name` and
    `revision` (a hash of the weights) say in every result which model it came from.
    """

    model_type = "framing"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        channels: Sequence[str] | None = None,
        article_labels: Sequence[str] = (),
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
        self.channels = list(CHANNELS if channels is None else channels)
        self.article_labels = list(article_labels)
        self.taxonomy = taxonomy
        self.window = window
        self.overlap = overlap
        self.sharpness = sharpness
        self.dropout = dropout
        self.loss_weights = LOSS_WEIGHTS | (loss_weights or {})
        self.positive_weight = positive_weight
        self.calibration = calibration
        self.run_name = run_name
        self.revision = revision


@dataclass
class FramingOutput(ModelOutput):
    """`logits`: float32, (batch, tokens, channels); `vectors`: float32, (batch, hidden), the mean over each row's tokens, for models
    with article labels; `loss`: scalar when labels were given.
    """

    loss: Tensor | None = None
    logits: Tensor | None = None
    vectors: Tensor | None = None


class FramingModel(PreTrainedModel):
    """Token logits for each channel, and article logits from the pooled vectors of an article's rows.

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
        self.article_classifier = nn.Linear(hidden, len(config.article_labels)) if config.article_labels else None
        self.graded = [config.channels.index(label) for label in graded(config.channels)]
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_encoder(cls, encoder: PreTrainedModel, **settings: Any) -> FramingModel:
        """Put a new token layer on a pretrained encoder; `settings` go to `FramingConfig`."""
        config = FramingConfig(encoder=encoder.config.to_diff_dict() | {"model_type": encoder.config.model_type}, **settings)
        model = cls(config, encoder=encoder)
        # Zeros, so that runs of different seeds start from one point; the layer is linear, so nothing needs breaking apart.
        for layer in (model.quotes, model.classifier, model.article_classifier):
            for parameter in layer.parameters() if layer is not None else ():
                nn.init.zeros_(parameter)
        return model

    def start_from_rates(self, rates: Sequence[float], article_rates: Sequence[float] = ()) -> None:
        """Set the biases of both heads to the log odds of the share of positives of each channel and of each article label.

        Devices are rare. From biases of zero the first hundreds of steps go into making everything improbable, which the
        encoder does by forgetting what distinguishes its tokens (Lin et al., «Focal loss for dense object detection», 2017, 4.1).
        """
        with torch.no_grad():
            for head, shares in ((self.classifier, rates), (self.article_classifier, article_rates)):
                if head is not None:
                    head.bias.copy_(torch.logit(torch.tensor(shares, dtype=torch.float64)))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        quotes: Tensor,
        labels: Tensor | None = None,
        sentences: Tensor | None = None,
        paragraph_labels: Tensor | None = None,
        articles: Tensor | None = None,
        article_labels: Tensor | None = None,
        **_: Any,
    ) -> FramingOutput:
        """Logits, and the loss when `labels` are given.

        Args:
            input_ids: int64, (batch, tokens), special tokens included.
            attention_mask: int64, (batch, tokens).
            quotes: int64, (batch, tokens), quotation states.
            labels: float32, (batch, tokens, channels), `UNKNOWN` where nothing was annotated.
            sentences: int64, (batch, tokens), sentence of each token within its row, -1 for special and padding tokens.
            paragraph_labels: float32, (batch, graded channels), labels given to a row as a whole, `UNKNOWN` where its tokens decide.
            articles: int64, (batch,), index of the article that each row belongs to; needed with `article_labels`.
            article_labels: float32, (articles, article labels), `UNKNOWN` where nothing was annotated.
        """
        embedded = self.encoder.get_input_embeddings()(input_ids) + self.quotes(quotes)
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        logits = self.classifier(self.dropout(hidden)).float()
        loss = None if labels is None or sentences is None else self.loss(logits, labels, sentences, paragraph_labels)
        if self.article_classifier is None:
            return FramingOutput(loss=loss, logits=logits)
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        vectors = ((hidden * weights).sum(1) / weights.sum(1)).float()
        if loss is not None and articles is not None and article_labels is not None:
            given = self.article_logits(self.dropout(vectors), articles)
            loss = loss + self.config.loss_weights["article"] * len(self.config.article_labels) * masked_bce(given, article_labels)
        return FramingOutput(loss=loss, logits=logits, vectors=vectors)

    def article_logits(self, vectors: Tensor, articles: Tensor) -> Tensor:
        """Logits of articles, float32, (articles, article labels), from the mean of their rows' `vectors`, (rows, hidden)."""
        if self.article_classifier is None:
            raise ValueError("this model has no article labels; train one with an article vocabulary, for example configs/frames.yaml")
        count = int(articles.max()) + 1
        sums = vectors.new_zeros(count, vectors.shape[1]).index_add(0, articles, vectors)
        sizes = torch.bincount(articles, minlength=count).unsqueeze(1)
        logits: Tensor = self.article_classifier((sums / sizes).to(self.article_classifier.weight.dtype)).float()
        return logits

    def loss(self, logits: Tensor, labels: Tensor, sentences: Tensor, paragraph_labels: Tensor | None = None) -> Tensor:
        """Weighted sum of binary cross-entropies over tokens, sentences and paragraphs; unknown cells do not count."""
        weights, count = self.config.loss_weights, len(self.graded)
        inside = sentences != NO_SENTENCE
        rows = torch.arange(len(inside), device=inside.device).unsqueeze(1).expand_as(inside)[inside]
        logits, labels = logits[inside], labels[inside]
        _, by_sentence = torch.unique(rows * (sentences.max() + 1) + sentences[inside], return_inverse=True)
        marks, gold = logits[:, self.graded], labels[:, self.graded]
        total: Tensor = weights["token"] * count * masked_bce(marks, gold, self.config.positive_weight)
        for level, segment in (("sentence", by_sentence), ("paragraph", rows)):
            pooled = smooth_maximum(marks, segment, self.config.sharpness)
            target = segment_gold(gold, segment, self.config.sharpness)
            if level == "paragraph" and paragraph_labels is not None:
                target = torch.where(paragraph_labels == UNKNOWN, target, paragraph_labels)
            total = total + weights[level] * count * masked_bce(pooled, target)
        for name, channel in (("voice", VOICE), ("target", TARGET)):
            if channel in self.config.channels:
                index = self.config.channels.index(channel)
                total = total + weights[name] * masked_bce(logits[:, index], labels[:, index])
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


def segment_gold(gold: Tensor, segment: Tensor, sharpness: float = 4.0) -> Tensor:
    """Targets of segments, (tokens, labels) to (segments, labels): 1 with a token of 1, else unknown with an unknown token, else 0.

    Where a token's target lies between, it is a teacher's probability: the segment's is then pooled from them as the student's logits are.
    """
    present = segment_maximum(gold, segment)
    unsure = segment_maximum((gold == UNKNOWN).to(gold.dtype), segment) > 0
    hard = torch.where(unsure & (present < 1), UNKNOWN, present)
    soft = (gold > 0) & (gold < 1)
    if not soft.any():
        return hard
    pooled = torch.sigmoid(smooth_maximum(torch.logit(gold.clamp(0, 1), eps=SURE), segment, sharpness))
    return torch.where(segment_maximum(soft.to(gold.dtype), segment) > 0, pooled, hard)


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
