"""Streaming: any number of articles, results in order, nothing pulled before it is due."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing import InputError, Screener

SENTENCES = [
    "The puppet regime has bled our crews dry, the minister said.",
    "The council met on Tuesday and approved the minutes.",
    "You stand with us or you stand with the enemies of the people.",
]


@settings(deadline=None, max_examples=15)
@given(texts=st.lists(st.lists(st.sampled_from(SENTENCES), max_size=5).map(" ".join), max_size=12), window=st.integers(1, 5))
def test_a_stream_gives_what_one_by_one_gives_in_order(screener: Screener, texts: list[str], window: int) -> None:
    streamed = list(screener.stream(iter(texts), min_score=0.0, window=window))
    assert [screening.text for screening in streamed] == texts
    for text, screening in zip(texts, streamed, strict=True):
        alone = screener.screen(text, min_score=0.0)
        for one, other in zip(alone.paragraphs, screening.paragraphs, strict=True):
            assert one.scores == pytest.approx(other.scores, abs=2e-4)


def test_a_stream_pulls_lazily_and_checks_its_arguments_at_once(screener: Screener) -> None:
    pulled: list[int] = []

    def endless() -> Iterator[str]:
        while True:
            pulled.append(1)
            yield SENTENCES[len(pulled) % len(SENTENCES)]

    stream = screener.stream(endless(), window=4)
    assert not pulled
    for taken in range(1, 20):
        next(stream)
        assert len(pulled) <= taken + 2 * 4
    with pytest.raises(InputError, match="window of 0 articles"):
        screener.stream([], window=0)
    with pytest.raises(InputError, match="device 'x' is unknown"):
        screener.stream([], devices=["x"])
