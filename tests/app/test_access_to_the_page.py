"""The page works by keyboard alone, on a phone, from right to left, and passes axe's rules in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.app.browser import Page
from tests.app.drafts import DRAFT, LATER
from tests.app.site import ROOT

AXE = ROOT / ".node/node_modules/axe-core/axe.min.js"
GRADIOS = {
    # The place for files is a button called "Click to upload or drop files", in which "Drop File Here - or - Click to Upload" is written.
    "label-content-name-mismatch": ".upload-container",
}
"""Violations, rule and selector, in Gradio's own markup, which nothing outside of it can change."""


def focused(page: Page) -> str:
    return str(page.script("const e = document.activeElement; return e.id || e.className || e.tagName"))


def keys(page: Page, *typed: str) -> None:
    ActionChains(page.driver).send_keys(*typed).perform()


def tab_until(page: Page, reached: Callable[[], Any], what: str, most: int = 60) -> None:
    for _ in range(most):
        keys(page, Keys.TAB)
        if reached():
            return
    raise AssertionError(f"{most} presses of Tab did not reach {what}; the focus is on {focused(page)}")


def test_a_mark_is_read_dismissed_and_brought_back_by_keyboard_alone(page: Page) -> None:
    def has_focus(selector: str) -> bool:
        return bool(page.script("return document.activeElement.matches(arguments[0])", selector))

    page.open()
    tab_until(page, lambda: has_focus("#screen-sample"), "the sample")
    keys(page, Keys.ENTER)
    page.screened()
    before = len(page.all("#findings tbody tr"))
    tab_until(page, lambda: has_focus("#marks .mark"), "a mark")
    assert page.shown("#marks .mark:focus .tip")
    first = page.script("return document.activeElement.getAttribute('aria-label')")
    keys(page, Keys.ARROW_RIGHT)
    assert has_focus("#marks .mark") and page.script("return document.activeElement.getAttribute('aria-label')") != first
    tab_until(page, lambda: has_focus("#marks [data-menu]"), "the dismiss button")
    keys(page, Keys.ENTER)
    assert page.shown("#marks .menu")
    tab_until(page, lambda: has_focus("#marks [data-reason]"), "a reason")
    keys(page, Keys.ENTER)
    page.status("Dismissed: ")
    page.wait(lambda: len(page.all("#findings tbody tr")) == before - 1, "one finding fewer")
    page.wait(lambda: has_focus("#marks .mark"), "the focus to go on where the mark was")
    tab_until(page, lambda: has_focus("#undo"), "undo", most=250)
    keys(page, Keys.ENTER)
    page.status("Undone: ")
    page.wait(lambda: len(page.all("#findings tbody tr")) == before, "the finding to be back")


def test_paragraphs_from_right_to_left_stand_to_the_right(page: Page) -> None:
    page.open().screen("Left to right.\n\nقال الوزير يوم الخميس إن القرار اتخذ.")
    first, second = page.all("#marks .paragraph")
    assert first.get_attribute("dir") == second.get_attribute("dir") == "auto"
    assert page.style(first, "direction") == "ltr" and page.style(second, "direction") == "rtl"


def test_a_phone_scrolls_no_tab_sideways(page: Page) -> None:
    page.size(360, 740)
    try:
        page.open()
        assert_fits(page, "the empty desk")
        for selector in ("#draft-text textarea", "#draft-file", "#screen-go", "#screen-sample"):
            box = page.find(selector).rect
            assert page.shown(selector) and box["x"] >= 0 and box["x"] + box["width"] <= 360, f"{selector}: {box}"
        page.screen(f"{DRAFT}\n\nhttps://example.org/{'long' * 40}")
        for name in ("Screen", "Compare", "Batch", "About"):
            open_tab(page, name)
            if name == "Compare":
                compare(page)
            assert_fits(page, name)
    finally:
        page.size(1280, 900)


def assert_fits(page: Page, what: str) -> None:
    widths = page.script("return [document.scrollingElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1] == 360, f"{what}: {widths}"


def compare(page: Page) -> None:
    page.paste("#compare-before textarea", DRAFT)
    page.paste("#compare-after textarea", LATER)
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the versions")


def open_tab(page: Page, name: str) -> None:
    """On a phone, tabs without a place are in a menu."""
    button = next((one for one in page.all("button[role=tab]") if one.text == name and one.is_displayed()), None)
    if button is None:
        page.press(".overflow-menu > button")
        button = page.wait(lambda: next((one for one in page.all(".overflow-dropdown button") if one.text == name), None), name)
    button.click()


def is_gradios(page: Page, rule: str, place: str) -> bool:
    asked = "return document.querySelector(arguments[0]).matches(arguments[1])"
    return rule in GRADIOS and bool(page.script(asked, place, GRADIOS[rule]))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, dark: bool) -> None:
    if not AXE.exists():
        pytest.skip(f"{AXE.relative_to(ROOT)} is not there; run: npm install --no-save --prefix .node axe-core@4")
    page.open(dark)
    assert page.script("return document.body.classList.contains('dark')") == dark
    page.script(AXE.read_text("utf-8"))
    found: list[str] = []
    for name in ("Screen, empty", "Screen", "Compare", "Batch", "About"):
        page.tab(name.partition(",")[0])
        if name == "Compare":
            compare(page)
        if name == "Screen":
            page.screen(DRAFT)
            mark = page.mark_of("obedient stooges")
            page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
            page.press("#marks .mark:focus-within [data-menu]")
        told = page.driver.execute_async_script("const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(done)")
        found += [
            f"{name}: {violation['id']} ({violation['impact']}) at {node['target'][-1]}: {node['failureSummary']}"
            for violation in told["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
            if not is_gradios(page, violation["id"], node["target"][-1])
        ]
    assert not found, "\n".join(found)
