"""`feedback`: which verdict stands, what a paragraph's labels are then, and which paragraphs stay together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from corpus_files import marked, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.config import CorpusConfig, load_config
from framing.corpora import load_corpus
from framing.corpora.base import Example, sha256
from framing.corpora.exporting import read_exported
from framing.corpora.feedback import read_feedback
from framing.feedback import record, retraction
from framing.splits import assign
from framing.text import Span
from framing.training_data import load_split_data, read
from framing.verdicts import Verdict

TEXT = "The reckless regime wrecked our harbour, and boats sank."
FIRST = Verdict(
    "right", TEXT, 4, 19, "loaded_label", "own", 0.87, "", "framing-small@1a", "quay.docx", sha256("draft 1"),
    "2026-03-01T08:30:00.000+00:00", str(uuid4()),
)  # fmt: skip
Run = Callable[..., tuple[int, str, str]]


def verdict(kind: str, wording: str, device: str = "loaded_label", text: str = TEXT, **rest: object) -> Verdict:
    start = text.index(wording)
    values = {"verdict": kind, "text": text, "start": start, "end": start + len(wording), "device": device, "id": str(uuid4())}
    return replace(FIRST, **values | {"score": None if kind == "missed" else 0.7} | rest)  # type: ignore[arg-type]


def write(path: Path, *verdicts: Verdict) -> Path:
    path.write_bytes(b"".join(one.to_line() for one in verdicts))
    return path


def examples(tmp_path: Path, *verdicts: Verdict) -> list[Example]:
    return load_corpus("feedback", write(tmp_path / "feedback.jsonl", *verdicts))


# What a paragraph's labels are


def test_right_and_missed_become_spans_and_wrong_becomes_absence(tmp_path: Path) -> None:
    (example,) = examples(
        tmp_path,
        verdict("right", "reckless regime"),
        verdict("missed", "boats sank", "unsourced_claim", voice=None),
        verdict("wrong", "our harbour", "bloc_rhetoric"),
    )
    assert example == Example(
        id=f"feedback-{sha256(TEXT)[:16]}",
        corpus="feedback",
        source="quay.docx",
        article=f"feedback#{sha256('draft 1')[:16]}",
        text=TEXT,
        spans=(Span(4, 19, "loaded_label", "own"), Span(45, 55, "unsourced_claim", None)),
        known=frozenset({"loaded_label", "unsourced_claim", "bloc_rhetoric", "voice"}),
        natural=False,
    )


def test_a_device_without_a_verdict_in_the_paragraph_is_unknown_there_and_so_is_a_voice_that_nobody_gave(tmp_path: Path) -> None:
    other = "Nobody came to the quay."
    first, second = examples(
        tmp_path, verdict("wrong", "reckless"), verdict("missed", "Nobody came", "unsourced_claim", other, voice=None)
    )
    assert (first.known, first.spans) == ({"loaded_label"}, ())
    assert second.known == {"unsourced_claim"}


# Which verdict stands


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ([("right", "reckless regime"), ("wrong", "reckless regime")], []),
        ([("wrong", "reckless regime"), ("right", "reckless regime")], ["reckless regime"]),
        ([("wrong", "The reckless regime"), ("missed", "reckless")], ["reckless"]),
        ([("right", "The reckless regime"), ("wrong", "regime wrecked")], []),
        ([("right", "reckless regime"), ("wrong", "our harbour")], ["reckless regime"]),
        ([("right", "The reckless"), ("right", "reckless regime")], ["The reckless regime"]),
        ([("right", "The reckless"), ("missed", "regime")], ["The reckless", "regime"]),
        ([("right", "The reckless"), ("right", "reckless regime"), ("wrong", "The reckless"), ("right", "regime")], ["regime"]),
    ],
)
def test_the_later_verdict_stands_where_two_contradict_and_those_that_agree_become_one(
    tmp_path: Path, said: list[tuple[str, str]], left: list[str]
) -> None:
    (example,) = examples(tmp_path, *(verdict(kind, wording) for kind, wording in said))
    assert marked(example) == [(wording, "loaded_label") for wording in left]
    assert "loaded_label" in example.known


def test_a_verdict_that_was_taken_back_teaches_nothing_and_the_one_before_it_stands_again(tmp_path: Path) -> None:
    right, wrong = verdict("right", "reckless regime"), verdict("wrong", "reckless regime")
    other = verdict("missed", "boats sank", "unsourced_claim")
    path = write(tmp_path / "feedback.jsonl", right, wrong, other)
    for row in (wrong, other):
        record(path, retraction(row))
    (example,) = read_feedback(path)
    assert marked(example) == [("reckless regime", "loaded_label")]
    assert "unsourced_claim" not in example.known
    record(path, retraction(right))
    assert list(read_feedback(path)) == []


def test_verdicts_on_one_device_say_nothing_of_another(tmp_path: Path) -> None:
    (example,) = examples(tmp_path, verdict("right", "reckless regime"), verdict("wrong", "reckless regime", "blame_attribution"))
    assert marked(example) == [("reckless regime", "loaded_label")]


def test_the_last_voice_that_was_given_stands(tmp_path: Path) -> None:
    first, second = verdict("right", "The reckless", voice="own"), verdict("missed", "reckless regime", voice="reported")
    silent = verdict("missed", "The reckless regime", voice=None)
    assert [span.voice for example in examples(tmp_path, first, second, silent) for span in example.spans] == ["reported"]
    assert [span.voice for example in examples(tmp_path, second, first, silent) for span in example.spans] == ["own"]


spans = st.tuples(st.integers(0, 8), st.integers(1, 5)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("right", "wrong", "missed")), spans), min_size=1, max_size=8))
def test_the_last_verdict_always_holds_and_spans_never_overlap(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, tuple[int, int]]]
) -> None:
    path = tmp_path_factory.mktemp("feedback") / "f.jsonl"
    rows = [
        replace(FIRST, verdict=kind, start=start, end=end, score=None if kind == "missed" else 0.5)  # type: ignore[arg-type]
        for kind, (start, end) in said
    ]
    (example,) = read_feedback(write(path, *rows))
    covered = [position for span in example.spans for position in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    kind, (start, end) = said[-1]
    last = set(range(start, end))
    assert not last & set(covered) if kind == "wrong" else last <= set(covered)


# What stays together


def test_paragraphs_of_one_draft_are_one_article_and_so_are_versions_that_share_one(tmp_path: Path) -> None:
    second, third, fourth = "Nobody came.", "Gulls cried.", "The quay is new."
    draft = {"source": "quay-2.docx", "document": sha256("draft 2")}
    rows = [
        verdict("right", "reckless"),
        verdict("right", "Nobody", text=second),
        verdict("right", "Gulls", text=third, **draft),
        verdict("right", "The quay", text=fourth, source="other.txt", document=sha256("another article")),
    ]
    apart = examples(tmp_path, *rows)
    assert [example.text for example in apart] == [TEXT, second, third, fourth]
    assert apart[0].article == apart[1].article
    assert len({example.article for example in apart}) == 3
    together = examples(tmp_path, *rows, verdict("wrong", "Nobody", text=second, **draft))
    assert [example.article for example in together] == [apart[0].article] * 3 + [apart[3].article]
    assert together[1].source == "quay-2.docx"


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_no_document_is_in_two_articles_and_the_first_gives_its_own_the_name(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("feedback") / "f.jsonl"
    rows = [verdict("right", "boats", text=f"Paragraph {text}: boats.", document=sha256(str(document))) for text, document in said]
    article = {example.text: example.article for example in read_feedback(write(path, *rows))}
    by_document: dict[str, set[str]] = {}
    for row in rows:
        by_document.setdefault(row.document, set()).add(article[row.text])
    assert all(len(articles) == 1 for articles in by_document.values())
    # A split file names articles, so that of the first draft keeps its name however the file grows.
    assert article[rows[0].text] == f"feedback#{rows[0].document[:16]}"


# Where a corpus is asked for


def test_a_bad_row_is_refused_with_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", FIRST)
    path.write_bytes(path.read_bytes() + b"{}\n")
    assert refusal(read_feedback, path).startswith(f"{path}, line 2: the field 'verdict' is missing")
    assert refusal(read_feedback, tmp_path).startswith(f"{tmp_path / 'feedback.jsonl'}: no such file")


def test_feedback_is_listed_checked_and_exported(tmp_path: Path, run: Run) -> None:
    read_back = examples(tmp_path, verdict("right", "reckless regime"), verdict("missed", "boats", "unsourced_claim", voice=None))
    assert "feedback " in run("data", "list")[1]
    code, out, _ = run("data", "check", "feedback", tmp_path)
    assert code == 0
    assert "feedback: 1 paragraphs in 1 articles" in out
    assert "0 spans are not aligned" in out
    assert run("data", "export", "feedback", tmp_path / "feedback.jsonl", "-o", tmp_path / "out")[0] == 0
    assert read_exported(tmp_path / "out" / "feedback.parquet") == read_back


def test_a_training_configuration_takes_feedback_as_a_corpus(tmp_path: Path) -> None:
    rows = [
        verdict("right", "boats", text=f"Paragraph {k}: boats and {word} sank.", document=sha256(str(k)))
        for k, word in enumerate("gulls tides quays cranes sheds nets ropes".split())
    ]
    path = write(tmp_path / "feedback.jsonl", *rows)
    assert len(read(CorpusConfig(name="feedback", path=str(path)))) == 7
    assign(load_corpus("feedback", path), {"dev": 0.3, "test": 0.0}, 1).write(tmp_path / "splits.json")
    (tmp_path / "mine.yaml").write_text(
        f"name: mine\nencoder: none\ncorpora:\n  - {{name: feedback, path: {path}}}\nsplits: {tmp_path / 'splits.json'}\n"
        f"calibrate_on: feedback\noutput: {tmp_path / 'run'}\n"
    )
    data = load_split_data(load_config(tmp_path / "mine.yaml"))
    assert len(data.train) + len(data.dev) == 7
    assert data.dev
