"""Ukraine news bias: what counts as yes, names of articles, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from corpus_files import published, refusal, write

from framing.corpora.joining import SOURCES
from framing.corpora.ukraine_news_bias import read_ukraine_news_bias


def judged(subjectivity: float = 0, russia: float = 1, west: float = 1, ukraine: float = 0, text: str = "It rained.") -> dict[str, Any]:
    framing = {"russia": {"intensified": 0}, "ukraine": {"intensified": ukraine}, "west": {"intensified": 0}}
    bias = {"pro-russia": {"intensified": russia}, "pro-west": {"intensified": west}}
    score = {"intensified": subjectivity}
    return {"content": text, "subjectivity": {"score": score}, "framing": {"score": framing}, "bias": {"score": bias}}


def ukraine(folder: Path, *sentences: Any) -> Path:
    return write(folder / "raw" / "article_7.json", json.dumps({"id": "article_7", "sentences": sentences}))


def test_ukraine_news_bias_labels_are_yes_from_rather_yes_on(tmp_path: Path) -> None:
    rows = [judged(), judged(1), judged(2.5), judged(russia=2), judged(west=3), judged(ukraine=-1.5), judged(russia=0, west=0.5)]
    ukraine(tmp_path, *rows)
    examples = list(read_ukraine_news_bias(tmp_path))
    assert [example.labels["subjectivity"] for example in examples] == [False, False, True, False, False, False, False]
    assert [example.labels["one_sidedness"] for example in examples] == [False, False, False, True, True, True, False]
    assert list(read_ukraine_news_bias(tmp_path / "raw")) == examples
    assert {example.sentences for example in examples} == {((0, 10),)}


def test_ukraine_news_bias_names_articles_as_the_devices_rows_do(tmp_path: Path) -> None:
    source = "ukraine-news-bias"
    ukraine(tmp_path / source, judged())
    (example,) = read_ukraine_news_bias(tmp_path / source)
    ((article, _),) = SOURCES[source].articles(tmp_path / SOURCES[source].place)
    assert (example.source, example.article) == (source, f"{source}#{article}")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (judged(text=" "), "found no text in 'content'"),
        ("It rained.", "found no text in 'content'"),
        (judged(4), "found 4 in 'subjectivity.score.intensified', expected a number from 0 to 3"),
        (judged() | {"bias": None}, "found None in 'bias.score.pro-russia.intensified'"),
        (judged(ukraine=-3), "found -3 in 'framing.score.ukraine.intensified', expected a number from -2 to 2"),
    ],
)
def test_ukraine_news_bias_refuses_a_malformed_sentence_by_its_number(tmp_path: Path, row: Any, found: str) -> None:
    path = ukraine(tmp_path, judged(), row)
    message = refusal(read_ukraine_news_bias, tmp_path)
    assert message.startswith(f"{path}, sentences[1]: ")
    assert found in message


def test_ukraine_news_bias_refuses_files_of_another_form(tmp_path: Path) -> None:
    assert "holds no article_*.json" in refusal(read_ukraine_news_bias, tmp_path)
    path = write(tmp_path / "article_1.json", "[]")
    assert refusal(read_ukraine_news_bias, tmp_path).startswith(f"{path}: found no list 'sentences'")
    write(path, "{\n,")
    assert refusal(read_ukraine_news_bias, tmp_path).startswith(f"{path}, line 2: not JSON")


def test_ukraine_news_bias_has_the_published_counts_and_share_of_subjective_sentences() -> None:
    path = published("ukraine-news-bias")
    examples = list(read_ukraine_news_bias(path))
    assert (len(examples), len({example.id for example in examples})) == (2057, 2057)
    articles = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (path / "raw").glob("article_*.json")}
    assert len(articles) == 90
    for name, article in articles.items():
        labels = [example.labels["subjectivity"] for example in examples if example.article == f"ukraine-news-bias#{name}"]
        assert sum(labels) / len(labels) == pytest.approx(article["subjectivity"]["intensified"])
