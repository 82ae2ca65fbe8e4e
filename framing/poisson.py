"""Chances and intervals of counts of rare things, exact, without SciPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

TAIL: Final = 0.025
"""Chance beyond each end of a 95 % interval."""


def chance_of_at_least(count: int, expected: float) -> float:
    """Chance of `count` or more where a Poisson count is `expected` on average."""
    if count <= expected:
        return max(0.0, 1.0 - chance_of_at_most(count - 1, expected))
    chance, added, number = 0.0, 1.0, count
    # Past the average each term is smaller than the one before, so the sum can end where terms no longer count.
    while added > chance * 1e-16:
        added = _chance_of(number, expected)
        chance, number = chance + added, number + 1
    return min(1.0, chance)


def chance_of_at_most(count: int, expected: float) -> float:
    """Chance of `count` or fewer where a Poisson count is `expected` on average."""
    return min(1.0, math.fsum(_chance_of(number, expected) for number in range(count + 1)))


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95 % interval of the number to be expected where `count` were found (Garwood, «Fiducial limits», 1936)."""
    low = _crossing(lambda expected: chance_of_at_least(count, expected) - TAIL, float(count)) if count else 0.0
    high = _crossing(lambda expected: TAIL - chance_of_at_most(count, expected), 2.0 * count + 10.0)
    return low, high


def _chance_of(count: int, expected: float) -> float:
    if expected <= 0:
        return float(count == 0)
    return math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))


def _crossing(rising: Callable[[float], float], high: float) -> float:
    """Where a function that rises from below 0 crosses it, between 0 and `high`."""
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return high
