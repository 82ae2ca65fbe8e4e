"""The look of the page: Gradio's theme in the reports' colours and type, with nothing fetched from elsewhere."""

from __future__ import annotations

from importlib import resources

import gradio as gr

from framing.reports.html_article import device_colours
from framing.reports.page import stylesheet
from framing.taxonomy import DEVICES

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def asset(name: str) -> str:
    """A style sheet or script that lies beside this module."""
    return resources.files("framing.app").joinpath("assets", name).read_text("utf-8")


def head() -> str:
    """Styles for the page's head, where Gradio leaves them as they are (what it is given as `css` it rewrites, rule by rule)."""
    # The boxes of Batch, which are Gradio's, in the devices' order.
    boxes = "".join(f"#batch-devices label:nth-of-type({place}){{--colour:{device.colour}}}" for place, device in enumerate(DEVICES, 1))
    ours = f".gradio-container .fr{{{stylesheet('marks.css')}{device_colours()}}}"
    return f"<style>{ours}{asset('app.css')}{asset('screen.css')}{boxes}</style>"


def ours(value: str = "", *, elem_id: str | None = None, script: str = "") -> gr.HTML:
    """A part of the page that is our own HTML, in our own styles; `script` names its JavaScript, files parted by spaces that run as one."""
    code = "\n".join(map(asset, script.split()))
    return gr.HTML(value, elem_id=elem_id, elem_classes="fr", apply_default_css=False, js_on_load=code or None)


def theme() -> gr.themes.Base:
    """Paper and ink in light and dark; fonts that the reader's machine has, since a theme's default ones come from a CDN.

    Rules part things; what can be typed in or pressed has a border of its own colour, 3 to 1 on paper (WCAG 1.4.11).
    """
    paper, ink, rule, quiet, control = "#fefdfa", "#1f1d1a", "#e4dfd6", "#65605a", "#8a8379"
    dark_paper, dark_ink, dark_rule, dark_quiet, dark_control = "#1b1b1f", "#e8e4dc", "#37363b", "#a8a39a", "#7d7b83"
    look = gr.themes.Base(primary_hue="stone", secondary_hue="stone", neutral_hue="stone", font=_SANS, font_mono=_MONO, radius_size="sm")
    return look.set(
        body_background_fill=paper,
        body_background_fill_dark=dark_paper,
        background_fill_primary=paper,
        background_fill_primary_dark=dark_paper,
        background_fill_secondary="#f7f4ee",
        background_fill_secondary_dark="#222227",
        block_background_fill=paper,
        block_background_fill_dark=dark_paper,
        block_border_color=rule,
        block_border_color_dark=dark_rule,
        block_label_background_fill=paper,
        block_label_background_fill_dark=dark_paper,
        block_label_text_color=quiet,
        block_label_text_color_dark=dark_quiet,
        block_title_text_color=ink,
        block_title_text_color_dark=dark_ink,
        block_info_text_color=quiet,
        block_info_text_color_dark=dark_quiet,
        body_text_color=ink,
        body_text_color_dark=dark_ink,
        body_text_color_subdued=quiet,
        body_text_color_subdued_dark=dark_quiet,
        border_color_primary=rule,
        border_color_primary_dark=dark_rule,
        input_background_fill=paper,
        input_background_fill_dark="#222227",
        # The theme's own inputs have no border, and its checkboxes and radio buttons follow them.
        input_border_width="1px",
        input_border_color=control,
        input_border_color_dark=dark_control,
        input_border_color_focus=ink,
        input_border_color_focus_dark=dark_ink,
        checkbox_border_color=control,
        checkbox_border_color_dark=dark_control,
        checkbox_border_color_hover=ink,
        checkbox_border_color_hover_dark=dark_ink,
        checkbox_border_color_focus=ink,
        checkbox_border_color_focus_dark=dark_ink,
        checkbox_label_border_width="0px",
        input_placeholder_color=quiet,
        input_placeholder_color_dark=dark_quiet,
        button_primary_background_fill=ink,
        button_primary_background_fill_dark=dark_ink,
        button_primary_background_fill_hover="#3a3630",
        button_primary_background_fill_hover_dark="#ffffff",
        button_primary_text_color=paper,
        button_primary_text_color_dark=dark_paper,
        button_secondary_background_fill=paper,
        button_secondary_background_fill_dark="#26262b",
        button_secondary_border_color=control,
        button_secondary_border_color_dark=dark_control,
        button_secondary_border_color_hover=ink,
        button_secondary_border_color_hover_dark=dark_ink,
        button_secondary_text_color=ink,
        button_secondary_text_color_dark=dark_ink,
    )
