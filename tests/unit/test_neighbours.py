"""Edited copies and excerpts are found, texts that only share a phrase are not."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from framing.neighbours import near_duplicates, words

SEEDS = st.integers(0, 10_000)


def prose(seed: int, count: int) -> list[str]:
    """So many invented words; those of two seeds have hardly a run of five in common."""
    generator = random.Random(seed)
    return ["".join(generator.choices("aeioubdfglmnprst", k=6)) for _ in range(count)]


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, count=st.integers(40, 400), share=st.integers(20, 60))
def test_a_copy_with_one_word_in_twenty_changed_is_found(seed: int, count: int, share: int) -> None:
    text = prose(seed, count)
    copy = [f"changed{number}" if number % share == share // 2 else word for number, word in enumerate(text)]
    ((one, other, similar),) = near_duplicates({"copy": " ".join(copy), "text": " ".join(text), "third": " ".join(prose(-1, count))})
    assert (one, other) == ("copy", "text")
    assert 0.5 <= similar <= 1


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, length=st.integers(30, 200), start=st.integers(0, 2000))
def test_an_excerpt_is_found_within_an_article_many_times_its_length(seed: int, length: int, start: int) -> None:
    article = prose(seed, 2500)
    pairs = near_duplicates({"article": " ".join(article), "excerpt": " ".join(article[start : start + length])})
    assert pairs == [("article", "excerpt", 1.0)]


def test_an_excerpt_of_single_paragraphs_is_found_although_they_were_never_neighbours() -> None:
    paragraphs = [" ".join(prose(number, 25)) for number in range(60)]
    pairs = near_duplicates({"article": "\n\n".join(paragraphs), "excerpt": "\n\n".join(paragraphs[::9])})
    assert pairs == [("article", "excerpt", 1.0)]


def test_half_an_article_within_another_is_no_excerpt() -> None:
    shared = prose(1, 100)
    texts = {"one": " ".join(shared + prose(2, 100)), "other": " ".join(shared + prose(3, 300))}
    assert near_duplicates(texts) == []


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, quotation=st.integers(0, 30))
def test_two_reports_that_print_one_quotation_are_no_near_duplicates(seed: int, quotation: int) -> None:
    quoted = prose(-1, quotation)
    one, other = (" ".join(prose(seed + shift, 100) + quoted + prose(seed + shift + 1, 100)) for shift in (0, 20_000))
    assert near_duplicates({"one": one, "other": other}) == []


def test_texts_too_short_to_tell_a_copy_from_a_set_phrase_are_never_near_duplicates() -> None:
    phrase = " ".join(prose(1, 15))
    longer = " ".join(prose(1, 16))
    assert near_duplicates({"one": phrase, "other": phrase, "empty": "", "blank": "  \n\n ", "within": " ".join(prose(1, 300))}) == []
    assert near_duplicates({"one": longer, "other": longer}) == [("one", "other", 1.0)]


def test_case_spacing_and_punctuation_make_no_difference() -> None:
    text = prose(7, 60)
    printed = ", ".join(text).upper().replace(", ", " –\n", 20)
    assert near_duplicates({"a": " ".join(text), "b": printed}) == [("a", "b", 1.0)]
    assert words("It's  «Straße» No_7!") == ["it", "s", "strasse", "no", "7"]


def test_the_order_of_the_texts_makes_no_difference_and_every_pair_of_copies_is_listed() -> None:
    texts = {f"{seed}-{copy}": " ".join(prose(seed, 80)) for seed in range(5) for copy in range(70)}
    pairs = near_duplicates(texts)
    assert len(pairs) == 5 * 70 * 69 // 2
    assert pairs == sorted(pairs)
    assert near_duplicates(dict(reversed(texts.items()))) == pairs


def test_no_texts_have_no_near_duplicates() -> None:
    assert near_duplicates({}) == []
    assert near_duplicates({"one": " ".join(prose(1, 80))}) == []
