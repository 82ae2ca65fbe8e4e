"""Work on a stream ahead of need, within bounds: windows of articles, and threads that prepare what comes next."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from framing.text import Document

WINDOW: Final = 64
"""Articles that are sorted by length together."""
WINDOW_CHARACTERS: Final = 150_000
"""A window of long articles closes earlier, so that results come soon and memory stays flat."""
READ_AHEAD_CHARACTERS: Final = 1_000_000
_ABANDONED_SECONDS: Final = 1.0
"""How long to wait for a thread whose results nobody wants any more; it may sit in a read that never ends."""

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_windows(
    texts: Iterable[str | Document], articles: int = WINDOW, characters: int = WINDOW_CHARACTERS
) -> Iterator[list[str | Document]]:
    """The texts in lists of at most `articles`, a list ending early once it holds `characters`; pulls no text before its list is due."""
    window: list[str | Document] = []
    held = 0
    for text in texts:
        window.append(text)
        held += len(text if isinstance(text, str) else text.text)
        if len(window) >= articles or held >= characters:
            yield window
            window, held = [], 0
    if window:
        yield window


def one_ahead(function: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """`map(function, given)` with the next call made in a thread while the caller works on the last result.

    `given` is pulled in the caller's own thread. What `function` raises is raised here, in its turn.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="framing-ahead") as executor:
        pending: Future[Made] | None = None
        for each in given:
            coming = executor.submit(function, each)
            if pending is not None:
                yield pending.result()
            pending = coming
        if pending is not None:
            yield pending.result()


def prefetched(source: Iterable[Given], weight: Callable[[Given], int], limit: int = READ_AHEAD_CHARACTERS) -> Iterator[Given]:
    """`source`, pulled in a thread of its own until what waits weighs `limit`; what it raises is raised here, in its turn."""
    queue = _Queue[Given](limit)
    thread = threading.Thread(target=queue.fill, args=(source, weight), name="framing-reader", daemon=True)
    thread.start()
    try:
        yield from queue.drain()
    finally:
        queue.stop()
        thread.join(_ABANDONED_SECONDS)


class _Queue(Generic[Given]):
    """A queue bounded by weight, for one thread that fills it and one that empties it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[tuple[Given, int]] = deque()
        self._weight = 0
        self._changed = threading.Condition()
        self._ended = self._stopped = False
        self._error: BaseException | None = None

    def fill(self, source: Iterable[Given], weight: Callable[[Given], int]) -> None:
        """Pull `source` until it ends or `stop` is called."""
        try:
            for each in source:
                if not self._put(each, max(1, weight(each))):
                    return
        except BaseException as error:
            self._error = error
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _put(self, each: Given, weight: int) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._weight < self._limit)
            self._waiting.append((each, weight))
            self._weight += weight
            self._changed.notify_all()
            return not self._stopped

    def drain(self) -> Iterator[Given]:
        """Whatever is put, in order, to the end of the source."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended)
                if not self._waiting:
                    break
                each, weight = self._waiting.popleft()
                self._weight -= weight
                self._changed.notify_all()
            yield each
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Let the filling thread go."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
