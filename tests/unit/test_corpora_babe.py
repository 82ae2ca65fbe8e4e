"""BABE: places of biased words, judgements on sentences, and refusals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus_files import published, refusal, wordings, write

from framing.corpora.babe import read_babe
from framing.corpora.base import sha256

BABE_HEADER = "\ufefftext;news_link;outlet;topic;type;label_bias;label_opinion;biased_words\n"


def babe(text: str, label: str = "Biased", words: str = "[]", link: str = "https://a.example/1") -> str:
    return f"{text};{link};Harbour Post;ports;;{label};Entirely factual;{words}\n"


def test_babe_marks_every_whole_word_place_of_a_listed_word(tmp_path: Path) -> None:
    write(tmp_path / "final_labels_SG2.csv", BABE_HEADER + babe('"""Mad"" plans; a mad, madly plan. "', words="['mad', 'plan']"))
    (example,) = read_babe(tmp_path)
    assert example.text == '"Mad" plans; a mad, madly plan. '
    assert [(span.start, span.end) for span in example.spans] == [(1, 4), (15, 18), (26, 30)]
    assert {span.label for span in example.spans} == {"lexical_bias"} == example.known
    assert example.labels == {"lexical_bias": True}
    assert (example.source, example.sentences) == ("Harbour Post", ((0, len(example.text)),))


def test_babe_places_are_known_only_where_judgement_and_words_agree(tmp_path: Path) -> None:
    rows = [
        babe("Found one here.", words="['one']"),
        babe("Nothing found.", words="['absent']"),
        babe("Nothing listed."),
        babe("Plain.", "Non-biased"),
        babe("Plain but listed.", "Non-biased", "['listed']"),
        babe("Disputed.", "No agreement"),
    ]
    examples = list(read_babe(write(tmp_path / "x.csv", BABE_HEADER + "".join(rows))))
    assert [bool(example.known) for example in examples] == [True, False, False, True, False, False]
    assert [example.labels.get("lexical_bias") for example in examples] == [True, True, True, False, False, None]
    assert [len(example.spans) for example in examples] == [1, 0, 0, 0, 0, 0]


def test_babe_sentences_of_one_page_are_one_article_however_the_link_is_written(tmp_path: Path) -> None:
    links = ["https://A.example/Story/?utm=1", "HTTPS://a.example/Story#top", "https://a.example/story", ""]
    rows = "".join(babe(f"Sentence {index}.", link=link) for index, link in enumerate(links))
    articles = [example.article for example in read_babe(write(tmp_path / "x.csv", BABE_HEADER + rows))]
    assert articles == ["babe#https://a.example/Story"] * 2 + ["babe#https://a.example/story", f"babe#{sha256('Sentence 3.')[:16]}"]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (babe("Text.", "biased"), "label_bias 'biased' is unknown; expected one of Biased"),
        (babe("Text.", words="[mad"), "biased_words '[mad' is no Python list"),
        (babe("Text.", words="mad"), "biased_words 'mad' is no Python list"),
        (babe("Text.", words="['mad', 3]"), "expected a Python list of words"),
        (babe("Text.", words="['']"), "expected a Python list of words"),
        (babe(" "), "'text' is empty"),
        (babe("Text.", link="https://[a"), "'https://[a' is no address"),
        ("Text.;Biased\n", "found 2 fields, expected 8"),
        ('"Text;', "not a row of CSV"),
    ],
)
def test_babe_refuses_a_malformed_row_by_the_line_that_it_begins_on(tmp_path: Path, row: str, found: str) -> None:
    path = write(tmp_path / "x.csv", BABE_HEADER + babe('"Two\nlines."') + row)
    message = refusal(read_babe, path)
    assert message.startswith(f"{path}, line 4: ")
    assert found in message


def test_babe_refuses_another_file(tmp_path: Path) -> None:
    assert "line 1: found the fields text, label" in refusal(read_babe, write(tmp_path / "x.csv", "text;label\n"))
    assert "no such file" in refusal(read_babe, tmp_path)


def test_babe_has_the_published_counts() -> None:
    examples = list(read_babe(published("babe")))
    assert Counter(example.labels.get("lexical_bias") for example in examples) == {True: 1810, False: 1863, None: 1}
    assert all(wording.strip() == wording != "" for example in examples for wording in wordings(example))
    assert len({example.id for example in examples}) == 3674
    assert all(bool(example.spans) == (bool(example.known) and example.labels["lexical_bias"]) for example in examples)
