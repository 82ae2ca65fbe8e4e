"""Draws small charts as SVG text: precision over recall, reliability, F1 per label with intervals and baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from framing.reports.characters import html_text
from framing.reports.tables import figure, told
from framing.taxonomy import DEVICE_NAMES, device

CALM: Final = ("#4f7fa3", "#8a7035", "#4f8a6b", "#a0627a", "#6f76b0", "#7a7a70")
"""For labels that have no colour of their own; like those of devices at least 3:1 against white and against #1b1b1f."""

# A square chart: the plot is [0, 1] x [0, 1] with room for ticks to the left and below.
_SIZE: Final = 190.0
_LEFT: Final = 37.0
_TOP: Final = 8.0
_PLOT: Final = 146.0
_SMALLEST_DOT: Final = 2.0
_LARGEST_DOT: Final = 7.0

_BARS_WIDTH: Final = 360.0
_BARS_PLOT: Final = 300.0
_BARS_LEFT: Final = 8.0
_ROW: Final = 46.0
# Letters of baselines that would stand nearer to each other than this are written as one word.
_LETTER_ROOM: Final = 9.0
_LETTER_WIDTH: Final = 8.0


@dataclass(frozen=True, slots=True)
class Bar:
    """F1 of one label: the name as shown, its colour, the figure, its interval or None, and (letter, F1) of each baseline.

    A figure that is nan or None shows as a dash without a bar; such an interval or baseline is left out.
    """

    name: str
    colour: str
    f1: float | None
    interval: Sequence[float | None] | None
    baselines: tuple[tuple[str, float | None], ...] = ()


def label_colours(labels: Sequence[str]) -> dict[str, str]:
    """A colour for each label: a device has its own, the others take turns."""
    others = [label for label in labels if label not in DEVICE_NAMES]
    turns = {label: CALM[place % len(CALM)] for place, label in enumerate(others)}
    return {label: turns[label] if label in turns else device(label).colour for label in labels}


