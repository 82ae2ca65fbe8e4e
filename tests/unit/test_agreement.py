"""Agreement of two readings: figures counted by hand, and what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from framing.agreement import agreement
from framing.corpora.base import Example, sha256
from framing.errors import CorpusError
from framing.text import Span
from framing.vocabularies import MERGED, TECHNIQUES

Run = Callable[..., tuple[int, str, str]]
KNOWN = frozenset({"loaded_label", "blame_attribution", "voice"})
TEXT = "The regime fell. Boats sank. Crews left."


def reading(identifier: str, *spans: Span) -> Example:
    return Example(identifier, "a", "paper", f"a#{identifier}", TEXT, spans, KNOWN)


FIRST = [
    reading("1", Span(4, 10, "loaded_label", "own")),
    reading("2", Span(0, 15, "loaded_label", "own"), Span(17, 27, "loaded_label", "reported")),
    reading("3"),
]
SECOND = [
    reading("3"),
    reading("2", Span(4, 10, "loaded_label", "reported"), Span(29, 39, "loaded_label", "own")),
    reading("1", Span(4, 10, "loaded_label", "own")),
]


def test_figures_are_those_counted_by_hand() -> None:
    found = agreement(FIRST, SECOND, seed=1)
    assert (found.paragraphs, found.articles, found.voice, found.voiced_pairs) == (3, 3, 0.5, 2)
    blame, loaded = found.labels
    assert [blame.label, loaded.label] == ["blame_attribution", "loaded_label"]
    # Sentences with a label: three in each reading, two of them the same, of nine.
    assert (loaded.first, loaded.second) == (3, 3)
    assert loaded.sentences == pytest.approx(2 / 3)
    assert loaded.kappa == pytest.approx((7 / 9 - 5 / 9) / (1 - 5 / 9))
    # Characters: 6 + 15 + 10 against 6 + 6 + 10, of which 6 + 6 in both.
    assert loaded.characters == pytest.approx(24 / 53)
    # Spans: (1 + 6/15 + 0) / 3 earned, (1 + 1 + 0) / 3 found.
    assert loaded.spans == pytest.approx(2 * (1.4 / 3) * (2 / 3) / (1.4 / 3 + 2 / 3))
    assert loaded.interval[0] <= loaded.sentences <= loaded.interval[1]
    assert (blame.first, blame.second, blame.sentences, blame.characters, blame.spans) == (0, 0, 0.0, 0.0, 0.0)
    assert math.isnan(blame.kappa)


def test_a_merged_label_is_held_by_the_spans_of_its_parts() -> None:
    known = frozenset(TECHNIQUES) | frozenset(MERGED)
    both = [Example("1", "a", "paper", "a#1", TEXT, (Span(4, 10, "slogans"), Span(17, 22, "whataboutism")), known)]
    merged = {one.label: one for one in agreement(both, both, seed=1).labels}["persuasion"]
    assert (merged.sentences, merged.characters, merged.spans) == (1.0, 1.0, 1.0)


def test_neither_reading_stands_for_the_truth() -> None:
    one, other = (agreement(*both, seed=1).labels[1] for both in ((FIRST, SECOND), (SECOND, FIRST)))
    assert [one.sentences, one.kappa, one.characters, one.spans] == pytest.approx(
        [other.sentences, other.kappa, other.characters, other.spans]
    )


def test_what_one_reading_leaves_unknown_does_not_count() -> None:
    unread = [replace(example, known=frozenset({"loaded_label"})) for example in SECOND]
    found = agreement(FIRST, unread, seed=1)
    assert [row.label for row in found.labels] == ["loaded_label"]


def test_readings_of_other_texts_are_refused() -> None:
    with pytest.raises(CorpusError, match="no id that stands in both"):
        agreement(FIRST, [reading("9")], seed=1)
    with pytest.raises(CorpusError, match="'1' has another text"):
        agreement(FIRST, [replace(SECOND[2], text="Other words entirely, of the same number.")], seed=1)


def test_the_command_prints_a_table(run: Run, tmp_path: Path) -> None:
    files = []
    for number, examples in enumerate((FIRST, SECOND)):
        rows = [
            {
                "id": e.id,
                "source": "paper",
                "article": e.id,
                "enriched": False,
                "sha256": sha256(e.text),
                "text": e.text,
                "spans": [{"start": s.start, "end": s.end, "device": s.label, "voice": s.voice} for s in e.spans],
            }
            for e in examples
        ]
        files.append(tmp_path / f"{number}.jsonl")
        files[-1].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, out, _ = run("data", "agreement", "devices", str(files[0]), str(files[1]))
    assert code == 0
    assert out.startswith("3 paragraphs of 3 articles")
    assert "| loaded_label | 3 / 3 | 0.67 [" in out
    assert "The same voice in 0.50 of 2 pairs" in out
    files[1].write_text("", encoding="utf-8")
    code, _, err = run("data", "agreement", "devices", str(files[0]), str(files[1]))
    assert code == 2
    assert "framing: " in err
