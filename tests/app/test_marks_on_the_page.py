"""Explanations of marks open, stay, close and fit as their reader needs them, and marks are gone through one after the other."""

from __future__ import annotations

import time

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.app.browser import Page
from tests.app.drafts import DRAFT
from tests.app.site import Site

SETTLED = 0.7
"""Seconds after which an explanation that was going to close has closed."""


@pytest.fixture(autouse=True)
def screened(page: Page, site: Site) -> None:
    site.house_list.unlink(missing_ok=True)
    page.open().screen(DRAFT)
    page.point_at(page.find(".masthead h1"))


def shown_over(page: Page, wording: str) -> tuple[WebElement, WebElement]:
    """The mark with that wording and its explanation, which the pointer opened."""
    mark = page.mark_of(wording)
    page.script("arguments[0].scrollIntoView({block: 'center'})", mark)
    tip = mark.find_element(By.CSS_SELECTOR, ".tip")
    page.point_at(mark.find_element(By.CSS_SELECTOR, "[data-text]"))
    page.wait(tip.is_displayed, "the explanation")
    return mark, tip


def box(page: Page, element: WebElement) -> dict[str, float]:
    return dict(page.script("return arguments[0].getBoundingClientRect().toJSON()", element))


def test_an_explanation_stays_while_the_pointer_goes_to_its_buttons_and_is_there(page: Page) -> None:
    _, tip = shown_over(page, "obedient stooges")
    button = tip.find_element(By.CSS_SELECTOR, "[data-act=right]")
    edge, place = box(page, tip), box(page, button)
    mouse = page.pointer()
    # Across the text and the margin, at rest nowhere, as a hand goes.
    for left in (-120, -60, -8, 8):
        mouse.pointer_action.move_to_location(round(edge["left"]) + left, round(place["top"]) + 4)
    mouse.perform()
    time.sleep(SETTLED)
    assert tip.is_displayed()
    ActionChains(page.driver).move_to_element(button).click().perform()
    page.status("Noted as right: ‘obedient stooges’")
    page.wait(lambda: page.has_focus("#marks .mark.open [data-act=right][aria-pressed=true]"), "the button to keep the focus")


def test_an_explanation_closes_when_the_pointer_goes_elsewhere(page: Page) -> None:
    _, tip = shown_over(page, "obedient stooges")
    page.point_at(page.find("#marks .paragraph:nth-of-type(4)"))
    page.wait(lambda: not tip.is_displayed(), "the explanation to close")


def test_escape_closes_an_explanation_that_the_pointer_opened(page: Page) -> None:
    mark, tip = shown_over(page, "obedient stooges")
    page.keys(Keys.ESCAPE)
    assert not tip.is_displayed()
    ActionChains(page.driver).move_by_offset(2, 0).perform()
    time.sleep(SETTLED)
    assert not tip.is_displayed(), "it comes back under a pointer that has not left"
    page.point_at(page.find("#marks .paragraph:nth-of-type(4)"))
    page.point_at(mark.find_element(By.CSS_SELECTOR, "[data-text]"))
    page.wait(tip.is_displayed, "the explanation")


def test_a_click_pins_an_explanation_as_it_says(page: Page) -> None:
    mark, tip = shown_over(page, "obedient stooges")
    assert "click keeps this open" in tip.text
    mark.find_element(By.CSS_SELECTOR, "[data-text]").click()
    page.point_at(page.mark_of("nobody at the board").find_element(By.CSS_SELECTOR, "[data-text]"))
    time.sleep(SETTLED)
    assert [one for one in page.all("#marks .tip") if one.is_displayed()] == [tip]
    page.keys(Keys.ESCAPE)
    assert not tip.is_displayed() and page.has_focus("#marks .mark")


