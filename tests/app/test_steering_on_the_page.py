"""What is seen of a screened draft is steered, dismissed and silenced without reading the draft again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.app.browser import Page
from tests.app.drafts import DRAFT
from tests.app.site import ROOT, Site


@pytest.fixture(autouse=True)
def screened(page: Page, site: Site) -> None:
    site.house_list.unlink(missing_ok=True)
    page.open().screen(DRAFT)


def said_and_drawn(page: Page, said: str) -> bool:
    # The marks, the table and the line under the slider come in one answer, and Gradio puts them on the page one after the other.
    time.sleep(0.2)
    return f"{said}:" in page.text("#level")


def findings(page: Page) -> list[str]:
    return page.texts("#findings tbody .wording")


LABELS = "#marks .legend [data-device=loaded_label]"


def switched(page: Page) -> tuple[bool, bool]:
    """Whether the legend shows loaded labels as switched on, and whether the page's state has them so."""
    pressed = page.find(LABELS).get_attribute("aria-pressed") == "true"
    return pressed, bool(page.script("return document.querySelector('#devices input[name=loaded_label]').checked"))


def press_by_touch(page: Page) -> None:
    box = page.find(LABELS).rect
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2 - page.script("return scrollY")}
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def press_by_keyboard(page: Page) -> None:
    page.script("arguments[0].focus()", page.find(LABELS))
    page.keys(Keys.SPACE)


def press_by_pointer(page: Page) -> None:
    page.press(LABELS)


@pytest.mark.parametrize("press", [press_by_pointer, press_by_keyboard, press_by_touch])
def test_the_legend_switches_a_device_off_and_on_without_reading_the_draft_again(page: Page, press: Callable[[Page], None]) -> None:
    before, count = findings(page), page.text(f"{LABELS} .quiet")
    assert switched(page) == (True, True) and count != "0"
    assert "Show or hide" in (page.find(LABELS).get_attribute("title") or "")
    page.requests()
    press(page)
    page.wait(lambda: 0 < len(findings(page)) < len(before), "fewer findings")
    assert switched(page) == (False, False)
    assert not page.all("#marks .text .u.L") and not page.all("#overview .cell.L")
    assert page.all("#marks .text .u.C") and page.all("#overview .cell.C")
    # How many marks there are to be shown again.
    assert page.text(f"{LABELS} .quiet") == count
    press(page)
    page.wait(lambda: findings(page) == before, "the findings to be back")
    assert switched(page) == (True, True)
    assert not any("/queue/join" in address for address in page.requests())


def test_only_the_outlets_own_voice_is_shown_when_asked_for(page: Page) -> None:
    before = findings(page)
    assert page.all("#marks .text .u.reported")
    page.press("#own-only input")
    page.wait(lambda: not page.all("#marks .text .u.reported"), "own voice only")
    assert 0 < len(findings(page)) < len(before)
    page.press("#own-only input")
    page.wait(lambda: findings(page) == before, "the findings to be back")


def test_the_slider_redraws_by_keyboard_without_reading_the_draft_again(page: Page) -> None:
    slider = page.find("#sensitivity input[type=range]")
    counts = {"Balanced": len(findings(page))}
    page.requests()
    left, right = Keys.ARROW_LEFT, Keys.ARROW_RIGHT
    for key, said in ((left, "Quiet"), (right, "Balanced"), (right, "Thorough"), (left, "Balanced")):
        slider.send_keys(key)
        page.wait(partial(said_and_drawn, page, said), said)
        # Its stops are numbers, which say nothing.
        assert slider.get_attribute("aria-valuetext") == said.lower()
        assert counts.setdefault(said, len(findings(page))) == len(findings(page))
    assert 0 < counts["Quiet"] < counts["Balanced"] < counts["Thorough"]
    # What reads a draft waits in the queue; these were answered at once.
    asked = page.requests()
    assert any("/run/" in address for address in asked)
    assert not any("/queue/join" in address for address in asked)


def test_a_mark_is_dismissed_for_a_reason_and_brought_back(page: Page) -> None:
    before = findings(page)
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-key$=loaded_label] [data-menu]")
    page.press("#marks .menu:not([hidden]) [data-reason=evidence]")
    page.status("Dismissed: ‘obedient stooges’")
    page.wait(lambda: len(findings(page)) == len(before) - 1, "one finding fewer")
    assert "obedient stooges" not in findings(page)
    assert "The piece gives the evidence" in page.text("#marks .cleared")
    page.press("#undo")
    page.wait(lambda: findings(page) == before, "the findings to be back")
    assert not page.all("#marks .cleared")


def test_wording_that_is_never_to_be_marked_is_on_the_house_list_for_every_draft_and_the_command(
    page: Page, site: Site, tmp_path: Path
) -> None:
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-key$=loaded_label] [data-act=ignore]")
    page.status("is on the house list")
    page.wait(lambda: "obedient stooges" not in findings(page), "the wording to be left out")
    assert "obedient stooges" in site.house_list.read_text("utf-8")
    page.screen(f"Again, obedient stooges.\n\n{DRAFT}")
    assert "obedient stooges" not in findings(page) and findings(page)
    draft = tmp_path / "draft.txt"
    draft.write_text(DRAFT, encoding="utf-8")
    command = [sys.executable, "-m", "framing", "screen", str(draft), "--format", "csv"]
    listed = subprocess.run(
        [*command, "--house-list", str(site.house_list)], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert listed.returncode == 1, listed.stderr
    assert "globalists" in listed.stdout and ",obedient stooges," not in listed.stdout


def test_undo_takes_wording_off_the_house_list(page: Page, site: Site) -> None:
    before = findings(page)
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-key$=loaded_label] [data-act=ignore]")
    page.wait(lambda: len(findings(page)) < len(before), "a finding fewer")
    page.press("#undo")
    page.status("Undone")
    page.wait(lambda: findings(page) == before, "the findings to be back")
    assert "stooges" not in site.house_list.read_text("utf-8")
