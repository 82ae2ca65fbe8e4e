"""Every error that `framing` raises on purpose.

    FramingError
    ├── InputError          a file or text that cannot be read as an article
    │   └── MissingExtra    an optional package is needed; the message has the command that installs it
    ├── ConfigError         a configuration: unknown key, wrong type, impossible value
    ├── CorpusError         a labelled corpus: missing, malformed, or not the text that was annotated
    └── ModelError          a model folder: missing, truncated, or made for another taxonomy

A message says what was found, what was expected and the remedy. The command line prints it and exits with 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """«; nearest is 'X'» for a message on an unknown name, or nothing where no known name is as similar as `cutoff` (0 to 1)."""
    found = get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"; nearest is '{found[0]}'" if found else ""


class FramingError(Exception):
    """Base class: catching it catches everything that bad input can cause."""


class InputError(FramingError):
    """A file or text cannot be read as an article."""


class MissingExtra(InputError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        """Build the message from the missing `package`, the `extra` that brings it, and what it is needed for."""
        super().__init__(
            f"{purpose} needs the package '{package}', which is not installed; run: pip install 'framing[{extra}]'"
        )


class ConfigError(FramingError):
    """A configuration holds an unknown key, a value of the wrong type, or one that cannot be."""


class CorpusError(FramingError):
    """A labelled corpus is missing, malformed, or does not hold the text that was annotated."""


class ModelError(FramingError):
    """A model folder is missing, incomplete, or was made for another taxonomy."""
