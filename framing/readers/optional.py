"""Brings in the packages of the extra `docs`, quietly."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from framing.errors import MissingExtra


def require(module: str, package: str, purpose: str) -> ModuleType:
    """The imported `module`; MissingExtra, naming `package` and what was meant, where it cannot be imported."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or package
        raise MissingExtra(package if module.startswith(missing) else missing, "docs", purpose) from error
    except ImportError as error:
        # the package is there, a dependency of it is not: keep what Python says, it names the culprit
        raise MissingExtra(package, "docs", f"{purpose} failed ({' '.join(str(error).split())}); it") from error


@contextmanager
def quiet(*logger_names: str) -> Iterator[None]:
    """Holds back the libraries' warnings and log lines below CRITICAL; what matters to a user is an InputError."""
    levels = {name: logging.getLogger(name).level for name in logger_names}
    try:
        for name in levels:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
