"""Charts: every figure that is drawn is also told in words, and what cannot be drawn is left out."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from framing.reports.charts import Bar, f1_bars, label_colours, precision_recall_chart, reliability_chart
from framing.taxonomy import DEVICES
from framing.vocabularies import TECHNIQUES

SVG = "{http://www.w3.org/2000/svg}"


def elements(svg: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}{name}"))


def told(svg: str) -> str:
    return elements(svg, "title")[0].text or ""


def test_bars_are_as_long_as_their_figures_and_intervals_lie_on_the_same_scale() -> None:
    svg = f1_bars([Bar("Slogans", "#4f7fa3", 0.8, (0.7, 0.9)), Bar("Doubt", "#8a7035", 0.4, None)], {})
    lengths = [float(bar.get("width") or 0) for bar in elements(svg, "rect")]
    assert lengths[0] == pytest.approx(2 * lengths[1])
    start = float(elements(svg, "rect")[0].get("x") or 0)
    whisker = next(path.get("d") or "" for path in elements(svg, "path") if "v8" in (path.get("d") or ""))
    low, high = map(float, re.findall(r"M([\d.]+) [\d.]+v8", whisker))
    assert ((low - start) / lengths[0], (high - start) / lengths[0]) == pytest.approx((0.7 / 0.8, 0.9 / 0.8), abs=0.01)
    assert told(svg) == "F1 by label: Slogans 0.80; Doubt 0.40."


def test_a_figure_that_is_unknown_is_a_dash_without_a_bar() -> None:
    svg = f1_bars([Bar("Slogans", "#4f7fa3", math.nan, (math.nan, math.nan), (("T", math.nan),)), Bar("Doubt", "#8a7035", None, None)], {})
    assert elements(svg, "rect") == []
    assert "nan" not in svg
    assert told(svg) == "F1 by label: Slogans –; Doubt –."


def test_letters_of_baselines_that_would_touch_are_one_word() -> None:
    bar = Bar("Slogans", "#4f7fa3", 0.8, None, (("A", 0.30), ("P", 0.31), ("T", 0.6)))
    words = [text.text for text in elements(f1_bars([bar], {"A": "all-positive"}), "text") if text.get("font-size") == "10"]
    assert words == ["AP", "T"]


def test_the_ring_lies_at_the_threshold_on_the_curve_and_is_absent_without_one() -> None:
    curve = [(0.0, 1.0), (0.5, 0.75), (1.0, 0.25)]
    svg = precision_recall_chart("Slogans", curve, 0.25, (0.5, 0.75), "#4f7fa3")
    (ring,) = elements(svg, "circle")
    points = (elements(svg, "polyline")[0].get("points") or "").split()
    assert f"{ring.get('cx')},{ring.get('cy')}" == points[1]
    assert "precision 0.75, recall 0.50" in told(svg)
    assert elements(precision_recall_chart("Slogans", curve, 0.25, None, "#4f7fa3"), "circle") == []
    assert elements(precision_recall_chart("Slogans", [], 0.0, None, "#4f7fa3"), "polyline") == []


def test_dots_of_reliability_have_areas_by_items_and_are_told_in_words() -> None:
    svg = reliability_chart("Slogans", [(0.1, 0.2, 100), (0.9, 0.8, 25)], "#4f7fa3")
    radii = [float(dot.get("r") or 0) for dot in elements(svg, "circle")]
    assert radii[0] == pytest.approx(2 * radii[1])
    assert "0.20 at 0.10 (100), 0.80 at 0.90 (25)" in told(svg)
    assert "none" in told(reliability_chart("Slogans", [], "#4f7fa3"))


def test_names_are_text_whatever_they_hold() -> None:
    hostile = '<script>"&\x00'
    for svg in (
        f1_bars([Bar(hostile, "#4f7fa3", 0.5, None, ((hostile, 0.5),))], {hostile: hostile}),
        precision_recall_chart(hostile, [], 0.5, None, "#4f7fa3"),
        reliability_chart(hostile, [], "#4f7fa3"),
    ):
        assert "<script" not in svg
        assert '<script>"&' in told(svg)


def test_devices_keep_their_colours_and_neighbours_differ() -> None:
    names = [*TECHNIQUES, *(device.name for device in DEVICES)]
    colours = label_colours(names)
    assert {device.name: device.colour for device in DEVICES}.items() <= colours.items()
    assert all(colours[one] != colours[other] for one, other in pairwise(TECHNIQUES))
