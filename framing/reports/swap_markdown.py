"""Writes a swap test as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from framing.vocabularies import title

SHOWN: Final = 15
"""Pairs and directions that are listed, those that move the scores most."""


def swap_markdown(figures: Mapping[str, Any]) -> str:
    """What `framing.measurement.measure_swaps` gives as Markdown: a table by label, by pair, and by direction."""
    head = (
        f"# Swap test: {figures['model']} on {figures['corpus']}, split {figures['split']}\n\n"
        f"{figures['swaps']:,} swaps in {figures['paragraphs']:,} paragraphs of {figures['articles']:,} articles, seed {figures['seed']}. "
        f"Shift: calibrated paragraph probability after the swap minus before. Brackets: 95 % intervals by article."
    )
    if figures["sources"]:
        head += f" Of the corpus’s sources {', '.join(figures['sources'])} alone."
    if figures["left_out"]:
        head += f" Paragraphs left out because the model’s training saw them: {figures['left_out']:,}."
    labels = [
        [title(x["label"]), _interval(x["mean_absolute"]), _number(x["percentile_95"]), _number(x["mean"], "+"), _share(x["flips"])]
        for x in figures["labels"]
    ]
    pairs = [
        [row["pair"], row["kind"], str(row["swaps"]), _number(row["mean_absolute"]), _share(row["flips"])]
        for row in figures["pairs"][:SHOWN]
    ]
    directions = [
        [f"{row['source']} to {row['target']}", title(row["label"]), str(row["swaps"]), _interval(row["mean"], "+")]
        for row in figures["directions"][:SHOWN]
    ]
    return "\n\n".join(
        [
            head,
            _table(["label", "mean absolute shift", "95th percentile", "mean shift", "flipped flags"], labels),
            _table(["pair", "kind", "swaps", "mean absolute shift", "flipped flags"], pairs),
            _table(["direction", "label", "swaps", "mean shift"], directions),
        ]
    )


def _number(figure: Mapping[str, float], sign: str = "") -> str:
    return f"{figure['value']:{sign}.3f}"


def _interval(figure: Mapping[str, float], sign: str = "") -> str:
    return f"{figure['value']:{sign}.3f} [{figure['low']:{sign}.3f}, {figure['high']:{sign}.3f}]"


def _share(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.1%} [{figure['low']:.1%}, {figure['high']:.1%}]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
