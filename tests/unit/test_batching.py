"""Reading ahead keeps order, stays within its bounds, and passes errors on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.batching import in_windows, one_ahead, prefetched


def counted(end: int, pulled: list[int]) -> Iterator[int]:
    for number in range(end):
        pulled.append(number)
        yield number


def settled(pulled: list[int]) -> int:
    """How many were pulled once nothing moves any more."""
    before = -1
    while before != len(pulled):
        before = len(pulled)
        time.sleep(0.05)
    return before


@given(st.lists(st.text(max_size=30)), st.integers(1, 5), st.integers(1, 40))
def test_windows_rejoin_to_what_came_in_and_hold_no_more_than_asked(texts: list[str], articles: int, characters: int) -> None:
    windows = list(in_windows(texts, articles, characters))
    assert [text for window in windows for text in window] == texts
    assert all(0 < len(window) <= articles for window in windows)
    assert all(sum(map(len, window[:-1])) < characters for window in windows)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 9)), st.integers(1, 20))
def test_what_is_prefetched_comes_in_order(numbers: list[int], limit: int) -> None:
    assert list(prefetched(iter(numbers), lambda number: number, limit)) == numbers
    assert list(one_ahead(lambda number: number * 2, numbers)) == [number * 2 for number in numbers]


def test_no_more_than_the_limit_is_read_ahead() -> None:
    pulled: list[int] = []
    stream = prefetched(counted(1000, pulled), lambda _: 10, 50)
    assert next(stream) == 0
    assert settled(pulled) <= 8
    assert next(stream) == 1
    assert settled(pulled) <= 9
    stream.close()  # type: ignore[attr-defined]


def test_one_ahead_pulls_one_more_than_was_taken() -> None:
    pulled: list[int] = []
    stream = one_ahead(lambda number: number, counted(1000, pulled))
    for taken in range(5):
        assert next(stream) == taken
        assert settled(pulled) == taken + 2


def test_an_error_of_the_source_is_raised_after_what_came_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise KeyError("lost")

    for stream in (prefetched(source(), lambda _: 1), one_ahead(lambda number: number, prefetched(source(), lambda _: 1))):
        taken = []
        with pytest.raises(KeyError, match="lost"):
            taken.extend(iter(stream.__next__, None))
        assert taken in ([1], [])


def test_a_stream_that_is_given_up_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    for make in (lambda: prefetched(counted(10_000, []), lambda _: 1, 5), lambda: one_ahead(str, counted(10_000, []))):
        stream = make()
        next(stream)
        stream.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
