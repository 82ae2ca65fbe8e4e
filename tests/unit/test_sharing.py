"""Articles that two corpora share are found by their sentences, under other ids and otherwise cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_files import published, write

from framing.corpora import load_corpus
from framing.corpora.base import Example
from framing.leaks import article_digests
from framing.sharing import SharedArticle, shared_articles
from tests.conftest import Run

ROOT = Path(__file__).parent.parent.parent
SENTENCES = [f"The council heard {word} of the two reports on the harbour wall." for word in "one all none some half most".split()]
NOTICE = "Sign up today for our morning letter and the evening one."


def article(name: str, *paragraphs: str) -> list[Example]:
    return [Example(f"{name}/{n}", "made", "paper", name, text, (), frozenset()) for n, text in enumerate(paragraphs)]


def shared(ones: list[Example], others: list[Example]) -> list[SharedArticle]:
    return shared_articles(article_digests(ones), article_digests(others))


def test_an_excerpt_with_other_ids_paragraphs_and_case_is_held() -> None:
    whole = article("ptc#1", "\n".join(SENTENCES[:2]), "\n".join(SENTENCES[2:]))
    excerpt = article("train#article1", " ".join(SENTENCES[1:4]).upper())
    assert shared(whole, excerpt) == [SharedArticle("ptc#1", "train#article1", 3, 6, 3)]
    assert shared(excerpt, whole) == [SharedArticle("train#article1", "ptc#1", 3, 3, 6)]
    assert shared(whole, excerpt)[0].held


def test_a_notice_in_common_is_told_and_is_no_shared_article() -> None:
    (pair,) = shared(article("a", *SENTENCES[:3], NOTICE), article("b", *SENTENCES[3:], NOTICE))
    assert (pair.shared, pair.held) == (1, False)


def test_short_sentences_are_not_compared() -> None:
    assert shared(article("a", "He declined to comment."), article("b", "He declined to comment.")) == []


def test_each_article_stands_once_with_the_nearest_and_the_surest_come_first() -> None:
    notices = article("a", *SENTENCES[:3], NOTICE)
    copied = article("b", *SENTENCES[3:], NOTICE)
    others = [*article("c", NOTICE, *(f"{sentence[:-1]} in May." for sentence in SENTENCES[:3])), *article("d", *SENTENCES[3:])]
    pairs = shared([*notices, *copied], others)
    assert [(pair.article, pair.other, pair.shared) for pair in pairs] == [("b", "d", 3), ("a", "c", 1)]


def test_a_check_against_another_corpus_names_articles_that_have_other_ids_there(run: Run, tmp_path: Path) -> None:
    kept = load_corpus("originals", ROOT / "data" / "originals")[:2]
    lines = [example.text[start:end] for example in kept for start, end in example.sentence_bounds()]
    write(tmp_path / "train-articles" / "article7.txt", "\n".join(["A title", "", *lines]) + "\n")
    write(tmp_path / "train-task2-TC.labels", "")
    outcome = run("data", "check", "ptc", tmp_path, "--against", f"originals={ROOT / 'data' / 'originals'}")
    assert outcome.code == 0
    assert "0 article ids stand in both ptc and originals\n0 texts stand in both" in outcome.out
    told = "1 articles of ptc share sentences of 6 words or more with originals, 1 of them half of the shorter article or more"
    assert f"{told}\n  ptc#7 and {kept[0].article}: " in outcome.out


def test_most_articles_of_ptc_are_articles_of_devices_under_other_ids() -> None:
    ptc = load_corpus("ptc", published("ptc-semeval2020-task11"))
    joined = ROOT / "data" / "devices"
    if not (joined / "joined.jsonl").exists():
        pytest.skip("the texts of 'devices' are not here; put them in with: framing data join")
    pairs = [pair for pair in shared(ptc, load_corpus("devices", joined)) if pair.held]
    same = [pair for pair in pairs if pair.other == f"ptc-semeval2020-task11/train#article{pair.article.removeprefix('ptc#')}"]
    assert len(same) > 330
    assert len(same) > 0.9 * len(pairs)
