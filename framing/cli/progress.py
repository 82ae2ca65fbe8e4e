"""A progress bar on stderr: articles and words a second, and the time left where the number of articles is known."""

from __future__ import annotations

import time
from types import TracebackType

from rich import progress as bars
from rich.console import Console


class Progress:
    """A context that shows how far a run is; on no terminal, or when not asked to, it shows nothing."""

    def __init__(self, shows: bool) -> None:
        """Show nothing yet."""
        console = Console(stderr=True)
        self._bars = bars.Progress(
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TextColumn("{task.fields[rates]}"),
            bars.TimeElapsedColumn(),
            bars.TextColumn("left:"),
            bars.TimeRemainingColumn(),
            console=console,
            disable=not (shows and console.is_terminal),
        )
        self._task: bars.TaskID | None = None
        self._articles = self._words = 0
        self._started = 0.0

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def begin(self, done: int, total: int | None) -> None:
        """Start the clock; `done` of `total` rows were finished before."""
        self._started = time.monotonic()
        self._task = self._bars.add_task("", total=total, completed=done, rates="")

    def advance(self, articles: int, words: int) -> None:
        """Tell that so many more rows, and words in them, are done."""
        self._articles += articles
        self._words += words
        if self._task is not None:
            seconds = max(time.monotonic() - self._started, 1e-6)
            rates = f"{self._articles / seconds:.1f} articles/s, {self._words / seconds:,.0f} words/s"
            self._bars.update(self._task, advance=articles, rates=rates)

    def stop(self) -> None:
        """Leave the bar as it stands."""
        self._bars.stop()
