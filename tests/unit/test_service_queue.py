"""What waits for the model: bounds, turns, and articles that nobody wants any more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("prometheus_client", reason="the service's extra is not installed; pip install 'framing[serve]'")

from framing.batch.settings import Settings
from framing.errors import ConfigError
from framing.service.limits import Limits
from framing.service.queueing import Job, Order, Queue

REQUESTS = st.lists(st.lists(st.integers(0, 60).map("x".__mul__), max_size=5), max_size=12)


def order(*lengths: int) -> Order:
    return Order.of(["x" * length for length in lengths], Settings())


def batches(queue: Queue) -> list[list[Job]]:
    """All that the queue holds, as the model takes it."""
    taken = []
    while queue.unfinished:
        taken.append(queue.take())
        queue.done()
    return taken


@given(REQUESTS, st.integers(1, 80), st.integers(0, 12))
def test_every_article_is_taken_once_within_the_budget_and_one_that_was_dropped_never(
    requests: list[list[str]], budget: int, dropped: int
) -> None:
    queue = Queue(Limits(batch_characters=budget))
    orders = [Order.of(texts, Settings()) for texts in requests]
    assert all(queue.put(each) for each in orders)
    for each in orders[:dropped]:
        assert queue.drop(each) == len(each.jobs)
    taken = batches(queue)
    jobs = [job for batch in taken for job in batch]
    assert len(set(jobs)) == len(jobs)
    assert set(jobs) == {job for each in orders[dropped:] for job in each.jobs}
    assert all(len(batch) == 1 or sum(job.weight for job in batch) <= budget for batch in taken)
    assert all(job.screening.cancelled() for each in orders[:dropped] for job in each.jobs)
    assert (queue.requests, queue.articles, queue.characters, queue.unfinished_characters) == (0, 0, 0, 0)


@given(REQUESTS, st.integers(1, 100), st.integers(1, 6))
def test_no_more_waits_than_the_bounds_allow_but_one_request_always_may(requests: list[list[str]], characters: int, count: int) -> None:
    queue = Queue(Limits(queue_characters=characters, queue_requests=count))
    for texts in requests:
        before = queue.requests, queue.articles, queue.characters
        if not queue.put(Order.of(texts, Settings())):
            assert before[0] and (queue.requests, queue.articles, queue.characters) == before
        assert queue.requests <= count
        assert queue.requests <= 1 or queue.characters <= characters


def test_requests_take_turns_so_that_a_long_one_does_not_hold_up_the_others() -> None:
    queue = Queue(Limits(batch_characters=1))
    long, short = order(5, 5, 5), order(5)
    queue.put(long)
    queue.put(short)
    assert [batch[0] for batch in batches(queue)] == [long.jobs[0], short.jobs[0], *long.jobs[1:]]


def test_a_closed_queue_gives_an_empty_batch_and_forgets_what_waited() -> None:
    queue = Queue(Limits())
    waiting = order(5)
    queue.put(waiting)
    queue.close()
    assert queue.take() == []
    assert waiting.jobs[0].screening.cancelled()


def test_a_bound_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="'articles' is 0; expected 1 or more"):
        Limits(articles=0)
