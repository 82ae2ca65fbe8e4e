"""Offsets of a document, and the labels that a trained model is bound to."""

from __future__ import annotations

import re

import pytest

from framing.taxonomy import CHANNELS, DEVICE_NAMES, DEVICES, FINGERPRINT, Device, device
from framing.text import Document, make_paragraph


def test_a_document_keeps_its_text_and_its_offsets_select_the_wording() -> None:
    text = "  Headline here\n\nHe left. “It was over,” she said.\r\n\r\nÉtienne 😀 stayed.\n"
    document = Document.from_text(text, "draft.txt")
    assert (document.text, document.source) == (text, "draft.txt")
    assert [text[p.start : p.end] for p in document.paragraphs] == [
        "Headline here",
        "He left. “It was over,” she said.",
        "Étienne 😀 stayed.",
    ]
    assert [[text[s.start : s.end] for s in p.sentences] for p in document.paragraphs] == [
        ["Headline here"],
        ["He left.", "“It was over,” she said."],
        ["Étienne 😀 stayed."],
    ]


@pytest.mark.parametrize("text", ["", " \n\t\r\n\0\ufeff"])
def test_a_document_of_nothing_visible_has_no_paragraphs_and_still_its_text(text: str) -> None:
    document = Document.from_text(text)
    assert (document.text, document.paragraphs, document.source) == (text, (), "-")


def test_sentences_of_a_paragraph_are_counted_from_the_start_of_the_document() -> None:
    text = "Skip this. One here. Two here."
    paragraph = make_paragraph(text, 11, len(text))
    assert [(s.start, s.end) for s in paragraph.sentences] == [(11, 20), (21, 30)]


def test_a_device_is_found_by_name() -> None:
    assert [device(name) for name in DEVICE_NAMES] == list(DEVICES)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("loaded_labels", "loaded_label"),
        ("blame", "blame_attribution"),
        ("bloc-rhetoric", "bloc_rhetoric"),
        ("unsourced", "unsourced_claim"),
    ],
)
def test_an_unknown_device_is_refused_with_the_nearest_name_and_all_of_them(wrong: str, nearest: str) -> None:
    with pytest.raises(ValueError, match="unknown") as caught:
        device(wrong)
    message = str(caught.value)
    assert f"'{wrong}'" in message
    assert f"nearest is '{nearest}'" in message
    assert all(name in message for name in DEVICE_NAMES)


def test_a_name_like_no_device_gets_no_misleading_hint() -> None:
    with pytest.raises(ValueError, match="unknown; expected one of") as caught:
        device("zzz")
    assert "nearest" not in str(caught.value)


def test_names_definitions_and_order_are_those_of_the_trained_models() -> None:
    # A model's outputs mean what these say. If this fails, every trained model is of another taxonomy: train them again.
    assert FINGERPRINT == "b41bab15701dd7ce"
    assert CHANNELS == ("loaded_label", "blame_attribution", "bloc_rhetoric", "unsourced_claim", "blame_target", "voice")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_gives_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the grey that just passes level AA


@pytest.mark.parametrize("background", ["#ffffff", "#1b1b1f"])
@pytest.mark.parametrize("shown", DEVICES, ids=DEVICE_NAMES)
def test_every_colour_can_be_seen_on_light_and_on_dark(shown: Device, background: str) -> None:
    assert re.fullmatch("#[0-9a-f]{6}", shown.colour)
    assert contrast(shown.colour, background) >= 3.0


def test_colours_and_titles_tell_the_devices_apart_and_each_is_explained() -> None:
    assert len({d.colour for d in DEVICES}) == len({d.title for d in DEVICES}) == len(DEVICES) == 4
    assert all(d.definition.endswith(".") and d.alternative.endswith(".") for d in DEVICES)
