"""What the service counts, for Prometheus. Labels hold paths, statuses and the model's name, never anything of an article."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from framing.service.queueing import Queue
from framing.version import __version__

_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_ARTICLES: Final = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """Counters of one service, in a registry of their own."""

    def __init__(self, queue: Queue) -> None:
        """Begin at nought; the gauges read the queue when they are asked."""
        registry = self._registry = CollectorRegistry()
        self.requests = Counter("framing_requests", "Requests answered.", ("path", "status"), registry=registry)
        self.seconds = Histogram(
            "framing_request_seconds", "Seconds from a head to the end of its answer.", ("path",), registry=registry, buckets=_SECONDS
        )
        self.articles = Counter("framing_articles", "Articles screened.", registry=registry)
        self.characters = Counter("framing_characters", "Characters of the articles screened.", registry=registry)
        self.failed = Counter("framing_articles_failed", "Articles that the model failed on.", registry=registry)
        self.dropped = Counter("framing_articles_dropped", "Articles not read, because the client had hung up.", registry=registry)
        self.batch_articles = Histogram(
            "framing_batch_articles", "Articles that the model read together.", registry=registry, buckets=_ARTICLES
        )
        self.batch_seconds = Histogram("framing_batch_seconds", "Seconds that a batch took.", registry=registry, buckets=_SECONDS)
        described = ("model", "engine", "version")
        self._model = Gauge("framing_model_info", "The model, its engine and the program.", described, registry=registry)
        waiting = Gauge("framing_queue_requests", "Requests that wait for the model.", registry=registry)
        waiting.set_function(lambda: queue.requests)
        articles = Gauge("framing_queue_articles", "Articles that wait for the model.", registry=registry)
        articles.set_function(lambda: queue.articles)
        characters = Gauge("framing_queue_characters", "Characters that wait for the model.", registry=registry)
        characters.set_function(lambda: queue.characters)

    def describe(self, model: str, engine: str) -> None:
        """Say which model reads the articles."""
        self._model.labels(model, engine, __version__).set(1)

    def text(self) -> bytes:
        """Everything, in Prometheus's text format."""
        return generate_latest(self._registry)
