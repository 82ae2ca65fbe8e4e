"""BASIL: spans, targets and voices, blocks of sentences, and refusals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from corpus_files import published, refusal, wordings, write

from framing.corpora.basil import read_basil

PARAGRAPHS = [["The gaudy mayor spoke. ", "  ", "Ann Lee praised Bob Roe."], ["“A disgrace,” Roe said."]]
GAUDY = {"id": "p0", "start": 4, "end": 9, "txt": "gaudy", "bias": "lex", "quote": "no", "target": "Mayor_Smith"}
PRAISED = {"id": "p2", "start": 8, "end": 15, "txt": "praised", "bias": "inf", "quote": "no", "target": "Bob_Roe"}
QUOTED = {"id": "p3", "start": 0, "end": 13, "txt": "“A disgrace,”", "bias": "lex", "quote": "yes", "target": "Bob_Roe"}
IN_TITLE = {"id": "title", "start": 0, "end": 5, "txt": "Gaudy", "bias": "lex", "quote": "no", "target": ""}


def basil(folder: Path, *spans: Any, paragraphs: Any = PARAGRAPHS) -> Path:
    article = {"title": "Gaudy mayor", "source": "NYT", "triplet-uuid": "u-1", "body-paragraphs": paragraphs}
    write(folder / "articles" / "2012" / "u-1_2.json", json.dumps(article))
    return write(folder / "annotations" / "2012" / "u-1_2_ann.json", json.dumps({"phrase-level-annotations": spans}))


def test_basil_spans_targets_and_voices_lie_where_the_article_has_them(tmp_path: Path) -> None:
    basil(tmp_path, GAUDY, PRAISED, PRAISED, QUOTED, IN_TITLE)
    (example,) = read_basil(tmp_path)
    assert example.text == "The gaudy mayor spoke. Ann Lee praised Bob Roe.\n“A disgrace,” Roe said."
    assert [example.text[start:end] for start, end in example.sentences or ()] == [
        "The gaudy mayor spoke.", "Ann Lee praised Bob Roe.", "“A disgrace,” Roe said.",
    ]  # fmt: skip
    assert wordings(example) == ["gaudy", "praised", "“A disgrace,”"]
    assert [(span.label, span.voice) for span in example.spans] == [
        ("lexical_bias", "own"), ("informational_bias", "own"), ("lexical_bias", "reported"),
    ]  # fmt: skip
    assert [span.target and example.text[slice(*span.target)] for span in example.spans] == [None, "Bob Roe", "Roe"]
    assert example.spans[2].target == (62, 65)
    assert example.known == {"lexical_bias", "informational_bias", "voice"}
    assert (example.source, example.article, example.id) == ("nyt", "basil#u-1", "basil-u-1_2-0")


def test_basil_blocks_keep_sentences_whole_and_spans_with_them(tmp_path: Path) -> None:
    long = "The port is " + "very " * 90 + "old."
    span = {"id": "p2", "start": 4, "end": 8, "txt": "port", "bias": "lex", "quote": "no", "target": "old"}
    basil(tmp_path, span, paragraphs=[[long, long], [long]])
    first, second, third = read_basil(tmp_path)
    assert [example.text for example in (first, second, third)] == [long] * 3
    assert [example.start for example in (first, second, third)] == [0, len(long) + 1, 2 * len(long) + 2]
    assert (wordings(first), wordings(second), wordings(third)) == ([], [], ["port"])
    assert third.text[slice(*(third.spans[0].target or ()))] == "old"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"txt": "gaudi"}, "the sentence has 'gaudy' there, expected 'gaudi'"),
        ({"end": 99}, "span [4, 99) is not inside the text's 22 characters"),
        ({"id": "p4"}, "no sentence 'p4'"),
        ({"id": "p1"}, "no sentence 'p1'"),
        ({"bias": "pol"}, "bias 'pol' is unknown; expected one of lex, inf"),
        ({"quote": "maybe"}, "quote 'maybe' is unknown"),
        ({"target": None}, "the field 'target' holds NoneType"),
    ],
)
def test_basil_refuses_a_span_that_cannot_be_by_its_line(tmp_path: Path, change: dict[str, Any], found: str) -> None:
    path = basil(tmp_path, GAUDY, GAUDY | change)
    # As published: the list is not the first field, and each of its rows has several lines.
    notes = {"article-level-annotations": {"phrase-level-annotations": [1, 2]}, "note": "a \\ and a ] and a }\n"}
    rows = {"phrase-level-annotations": [GAUDY, GAUDY | change], "after": [{}]}
    path.write_text(json.dumps(notes | rows, indent=2), encoding="utf-8")
    message = refusal(read_basil, tmp_path)
    begins = [number for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1) if line == "    {"]
    assert message.startswith(f"{path}, line {begins[1]}: ")
    assert found in message


def test_basil_refuses_a_row_that_is_no_object_by_its_line(tmp_path: Path) -> None:
    path = basil(tmp_path, GAUDY)
    path.write_text(f'{{"phrase-level-annotations" :\r\n[ {json.dumps(GAUDY)}\r\n, {json.dumps(PRAISED)},\r\n\r\n3]}}', encoding="utf-8")
    assert refusal(read_basil, tmp_path).startswith(f"{path}, line 5: found int, expected a JSON object")


def test_basil_refuses_files_of_another_form(tmp_path: Path) -> None:
    assert "holds no articles/YEAR/*.json" in refusal(read_basil, tmp_path)
    annotations = basil(tmp_path)
    annotations.write_text("{\n,", encoding="utf-8")
    assert refusal(read_basil, tmp_path).startswith(f"{annotations}, line 2: not JSON")
    annotations.unlink()
    assert refusal(read_basil, tmp_path) == f"{annotations}: no such file"
    basil(tmp_path, paragraphs=["no list"])
    assert "body-paragraphs[0]: found no list of sentences" in refusal(read_basil, tmp_path)


def test_basil_has_the_published_counts() -> None:
    examples = list(read_basil(published("basil")))
    spans = [span for example in examples for span in example.spans]
    # Published: 480, 1,246 and 7,984. Three spans stand in titles, one was given twice, seven sentences are empty.
    assert Counter(span.label for span in spans) == {"lexical_bias": 480 - 2, "informational_bias": 1246 - 1 - 1}
    assert sum(len(example.sentences or ()) for example in examples) == 7984 - 7
    assert sum(span.voice == "reported" for span in spans) == 722
    assert len({example.article for example in examples}) == 100
    assert {example.source for example in examples} == {"fox", "nyt", "hpo"}
    assert len({example.id for example in examples}) == len(examples)
