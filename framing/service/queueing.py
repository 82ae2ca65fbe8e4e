"""What waits for the model: bounded, taken in turns, and dropped when nobody wants it any more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from framing.batch.settings import Settings
from framing.screening import Screening
from framing.service.limits import Limits


@dataclass(eq=False, slots=True)
class Job:
    """One article that is to be screened."""

    text: str
    settings: Settings
    screening: Future[Screening] = field(default_factory=Future)

    @property
    def weight(self) -> int:
        """What it counts for in the bounds: its characters, and 1 where it has none."""
        return max(1, len(self.text))


@dataclass(eq=False, slots=True)
class Order:
    """The articles of one request; `waiting` are those that the model has not taken yet."""

    jobs: tuple[Job, ...]
    waiting: deque[Job]

    @classmethod
    def of(cls, texts: Iterable[str], settings: Settings) -> Order:
        """An order for these articles under one set of settings."""
        jobs = tuple(Job(text, settings) for text in texts)
        return cls(jobs, deque(jobs))


class Queue:
    """Orders for one model thread. Requests take turns, an article at a time, so that a long one does not hold up the others."""

    def __init__(self, limits: Limits) -> None:
        """An empty queue within the limits."""
        self._limits = limits
        self._orders: deque[Order] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._taken = self._taken_characters = 0
        self._articles = self._characters = 0

    @property
    def requests(self) -> int:
        """Requests with an article that waits."""
        return len(self._orders)

    @property
    def articles(self) -> int:
        """Articles that wait."""
        return self._articles

    @property
    def characters(self) -> int:
        """Characters that wait."""
        return self._characters

    @property
    def unfinished(self) -> int:
        """Articles that wait or are being read."""
        with self._changed:
            return self._articles + self._taken

    @property
    def unfinished_characters(self) -> int:
        """Characters that wait or are being read."""
        with self._changed:
            return self._characters + self._taken_characters

    def put(self, order: Order) -> bool:
        """Add an order; False, and nothing added, where it would take the queue over its bounds."""
        weight = sum(job.weight for job in order.waiting)
        with self._changed:
            over = len(self._orders) >= self._limits.queue_requests or self._characters + weight > self._limits.queue_characters
            if self._orders and over:
                return False
            if order.waiting:
                self._orders.append(order)
            self._articles += len(order.waiting)
            self._characters += weight
            self._changed.notify()
            return True

    def drop(self, order: Order) -> int:
        """Forget the articles of an order that still wait, and give their number."""
        with self._changed:
            dropped = list(order.waiting)
            if dropped:
                self._orders.remove(order)
            order.waiting.clear()
            self._articles -= len(dropped)
            self._characters -= sum(job.weight for job in dropped)
        # Those that were taken, too, unless the model has them in hand.
        for job in order.jobs:
            job.screening.cancel()
        return len(dropped)

    def take(self) -> list[Job]:
        """The next batch, once there is one; empty when the queue has been closed. `done` follows before the next call."""
        batch: list[Job] = []
        with self._changed:
            self._changed.wait_for(lambda: self._orders or self._closed)
            held = 0
            while self._orders:
                order = self._orders[0]
                weight = order.waiting[0].weight
                if batch and held + weight > self._limits.batch_characters:
                    break
                self._orders.popleft()
                batch.append(order.waiting.popleft())
                held += weight
                if order.waiting:
                    self._orders.append(order)
            self._taken, self._taken_characters = len(batch), held
            self._articles -= len(batch)
            self._characters -= held
        return batch

    def done(self) -> None:
        """Say that the batch taken last has been dealt with."""
        with self._changed:
            self._taken = self._taken_characters = 0

    def close(self) -> None:
        """Forget what waits, and let the model thread go."""
        for order in list(self._orders):
            self.drop(order)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
