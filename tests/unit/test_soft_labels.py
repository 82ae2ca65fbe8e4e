"""A teacher's logits: written, read back, and laid over the tokens of another tokenizer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.corpora import load_corpus
from framing.corpora.base import Example, TokenLogits, fingerprint
from framing.corpora.soft_labels import write_soft_labels
from framing.encoding import UNKNOWN, encode_paragraphs, soft_targets
from framing.errors import CorpusError
from framing.model import segment_gold
from framing.sides import SHIPPED_PAIRS, load_pairs
from framing.swapping import augment
from framing.training_data import thin

TEXT = "Boats sank again."
CHANNELS = ("loaded_label", "blame_attribution", "voice")


def taught(logits: list[list[float]], bounds: list[tuple[int, int]]) -> TokenLogits:
    starts, ends = (np.array(column, dtype=np.int32) for column in zip(*bounds, strict=True))
    return TokenLogits("teacher@1", CHANNELS, starts, ends, np.array(logits, dtype=np.float32))


# «Bo» «ats» « sank again.»: the teacher's tokens, of which the last lies over two words and a full stop of the student's.
EXAMPLE = Example(
    "a#0", "soft_labels", "a.jsonl", "a", TEXT, (), frozenset(), split="train",
    taught=taught([[2.0, -4.0, 1.0], [0.0, -4.0, 3.0], [-6.0, -4.0, 5.0]], [(0, 2), (2, 5), (6, 17)]),
)  # fmt: skip


def words() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def test_what_is_written_reads_back_with_nothing_known_of_it_but_the_logits(tmp_path: Path) -> None:
    plain = replace(EXAMPLE, id="b#0", article="b", text="🌊 rose.")
    assert write_soft_labels(tmp_path / "soft.parquet", [EXAMPLE, plain], "teacher@1") == 2
    first, second = load_corpus("soft_labels", tmp_path / "soft.parquet")
    assert replace(first, taught=None) == replace(EXAMPLE, taught=None)
    assert second.text == "🌊 rose."
    assert first.taught is not None
    assert first.taught.teacher == "teacher@1"
    assert first.taught.channels == CHANNELS
    assert first.taught.starts.tolist() == [0, 2, 6]
    assert first.taught.logits.tolist() == [[2.0, -4.0, 1.0], [0.0, -4.0, 3.0], [-6.0, -4.0, 5.0]]


def test_nothing_is_left_of_a_file_that_could_not_be_finished(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="b#0 has no logits"):
        write_soft_labels(tmp_path / "soft.parquet", [EXAMPLE, replace(EXAMPLE, id="b#0", taught=None)], "teacher@1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no parquet", None])
def test_another_file_is_refused_with_the_command_that_writes_one(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "soft.parquet"
    if content is None:
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table({"text": ["Boats sank."]}), file)
    else:
        file.write_bytes(content)
    with pytest.raises(CorpusError, match=r"soft\.parquet: not a file of soft labels .*framing distill TEACHER"):
        load_corpus("soft_labels", file)


def test_a_token_of_the_student_takes_the_mean_logit_of_the_teachers_tokens_over_it() -> None:
    (encoded,) = encode_paragraphs(words(), [TEXT])
    assert EXAMPLE.taught is not None
    targets = soft_targets(encoded, EXAMPLE.taught, ("blame_attribution", "loaded_label", "bloc_rhetoric", "voice"))
    sigmoid = [1 / (1 + np.exp(-x)) for x in (1.0, -6.0, -4.0, 2.0)]
    assert targets[0].tolist() == pytest.approx([sigmoid[2], sigmoid[0], UNKNOWN, sigmoid[3]], rel=1e-5)
    # No device there, so that the voice means nothing.
    assert targets[1].tolist() == pytest.approx([sigmoid[2], sigmoid[1], UNKNOWN, UNKNOWN], rel=1e-5)
    assert targets.shape == (4, 4)


def test_tokens_that_the_teacher_did_not_read_are_unknown() -> None:
    (encoded,) = encode_paragraphs(words(), [TEXT])
    targets = soft_targets(encoded, taught([[1.0, 1.0, 1.0]], [(0, 5)]), CHANNELS)
    assert (targets[0] != UNKNOWN).all()
    assert (targets[1:] == UNKNOWN).all()


def test_a_stretch_of_soft_targets_is_pooled_as_the_students_logits_are_and_hard_ones_stay_hard() -> None:
    gold = torch.tensor([[0.5, 1.0], [0.5, 0.0], [0.0, 0.0], [0.9, UNKNOWN]])
    pooled = segment_gold(gold, torch.tensor([0, 0, 1, 2]), sharpness=4.0)
    assert pooled.tolist() == [[0.5, 1.0], [0.0, 0.0], [pytest.approx(0.9), UNKNOWN]]
    # Log-mean-exp with base 4 of the logits 0 and 2: (1/4) ln((1 + e^8) / 2) = 1.8268.
    mixed = segment_gold(torch.sigmoid(torch.tensor([[0.0], [2.0]])), torch.tensor([0, 0]), sharpness=4.0)
    assert mixed.item() == pytest.approx(1 / (1 + np.exp(-1.8268)), abs=1e-4)


def test_what_a_teacher_said_of_a_paragraph_counts_as_a_label_and_holds_for_its_very_wording() -> None:
    assert thin([EXAMPLE, replace(EXAMPLE, taught=None)], 0.001, seed=1) == [EXAMPLE]
    sided = replace(EXAMPLE, text="Russia sank them.")
    pairs = load_pairs(SHIPPED_PAIRS)
    assert len(augment([replace(sided, taught=None)], pairs, 1.0, seed=1)) == 2
    assert augment([sided], pairs, 1.0, seed=1) == [sided]


def test_another_teacher_is_other_data() -> None:
    assert EXAMPLE.taught is not None
    other = replace(EXAMPLE, taught=replace(EXAMPLE.taught, teacher="teacher@2"))
    assert fingerprint([EXAMPLE]) != fingerprint([other])
