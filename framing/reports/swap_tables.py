"""Lays the figures of a swap test out as tables of text, the same for every format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from framing.reports.tables import Table, figure, interval
from framing.vocabularies import title

SHOWN: Final = 15
"""Pairs and directions that are listed, those that move the scores most."""


def swap_heading(figures: Mapping[str, Any]) -> str:
    """Which model was tested on what."""
    return f"{figures['model']} on {figures['corpus']}, split {figures['split']}"


def swap_introduction(figures: Mapping[str, Any]) -> list[str]:
    """Sentences on what was swapped, and on what the figures mean."""
    lines = [
        f"{figures['swaps']:,} swaps in {figures['paragraphs']:,} paragraphs of {figures['articles']:,} articles, seed {figures['seed']}.",
        "Shift: calibrated paragraph probability after the swap minus before. Brackets: 95 % intervals by article.",
    ]
    if figures["sources"]:
        lines.append(f"Of the corpus’s sources {', '.join(figures['sources'])} alone.")
    if figures["left_out"]:
        lines.append(f"Paragraphs left out because the model’s training saw them: {figures['left_out']:,}.")
    return lines


def swap_tables(figures: Mapping[str, Any]) -> list[Table]:
    """Tables by label, by pair and by direction of what `framing.measurement.measure_swaps` gives; those that have a row."""
    labels = [
        (title(x["label"]), _interval(x["mean_absolute"]), figure(x["percentile_95"]["value"], 3), _signed(x["mean"]), _share(x["flips"]))
        for x in figures["labels"]
    ]
    pairs = [
        (row["pair"], row["kind"], f"{row['swaps']:,}", figure(row["mean_absolute"]["value"], 3), _share(row["flips"]))
        for row in figures["pairs"][:SHOWN]
    ]
    directions = [
        (f"{row['source']} to {row['target']}", title(row["label"]), f"{row['swaps']:,}", _signed(row["mean"]))
        for row in figures["directions"][:SHOWN]
    ]
    most = (f"The {SHOWN} that move the scores most.",)
    tables = [
        Table("By label", ("Label", "Mean absolute shift", "95th percentile", "Mean shift", "Flipped flags"), tuple(labels)),
        Table("By pair", ("Pair", "Kind", "Swaps", "Mean absolute shift", "Flipped flags"), tuple(pairs), most),
        Table("By direction", ("Direction", "Label", "Swaps", "Mean shift"), tuple(directions), most),
    ]
    return [table for table in tables if table.rows]


def _interval(of: Mapping[str, float]) -> str:
    return interval(of["value"], (of["low"], of["high"]), 3)


def _signed(of: Mapping[str, float]) -> str:
    return f"{'+' if round(of['value'], 3) > 0 else ''}{_interval(of)}"


def _share(of: Mapping[str, float]) -> str:
    return f"{of['value']:.1%} [{of['low']:.1%}, {of['high']:.1%}]"
