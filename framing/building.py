"""The untrained model of a configuration: a pretrained encoder, or a random one, under a new token layer."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedModel

from framing.config import RandomEncoderConfig, TrainConfig
from framing.encoding import whole_text_tokenizer
from framing.errors import ConfigError
from framing.model import FramingConfig, FramingModel


def build(config: TrainConfig) -> tuple[FramingModel, Any]:
    """The untrained model and its tokenizer; raises ConfigError when the encoder cannot be loaded."""
    source = config.encoder.tokenizer if isinstance(config.encoder, RandomEncoderConfig) else config.encoder
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        encoder = _encoder(config, len(tokenizer))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"encoder '{source}' cannot be loaded ({str(error).splitlines()[0]}); give a folder with a transformers model, "
            f"encoder=PATH, or a hub name on a machine that reaches the hub"
        ) from error
    whole_text_tokenizer(tokenizer.backend_tokenizer)
    settings = config.model.model_dump()
    limit = _positions(encoder) - 2
    if settings["window"] > limit:
        raise ConfigError(f"key 'model.window': {settings['window']} is more than the {limit} tokens that '{source}' reads at once")
    return FramingModel.from_encoder(encoder, channels=config.channels, article_labels=config.article_labels, **settings), tokenizer


def _positions(encoder: PreTrainedModel) -> int:
    """Tokens that the encoder reads at once, special ones included."""
    count: int = encoder.config.max_position_embeddings
    embeddings: Any = getattr(encoder, "embeddings", None)
    # The family of RoBERTa counts positions from behind that of padding.
    return count - embeddings.padding_idx - 1 if hasattr(embeddings, "create_position_ids_from_inputs_embeds") else count


def _encoder(config: TrainConfig, vocabulary: int) -> PreTrainedModel:
    if isinstance(config.encoder, RandomEncoderConfig):
        shape = config.encoder.model_dump(exclude={"tokenizer"}) | {"attention_probs_dropout_prob": config.training.attention_dropout}
        random: PreTrainedModel = BertModel(BertConfig(vocab_size=vocabulary, **shape), add_pooling_layer=False)
        random.set_attn_implementation(config.training.attention)
        return random
    settings = AutoConfig.from_pretrained(config.encoder)
    # The shipped model can be the start of a new run: its encoder is taken, its token layer is not.
    if isinstance(settings, FramingConfig):
        settings.encoder["attention_probs_dropout_prob"] = config.training.attention_dropout
    for name in ("attention_probs_dropout_prob", "attention_dropout"):
        if hasattr(settings, name):
            setattr(settings, name, config.training.attention_dropout)
    loaded = AutoModel.from_pretrained(
        config.encoder, config=settings, dtype=torch.float32, attn_implementation=config.training.attention
    )
    encoder: PreTrainedModel = loaded.encoder if isinstance(loaded, FramingModel) else loaded
    # What is asked of a whole model of ours does not reach the encoder inside.
    encoder.set_attn_implementation(config.training.attention)
    return encoder
