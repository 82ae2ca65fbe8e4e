"""The untrained model of a configuration: its encoder is what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, MPNetConfig, MPNetModel

from framing.building import build
from framing.config import load_config
from framing.errors import ConfigError
from tests.model.conftest import ROOT


@pytest.mark.parametrize("encoder", [None, "models/framing-small"])
def test_attention_is_the_encoders_as_configured(small: Path, monkeypatch: pytest.MonkeyPatch, encoder: str | None) -> None:
    monkeypatch.chdir(ROOT)
    chosen = [f"encoder={encoder}"] if encoder else []
    for attention in ("eager", "sdpa"):
        model, _ = build(load_config(small, [*chosen, f"training.attention={attention}", "training.attention_dropout=0.25"]))
        assert model.encoder.config._attn_implementation == attention
        assert model.encoder.config.attention_probs_dropout_prob == 0.25


def test_a_window_may_not_be_longer_than_the_positions_that_an_encoder_counts(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mpnet"
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    MPNetModel(MPNetConfig(vocab_size=30_522, max_position_embeddings=66, **shape)).save_pretrained(folder)
    AutoTokenizer.from_pretrained(ROOT / "models/framing-small").save_pretrained(folder)
    # Of the 66 positions the first two stand for padding, and two go to the special tokens.
    chosen = [f"encoder={folder}", "model.overlap=8", "training.attention=eager"]
    model, _ = build(load_config(small, [*chosen, "model.window=62"]))
    ids = torch.full((1, 64), 7)
    assert model(ids, torch.ones_like(ids), torch.zeros_like(ids)).logits.shape[1] == 64
    with pytest.raises(ConfigError, match="63 is more than the 62 tokens"):
        build(load_config(small, [*chosen, "model.window=63"]))
