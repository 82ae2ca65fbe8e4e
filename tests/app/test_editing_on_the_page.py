"""From the marks back to the text and on to its next version, without losing what was decided."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.app.browser import Page
from tests.app.drafts import BLOC, DRAFT, PLAIN, docx
from tests.app.site import Site

MARKED = "obedient stooges"


@pytest.fixture(autouse=True)
def desk(page: Page, site: Site) -> None:
    site.house_list.unlink(missing_ok=True)
    page.open()


def dismiss(page: Page, wording: str = MARKED, reason: str = "evidence") -> None:
    mark = page.mark_of(wording)
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-key$=loaded_label] [data-menu]")
    page.press(f"#marks .menu:not([hidden]) [data-reason={reason}]")
    page.status(f"Dismissed: ‘{wording}’")
    page.wait(lambda: wording not in findings(page), "the mark to be gone")


def findings(page: Page) -> list[str]:
    return page.texts("#findings tbody .wording")


def written(page: Page) -> str:
    return str(page.script("return document.querySelector('#draft-text textarea')?.value"))


def to_text(page: Page, button: str) -> None:
    page.press(button)
    page.wait(lambda: page.shown("#draft-text textarea"), "the text box")
    page.wait(lambda: page.script("return document.activeElement.matches('#draft-text textarea')"), "the box to have the focus")


def keys(page: Page, modifier: str, key: str) -> None:
    ActionChains(page.driver).key_down(modifier).send_keys(key).key_up(modifier).perform()


def test_a_dropped_files_text_is_edited_and_what_was_dismissed_stays_dismissed(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "council.docx"
    file.write_bytes(docx())
    page.drop("#draft-file", file)
    page.screened()
    dismiss(page)
    to_text(page, "#edit-draft")
    text = written(page)
    assert text == DRAFT
    page.paste("#draft-text textarea", f"A new first line.\n\n{text}")
    page.press("#screen-go")
    page.screened()
    page.status("1 mark stays dismissed.")
    assert MARKED not in findings(page) and findings(page)
    assert "The piece gives the evidence" in page.text("#marks .cleared")
    # The next version is taken along under the file's name, and its first step can still be undone.
    page.press("#take-csv")
    page.downloaded("council-framing.csv")
    page.press("#undo")
    page.wait(lambda: MARKED in findings(page), "the mark to be back")


def test_a_dismissal_goes_with_its_wording_and_that_is_said(page: Page) -> None:
    page.screen(DRAFT)
    dismiss(page)
    to_text(page, "#edit-draft")
    page.paste("#draft-text textarea", DRAFT.replace(MARKED, "loyal stooges"))
    page.press("#screen-go")
    page.screened()
    page.status("1 of those dismissed before is gone: the wording has changed.")
    assert not page.all("#marks .cleared")


def test_what_was_changed_outlasts_a_look_at_the_marks(page: Page) -> None:
    page.screen(DRAFT)
    to_text(page, "#edit-draft")
    changed = f"A new first line.\n\n{DRAFT}"
    page.paste("#draft-text textarea", changed)
    page.press("#screen-back")
    page.screened()
    assert "A new first line." not in page.rejoined()
    to_text(page, "#edit-draft")
    assert written(page) == changed
    page.press("#screen-go")
    page.screened()
    assert "A new first line." in page.rejoined()


def test_a_new_draft_can_be_taken_back(page: Page) -> None:
    page.screen(DRAFT)
    dismiss(page)
    before = findings(page)
    to_text(page, "#new-draft")
    assert written(page) == ""
    page.press("#screen-back")
    page.screened()
    assert findings(page) == before and "The piece gives the evidence" in page.text("#marks .cleared")
    to_text(page, "#edit-draft")
    assert written(page) == DRAFT
    # What is new carries nothing over.
    page.press("#screen-back")
    page.screened()
    page.screen(BLOC)
    assert MARKED in findings(page) and not page.all("#marks .cleared")
    assert not page.find("#undo").is_enabled()


def test_what_is_written_and_not_screened_outlasts_every_way_to_the_box(page: Page) -> None:
    page.screen(DRAFT)
    to_text(page, "#new-draft")
    page.paste("#draft-text textarea", PLAIN)
    for button, told in (("#new-draft", False), ("#edit-draft", True), ("#new-draft", True)):
        page.press("#screen-back")
        page.screened()
        to_text(page, button)
        assert written(page) == PLAIN
        page.wait(lambda told=told: ("still in the box" in page.text("#screen-status")) == told, f"what is said after {button}")
    page.press("#screen-sample")
    page.alert("the box holds a draft")
    assert written(page) == PLAIN
    page.press("#screen-go")
    page.screened()
    assert page.rejoined() == PLAIN


def test_markdown_stays_markdown_and_line_ends_are_no_other_wording(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "council.md"
    file.write_bytes(f"---\ntitle: Regime of vultures\n---\n\n<!-- the regime -->\n\n{BLOC.replace(' ', chr(13) + chr(10), 40)}\n".encode())
    page.drop("#draft-file", file)
    page.screened()
    crossing = next(wording for wording in findings(page) if len(wording.split()) > 3)
    paragraphs = len(page.all("#marks .paragraph"))
    mark = page.mark_of(crossing.split()[0])
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-menu]")
    page.press("#marks .menu:not([hidden]) [data-reason=evidence]")
    page.status("Dismissed")
    to_text(page, "#edit-draft")
    page.paste("#draft-text textarea", f"{written(page)}\nThe board decided on Thursday.\n")
    page.press("#screen-go")
    page.screened()
    page.status("1 mark stays dismissed.")
    assert len(page.all("#marks .paragraph")) in (paragraphs, paragraphs + 1)


def test_control_and_enter_in_the_box_screen(page: Page) -> None:
    page.find("#draft-text textarea").send_keys(PLAIN)
    keys(page, Keys.CONTROL, Keys.ENTER)
    page.screened()
    assert page.rejoined() == PLAIN


def ink(page: Page) -> tuple[int, int]:
    """Dark pixels in the left and in the right half of the text box."""
    page.script("document.activeElement.blur()")
    picture = Image.open(io.BytesIO(page.find("#draft-text textarea").screenshot_as_png)).convert("L")
    inner = picture.crop((8, 8, picture.width - 30, picture.height - 8)).point(lambda light: 255 if light < 128 else 0)
    half = inner.width // 2
    left, right = inner.crop((0, 0, half, inner.height)), inner.crop((half, 0, inner.width, inner.height))
    return sum(map(bool, left.getdata())), sum(map(bool, right.getdata()))


def test_pasted_text_from_right_to_left_stands_to_the_right(page: Page) -> None:
    page.paste("#draft-text textarea", "قال الوزير يوم الخميس إن القرار اتخذ.")
    assert page.find("#draft-text textarea").get_attribute("dir") == "auto"
    left, right = ink(page)
    assert right > 100 and left == 0
    for box in ("#compare-before textarea", "#compare-after textarea"):
        page.tab("Compare")
        page.paste(box, "قال الوزير يوم الخميس إن القرار اتخذ.")
        assert page.find(box).get_attribute("dir") == "auto"
        assert page.style(page.find(box), "unicodeBidi") == "plaintext"
    page.tab("Screen")
    page.paste("#draft-text textarea", "The board decided.")
    left, right = ink(page)
    assert left > 100 and right == 0
