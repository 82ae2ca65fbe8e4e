"""Numbers as a sentence says them."""

from __future__ import annotations

import math
from typing import Final

_NUMBERS: Final = "zero one two three four five six seven eight nine".split()


def times_as_often(ratio: float) -> str:
    """«about twice as often as», «more often than»: how two rates compare, the first the larger."""
    if ratio >= 10.5:
        return "more than ten times as often as"
    if ratio < 1.25:
        return "more often than"
    halves = math.floor(2 * ratio + 0.5) if ratio < 2.75 else 2 * math.floor(ratio + 0.5)
    whole = {3: "one and a half times", 4: "twice", 5: "two and a half times", 20: "ten times"}
    return f"about {whole.get(halves) or number(halves // 2) + ' times'} as often as"


def number(count: int) -> str:
    """«seven», «12», «1,400»."""
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"


def counted(count: int, one: str, several: str) -> str:
    """«one word», «1,400 words»."""
    return f"{number(count)} {one if count == 1 else several}"


def rate(per_1000: float) -> str:
    """Findings per 1,000 words, with as many decimals as say something."""
    if per_1000 >= 9.95:
        return f"{per_1000:,.0f}"
    return f"{per_1000:.1f}" if per_1000 >= 0.95 else f"{max(per_1000, 0.01):.2f}"
