"""The overview beside a draft, and its table of findings."""

from __future__ import annotations

import re

import pytest
from selenium.webdriver.common.keys import Keys

from framing.reference import load_reference
from framing.taxonomy import DEVICES
from framing.text import Document
from tests.app.browser import Page
from tests.app.drafts import DRAFT


@pytest.fixture(scope="module", autouse=True)
def screened(page: Page) -> None:
    page.screen(DRAFT)


def column(page: Page, number: int) -> list[str]:
    return [text.strip() for text in page.texts(f"#findings tbody tr:not([hidden]) td:nth-child({number})")]


def test_the_strip_has_a_cell_for_each_sentence(page: Page) -> None:
    sentences = sum(len(paragraph.sentences) for paragraph in Document.from_text(DRAFT, "draft").paragraphs)
    assert len(page.all("#overview .strip .cell")) == sentences
    assert f"{sentences} sentences" in page.text("#overview")


def test_two_sentences_say_what_stands_out(page: Page) -> None:
    said = page.text("#overview .stands-out")
    assert len(re.findall(r"[.!?](?=\s+[A-Z]|$)", said)) == 2, said


def test_each_devices_rate_stands_beside_that_of_agency_copy(page: Page) -> None:
    rows = page.texts("#overview tbody tr")
    assert len(rows) == len(DEVICES)
    for device, row in zip(DEVICES, rows, strict=True):
        assert device.title in row
        assert len(re.findall(r"\d+\.\d \(\d+\.\d\)", row)) == 2, row
    assert load_reference().name in page.text("#overview")


def test_the_table_sorts_by_each_head_both_ways(page: Page) -> None:
    page.press("#findings [data-sort='3']")
    probabilities = [float(text) for text in column(page, 4)]
    assert len(set(probabilities)) > 2 and probabilities == sorted(probabilities)
    page.press("#findings [data-sort='3']")
    assert [float(text) for text in column(page, 4)] == sorted(probabilities, reverse=True)
    assert page.find("#findings th[aria-sort]").get_attribute("aria-sort") == "descending"
    page.press("#findings [data-sort='0']")
    assert column(page, 1) == sorted(column(page, 1))


def test_the_table_filters_as_one_types(page: Page) -> None:
    every = column(page, 2)
    page.find("#findings [data-filter]").send_keys("STOOGES")
    kept = column(page, 2)
    assert kept and kept == [wording for wording in every if "stooges" in wording]
    assert page.text("#findings [data-shown]") == f"{len(kept)} of {len(every)}"
    page.find("#findings [data-filter]").send_keys(Keys.BACKSPACE * len("stooges"))
    assert column(page, 2) == every


def test_a_finding_in_the_table_leads_to_its_mark(page: Page) -> None:
    page.script("window.scrollTo(0, document.body.scrollHeight)")
    link = next(one for one in page.all("#findings .wording a") if one.text == "obedient stooges")
    link.click()
    (target,) = page.wait(lambda: page.all("#marks .u:target"), "the mark to be led to")
    assert target.text.startswith("obedient stooges")
    page.wait(lambda: 0 <= page.script("return arguments[0].getBoundingClientRect().top", target) < 900, "the mark to be in view")
