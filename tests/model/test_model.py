"""The model: its loss, its levels, and that a folder gives back what was saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import AutoModel, BertConfig, BertModel

from framing import decoding
from framing.backends.batching import SpecialTokens, predict
from framing.backends.bert_engine import bert_forward
from framing.backends.encoders import is_plain_bert
from framing.backends.torch_engine import load_weights, torch_forward
from framing.encoding import NO_SENTENCE, UNKNOWN, EncodedParagraph, encode_paragraphs
from framing.model import FramingModel, masked_bce, segment_gold, segment_maximum, smooth_maximum
from framing.taxonomy import CHANNELS


def random_model(seed: int = 0) -> FramingModel:
    torch.manual_seed(seed)
    encoder = BertModel(BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32))
    model = FramingModel.from_encoder(encoder, window=14, overlap=4)
    torch.nn.init.normal_(model.classifier.weight)
    return model.eval()


def batch(tokens: int = 8) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, 50, (2, tokens), generator=generator)
    labels = torch.randint(0, 2, (2, tokens, len(CHANNELS)), generator=generator).float()
    sentences = torch.tensor([[NO_SENTENCE, 0, 0, 0, 1, 1, 1, NO_SENTENCE]] * 2)
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "quotes": torch.zeros_like(ids), "labels": labels,
            "sentences": sentences}  # fmt: skip


def test_logits_have_a_channel_for_each_device_the_target_and_the_voice() -> None:
    model, inputs = random_model(), batch()
    output = model(**inputs)
    assert output.logits.shape == (2, 8, 6)
    assert output.logits.dtype == torch.float32
    assert output.loss.ndim == 0


def test_an_unknown_label_changes_neither_loss_nor_gradient() -> None:
    model, inputs = random_model(), batch()
    channel = CHANNELS.index("bloc_rhetoric")
    inputs["labels"][..., channel] = UNKNOWN
    model(**inputs).loss.backward()
    assert torch.count_nonzero(model.classifier.weight.grad[channel]) == 0
    assert torch.count_nonzero(model.classifier.weight.grad) > 0


def test_a_batch_without_any_known_label_has_no_loss_and_can_still_be_stepped() -> None:
    model, inputs = random_model(), batch()
    inputs["labels"][:] = UNKNOWN
    loss = model(**inputs).loss
    loss.backward()
    assert loss.item() == 0.0


def test_the_loss_falls_when_the_model_is_right() -> None:
    logits = torch.tensor([[4.0], [-4.0]])
    assert masked_bce(logits, torch.tensor([[1.0], [0.0]])) < 0.02
    assert masked_bce(logits, torch.tensor([[0.0], [1.0]])) > 3.9


def test_a_sentence_target_is_the_maximum_of_its_known_tokens() -> None:
    values = torch.tensor([[0.0, UNKNOWN], [1.0, UNKNOWN], [0.0, 1.0]])
    assert segment_maximum(values, torch.tensor([0, 0, 1])).tolist() == [[1.0, UNKNOWN], [0.0, 1.0]]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(-20, 20), st.integers(0, 3)), min_size=1, max_size=40), st.floats(0.5, 8))
def test_training_and_inference_pool_alike(tokens: list[tuple[float, int]], sharpness: float) -> None:
    tokens = sorted(tokens, key=lambda token: token[1])
    _, segment = np.unique([s for _, s in tokens], return_inverse=True)
    logits = np.array([[logit] for logit, _ in tokens], dtype=np.float32)
    in_torch = smooth_maximum(torch.from_numpy(logits), torch.from_numpy(segment), sharpness)
    in_numpy = decoding.smooth_maximum(logits, segment.astype(np.int32), int(segment.max()) + 1, sharpness)
    np.testing.assert_allclose(in_torch.numpy(), in_numpy, atol=1e-4)


def test_windows_give_each_token_the_logits_of_one_forward_pass_over_its_window() -> None:
    model = random_model()
    special = SpecialTokens(1, 2, 0)
    ids = np.arange(5, 45, dtype=np.int32)
    paragraph = EncodedParagraph(ids, ids, ids, np.zeros(40, dtype=np.int8), ids)

    def forward(*arrays: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return model(*map(torch.from_numpy, arrays)).logits.numpy()

    (logits,) = predict(forward, [paragraph], special, len(CHANNELS), window=14, overlap=4)
    first = forward(np.array([[1, *ids[:14], 2]]), np.ones((1, 16), dtype=np.int64), np.zeros((1, 16), dtype=np.int64))[0]
    second = forward(np.array([[1, *ids[10:24], 2]]), np.ones((1, 16), dtype=np.int64), np.zeros((1, 16), dtype=np.int64))[0]
    np.testing.assert_allclose(logits[:12], first[1:13], atol=1e-5)
    np.testing.assert_allclose(logits[12:22], second[3:13], atol=1e-5)


@pytest.mark.parametrize("budget", [16, 64, 4096])
def test_the_batch_size_does_not_change_a_logit(budget: int) -> None:
    model, special = random_model(), SpecialTokens(1, 2, 0)
    random = np.random.default_rng(0)
    paragraphs = []
    for length in (3, 30, 1, 0, 14, 7):
        ids = random.integers(5, 50, length).astype(np.int32)
        paragraphs.append(EncodedParagraph(ids, ids, ids, np.zeros(length, dtype=np.int8), ids))

    def forward(*arrays: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return model(*map(torch.from_numpy, arrays)).logits.numpy()

    together = predict(forward, paragraphs, special, len(CHANNELS), 14, 4, budget)
    for paragraph, logits in zip(paragraphs, together, strict=True):
        (alone,) = predict(forward, [paragraph], special, len(CHANNELS), 14, 4)
        np.testing.assert_allclose(logits, alone, atol=1e-4)


def test_saving_and_loading_gives_equal_logits(tmp_path: Path) -> None:
    model, inputs = random_model(), batch()
    model.save_pretrained(tmp_path)
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors"}
    again = FramingModel.from_pretrained(tmp_path).eval()
    assert torch.equal(again(**inputs).logits, model(**inputs).logits)


def test_auto_model_loads_a_trained_folder(tiny_model: Path) -> None:
    assert isinstance(AutoModel.from_pretrained(tiny_model), FramingModel)


def test_tokens_point_at_their_characters(tiny_model: Path) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_model / "tokenizer.json"))
    text = "“Pérez’s so-called plan”, said 𝔘𝔫𝔦 👩‍👧 — twice."
    (encoded,) = encode_paragraphs(tokenizer, [text])
    pieces = [text[start:end] for start, end in zip(encoded.starts, encoded.ends, strict=True)]
    assert all(pieces)
    assert pieces[:5] == ["“", "Pérez", "’", "s", "so"]
    words: dict[int, str] = {}
    for word, start, end in zip(encoded.words, encoded.starts, encoded.ends, strict=True):
        words[word] = words.get(word, "") + text[start:end]
    assert "so-called" in words.values()


def test_the_quick_engine_gives_the_logits_of_transformers(tiny_model: Path) -> None:
    encoder = FramingModel.from_pretrained(tiny_model).config.encoder
    assert is_plain_bert(encoder)
    random = np.random.default_rng(0)
    ids = random.integers(0, 30_000, (3, 20))
    mask = np.ones_like(ids)
    mask[1, 12:] = 0
    quotes = random.integers(0, 3, ids.shape)
    reference = torch_forward(load_weights(tiny_model, "cpu"))(ids, mask, quotes)
    quick = bert_forward(tiny_model / "model.safetensors", encoder)(ids, mask, quotes)
    np.testing.assert_allclose(quick[mask == 1], reference[mask == 1], atol=1e-4)


@pytest.mark.parametrize("change", [{"model_type": "mpnet"}, {"hidden_act": "relu"}, {"is_decoder": True}])
def test_the_quick_engine_leaves_other_encoders_to_transformers(change: dict) -> None:
    assert not is_plain_bert({"model_type": "bert", "hidden_act": "gelu"} | change)


def test_a_segment_is_unknown_where_it_is_in_doubt_and_present_where_a_token_is() -> None:
    gold = torch.tensor([[0.0, 1.0], [UNKNOWN, UNKNOWN], [0.0, UNKNOWN]])
    assert segment_gold(gold, torch.tensor([0, 0, 1])).tolist() == [[UNKNOWN, 1.0], [0.0, UNKNOWN]]


def article_model() -> FramingModel:
    torch.manual_seed(0)
    encoder = BertModel(BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32))
    model = FramingModel.from_encoder(encoder, channels=["lexical_bias", "hostility"], article_labels=["a", "b"], dropout=0.0)
    for head in (model.classifier, model.article_classifier):
        torch.nn.init.normal_(head.weight)
    return model


def article_batch() -> dict[str, torch.Tensor]:
    """Two rows of one article, of which label «a» alone is known, and nothing known of any token."""
    inputs = batch()
    inputs["labels"] = torch.full((2, 8, 2), UNKNOWN)
    inputs["articles"], inputs["article_labels"] = torch.tensor([0, 0]), torch.tensor([[1.0, UNKNOWN]])
    return inputs


def test_labels_of_articles_train_their_own_head_and_unknown_ones_do_not() -> None:
    model = article_model()
    model(**article_batch()).loss.backward()
    assert torch.count_nonzero(model.article_classifier.weight.grad[0]) > 0
    assert torch.count_nonzero(model.article_classifier.weight.grad[1]) == 0
    assert torch.count_nonzero(model.classifier.weight.grad) == 0


def test_a_label_given_to_a_paragraph_trains_that_label_alone() -> None:
    model, inputs = article_model(), article_batch()
    inputs["article_labels"][:] = UNKNOWN
    inputs["paragraph_labels"] = torch.tensor([[1.0, UNKNOWN], [UNKNOWN, UNKNOWN]])
    model(**inputs).loss.backward()
    assert torch.count_nonzero(model.classifier.weight.grad[0]) > 0
    assert torch.count_nonzero(model.classifier.weight.grad[1]) == 0
    assert torch.count_nonzero(model.article_classifier.weight.grad) == 0


def test_a_model_without_article_labels_says_so_when_asked_for_them() -> None:
    with pytest.raises(ValueError, match="no article labels; train one with an article vocabulary"):
        random_model().article_logits(torch.zeros(1, 16), torch.tensor([0]))
