"""How much the service takes on at once."""

from __future__ import annotations

from dataclasses import dataclass, fields

from framing.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request, of what waits, and of what the model reads together.

    Raises:
        ConfigError: a bound is under 1.
    """

    body_bytes: int = 8 * 1024**2
    """Bytes of a request's body."""
    articles: int = 64
    """Articles of a request."""
    characters: int = 200_000
    """Characters of an article."""
    queue_requests: int = 256
    """Requests that wait, those being read left out."""
    queue_characters: int = 2_000_000
    """Characters that wait; a request is taken whatever its size where nothing else waits, so that none is refused for ever."""
    batch_characters: int = 16_000
    """Characters that the model reads together; an article that is longer is read alone, and 1 reads every article alone."""
    body_seconds: int = 30
    """Seconds that a body may take to arrive."""

    def __post_init__(self) -> None:
        for bound in fields(self):
            if getattr(self, bound.name) < 1:
                raise ConfigError(f"limit '{bound.name}' is {getattr(self, bound.name)}; expected 1 or more")
