"""Two versions of a draft side by side."""

from __future__ import annotations

import time
from pathlib import Path

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.app.browser import Page
from tests.app.drafts import BLOC, DRAFT, LATER
from tests.app.site import Site

SETTLED = 0.7
"""Seconds after which an explanation that was going to close has closed."""
BOX = "return arguments[0].getBoundingClientRect().toJSON()"


def compare(page: Page, before: str, after: str) -> None:
    page.open().tab("Compare")
    page.paste("#compare-before textarea", before)
    page.paste("#compare-after textarea", after)
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the versions")


def pointed(page: Page, wording: str, block: str = "center") -> tuple[WebElement, WebElement]:
    """The mark with that wording in the later version, and its explanation, which the pointer opened at the right end of a line of it."""
    find = "return Array.from(document.querySelectorAll('#compared .later .mark')).find(m => m.textContent.startsWith(arguments[0]))"
    mark = page.script(find, wording)
    page.point_at(page.find(".masthead h1"))
    page.script("arguments[0].scrollIntoView({block: arguments[1]})", mark, block)
    lines = page.script("return Array.from(arguments[0].getClientRects(), line => line.toJSON())", mark)
    line = max(lines, key=lambda line: line["right"])
    move(page, (line["right"] - 4, (line["top"] + line["bottom"]) / 2))
    tip = mark.find_element("css selector", ".tip")
    page.wait(tip.is_displayed, "the explanation")
    return mark, tip


def move(page: Page, *places: tuple[float, float]) -> None:
    """The pointer from place to place of the window, at rest nowhere, as a hand goes."""
    mouse = page.pointer()
    for left, top in places:
        mouse.pointer_action.move_to_location(round(left), round(top))
    mouse.perform()


def test_a_version_that_is_not_there_is_named(page: Page) -> None:
    page.tab("Compare")
    page.press("#compare-go")
    page.alert("earlier version", "#compare-status")


def test_a_version_that_came_alone_is_kept_for_when_the_other_comes(page: Page, tmp_path: Path) -> None:
    page.open().tab("Compare")
    file = tmp_path / "later.txt"
    file.write_text(LATER, encoding="utf-8")
    page.attach("#compare-after-file", file)
    page.press("#compare-go")
    page.alert("earlier version", "#compare-status")
    page.wait(lambda: page.script("return document.querySelector('#compare-after textarea').value") == LATER, "the text in its box")
    page.paste("#compare-before textarea", DRAFT)
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the comparison")


def explained(page: Page) -> None:
    """A row of a list leads to its mark, whose explanation shows, keyboard in hand, until Escape."""
    link = [one for one in page.all("#compared .changed a") if "obedient stooges" in one.text][-1]
    address = page.driver.current_url
    page.script("arguments[0].focus()", link)
    link.send_keys(Keys.ENTER)
    page.wait(lambda: page.shown("#compared .mark:focus > .tip"), "the explanation")
    tip = page.find("#compared .mark:focus > .tip")
    assert "New in the later version" in tip.text and "Instead:" in tip.text
    sides = page.script("const r = arguments[0].getBoundingClientRect(); return [r.left, r.right, innerWidth]", tip)
    assert sides[0] >= 0 and sides[1] <= sides[2]
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait(lambda: not page.shown("#compared .tip"), "the explanation to close")
    assert page.driver.current_url == address


