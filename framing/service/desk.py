"""Takes articles in, has one thread read them in batches, and says when it can take no more."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from framing.batch.settings import Settings
from framing.errors import FramingError
from framing.screener import Screener
from framing.service.limits import Limits
from framing.service.metrics import Metrics
from framing.service.queueing import Order, Queue
from framing.service.reading import read
from framing.service.refusals import Refusal

_log = logging.getLogger(__name__)
_WARM_UP: Final = "The council met on Tuesday. It will meet again, the mayor said.\n\n" * 10
_RECENT: Final = 0.2
"""Weight of the batch read last in the running rate."""
_LONGEST_WAIT: Final = 600
"""Seconds that a client is asked to wait at most."""


class Desk:
    """One model, loaded and run in a thread of its own, and the queue before it."""

    def __init__(self, load: Callable[[], Screener], limits: Limits | None = None) -> None:
        """Nothing runs before `start`; `load` is called in the model's thread."""
        self.limits = limits or Limits()
        self.queue = Queue(self.limits)
        self.metrics = Metrics(self.queue)
        self.fault: Exception | None = None
        """What kept the model from loading."""
        self._load = load
        self._thread = threading.Thread(target=self._run, name="framing-model", daemon=True)
        self._loaded = self._draining = False
        self._rate = 0.0

    @property
    def ready(self) -> bool:
        """Whether articles are taken."""
        return self._loaded and not self._draining

    @property
    def draining(self) -> bool:
        """Whether the end has begun: what was accepted is finished, nothing new is taken."""
        return self._draining

    @property
    def over(self) -> bool:
        """Whether there is nothing left to do: drained, or never loaded."""
        return self.fault is not None or (self._draining and not self.queue.unfinished)

    def start(self) -> None:
        """Begin to load the model."""
        self._thread.start()

    def drain(self) -> None:
        """Take nothing new; safe to call from a signal handler."""
        self._draining = True

    def stop(self) -> None:
        """Forget what waits, and return once the thread has ended: an interpreter that ends under it would abort."""
        self.drain()
        self.queue.close()
        if self._thread.is_alive():
            self._thread.join()

    def accept(self, texts: Sequence[str], settings: Settings) -> Order:
        """Queue articles for screening.

        Raises:
            Refusal: the queue is full, the model is not loaded yet, or the end has begun.
        """
        if self._draining:
            raise Refusal("shutting_down", "the service is ending; ask another one", {"Retry-After": "5", "Connection": "close"})
        if not self._loaded:
            raise Refusal("not_ready", "the model is still loading; GET /readyz says when it is not", {"Retry-After": "2"})
        order = Order.of(texts, settings)
        if not self.queue.put(order):
            seconds = self._wait()
            raise Refusal(
                "queue_full",
                f"{self.queue.requests} requests with {self.queue.characters} characters wait; limits are {self.limits.queue_requests} and "
                f"{self.limits.queue_characters}; try again in {seconds} s",
                {"Retry-After": str(seconds)},
            )
        return order

    def drop(self, order: Order) -> None:
        """Forget what still waits of an order whose client has hung up."""
        self.metrics.dropped.inc(self.queue.drop(order))

    def _wait(self) -> int:
        """Seconds in which the model reads half of what there is to read, at the rate measured last; by then there is room again."""
        return min(_LONGEST_WAIT, max(1, math.ceil(self.queue.unfinished_characters / 2 / self._rate)))

    def _run(self) -> None:
        try:
            screener = self._load()
            self.metrics.describe(screener.model_name, screener.engine)
            # The first reading is slow and says nothing of the rate; the second begins it.
            for _ in range(0 if self._draining else 2):
                began = time.perf_counter()
                screener.screen(_WARM_UP)
                self._rate = len(_WARM_UP) / (time.perf_counter() - began)
        except Exception as error:
            known = isinstance(error, FramingError)
            self.fault = error if known else FramingError(f"the model did not load ({type(error).__name__}: {error})")
            return
        self._loaded = True
        while batch := self.queue.take():
            began = time.perf_counter()
            # A client may have hung up between the taking and here.
            wanted = [job for job in batch if job.screening.set_running_or_notify_cancel()]
            for job, result in read(screener, wanted):
                if isinstance(result, Exception):
                    # The message may quote the article, so the kind alone is told.
                    _log.error("an article of %d characters failed with %s", len(job.text), type(result).__name__)
                    self.metrics.failed.inc()
                    job.screening.set_exception(Refusal("internal", "the model failed on this article; the service's log has the kind"))
                else:
                    self.metrics.articles.inc()
                    self.metrics.characters.inc(len(job.text))
                    job.screening.set_result(result)
            self.queue.done()
            self._measure(sum(job.weight for job in wanted), len(wanted), time.perf_counter() - began)

    def _measure(self, characters: int, articles: int, seconds: float) -> None:
        if articles:
            self.metrics.batch_articles.observe(articles)
            self.metrics.batch_seconds.observe(seconds)
            self._rate += _RECENT * (characters / seconds - self._rate)