def test_a_page_that_scrolls_under_the_pointer_opens_nothing(page: Page) -> None:
    page.size(1280, 500)
    try:
        left, top, right, bottom = page.wording("obedient stooges")
        place = ((left + right) // 2, (top + bottom) // 2 + 100)
        mouse = page.pointer()
        mouse.pointer_action.move_to_location(*place)
        mouse.perform()
        page.script("window.scrollBy(0, -100)")
        time.sleep(SETTLED)
        assert page.script("return document.elementFromPoint(...arguments).closest('.mark')", *place)
        assert not page.shown("#marks .tip")
    finally:
        page.size(1280, 900)


def test_nothing_lies_over_an_explanation(page: Page) -> None:
    # The labels of Gradio's controls would.
    page.size(360, 740)
    try:
        page.screen("A word.\n\nThe obedient stooges of the vultures.")
        page.press("#marks [data-step='1']")
        tip = page.find("#marks .mark.open .tip")
        over = """
        const box = arguments[0].getBoundingClientRect(), found = [];
        for (let x = box.left + 12; x < box.right - 8; x += 12) for (let y = box.top + 12; y < box.bottom - 8; y += 12) {
          const there = document.elementFromPoint(x, y);
          if (!arguments[0].contains(there)) found.push(there.outerHTML);
        }
        return found;
        """
        assert page.script(over, tip) == []
    finally:
        page.size(1280, 900)


@pytest.mark.parametrize("width", [1280, 360])
def test_an_explanation_is_not_cut_off_and_begins_with_what_is_pointed_at(page: Page, width: int) -> None:
    page.size(width, 520)
    try:
        mark = page.mark_of("obedient stooges")
        page.script("arguments[0].scrollIntoView({block: 'end'})", mark)
        mark.find_element(By.CSS_SELECTOR, "[data-text]").click()
        tip = mark.find_element(By.CSS_SELECTOR, ".tip")
        page.wait(tip.is_displayed, "the explanation")
        edges = box(page, tip)
        assert edges["top"] >= 0 and edges["bottom"] <= 520 and edges["left"] >= 0 and edges["right"] <= width
        assert [one.text[:1] for one in tip.find_elements(By.CSS_SELECTOR, ".entry")] == ["L", "C"]
        # What does not fit is scrolled to, inside.
        last = tip.find_elements(By.CSS_SELECTOR, "[data-act=ignore]")[-1]
        page.script("arguments[0].scrollTop = arguments[0].scrollHeight", tip)
        assert box(page, last)["bottom"] <= edges["bottom"]
        line = box(page, mark.find_element(By.CSS_SELECTOR, "[data-text]"))
        assert line["bottom"] <= edges["top"] or line["right"] <= edges["left"], "the explanation lies over its mark"
    finally:
        page.size(1280, 900)


def test_pointing_at_one_piece_of_a_finding_shows_all_of_it(page: Page) -> None:
    shown_over(page, "obedient stooges")
    lit = page.script("return Array.from(document.querySelectorAll('#marks .u.C.lit'), e => e.querySelector('[data-text]').textContent)")
    assert len(lit) == 3
    assert "".join(lit) in page.texts("#findings .wording")
    assert page.texts("#marks .u.L.lit [data-text]") == ["obedient stooges"]
    page.point_at(page.find(".masthead h1"))
    page.wait(lambda: not page.all("#marks .lit"), "the light to go out")


def test_a_refused_act_takes_no_focus_from_the_slider_later(page: Page, site: Site) -> None:
    site.house_list.mkdir()
    try:
        _, tip = shown_over(page, "obedient stooges")
        tip.find_element(By.CSS_SELECTOR, "[data-act=ignore]").click()
        page.alert("house-list")
    finally:
        site.house_list.rmdir()
    move_the_slider(page)


def move_the_slider(page: Page) -> None:
    slider = page.find("#sensitivity input[type=range]")
    page.script("arguments[0].scrollIntoView({block: 'center'})", slider)
    before, place = len(page.all("#findings tbody tr")), page.script("return scrollY")
    slider.send_keys(Keys.ARROW_RIGHT)
    page.wait(lambda: len(page.all("#findings tbody tr")) > before, "more findings")
    time.sleep(0.2)
    assert page.has_focus("#sensitivity input[type=range]")
    assert page.script("return scrollY") == place and not page.shown("#marks .tip")


def told(page: Page) -> str:
    return page.text("#marks .steps [role=status]")


def led_to(page: Page) -> str:
    """The wording of the finding that is explained first, where it is in view."""
    page.wait(lambda: page.has_focus("#marks .mark.open"), "a mark")
    assert 0 <= page.script("return document.activeElement.getBoundingClientRect().top") < 900
    number = page.script("return document.activeElement.querySelector('.entry').dataset.f")
    return " ".join("".join(page.texts(f"#marks .u[data-f='{number}'] [data-text]")).split())


@pytest.mark.parametrize("way", ["buttons", "keys"])
def test_marks_are_gone_through_in_reading_order(page: Page, way: str) -> None:
    every = page.texts("#findings .wording")
    assert told(page) == f"{len(every)} marks"

    def go(by: int) -> None:
        if way == "keys":
            page.keys("n" if by > 0 else "p")
        else:
            page.find(f"#marks [data-step='{by}']").click()

    if way == "keys":
        # A click into the draft gives it the focus.
        page.find("#marks .paragraph").click()
    for number, wording in enumerate(every, 1):
        go(1)
        assert told(page) == f"{number} of {len(every)}"
        assert led_to(page) == wording
    go(1)
    assert told(page) == f"1 of {len(every)}"
    go(-1)
    assert told(page) == f"{len(every)} of {len(every)}"
    go(-1)
    assert led_to(page) == every[-2]


def test_the_next_mark_is_the_one_after_where_the_reader_is(page: Page) -> None:
    every = page.texts("#findings .wording")
    page.size(1280, 500)
    try:
        page.wording("nobody at the board")
        page.script("window.scrollBy(0, 100)")
        page.find("#marks [data-step='1']").click()
        assert led_to(page).startswith("nobody at the board")
        # However it came to have the focus.
        page.keys(Keys.ESCAPE, Keys.ARROW_LEFT)
        page.wait(lambda: told(page) == f"{every.index(led_to(page)) + 1} of {len(every)}", "the place of the mark that has the focus")
    finally:
        page.size(1280, 900)
