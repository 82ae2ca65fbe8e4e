"""The overview beside a draft, and its table of findings."""

from __future__ import annotations

import re

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from framing.reference import load_reference
from framing.taxonomy import DEVICES
from framing.text import Document
from tests.app.browser import Page
from tests.app.drafts import DRAFT
from tests.app.site import Site


@pytest.fixture(scope="module", autouse=True)
def screened(page: Page) -> None:
    page.screen(DRAFT)


def column(page: Page, number: int) -> list[str]:
    return [text.strip() for text in page.texts(f"#findings tbody tr:not([hidden]) td:nth-child({number})")]


def cells(page: Page) -> list[tuple[str, str]]:
    """Letter and name of each cell of the strip."""
    return [(one.text, one.get_attribute("aria-label") or "") for one in page.all("#overview .strip .cell")]


def letters(page: Page) -> str:
    return "".join(letter for letter, _ in cells(page))


def test_the_strip_has_a_cell_for_each_sentence(page: Page) -> None:
    paragraphs = Document.from_text(DRAFT, "draft").paragraphs
    places = [f"Paragraph {index}, sentence {place}: " for index, p in enumerate(paragraphs, 1) for place in range(1, len(p.sentences) + 1)]
    assert len(cells(page)) == len(places)
    assert all(name.startswith(place) for (_, name), place in zip(cells(page), places, strict=True))
    assert f"{len(places)} sentences" in page.text("#overview")


def test_a_cell_has_a_letter_where_a_mark_is_seen_and_there_alone(page: Page) -> None:
    for index, (letter, name) in enumerate(cells(page), 1):
        marked = page.all(f"#marks .mark [data-s='{index}']")
        assert bool(letter) == bool(marked), name
        assert letter or name.endswith(": nothing marked")
        assert not letter or name.partition(": ")[2].partition(",")[0] in {device.title for device in DEVICES}, name


def test_the_strip_follows_devices_voice_sensitivity_dismissals_and_the_house_list(page: Page, site: Site) -> None:
    def name() -> str:
        return next(name for _, name in cells(page) if name.startswith("Paragraph 7, sentence 2: "))

    page.renew()
    page.press("#screen-sample")
    page.screened()
    before = letters(page)
    page.press("#marks .legend [data-device=blame_attribution]")
    page.wait(lambda: "B" not in letters(page), "no blame in the strip")
    page.press("#marks .legend [data-device=blame_attribution]")
    page.wait(lambda: letters(page) == before, "the strip as it was")
    page.press("#own-only input")
    page.wait(lambda: not page.all("#overview .cell.reported"), "own voice alone")
    assert page.all("#overview .cell.own")
    page.press("#own-only input")
    page.wait(lambda: letters(page) == before, "the strip as it was")
    slider = page.find("#sensitivity input[type=range]")
    slider.send_keys(Keys.ARROW_LEFT)
    page.wait(lambda: 0 < len(letters(page)) < len(before), "fewer cells with a mark")
    slider.send_keys(Keys.ARROW_RIGHT)
    page.wait(lambda: letters(page) == before, "the strip as it was")
    try:
        for ways in (("[data-menu]", "[data-reason=mistaken]"), ("[data-act=ignore]",)):
            assert name().endswith("Unsourced claim, own voice")
            mark = page.mark_of("Officials sat on their hands")
            page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
            for button in ways:
                page.press(f"#marks .mark.open {button}")
            page.wait(lambda: name().endswith("nothing marked"), "the cell without its mark")
            page.press("#undo")
            page.wait(lambda: letters(page) == before, "the strip as it was")
    finally:
        site.house_list.unlink(missing_ok=True)
        page.screen(DRAFT)


def test_a_cell_leads_to_its_sentence(page: Page) -> None:
    page.press("#overview .cell:last-child")
    cell = page.find("#overview .group:nth-child(4) .cell:nth-child(2)")
    page.script("arguments[0].scrollIntoView({block: 'center'})", cell)
    cell.click()
    page.wait(lambda: page.has_focus("#marks .here"), "the sentence to have the focus")
    assert "".join(page.texts("#marks .here")).strip() == "The tariff rises by 18 per cent in January."
    assert 0 <= page.script("return document.activeElement.getBoundingClientRect().top") < 900
    # Under a pointer, which can select, nothing else opens.
    assert not page.shown("#marks .missed")


