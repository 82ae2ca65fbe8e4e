"""Verdicts given on the page are kept for training."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.app.browser import Page
from tests.app.drafts import BLOC, DRAFT, PLAIN
from tests.app.site import ROOT, Site


@pytest.fixture(scope="module", autouse=True)
def screened(page: Page) -> None:
    page.screen(DRAFT)


def verdicts(site: Site) -> list[dict[str, Any]]:
    return [json.loads(line) for line in site.feedback.read_text("utf-8").splitlines()] if site.feedback.exists() else []


@pytest.mark.parametrize("verdict", ["right", "wrong"])
def test_a_verdict_on_a_mark_is_kept_with_its_paragraph(page: Page, site: Site, verdict: str) -> None:
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press(f"#marks .mark:focus-within [data-key$=loaded_label] [data-act={verdict}]")
    page.status(f"Noted as {verdict}: ‘obedient stooges’")
    row = verdicts(site)[-1]
    assert (row["verdict"], row["device"], row["text"]) == (verdict, "loaded_label", BLOC)
    assert row["text"][row["start"] : row["end"]] == "obedient stooges"
    page.wait(lambda: page.all(f"#marks [data-key$=loaded_label] [data-act={verdict}][aria-pressed=true]"), "the verdict to be shown")


def noted(page: Page, site: Site, wording: str, device: str) -> None:
    page.status(f"Noted as missed: ‘{wording[:40]}")
    row = verdicts(site)[-1]
    assert (row["verdict"], row["device"], row["text"]) == ("missed", device, PLAIN)
    assert row["text"][row["start"] : row["end"]] == wording
    page.wait(lambda: not page.shown("#marks .missed"), "the offer to go")


def test_wording_that_the_mouse_selects_is_noted_as_missed(page: Page, site: Site) -> None:
    left, top, right, bottom = page.wording("nine votes to six")
    mouse = page.pointer()
    mouse.pointer_action.move_to_location(left, (top + bottom) // 2).pointer_down().move_to_location(right, (top + bottom) // 2)
    mouse.perform()
    assert not page.shown("#marks .missed"), "the bar follows the mouse about"
    up = page.pointer()
    up.pointer_action.pointer_up()
    up.perform()
    page.press("#marks .missed [data-device=unsourced_claim]")
    noted(page, site, "nine votes to six", "unsourced_claim")


def test_a_paragraph_that_three_clicks_select_is_noted_as_missed(page: Page, site: Site) -> None:
    # The selection ends in the paragraph that follows.
    left, top, right, bottom = page.wording("nine votes to six")
    mouse = page.pointer()
    mouse.pointer_action.move_to_location((left + right) // 2, (top + bottom) // 2)
    for _ in range(3):
        mouse.pointer_action.pointer_down().pointer_up()
    mouse.perform()
    page.press("#marks .missed [data-device=loaded_label]")
    noted(page, site, PLAIN, "loaded_label")


def test_a_click_beside_a_selection_takes_the_offer_away(page: Page) -> None:
    left, top, right, bottom = page.wording("nine votes to six")
    mouse = page.pointer()
    mouse.pointer_action.move_to_location((left + right) // 2, (top + bottom) // 2).pointer_down().pointer_up().pointer_down().pointer_up()
    mouse.perform()
    page.wait(lambda: page.shown("#marks .missed"), "the offer")
    mouse = page.pointer()
    mouse.pointer_action.move_to_location(left, (top + bottom) // 2).pointer_down().pointer_up()
    mouse.perform()
    page.wait(lambda: not page.shown("#marks .missed"), "the offer to go")


def test_a_sentence_is_noted_as_missed_by_keyboard_alone(page: Page, site: Site) -> None:
    sentence = PLAIN.partition(". ")[0] + "."
    cell = next(one for one in page.all("#overview .cell") if "Paragraph 4, sentence 1" in (one.get_attribute("aria-label") or ""))
    page.script("arguments[0].focus()", cell)
    page.keys(Keys.ENTER)
    page.wait(lambda: page.shown("#marks .missed") and page.has_focus("#marks [data-s]"), "the sentence")
    assert page.script("return document.activeElement.getAttribute('aria-label')").strip() == sentence
    page.keys(Keys.ESCAPE)
    assert not page.shown("#marks .missed") and page.script("return document.activeElement === arguments[0]", cell)
    page.keys(Keys.ENTER)
    page.wait(lambda: page.shown("#marks .missed") and page.has_focus("#marks [data-s]"), "the sentence")
    page.keys(Keys.TAB)
    page.wait(lambda: page.has_focus("#marks .missed [data-device=loaded_label]"), "the focus on the first device")
    page.keys(Keys.TAB)
    page.wait(lambda: page.has_focus("#marks .missed [data-device=blame_attribution]"), "the focus on the second device")
    page.keys(Keys.ENTER)
    noted(page, site, sentence, "blame_attribution")
    # The strip may have been drawn anew meanwhile.
    page.wait(lambda: page.has_focus("#overview .cell[aria-label*='Paragraph 4, sentence 1']"), "the focus on the cell")


def test_wording_within_a_sentence_is_chosen_word_by_word_and_noted_by_keyboard_alone(page: Page, site: Site) -> None:
    sentence = PLAIN.partition(". ")[0] + "."
    wording = "decided on Thursday by nine votes to"
    page.script("arguments[0].focus()", page.find("#overview .cell[aria-label*='Paragraph 4, sentence 1']"))
    page.keys(Keys.ENTER)
    page.wait(lambda: page.shown("#marks .missed") and page.has_focus("#marks [data-s]"), "the sentence")
    offered = page.find("#marks .missed")
    # The sentence is not left; its first two words and its last word are.
    for keys, said in (
        (Keys.ARROW_LEFT, sentence),
        (Keys.ARROW_RIGHT * 2, sentence.removeprefix("The board ")),
        (Keys.SHIFT + Keys.ARROW_RIGHT, sentence.removeprefix("The board ")),
        (Keys.SHIFT + Keys.ARROW_LEFT * 2, wording),
    ):
        # One call holds Shift for all of its keys.
        page.driver.switch_to.active_element.send_keys(keys)
        page.wait(lambda said=said: offered.get_attribute("aria-label") == f"Mark what was missed: {said}", said)
    page.keys(Keys.TAB)
    page.wait(lambda: page.has_focus("#marks .missed [data-device=loaded_label]"), "the focus on the first device")
    page.keys(Keys.ENTER)
    noted(page, site, wording, "loaded_label")
    page.wait(lambda: page.has_focus("#overview .cell[aria-label*='Paragraph 4, sentence 1']"), "the focus on the cell")


def test_the_kept_verdicts_are_a_corpus_that_the_command_reads(page: Page, site: Site) -> None:
    command = [sys.executable, "-m", "framing", "data", "check", "feedback", str(site.feedback)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert checked.returncode == 0, checked.stderr
    assert {row["text"] for row in verdicts(site)} == {BLOC, PLAIN}
    assert "2" in checked.stdout
