"""Two versions of a draft as the page lays them out."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("gradio", reason="the page's extra is not installed; pip install 'framing[app]'")

from framing.app.compare_html import FOLDED, compare_html
from framing.changes import compare_screenings
from framing.reports.wording import LETTERS
from framing.screening import Screening
from framing.taxonomy import DEVICES
from tests.unit.screenings import mark, screening

SAME = [f"Paragraph {number} stays as it is." for number in range(6)]
BEFORE, AFTER = "The hacks met <b>again</b>.", "The puppets met again."


def compared(before: Screening, after: Screening) -> str:
    return compare_html(before, after, compare_screenings(before, after))


def draft(*paragraphs: str, wording: str) -> Screening:
    text = "\n\n".join(paragraphs)
    return screening(text, *([mark(text, wording)] if wording in text else []))


def changed(same: int) -> str:
    return compared(draft(*SAME[:same], BEFORE, wording="hacks"), draft(*SAME[:same], AFTER, wording="puppets"))


def test_a_long_run_of_unchanged_paragraphs_is_folded_and_says_how_long_it_is() -> None:
    told = changed(6)
    assert "<summary>6 unchanged paragraphs</summary>" in told and told.count("<details") == 1
    folded = re.search(r"<details.*?</details>", told)
    assert folded is not None and folded[0].count("<p ") == 12 and "hacks" not in folded[0]
    assert "<details" not in changed(FOLDED - 1)


def test_a_paragraph_whose_mark_came_or_went_is_not_folded_though_its_words_are_the_same() -> None:
    text = "\n\n".join([*SAME[:3], "The hacks met.", *SAME[3:]])
    told = compared(screening(text, mark(text, "hacks")), screening(text))
    assert told.count("<summary>3 unchanged paragraphs</summary>") == 2
    assert "hacks" not in "".join(re.findall(r"<details.*?</details>", told))


def test_kept_marks_in_folded_paragraphs_are_counted() -> None:
    text = "\n\n".join([*SAME[:3], "The hacks met."])
    assert "4 unchanged paragraphs, 1 mark kept" in compared(screening(text, mark(text, "hacks")), screening(text, mark(text, "hacks")))


def test_what_is_gone_and_what_is_new_lead_to_their_places() -> None:
    told = changed(1)
    links = re.findall(r'<a class="excerpt" href="#([^"]+)"[^>]*>(\w+)</a>', told)
    assert [wording for _, wording in links] == ["hacks", "puppets"]
    for address, wording in links:
        assert re.search(rf'id="{address}">{wording}<', told)


def test_an_explanation_is_reached_by_keyboard_and_read_aloud() -> None:
    told = changed(1)
    assert 'tabindex="0" aria-label="Loaded label, gone, likely, 0.87, own voice: hacks"' in told
    assert "<b>Gone from the later version</b>" in told and "<b>New in the later version</b>" in told
    assert DEVICES[0].alternative in told and "title=" not in told


def test_an_underline_keeps_its_height_where_others_begin_and_end() -> None:
    text = "They starved the system and drowned our cellars again."
    both = screening(
        text,
        mark(text, "starved", device="loaded_label"),
        mark(text, "starved the system and drowned", device="blame_attribution"),
        mark(text, "drowned our cellars", device="bloc_rhetoric"),
    )
    told = compared(both, both)
    for device in DEVICES[:3]:
        heights = set(re.findall(rf'class="u {LETTERS[device.name]} own kept" style="--lane:(\d)"', told))
        assert len(heights) == 1, device.name


def test_markup_in_a_draft_is_text() -> None:
    assert "<b>again</b>" not in changed(1) and "&lt;b&gt;again&lt;/b&gt;" in changed(1)


def test_the_legend_names_each_device_both_voices_and_the_tint() -> None:
    legend = re.search(r'<ul class="legend">.*?</ul>', changed(1))
    assert legend is not None
    assert all(said in legend[0] for said in (*(device.title for device in DEVICES), "own voice", "reported", "gone or new"))