def precision_recall_chart(
    name: str, curve: Sequence[Sequence[float]], positives: float, operating: tuple[float, float] | None, colour: str
) -> str:
    """Precision over recall.

    Args:
        name: of the label, as shown.
        curve: (recall, precision) points by rising recall.
        positives: share of positive items, the precision of marking everything: a dashed line.
        operating: (recall, precision) at the threshold: a ring; None for none.
        colour: of the line, `#rrggbb`.
    """
    at = f" At the threshold: precision {figure(operating[1])}, recall {figure(operating[0])}." if operating else ""
    points = " ".join(f"{_x(recall):.1f},{_y(precision):.1f}" for recall, precision in curve)
    ring = ""
    if operating:
        x, y = _x(operating[0]), _y(operating[1])
        ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="none" stroke="currentColor" stroke-width="2"/>'
    return _svg(
        f"{name}: precision over recall.{at} Marking everything: precision {figure(positives)}.",
        _axes("recall", "precision")
        + f'<path d="M{_x(0)} {_y(positives):.1f}H{_x(1)}" stroke="currentColor" stroke-dasharray="4 3" fill="none"/>'
        + (f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>' if curve else "")
        + ring,
    )


def reliability_chart(name: str, bins: Sequence[Sequence[float]], colour: str) -> str:
    """Observed share over stated probability, (stated, observed, items) per bin: a dot's area goes with the number of items."""
    most = max((count for _, _, count in bins), default=1)
    dots = "".join(
        f'<circle cx="{_x(stated):.1f}" cy="{_y(observed):.1f}" r="{max(_SMALLEST_DOT, _LARGEST_DOT * (count / most) ** 0.5):.1f}"'
        f' fill="{colour}" fill-opacity="0.75" stroke="{colour}"/>'
        for stated, observed, count in bins
    )
    points = ", ".join(f"{figure(observed)} at {figure(stated)} ({count:,.0f})" for stated, observed, count in bins)
    return _svg(
        f"{name}: reliability. Observed share at stated probability (items): {points or 'none'}.",
        _axes("stated", "observed")
        + f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="currentColor" stroke-dasharray="4 3" fill="none"/>'
        + dots,
    )


def f1_bars(bars: Sequence[Bar], letters: Mapping[str, str]) -> str:
    """Horizontal bars of F1 with intervals; baselines are ticks under each bar with their letter. `letters`: letter to name."""
    height = _ROW * len(bars) + 24
    figures = "; ".join(f"{bar.name} {figure(bar.f1)}" for bar in bars)
    grid = "".join(
        f'<path d="M{_bar_x(tick / 4):.1f} 0V{height - 20:.1f}" stroke="currentColor" stroke-opacity="0.15"/>'
        f'<text x="{_bar_x(tick / 4):.1f}" y="{height - 6:.1f}" text-anchor="middle" font-size="11">{tick / 4:g}</text>'
        for tick in range(5)
    )
    rows = "".join(_bar(bar, _ROW * place) for place, bar in enumerate(bars))
    under = f" Ticks: {', '.join(f'{letter}: {name}' for letter, name in letters.items())}." if letters else ""
    return _svg(f"F1 by label: {figures}.{under}", grid + rows, _BARS_WIDTH, height)


def difference_bars(bars: Sequence[Bar], metric: str) -> str:
    """Horizontal bars of differences from a middle line, one a `Bar` whose `f1` and `interval` are A - B; the scale fits the widest."""
    reach = max((abs(value) for bar in bars for value in _told([bar.f1, *(bar.interval or ())])), default=0.0) or 1.0
    height = _ROW * len(bars) + 24
    # Room for half a figure under either end.
    middle, scale = _BARS_LEFT + _BARS_PLOT / 2, (_BARS_PLOT / 2 - 14) / reach
    told_of = "; ".join(f"{bar.name} {figure(bar.f1)}" for bar in bars)
    grid = "".join(
        f'<path d="M{x:.1f} 0V{height - 20:.1f}" stroke="currentColor" stroke-opacity="{0.6 if not value else 0.15}"/>'
        f'<text x="{x:.1f}" y="{height - 6:.1f}" text-anchor="middle" font-size="11">{figure(value)}</text>'
        for value, x in ((reach * step, middle + scale * reach * step) for step in (-1, 0, 1))
    )
    rows = "".join(_difference(bar, _ROW * place, middle, scale) for place, bar in enumerate(bars))
    return _svg(f"{metric}, A minus B, by label: {told_of}.", grid + rows, _BARS_WIDTH, height)


def _difference(bar: Bar, top: float, middle: float, scale: float) -> str:
    line = top + 26
    shape = (
        f'<text x="{_BARS_LEFT}" y="{top + 13:.1f}" font-size="12">{html_text(bar.name)}</text>'
        f'<text x="{_BARS_WIDTH}" y="{line + 4:.1f}" text-anchor="end" font-size="12" font-weight="600">{figure(bar.f1)}</text>'
    )
    if bar.f1 is not None and told(bar.f1):
        end = middle + scale * bar.f1
        shape += f'<rect x="{min(middle, end):.1f}" y="{line - 4:.1f}" width="{abs(end - middle):.1f}" height="8" fill="{bar.colour}"/>'
    bounds = _told(bar.interval or ())
    return shape + (_whisker([middle + scale * bound for bound in bounds], line) if len(bounds) == 2 else "")


def _whisker(bounds: Sequence[float], middle: float) -> str:
    low, high = bounds
    ends = f"M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8"
    return f'<path d="{ends}" stroke="currentColor" stroke-width="1.5" fill="none"/>'


def _bar(bar: Bar, top: float) -> str:
    middle = top + 22
    shape = (
        f'<text x="{_BARS_LEFT}" y="{top + 13:.1f}" font-size="12">{html_text(bar.name)}</text>'
        f'<text x="{_BARS_WIDTH}" y="{middle + 4:.1f}" text-anchor="end" font-size="12" font-weight="600">{figure(bar.f1)}</text>'
    )
    if bar.f1 is not None and told(bar.f1):
        width = _BARS_PLOT * bar.f1
        shape += f'<rect x="{_BARS_LEFT}" y="{middle - 4:.1f}" width="{width:.1f}" height="8" rx="1.5" fill="{bar.colour}"/>'
    bounds = _told(bar.interval or ())
    if len(bounds) == 2:
        shape += _whisker([_bar_x(bound) for bound in bounds], middle)
    baselines = [(letter, f1) for letter, f1 in bar.baselines if f1 is not None and told(f1)]
    ticks = "".join(f"M{_bar_x(f1):.1f} {middle + 6}v4" for _, f1 in baselines)
    words = "".join(
        f'<text x="{x:.1f}" y="{middle + 20}" text-anchor="middle" font-size="10">{html_text(word)}</text>'
        for word, x in _words(baselines)
    )
    return shape + (f'<path d="{ticks}" stroke="currentColor" fill="none"/>{words}' if ticks else "")


def _words(baselines: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """(letters, x of their middle): neighbours that would touch are put together, and none leaves the chart to the left."""
    groups: list[list[tuple[str, float]]] = []
    for letter, f1 in sorted(baselines, key=lambda given: given[1]):
        if groups and _bar_x(f1) - groups[-1][-1][1] < _LETTER_ROOM:
            groups[-1].append((letter, _bar_x(f1)))
        else:
            groups.append([(letter, _bar_x(f1))])
    return [
        ("".join(letter for letter, _ in group), max(sum(x for _, x in group) / len(group), len(group) * _LETTER_WIDTH / 2))
        for group in groups
    ]


def _told(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None and told(value)]


def _axes(across: str, up: str) -> str:
    ticks = "".join(
        f'<text x="{_x(value):.1f}" y="{_y(0) + 16:.1f}" text-anchor="middle" font-size="11">{value:g}</text>'
        f'<text x="{_LEFT - 8}" y="{_y(value) + 4:.1f}" text-anchor="end" font-size="11">{value:g}</text>'
        for value in (0.0, 0.5, 1.0)
    )
    return (
        f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" stroke="currentColor" fill="none"/>{ticks}'
        f'<text x="{_x(0.5):.1f}" y="{_SIZE - 3}" text-anchor="middle" font-size="11">{across}</text>'
        f'<text transform="translate(9 {_y(0.5):.1f}) rotate(-90)" text-anchor="middle" font-size="11">{up}</text>'
    )


def _svg(title: str, inside: str, width: float = _SIZE, height: float = _SIZE) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:g} {height:g}">'
        f'<title>{html_text(title)}</title><g fill="currentColor">{inside}</g></svg>'
    )


def _x(value: float) -> float:
    return _LEFT + _PLOT * value


def _y(value: float) -> float:
    return _TOP + _PLOT * (1 - value)


def _bar_x(value: float) -> float:
    return _BARS_LEFT + _BARS_PLOT * value
