"""A teacher's word on unlabelled articles, and a student that learns from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.backends.loading import load_model
from framing.corpora import load_corpus
from framing.corpora.base import Example
from framing.distillation import PLAIN_BELOW, paragraphs_of, teach
from framing.encoding import encode_paragraphs
from framing.text import Document
from tests.model.conftest import ROOT

Run = Callable[..., tuple[int, str, str]]
ORIGINALS = ROOT / "data/originals"
SPLITS = ROOT / "data/splits/devices-originals.json"
TEXT = """The puppet regime has bled our crews dry, the minister told the press.

By our own reporter

Most of the bridges in the county were never inspected by anyone, experts say.

The council met on Tuesday and approved the minutes of the last meeting."""


def article(name: str, text: str = TEXT) -> list[Example]:
    return paragraphs_of(name, "here.jsonl", Document.from_text(text, name))


def test_paragraphs_come_with_the_logits_that_the_teacher_gives_them(tiny_model: Path) -> None:
    teacher = load_model(tiny_model)
    found = list(teach([teacher], [article("a"), article("b", "They wrecked the harbour in one single night.")]))
    assert [example.id for example in found] == ["a#0", "a#2", "a#3", "b#0"]
    encoded = encode_paragraphs(teacher.tokenizer, [example.text for example in found])
    for example, paragraph, logits in zip(found, encoded, teacher.predict(encoded), strict=True):
        assert example.taught is not None
        assert example.taught.teacher == teacher.name
        np.testing.assert_allclose(example.taught.logits, logits, atol=1e-4)
        assert example.taught.ends.tolist() == paragraph.ends.tolist()


def test_several_teachers_are_averaged_at_the_tokens_of_the_first(tiny_model: Path) -> None:
    teacher = load_model(tiny_model)
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    # Another tokenizer, whose whole words lie over the pieces of the first.
    words = replace(
        teacher, name="words", tokenizer=tokenizer, predict=lambda given: [np.full((len(p.ids), 6), 3.0, dtype=np.float32) for p in given]
    )
    (alone, *_), (both, *_) = (list(teach(teachers, [article("a")])) for teachers in ([teacher], [teacher, words]))
    assert alone.taught is not None
    assert both.taught is not None
    np.testing.assert_allclose(both.taught.logits, (alone.taught.logits + 3.0) / 2, atol=1e-4)
    assert both.taught.teacher == f"{teacher.name}+words"
    with pytest.raises(ValueError, match="found teachers of the channels"):
        list(teach([teacher, replace(words, channels=("loaded_label",))], [article("a")]))


def test_what_stood_before_and_what_repeats_a_held_out_article_is_left_out(tiny_model: Path) -> None:
    teacher = load_model(tiny_model)
    wrecked = "They wrecked the harbour in one single night."
    held = article("elsewhere", wrecked)
    articles = [article("a"), article("b"), article("c", wrecked), article("elsewhere", "A quite different text of the same article.")]
    assert [example.id for example in teach([teacher], articles, held)] == ["a#0", "a#2", "a#3"]


def test_of_plain_paragraphs_a_share_is_kept_and_all_others(tiny_model: Path) -> None:
    teacher = load_model(tiny_model)
    articles = [article(str(n), f"Number {n} of the ships lay in the harbour for days.") for n in range(60)] + [article("x")]
    everything = list(teach([teacher], articles))
    none, half = (list(teach([teacher], articles, keep_plain=share)) for share in (0.0, 0.5))
    kept = {example.id for example in none}
    assert kept <= {example.id for example in half} <= {example.id for example in everything}
    assert [example.id for example in teach([teacher], articles, keep_plain=0.5)] == [example.id for example in half]
    assert len(none) < len(everything)
    assert 0 < PLAIN_BELOW < 1


def test_a_student_learns_from_the_file_that_the_command_wrote(run: Run, tiny_model: Path, tmp_path: Path) -> None:
    dev = json.loads(SPLITS.read_text(encoding="utf-8"))["articles"]["dev"]
    examples = load_corpus("originals", ORIGINALS)
    repeated = next(example for example in examples if example.article in dev and len(example.text.split()) > 30)
    rows = [{"id": "a", "text": TEXT}, {"id": "b", "text": repeated.text}, {"text": ""}]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = ["distill", tiny_model, tmp_path / "news.jsonl", "-o", tmp_path / "soft.parquet"]
    code, _, err = run(*command, "--held-out", f"originals={ORIGINALS}", "--splits", SPLITS, "--precision", "float32")
    assert code == 0, err
    assert "left out: " in err
    assert "3 paragraphs in" in err
    soft = load_corpus("soft_labels", tmp_path / "soft.parquet")
    assert {example.article for example in soft} == {"a"}
    code, _, err = run(*command)
    assert code == 2
    assert "is not overwritten" in err

    settings = yaml.safe_load((ROOT / "configs/tiny.yaml").read_text(encoding="utf-8"))
    settings["corpora"].append({"name": "soft_labels", "path": str(tmp_path / "soft.parquet"), "splits": "published"})
    settings["output"] = str(tmp_path / "student")
    (tmp_path / "student.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    code, _, err = run("train", tmp_path / "student.yaml", "training.epochs=1")
    assert code == 0, err
    metrics = json.loads((tmp_path / "student/metrics.json").read_text(encoding="utf-8"))
    assert metrics["train"]["paragraphs_by_source"][str(tmp_path / "news.jsonl")] == 3
    assert '"a"' in (tmp_path / "student/training-documents.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--held-out", f"originals={ORIGINALS}"], "found one of --held-out and --splits"),
        (["--keep-plain", "0.0"], None),
    ],
)
def test_misuse_is_told(run: Run, tiny_model: Path, tmp_path: Path, arguments: list[str], message: str | None) -> None:
    (tmp_path / "short.jsonl").write_text('{"text": "Too short."}\n', encoding="utf-8")
    code, _, err = run("distill", tiny_model, tmp_path / "short.jsonl", "-o", tmp_path / "soft.parquet", *arguments)
    assert code == 2
    assert (message or "no paragraph is left of") in err
    assert not (tmp_path / "soft.parquet").exists()
