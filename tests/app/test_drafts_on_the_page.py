"""A draft comes in and is marked: pasted, taken from the sample, or dropped as a file."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from framing.reports.wording import LETTERS
from framing.taxonomy import DEVICES, device
from tests.app.browser import Page
from tests.app.drafts import BLOC, DRAFT, PARAGRAPHS, PLAIN, docx, html
from tests.app.site import ROOT, Site
from tests.data.make_documents import make_pdf

NAMES = {letter: name for name, letter in LETTERS.items()}


def colour(name: str) -> str:
    red, green, blue = (int(device(name).colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


def device_of(line: WebElement) -> str:
    return next(NAMES[name] for name in (line.get_attribute("class") or "").split() if name in NAMES)


def test_the_sample_is_one_press_away_and_comes_back_whole_with_its_paragraphs(page: Page) -> None:
    sample = (ROOT / "framing/app/assets/sample.txt").read_text("utf-8")
    page.press("#screen-sample")
    page.screened()
    assert page.rejoined() == sample
    assert len(page.all("#marks .paragraph")) == len(sample.strip().split("\n\n"))
    assert len(page.marks()) > 5


def test_a_pasted_draft_keeps_every_character(page: Page) -> None:
    odd = f"  {DRAFT}\n\n\n\tThe end — “🔥 of it”.  \n"
    page.screen(odd)
    assert page.rejoined() == odd


def test_each_mark_is_underlined_in_its_devices_colour_solid_for_own_voice_and_dotted_for_reported(page: Page) -> None:
    page.screen(DRAFT)
    lines = page.all("#marks .mark .u")
    assert {device_of(line) for line in lines} == set(NAMES.values())
    voices = set()
    for line in lines:
        voice = "own" if "own" in (line.get_attribute("class") or "").split() else "reported"
        voices.add(voice)
        assert page.style(line, "textDecorationLine") == "underline"
        assert page.style(line, "textDecorationColor") == colour(device_of(line))
        assert page.style(line, "textDecorationStyle") == ("solid" if voice == "own" else "dotted")
    assert voices == {"own", "reported"}


def test_marks_that_overlap_are_underlined_at_different_heights(page: Page) -> None:
    page.screen(DRAFT)
    mark = page.mark_of("obedient stooges")
    lines = mark.find_elements(By.CSS_SELECTOR, ".u")
    assert {device_of(line) for line in lines} >= {"loaded_label", "bloc_rhetoric"}
    heights = [float(page.style(line, "textUnderlineOffset").removesuffix("px")) for line in lines]
    assert all(abs(one - other) >= 3 for place, one in enumerate(heights) for other in heights[:place]), heights


@pytest.mark.parametrize("way", ["pointer", "keyboard"])
def test_a_mark_explains_itself(page: Page, way: str) -> None:
    page.screen(DRAFT)
    mark = page.mark_of("blamed Environment Minister")
    tip = mark.find_element(By.CSS_SELECTOR, ".tip")
    page.script("arguments[0].scrollIntoView({block: 'center'}); document.activeElement.blur()", mark)
    assert not tip.is_displayed()
    if way == "pointer":
        ActionChains(page.driver).move_to_element(mark.find_element(By.CSS_SELECTOR, "[data-text]")).perform()
    else:
        page.script("arguments[0].focus()", mark)
    page.wait(tip.is_displayed, "the explanation")
    blame = device("blame_attribution")
    assert blame.title in tip.text
    assert re.search(r"(likely|possible|certain|not), 0\.\d\d", tip.text)
    assert "Reported from someone else" in tip.text
    assert re.search(r"Blamed: .*Silke Maur", tip.text)
    assert blame.definition in tip.text
    assert f"Instead: {blame.alternative}" in tip.text
    assert f"{blame.title}, " in (mark.get_attribute("aria-label") or "")
    ActionChains(page.driver).move_to_element(page.find(".masthead h1")).perform()


def test_a_draft_without_framing_says_that_this_is_no_certificate(page: Page) -> None:
    page.screen(PLAIN)
    assert not page.marks()
    assert "not a certificate" in page.text("#marks")


@pytest.mark.parametrize("kind", [".txt", ".md", ".html", ".docx", ".pdf"])
def test_a_dropped_file_is_screened_and_gone_from_the_server(page: Page, site: Site, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"draft{kind}"
    lines = [line for paragraph in PARAGRAPHS for line in [*textwrap.wrap(paragraph, 80), ""]]
    written = {".html": html, ".docx": docx, ".pdf": lambda: make_pdf([lines])}
    file.write_bytes(written[kind]() if kind in written else DRAFT.encode())
    before = site.left_behind()
    page.open().drop("#draft-file", file)
    page.screened()
    assert " ".join(BLOC.split()) in " ".join(page.rejoined().split())
    assert page.mark_of("obedient stooges")
    # A PDF may keep no blank lines, so that its paragraphs are guessed; the others have them.
    assert kind == ".pdf" or len(page.all("#marks .paragraph")) == len(PARAGRAPHS)
    assert site.left_behind() == before


def test_a_locked_pdf_is_refused_in_words_and_leaves_nothing(page: Page, site: Site) -> None:
    before = site.left_behind()
    page.open().drop("#draft-file", ROOT / "tests/data/locked.pdf")
    said = page.alert("password")
    assert "locked.pdf" in said and str(site.uploads) not in said
    assert site.left_behind() == before
    # The refused file is not asked for again: a pasted draft is screened.
    page.paste("#draft-text textarea", BLOC)
    page.press("#screen-go")
    page.screened()
    assert page.rejoined() == BLOC


def test_a_draft_over_the_limit_is_told_the_limit(page: Page) -> None:
    page.open()
    page.script(
        "const box = document.querySelector('#draft-text textarea'); box.value = 'word '.repeat(50000);"
        "box.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    page.press("#screen-go")
    assert "takes 200,000" in page.alert("250,000 characters")


def test_a_file_over_the_limit_is_told_the_limit(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "endless.txt"
    with file.open("wb") as stream:
        stream.truncate(51 * 2**20)
    page.open().drop("#draft-file", file)
    page.wait(lambda: re.search(r"\b50(\.0)?\s*MB", page.find("body").text, re.IGNORECASE), "the limit to be named")


def test_every_device_is_in_the_legend(page: Page) -> None:
    page.open().screen(PLAIN)
    assert all(one.title in page.text("#marks .legend") for one in DEVICES)
