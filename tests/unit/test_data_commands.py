"""`framing data`: the list of corpora, what a check finds, and an export that reads back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from framing.corpora import READERS, load_corpus
from framing.corpora.base import Example, TokenLogits
from framing.corpora.catalogue import CORPORA
from framing.corpora.checking import Given, Overlap, check, overlap
from framing.corpora.exporting import read_exported, to_dataset, write_parquet
from framing.corpora.soft_labels import write_soft_labels
from framing.errors import CorpusError, MissingExtra
from framing.text import Span
from framing.vocabularies import ARTICLE_VOCABULARIES, TOKEN_VOCABULARIES

ORIGINALS = Path(__file__).parent.parent.parent / "data" / "originals"
FULL = Example(
    id="a-0",
    corpus="a",
    source="paper",
    article="a#1",
    text="The reckless regime 🌊 wrecked it. Boats sank.",
    spans=(Span(4, 19, "loaded_label", "own"), Span(0, 33, "blame_attribution", "reported", (4, 19)), Span(0, 3, "slogans")),
    known=frozenset({"loaded_label", "blame_attribution", "slogans", "voice", "blame_target"}),
    natural=False,
    labels={"persuasion": True, "repetition": False},
    article_labels={"narrative_frames.conflict": True},
    split="train",
    start=17,
    sentences=((0, 33), (34, 45)),
)
BARE = Example("b-0", "b", "paper", "b#1", "Boats sank.", (), frozenset())
Run = Callable[..., tuple[int, str, str]]


def test_every_corpus_that_can_be_read_is_listed_with_its_vocabularies_and_use(run: Run) -> None:
    names = [corpus.name for corpus in CORPORA]
    assert len(set(names)) == len(names)
    assert set(READERS) == set(names)
    assert {name for corpus in CORPORA for name in corpus.vocabularies} <= {*TOKEN_VOCABULARIES, *ARTICLE_VOCABULARIES}
    code, out, _ = run("data", "list")
    assert code == 0
    header, *rows = out.splitlines()
    assert [row.split()[0] for row in rows] == names
    unread = {row.split()[0]: row[header.index("not read") :].split("  ")[0] for row in rows}
    assert unread["usvsthem"] == "the scale behind yes and no, the group, emotions"
    assert unread["semeval2025"].startswith("finer roles and narratives")
    assert unread["ptc"] == "-"
    column = header.index("use")
    assert {row.split()[0]: row[column:].startswith("research only") for row in rows} == {c.name: c.research_only for c in CORPORA}


def test_a_check_counts_what_a_corpus_holds() -> None:
    judged_free = {"persuasion": False}
    second = replace(FULL, id="a-1", text="Boats sank. Nobody saw it.", spans=(), natural=True, labels=judged_free, sentences=None)
    report = check([FULL, second, BARE])
    assert (report.paragraphs, report.articles, report.sentences, report.natural) == (3, 2, 5, 2)
    assert report.sources == {"paper": 3}
    assert report.splits == {"none": 1, "train": 2}
    assert report.spans == {"loaded_label": 1, "blame_attribution": 1, "slogans": 1, "voice": 2, "blame_target": 1}
    assert report.known == dict.fromkeys(FULL.known, 2)
    assert report.paragraph_labels == {"persuasion": Given(1, 1), "repetition": Given(0, 1)}
    assert report.article_labels == {"narrative_frames.conflict": Given(1, 0)}
    assert report.repeated == report.repeated_across_splits == report.articles_across_splits == report.unaligned == ()


def test_a_check_finds_texts_and_articles_on_both_sides_of_a_split() -> None:
    examples = [
        replace(BARE, id="1", split="train"),
        replace(BARE, id="2", split="train", text="Tide."),
        replace(BARE, id="3", split="test", article="b#2"),
        replace(BARE, id="4", split="dev", text="Wind."),
        replace(BARE, id="5", split="train", text="Tide.", article="b#3"),
    ]
    report = check(examples)
    assert report.repeated == (("1", "3"), ("2", "5"))
    assert report.repeated_across_splits == (("1", "3"),)
    assert report.articles_across_splits == ("b#1",)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (1, 5, "starts inside a word"),
        (0, 4, "ends inside a word"),
        (0, 6, "white space at its edges"),
        (5, 6, "holds no wording"),
        (3, 3, "holds no wording"),
        (0, 99, "outside the text"),
        (0, 5, None),
        (6, 10, None),
        (6, 11, None),
    ],
)
def test_a_check_says_why_a_span_is_not_aligned(start: int, end: int, reason: str | None) -> None:
    unaligned = check([replace(BARE, spans=(Span(start, end, "slogans"),))]).unaligned
    assert [found.reason for found in unaligned] == ([] if reason is None else [reason])


def test_two_corpora_share_what_has_the_same_text_or_article() -> None:
    other = [replace(BARE, id="c-0", article="c#1"), replace(BARE, id="c-1", text="Tide.")]
    assert overlap([BARE, FULL], other) == Overlap(articles=("b#1",), texts=(("b-0", "c-0"),))


def test_check_reports_a_corpus_against_another_and_its_near_duplicates(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("datasketch")
    rows = (ORIGINALS / "originals.jsonl").read_text(encoding="utf-8").splitlines()
    first = load_corpus("originals", ORIGINALS)[0]
    copy = tmp_path / "copy.jsonl"
    copy.write_text("\n".join(rows[:3]) + "\n", encoding="utf-8")
    code, out, _ = run("data", "check", "originals", str(copy), "--against", f"originals={ORIGINALS}", "--near")
    assert code == 0
    assert out.startswith("originals: 3 paragraphs in 1 articles, ")
    assert f"1 article ids stand in both originals and originals\n  {first.article}\n" in out
    assert f"3 texts stand in both originals and originals\n  {first.id} and {first.id}\n" in out
    (pair,) = out.split("1 pairs of near-duplicate articles\n")[1].splitlines()
    assert pair.endswith(", 1.00")
    assert f"{ORIGINALS}: {first.article}" in pair
    assert f"{copy}: {first.article}" in pair


def test_a_check_prints_the_sources_and_is_narrowed_to_those_asked_for(run: Run) -> None:
    _, out, _ = run("data", "check", "originals", str(ORIGINALS))
    sources = "originals/agency 105, originals/quoting 110, originals/side_a 107, originals/side_b 107, originals/subtle 110"
    assert f"\nsources: {sources}\n" in out
    code, out, _ = run("data", "check", "originals", str(ORIGINALS), "--source", "originals/agency", "--source", "originals/subtle")
    assert code == 0
    assert out.startswith("originals: 215 paragraphs in ")
    assert "\nsources: originals/agency 105, originals/subtle 110\n" in out
    code, _, err = run("data", "check", "originals", str(ORIGINALS), "--source", "agency")
    assert code == 2
    assert "corpus 'originals' has no source 'agency'" in err


def test_check_refuses_a_comparison_without_a_name(run: Run) -> None:
    code, _, err = run("data", "check", "originals", str(ORIGINALS), "--against", "data/devices")
    assert code == 2
    assert "'data/devices': expected NAME=PATH" in err


def test_an_export_reads_back_to_equal_examples(tmp_path: Path) -> None:
    examples = [FULL, BARE, *load_corpus("originals", ORIGINALS)]
    write_parquet(examples, tmp_path / "new" / "all.parquet")
    assert read_exported(tmp_path / "new" / "all.parquet") == examples
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["all.parquet"]


def test_a_dataset_has_a_row_an_example_and_leaves_no_cache_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Read when `datasets` is imported or when a temporary folder is asked for.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "home")
    table = to_dataset([FULL, BARE])
    assert list(tmp_path.iterdir()) == []
    assert table.cache_files == []
    assert table["text"][:] == [FULL.text, BARE.text]
    assert table[0]["spans"][1] == {
        "start": 0, "end": 33, "label": "blame_attribution", "voice": "reported", "target_start": 4, "target_end": 19,
    }  # fmt: skip
    assert table[0]["article_labels"] == [{"label": "narrative_frames.conflict", "present": True}]
    assert (table[1]["split"], table[1]["sentences"]) == (None, None)


def test_the_export_command_writes_one_file_that_is_named_after_the_corpus(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("data", "export", "originals", str(ORIGINALS), "-o", str(tmp_path / "out"))
    assert (code, out) == (0, "")
    assert read_exported(tmp_path / "out" / "originals.parquet") == load_corpus("originals", ORIGINALS)


def test_an_output_that_cannot_be_written_ends_with_2_and_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    for arguments, place in (
        (("export", "originals", ORIGINALS, "-o", tmp_path / "file"), "file/originals.parquet"),
        (("split", f"originals={ORIGINALS}", "--seed", 1, "-o", tmp_path / "folder"), "folder"),
        (("texts", tmp_path, "-o", tmp_path / "file/texts.jsonl"), "file/texts.jsonl"),
    ):
        outcome = run("data", *arguments)
        assert outcome.code == 2, arguments
        assert f"{tmp_path / place} cannot be written to" in outcome.err


def test_soft_labels_are_not_exported_because_their_logits_would_be_lost(run: Run, tmp_path: Path) -> None:
    tokens = np.array([0], dtype=np.int32)
    taught = TokenLogits("teacher@1", ("loaded_label",), tokens, tokens + 5, np.ones((1, 1), dtype=np.float32))
    write_soft_labels(tmp_path / "soft.parquet", [replace(BARE, taught=taught)], "teacher@1")
    code, _, err = run("data", "export", "soft_labels", str(tmp_path / "soft.parquet"), "-o", str(tmp_path / "out"))
    assert code == 2
    assert "paragraph 'b-0' has a teacher's logits, which an export would lose" in err
    assert "the file that 'framing distill' wrote is Parquet already" in err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    with pytest.raises(CorpusError, match=r"x\.parquet: not a Parquet file that can be read"):
        read_exported(file)
    file.write_text("no table", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"x\.parquet: not a Parquet file that can be read"):
        read_exported(file)
    to_dataset([FULL]).remove_columns("known").to_parquet(str(file))
    with pytest.raises(CorpusError, match=r"x\.parquet: the column 'known' is missing"):
        read_exported(file)
    with pytest.raises(CorpusError, match="found 0 paragraphs"):
        to_dataset([])


def test_an_export_without_its_package_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtra, match=r"Exporting needs the package 'datasets'.*pip install 'framing\[train\]'"):
        to_dataset([FULL])