def test_findings_of_two_versions_are_told_as_gone_kept_and_new(page: Page, site: Site, tmp_path: Path) -> None:
    before = site.left_behind()
    page.open().tab("Compare")
    later = tmp_path / "later.txt"
    later.write_text(LATER, encoding="utf-8")
    page.paste("#compare-before textarea", DRAFT)
    page.attach("#compare-after-file", later)
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the versions")
    gone, new, kept = (int(count.replace(",", "")) for count in page.texts("#compared .counts b"))
    assert gone and new and kept
    lists = {section.find_element("css selector", "h3").text: section.text for section in page.all("#compared .changed")}
    assert "globalists" in lists["Gone"] and "obedient stooges" in lists["New"]
    assert {"L gone", "L new"} <= set(page.texts("#compared .versions .tag"))
    columns = page.script(
        "return Array.from(document.querySelectorAll('#compared .versions > p'), p => {"
        "const copy = p.cloneNode(true); copy.querySelectorAll('.tip, .tag').forEach(told => told.remove());"
        "return [copy.textContent, p.getBoundingClientRect().left]; })"
    )
    place = {text[:20]: left for text, left in columns if text[:20] in (BLOC[:20], LATER.rpartition("\n")[2][:20])}
    assert len(place) == 2 and place[BLOC[:20]] < place[LATER.rpartition("\n")[2][:20]]
    assert site.left_behind() == before
    told = page.script("return Array.from(document.querySelectorAll('#compared .tip .line'), line => line.textContent)")
    assert [line for line in told if line.startswith("Blamed: ") and "Silke Maur" in line]
    explained(page)
    # What was dropped goes on as text, to be changed and compared again.
    assert page.script("return document.querySelector('#compare-after textarea').value") == LATER
    page.paste("#compare-after textarea", DRAFT)
    page.press("#compare-go")
    page.wait(lambda: page.texts("#compared .counts b")[:2] == ["0", "0"], "no finding gone or new")
    # What is the same in both versions is out of the way until it is asked for.
    assert not page.shown("#compared .versions p") and "5 unchanged paragraphs" in page.text("#compared summary")
    page.press("#compared summary")
    page.wait(lambda: page.shown("#compared .versions p"), "the paragraphs")


def test_one_file_on_both_sides_is_compared_with_itself(page: Page, site: Site, tmp_path: Path) -> None:
    before = site.left_behind()
    page.open().tab("Compare")
    file = tmp_path / "twice.txt"
    file.write_text(DRAFT, encoding="utf-8")
    page.attach("#compare-before-file", file)
    page.attach("#compare-after-file", file)
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the versions")
    gone, new, kept = (int(count.replace(",", "")) for count in page.texts("#compared .counts b"))
    assert (gone, new) == (0, 0) and kept
    assert site.left_behind() == before


def test_an_explanation_stays_while_the_pointer_goes_to_it_and_escape_closes_it(page: Page) -> None:
    compare(page, DRAFT, LATER)
    mark, tip = pointed(page, "nobody at the board")
    place, edge = page.script(BOX, mark), page.script(BOX, tip)
    across, down = edge["left"] + 12 - place["right"], edge["top"] + 12 - place["bottom"]
    assert across < -200, "the explanation is too near to lose"
    move(page, *((place["right"] + across * step / 6, place["bottom"] - 4 + down * step / 6) for step in range(1, 7)))
    time.sleep(SETTLED)
    assert tip.is_displayed() and [one for one in page.all("#compared .tip") if one.is_displayed()] == [tip]
    page.keys(Keys.ESCAPE)
    assert not tip.is_displayed() and not page.has_focus("#compared .mark")
    mark, tip = pointed(page, "nobody at the board")
    page.keys(Keys.ESCAPE)
    assert not tip.is_displayed()
    ActionChains(page.driver).move_by_offset(-2, 0).perform()
    time.sleep(SETTLED)
    assert not page.shown("#compared .tip"), "it comes back under a pointer that has not left"
    # A click, as it says there, keeps it open, and the arrow keys go on from there.
    mark, tip = pointed(page, "nobody at the board")
    assert "click keeps this open" in tip.text
    ActionChains(page.driver).click().perform()
    page.point_at(page.find(".masthead h1"))
    time.sleep(SETTLED)
    assert tip.is_displayed()
    page.keys(Keys.ARROW_LEFT)
    page.wait(lambda: page.has_focus("#compared .mark.open") and not tip.is_displayed(), "the mark before")


def test_an_explanation_at_the_foot_of_the_window_does_not_lie_over_its_mark(page: Page) -> None:
    compare(page, DRAFT, LATER)
    mark, tip = pointed(page, "obedient stooges", "end")
    place, edge = page.script(BOX, mark), page.script(BOX, tip)
    assert edge["top"] >= 0 and edge["bottom"] <= page.script("return innerHeight")
    assert edge["bottom"] <= place["top"] or edge["top"] >= place["bottom"]
