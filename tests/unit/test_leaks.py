"""A model folder knows the documents that the model has seen, however another corpus cuts them."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from framing.corpora import load_corpus
from framing.corpora.base import Example, TokenLogits
from framing.errors import CorpusError, ModelError
from framing.leaks import FILE, TrainingManifest, refuse_seen, seen, seen_articles, unknown_training, without_taught
from framing.splits import load_splits, select

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "models" / "framing-small"
ANNOTATED_THEN = 5_645
"""Paragraphs of 'devices' when the shipped model was trained; those annotated since stand behind them in the file."""
NOTICE = "Sign up today for our morning letter and the evening one."


def sentence(name: str) -> str:
    """Nine invented words, the same for the same name."""
    generator = random.Random(name)
    return " ".join("".join(generator.choices("aeioubdfglmnprst", k=6)) for _ in range(9)).capitalize() + "."


def paragraph(article: str, number: int, *sentences: str) -> Example:
    return Example(f"{article}/{number}", "devices", "paper", article, " ".join(sentences), (), frozenset())


def article(name: str, paragraphs: int = 4, sentences: int = 2) -> list[Example]:
    return [paragraph(name, p, *(sentence(f"{name} {p} {s}") for s in range(sentences))) for p in range(paragraphs)]


TRAINING = [*article("a"), *article("b"), paragraph("b", 9, NOTICE)]
CALIBRATION = article("c")
MANIFEST = TrainingManifest.of(TRAINING, CALIBRATION)


def test_what_a_model_was_trained_and_calibrated_on_is_seen_and_nothing_else() -> None:
    unseen = article("d")
    assert seen(MANIFEST, [*TRAINING, *unseen, *CALIBRATION]) == [*TRAINING, *CALIBRATION]
    assert seen(MANIFEST, [*TRAINING, *unseen, *CALIBRATION], calibration=False) == TRAINING
    refuse_seen(MANIFEST, unseen, "here")
    refuse_seen(MANIFEST, CALIBRATION, "here", calibration=False)


def test_a_paragraph_of_a_listed_article_that_the_model_was_not_shown_is_seen() -> None:
    further = paragraph("a", 50, sentence("a further paragraph of the article"))
    assert seen(MANIFEST, [further]) == [further]


def test_an_article_in_another_corpus_is_seen_whole_where_it_is_cut_and_punctuated_otherwise() -> None:
    sentences = [sentence(f"a {p} {s}") for p in range(4) for s in range(2)]
    # Three sentences to a paragraph, a paragraph that the training left out, capitals and line breaks.
    recut = [
        Example("x/0", "other", "other", "x", "\n".join(sentences[:3]).upper(), (), frozenset()),
        Example("x/1", "other", "other", "x", "  ".join(sentences[3:6]), (), frozenset()),
        Example("x/2", "other", "other", "x", sentence("never shown"), (), frozenset()),
    ]
    assert seen(MANIFEST, recut) == recut


def test_of_an_article_with_one_seen_paragraph_that_paragraph_alone_is_seen() -> None:
    own = article("e")
    notice = paragraph("e", 9, NOTICE)
    repeated = paragraph("e", 10, sentence("a 0 0"), sentence("e 10"))
    mostly_new = paragraph("e", 11, sentence("a 0 1"), sentence("e 11"), sentence("e 12"))
    assert seen(MANIFEST, [*own, notice, repeated, mostly_new]) == [notice, repeated]
    assert seen_articles(MANIFEST, [*own, notice, repeated, mostly_new]) == set()
    refuse_seen(MANIFEST, [*own, notice, repeated, mostly_new], "here")


def test_a_short_excerpt_of_a_long_seen_article_is_refused_and_dropped_whole() -> None:
    manifest = TrainingManifest.of(article("long", 40), [])
    # Two of its 80 sentences, one of another paragraph.
    excerpt = [paragraph("x", 0, sentence("long 7 0"), sentence("long 7 1")), paragraph("x", 1, sentence("between"), sentence("x 1"))]
    assert seen_articles(manifest, excerpt) == {"x"}
    assert seen(manifest, [*excerpt, *article("y")]) == excerpt
    with pytest.raises(CorpusError, match=r"seen 1 of the 2 documents \(x\)"):
        refuse_seen(manifest, [*excerpt, *article("y")], "here")
    longer = [*excerpt, paragraph("x", 2, sentence("x 2"))]
    assert seen(manifest, longer) == excerpt[:1]
    refuse_seen(manifest, longer, "here")


def test_a_set_phrase_alone_refuses_no_document_and_a_long_sentence_does() -> None:
    phrase, quotation = "The nation must be held to account for its actions", f"{NOTICE[:-1]} until the end of the year."
    manifest = TrainingManifest.of([*article("long", 40), paragraph("long", 90, f"{phrase}."), paragraph("long", 91, quotation)], [])
    assert [len(text.split()) for text in (phrase, quotation)] == [10, 17]
    tweets = [paragraph("phrase", 0, f"{phrase}!"), paragraph("quotation", 0, quotation)]
    assert seen_articles(manifest, tweets) == {"quotation"}


@pytest.mark.parametrize(("sites", "refused"), [(5, {"x"}), (6, set())])
def test_what_stands_under_many_seen_articles_makes_no_excerpt(sites: int, refused: set[str]) -> None:
    notices = [sentence(f"notice {number}") for number in range(3)]
    held = [example for site in range(sites) for example in (*article(f"site {site}"), paragraph(f"site {site}", 9, *notices))]
    own = [paragraph("x", 0, sentence("x 0"), sentence("x 1")), paragraph("x", 1, *notices)]
    assert seen_articles(TrainingManifest.of(held, []), own) == refused


def test_a_short_sentence_in_common_is_no_leak() -> None:
    manifest = TrainingManifest.of([paragraph("a", 0, "He declined to comment."), *article("a")], [])
    assert seen(manifest, [paragraph("f", 0, "He declined to comment.")]) == []


def test_seen_documents_are_refused_with_their_number_their_names_and_the_remedy() -> None:
    with pytest.raises(CorpusError) as caught:
        refuse_seen(MANIFEST, [*TRAINING, *article("d"), *CALIBRATION], "gazette, split dev")
    message = str(caught.value)
    assert message.startswith("gazette, split dev: the model has seen 3 of the 4 documents")
    assert "(a, b, c)" in message
    assert "--split" in message
    assert "--drop-seen" in message


def test_only_the_first_of_many_seen_documents_are_named() -> None:
    many = [example for name in "klmno" for example in article(name)]
    with pytest.raises(CorpusError, match=r"seen 5 of the 5 documents.*\(k, l, m, \.\.\.\)"):
        refuse_seen(TrainingManifest.of(many, []), many, "here")


def test_a_manifest_is_read_back_the_same_and_holds_no_text(tmp_path: Path) -> None:
    MANIFEST.write(tmp_path)
    assert TrainingManifest.read(tmp_path) == MANIFEST
    written = (tmp_path / FILE).read_text(encoding="utf-8").lower()
    assert not any(word in written for example in TRAINING for word in example.text.lower().strip(".").split() if len(word) > 5)


def test_a_folder_without_a_manifest_gives_none_and_the_warning_names_it(tmp_path: Path) -> None:
    assert TrainingManifest.read(tmp_path) is None
    assert f"{tmp_path}: holds no {FILE}" in unknown_training(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["{not json", "[]", '{"training": {}}', '{"training": [], "calibration": {}}', '{"training": {"a": "0123"}, "calibration": {}}',
     b"\xff"],
)
def test_a_manifest_that_cannot_be_used_is_refused_with_its_name_and_the_remedy(tmp_path: Path, content: str | bytes) -> None:
    (tmp_path / FILE).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ModelError, match="copy the model folder again") as caught:
        TrainingManifest.read(tmp_path)
    assert str(tmp_path / FILE) in str(caught.value)


def test_what_a_teacher_alone_spoke_of_is_seen_unless_annotations_alone_count(tmp_path: Path) -> None:
    nothing = np.zeros(0, dtype=np.int32)
    logits = TokenLogits("teacher", ("loaded_label",), nothing, nothing, np.zeros((0, 1), dtype=np.float32))
    unlabelled = [replace(example, taught=logits) for example in article("u")]
    manifest = TrainingManifest.of([*TRAINING, *unlabelled], CALIBRATION)
    manifest.write(tmp_path)
    assert TrainingManifest.read(tmp_path) == manifest
    assert seen(manifest, [*unlabelled, *article("v")]) == unlabelled
    assert without_taught(manifest) == MANIFEST
    assert seen(without_taught(manifest), unlabelled) == []


def test_a_model_that_starts_from_another_has_seen_what_that_one_was_trained_taught_and_calibrated_on() -> None:
    taught = TrainingManifest.of(article("u"), []).training
    further = paragraph("a", 50, sentence("a further paragraph of the article"), sentence("and one more"))
    own = TrainingManifest.of([*article("d"), further], [*article("c"), *article("e")])
    both = own.starting_from(replace(MANIFEST, taught=taught))
    trained = [*TRAINING, further, *article("d"), *article("c"), *article("u")]
    assert seen(both, [*trained, *article("e"), *article("v")], calibration=False) == trained
    assert set(both.training) == {"a", "b", "c", "d"}
    assert both.training["a"] == MANIFEST.training["a"] | own.training["a"]
    assert (both.calibration, both.taught) == (own.calibration, taught)


def test_the_shipped_model_lists_the_articles_of_its_split() -> None:
    manifest = TrainingManifest.read(SHIPPED)
    assert manifest is not None
    assert (SHIPPED / FILE).stat().st_size < 500_000
    counts = json.loads((SHIPPED / "metrics.json").read_text(encoding="utf-8"))
    shown = {*manifest.training, *manifest.taught}
    assert (len(shown), len(manifest.calibration)) == (counts["train"]["articles"], counts["dev_extent"]["articles"])
    listed = json.loads((ROOT / "data" / "splits" / "devices-originals.json").read_text(encoding="utf-8"))["articles"]
    assert set(manifest.training) <= set(listed["train"])
    assert set(manifest.calibration) <= set(listed["dev"])
    assert not {*listed["dev"], *listed["test"]} & set(manifest.taught)


def test_the_shipped_model_has_seen_what_it_was_trained_on_and_no_other_articles_of_its_corpora() -> None:
    if not (ROOT / "data" / "devices" / "joined.jsonl").exists():
        pytest.skip("the texts of 'devices' are not here; put them in with: framing data join")
    assignment = load_splits(ROOT / "data" / "splits" / "devices-originals.json")
    devices, originals = (load_corpus(name, ROOT / "data" / name) for name in ("devices", "originals"))
    manifest = TrainingManifest.read(SHIPPED)
    assert manifest is not None
    annotated = devices[:ANNOTATED_THEN]
    trained = [*select(annotated, assignment, "train"), *select(originals, assignment, "train")]
    assert without_taught(manifest) == TrainingManifest.of(trained, select(annotated, assignment, "dev"))
    held_out = [*select(devices, assignment, "test"), *select(originals, assignment, "test")]
    # Two notices that stand under many articles.
    assert len({example.article for example in seen(manifest, held_out)}) == 2
