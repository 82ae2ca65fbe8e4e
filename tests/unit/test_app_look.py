"""What can be typed in or pressed on the page stands out from its ground by 3 to 1, in light and dark (WCAG 1.4.11)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

pytest.importorskip("gradio", reason="the page's extra is not installed; pip install 'framing[app]'")

from framing.app.overview_html import overview_html
from framing.app.theme import asset, theme
from framing.reference import load_reference
from framing.screening import Screening
from tests.unit.screenings import mark, screening

CONTROLS = ("input_border_color", "checkbox_border_color", "button_secondary_border_color")
GROUNDS = ("body_background_fill", "block_background_fill", "input_background_fill", "button_secondary_background_fill")


def luminance(colour: str) -> float:
    """After WCAG 2.2: of a colour written #rrggbb or #rgb."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colours_of_the_styles(dark: bool) -> dict[str, str]:
    block = re.findall(r"\{(.*?)\}", asset("app.css"), re.DOTALL)[int(dark)]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", block))


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21) and contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["", "_dark"])
@pytest.mark.parametrize("control", CONTROLS)
def test_borders_of_controls_can_be_seen_on_each_ground(control: str, mode: str) -> None:
    look = theme()
    border = getattr(look, control + mode)
    found = {ground: contrast(border, getattr(look, ground + mode)) for ground in GROUNDS}
    assert min(found.values()) >= 3, found
    assert look.input_border_width == "1px"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_styles_have_the_themes_colours_and_the_sliders_thumb_can_be_seen_on_its_track(dark: bool) -> None:
    colours, look = colours_of_the_styles(dark), theme()
    mode = "_dark" if dark else ""
    assert colours["control"] == getattr(look, f"input_border_color{mode}")
    assert colours["paper"] == getattr(look, f"body_background_fill{mode}")
    thumb = re.search(r"::-webkit-slider-thumb \{(.*?)\}", asset("app.css"))
    assert thumb is not None and "background: var(--paper)" in thumb[1] and "var(--ink)" in thumb[1]
    # The thumb is paper in a ring of ink; the track is ink up to it, and of the controls' colour beyond.
    assert min(contrast(colours["ink"], colours["control"]), contrast(colours["paper"], colours["ink"])) >= 3
    assert contrast(colours["control"], colours["paper"]) >= 3


def marked(words: int, every: int) -> Screening:
    text = " ".join("hacks" if every and place % every == 0 else "word" for place in range(words)) + "."
    places = [match.start() for match in re.finditer("hacks", text)]
    return screening(text, *(mark(text, "hacks", nth=nth) for nth in range(1, len(places) + 1)))


def test_a_rate_beyond_chance_is_told_in_words_and_by_a_sign() -> None:
    reference = load_reference()
    screening = replace(marked(2000, 20), model=reference.model)
    told = overview_html(screening, screening, reference, "balanced")
    assert '<span aria-hidden="true">▲</span><span class="unseen">more than in agency copy:</span>' in told
    assert "▲ more, ▼ fewer than there" in told and "title=" not in re.sub(r'<div class="strip".*?</div>', "", told)