def test_the_strip_is_one_stop_for_the_tab_key_and_walked_with_arrows(page: Page) -> None:
    def name() -> str:
        return str(page.script("return document.activeElement.getAttribute('aria-label')")).partition(":")[0]

    page.open().screen(DRAFT)
    assert [one.get_attribute("tabindex") for one in page.all("#overview .cell")].count("0") == 1
    page.script("document.querySelector('#new-draft').focus()")
    page.keys(Keys.TAB)
    assert name() == "Paragraph 1, sentence 1"
    assert page.shown("#strip-keys")
    for key, place in (
        *((Keys.ARROW_RIGHT, "Paragraph 2, sentence 1"), (Keys.ARROW_RIGHT, "Paragraph 2, sentence 2")),
        *((Keys.ARROW_DOWN, "Paragraph 3, sentence 1"), (Keys.ARROW_UP, "Paragraph 2, sentence 1"), (Keys.END, "Paragraph 5, sentence 2")),
        *((Keys.ARROW_LEFT, "Paragraph 5, sentence 1"), (Keys.HOME, "Paragraph 1, sentence 1")),
        (Keys.ARROW_LEFT, "Paragraph 1, sentence 1"),
    ):
        page.keys(key)
        assert name() == place
    page.keys(Keys.ARROW_DOWN, Keys.TAB)
    assert not page.has_focus(".cell")
    ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert name() == "Paragraph 2, sentence 1"


def test_a_cell_is_large_enough_to_be_hit(page: Page) -> None:
    sizes = page.script("return Array.from(document.querySelectorAll('#overview .cell'), e => [e.offsetWidth, e.offsetHeight])")
    assert all(width >= 24 and height >= 24 for width, height in sizes)


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


def test_the_table_stays_sorted_and_filtered_when_the_draft_is_drawn_anew(page: Page) -> None:
    page.open().screen(DRAFT)
    page.find("#findings [data-filter]").send_keys("the")
    page.press("#findings [data-sort='3']")
    page.press("#findings [data-sort='3']")
    before = column(page, 2)
    page.press("#findings tbody tr:not([hidden]) .wording a")
    page.press("#marks .mark.open [data-menu]")
    page.press("#marks .menu:not([hidden]) [data-reason=plain]")
    page.status("Dismissed: ")
    page.wait(lambda: column(page, 2) == before[1:], "the rows without the first")
    probabilities = [float(text) for text in column(page, 4)]
    assert probabilities == sorted(probabilities, reverse=True)
    assert page.text("#findings [data-shown]").startswith(f"{len(before) - 1} of ")
    page.find("#sensitivity input[type=range]").send_keys(Keys.ARROW_RIGHT)
    page.wait(lambda: len(column(page, 2)) > len(before), "more rows")
    probabilities = [float(text) for text in column(page, 4)]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all("the" in row.lower() for row in page.texts("#findings tbody tr:not([hidden])"))
    assert page.find("#findings th[aria-sort]").get_attribute("aria-sort") == "descending"


def test_a_new_draft_comes_with_a_table_in_reading_order(page: Page) -> None:
    page.open().screen(DRAFT)
    every = column(page, 2)
    page.find("#findings [data-filter]").send_keys("stooges")
    page.press("#findings [data-sort='3']")
    page.screen(DRAFT)
    assert column(page, 2) == every and not page.all("#findings [aria-sort]")


@pytest.mark.parametrize("way", ["pointer", "keyboard"])
def test_a_finding_in_the_table_leads_to_its_mark_and_opens_its_explanation(page: Page, way: str) -> None:
    page.open().screen(DRAFT)
    page.script("window.scrollTo(0, document.body.scrollHeight)")
    link = next(one for one in page.all("#findings .wording a") if one.text.startswith("For the globalists"))
    if way == "pointer":
        link.click()
    else:
        link.send_keys(Keys.ENTER)
    page.wait(lambda: page.has_focus("#marks .mark.open"), "the mark to have the focus")
    assert "For the globalists" in page.script("return document.activeElement.querySelector('[data-text]').textContent")
    assert 0 <= page.script("return document.activeElement.getBoundingClientRect().top") < 900
    tips = [tip for tip in page.all("#marks .tip") if tip.is_displayed()]
    assert len(tips) == 1 and tips[0].text.startswith("C Bloc rhetoric")


def test_on_a_phone_each_finding_is_a_card(page: Page) -> None:
    page.size(360, 740)
    try:
        page.open().screen(DRAFT)
        region = page.find("#findings .wide")
        assert page.script("return arguments[0].scrollWidth <= arguments[0].clientWidth", region)
        for row in page.all("#findings tbody tr"):
            left, right = page.script("const box = arguments[0].getBoundingClientRect(); return [box.left, box.right]", row)
            for place in row.find_elements(By.CSS_SELECTOR, "td"):
                box = page.script("const box = arguments[0].getBoundingClientRect(); return [box.left, box.right, box.width]", place)
                assert left <= box[0] and box[1] <= right and box[2] > 0, place.text
            # The wording has the width of the page to itself.
            wording = row.find_element(By.CSS_SELECTOR, ".wording")
            assert page.script("return arguments[0].clientWidth", wording) > 280
        page.press("#findings [data-sort='3']")
        assert (probabilities := [float(text) for text in column(page, 4)]) == sorted(probabilities)
    finally:
        page.size(1280, 900)
