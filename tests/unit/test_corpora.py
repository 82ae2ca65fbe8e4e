"""Labelled corpora: every offset selects its wording, and whatever does not fit is refused with file and line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.corpora import READERS, load_corpus
from framing.corpora.base import Example, fingerprint, sha256
from framing.corpora.devices import read_devices
from framing.corpora.originals import read_originals
from framing.errors import CorpusError
from framing.taxonomy import CHANNELS, DEVICE_NAMES
from framing.text import Span

DATA = Path(__file__).parent.parent.parent / "data"
TEXT = "The reckless regime wrecked our harbour."
SPAN = {"start": 4, "end": 39, "device": "blame_attribution", "voice": "own", "target": [4, 19]}
ORIGINAL = {"id": "port/side_a/0", "event": "port", "treatment": "side_a", "text": TEXT, "spans": [SPAN]}
DEVICES_ROW = {
    "id": "paper#7#0", "source": "paper", "article": "7", "enriched": True, "sha256": sha256(TEXT), "text": TEXT, "spans": [SPAN],
}  # fmt: skip


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


def refusal(corpus: str, path: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        load_corpus(corpus, path)
    return str(caught.value)


def test_our_own_articles_are_read_whole_and_every_offset_selects_wording() -> None:
    examples = list(read_originals(DATA / "originals"))
    assert len(examples) == 539
    assert len({example.id for example in examples}) == 539
    assert len({example.article for example in examples}) == 22
    assert len({example.source for example in examples}) == 5
    spans = [(example.text, span) for example in examples for span in example.spans]
    assert len(spans) == 1101
    assert {span.label for _, span in spans} == set(DEVICE_NAMES)
    for text, span in spans:
        assert text[span.start : span.end].strip() == text[span.start : span.end] != ""
        if span.target is not None:
            assert span.label == "blame_attribution"
            assert 0 <= span.target[0] < span.target[1] <= len(text)
            assert text[slice(*span.target)].strip() != ""


def test_an_original_becomes_an_example_whose_split_unit_is_the_event(tmp_path: Path) -> None:
    (example,) = load_corpus("originals", write(tmp_path / "o.jsonl", "", ORIGINAL))
    assert example == Example(
        "port/side_a/0", "originals", "originals/side_a", "originals#port", TEXT,
        (Span(4, 39, "blame_attribution", "own", (4, 19)),), frozenset(CHANNELS), True,
    )  # fmt: skip


def test_a_joined_paragraph_becomes_an_example_and_says_if_it_was_picked(tmp_path: Path) -> None:
    write(tmp_path / "joined.jsonl", DEVICES_ROW, DEVICES_ROW | {"id": "paper#7#1", "enriched": False})
    picked, natural = load_corpus("devices", tmp_path)
    assert (picked.corpus, picked.source, picked.article) == ("devices", "paper", "paper#7")
    assert (picked.natural, natural.natural) == (False, True)
    assert picked.spans == (Span(4, 39, "blame_attribution", "own", (4, 19)),)


def test_an_unknown_corpus_is_refused_with_the_nearest_name_and_all_of_them() -> None:
    message = refusal("original", DATA / "originals")
    assert "'original' is unknown; nearest is 'originals'" in message
    assert all(name in message for name in READERS)


def test_a_place_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    assert f"{tmp_path / 'no'} does not exist" in refusal("originals", tmp_path / "no")
    assert "holds no paragraph" in refusal("originals", write(tmp_path / "empty.jsonl"))
    assert "no such file" in refusal("originals", tmp_path)


@pytest.mark.parametrize("corpus", ["originals", "devices"])
@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("{not json", "not JSON"),
        ([1, 2], "found list, expected a JSON object"),
        ({"text": None}, "field 'text' is missing"),
        ({"spans": None}, "field 'spans' is missing"),
    ],
)
def test_a_malformed_row_is_refused_with_file_and_line(tmp_path: Path, corpus: str, row: Any, found: str) -> None:
    good = ORIGINAL if corpus == "originals" else DEVICES_ROW
    if isinstance(row, dict):
        row = {key: value for key, value in good.items() if key not in row}
    path = write(tmp_path / "rows.jsonl", good, "", row)
    message = refusal(corpus, path)
    assert message.startswith(f"{path}, line 3")
    assert found in message


@pytest.mark.parametrize("corpus", ["originals", "devices"])
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"end": 41}, "span [4, 41) is not inside the paragraph's 40 characters"),
        ({"start": -1}, "span [-1, 39)"),
        ({"start": 39}, "span [39, 39)"),
        ({"start": "x"}, "'x'"),
        ({"device": "blame"}, "device 'blame' is unknown; expected one of loaded_label"),
        ({"voice": "mine"}, "voice 'mine' is unknown; expected 'own' or 'reported'"),
        ({"target": [30, 41]}, "target [30, 41) is not inside the paragraph's 40 characters"),
        ({"target": [9, 9]}, "target [9, 9)"),
        ({"target": [9]}, "not enough values"),
        ({"voice": None, "start": 3}, "voice 'None' is unknown"),
    ],
)
def test_a_span_that_cannot_be_is_refused_with_file_and_line(
    tmp_path: Path, corpus: str, change: dict[str, Any], found: str
) -> None:
    good = ORIGINAL if corpus == "originals" else DEVICES_ROW
    path = write(tmp_path / "rows.jsonl", good, good | {"spans": [SPAN, SPAN | change]})
    message = refusal(corpus, path)
    assert message.startswith(f"{path}, line 2")
    assert found in message


def test_a_span_without_a_field_is_refused_by_the_name_of_the_field(tmp_path: Path) -> None:
    span = {key: value for key, value in SPAN.items() if key != "voice"}
    assert "lacks the field 'voice'" in refusal("originals", write(tmp_path / "o.jsonl", ORIGINAL | {"spans": [span]}))


def test_text_that_is_not_utf_8_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_bytes('{"text": "café"}'.encode("latin-1"))
    assert "iconv" in refusal("originals", path)


def test_a_text_other_than_the_annotated_one_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "joined.jsonl", DEVICES_ROW, DEVICES_ROW | {"text": TEXT.replace("our", "the")})
    message = refusal("devices", path)
    assert message.startswith(f"{path}, line 2")
    assert "paper#7#0 is not the one annotated" in message
    assert "join it again" in message


def test_without_the_third_parties_texts_the_command_that_brings_them_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        list(read_devices(tmp_path))
    assert "framing data join" in str(caught.value)
    assert str(tmp_path / "joined.jsonl") in str(caught.value)


def test_the_fingerprint_is_that_of_ids_texts_spans_and_what_is_known() -> None:
    span = Span(4, 39, "blame_attribution", "own", (4, 19))
    example = Example("a/0", "originals", "s", "a", TEXT, (span,), frozenset(CHANNELS))
    other = replace(example, id="a/1")
    assert fingerprint([example, other]) == fingerprint([replace(example), replace(other)])
    changed = [
        replace(example, id="b/0"),
        replace(example, text=TEXT + " "),
        replace(example, spans=()),
        replace(example, known=frozenset(DEVICE_NAMES)),
        *(
            replace(example, spans=(replace(span, **{field: value}),))
            for field, value in {"start": 5, "end": 38, "label": "loaded_label", "voice": "reported", "target": (4, 12)}.items()
        ),
    ]
    prints = [fingerprint([example]), *(fingerprint([variant]) for variant in changed)]
    assert len(set(prints)) == len(changed) + 1
    labelled = [example, replace(example, labels={"lexical_bias": True}), replace(example, labels={"lexical_bias": False})]
    framed = [replace(example, article_labels={"narrative_frames.conflict": present}) for present in (True, False)]
    assert len({fingerprint([variant]) for variant in (*labelled, *framed)}) == 5
    assert fingerprint([example, other]) != fingerprint([other, example])
