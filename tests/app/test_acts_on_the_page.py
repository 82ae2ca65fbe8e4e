"""What is done to a mark is done once, told where it can be seen, and undone from wherever one is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gradio_client import Client
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from framing.verdicts import Verdict, read
from tests.app.browser import Page
from tests.app.drafts import BLOC, DRAFT
from tests.app.site import Site

MARKED = "obedient stooges"


@pytest.fixture(autouse=True)
def screened(page: Page, site: Site) -> None:
    site.house_list.unlink(missing_ok=True)
    site.feedback.unlink(missing_ok=True)
    page.open().screen(DRAFT)


def findings(page: Page) -> list[str]:
    return page.texts("#findings tbody .wording")


def rows(site: Site) -> list[dict[str, Any]]:
    return [json.loads(line) for line in site.feedback.read_text("utf-8").splitlines()] if site.feedback.exists() else []


def standing(site: Site) -> list[Verdict]:
    return [verdict for _, verdict in read(site.feedback)]


def press(page: Page, act: str, wording: str = MARKED) -> None:
    """Press a button of a mark's explanation."""
    mark = page.mark_of(wording)
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press(f"#marks .mark:focus-within [data-key$=loaded_label] {act}")


def dismiss(page: Page, reason: str = "plain", wording: str = MARKED) -> None:
    press(page, "[data-menu]", wording)
    page.press(f"#marks .menu:not([hidden]) [data-reason={reason}]")
    page.status(f"Dismissed: ‘{wording}’")
    page.wait(lambda: wording not in findings(page), "the mark to be gone")


def undo_keys(page: Page) -> None:
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()


# What is said


@pytest.mark.parametrize("place", ["screen", "compare", "batch"])
def test_what_is_said_comes_into_a_part_that_screen_readers_listen_to_from_the_start(page: Page, place: str) -> None:
    page.open().tab(place.capitalize())
    page.script("window.listened = document.querySelector(arguments[0])", f"#{place}-status [role=status]")
    page.press(f"#{place}-go")
    page.wait(lambda: page.text(f"#{place}-status [role=alert]"), "an alert")
    listened = "return window.listened.isConnected && window.listened.contains(document.querySelector(arguments[0]))"
    assert page.script(listened, f"#{place}-status [role=alert]")


def test_each_line_that_is_said_is_faded_out_anew_and_is_another_one(page: Page) -> None:
    def line() -> Any:
        return page.script(
            "const line = document.querySelector('#screen-status .toast'); line.getAnimations()[0]?.finish();"
            "window.earlier = line; return getComputedStyle(line).visibility"
        )

    dismiss(page)
    assert line() == "hidden"
    for _ in range(2):
        press(page, "[data-act=right]", "vultures")
        page.wait(lambda: page.script("return document.querySelector('#screen-status .toast') !== window.earlier"), "another line")
        page.status("oted as right")
        assert page.style(page.find("#screen-status .toast"), "visibility") == "visible"
        assert line() == "hidden"


# Verdicts


def test_a_second_press_takes_a_verdict_back_and_a_third_gives_it_again(page: Page, site: Site) -> None:
    pressed = "#marks [data-key$=loaded_label] [data-act=right][aria-pressed=true]"
    press(page, "[data-act=right]")
    page.wait(lambda: page.all(pressed), "the verdict to be shown")
    press(page, "[data-act=right]")
    page.status("No longer noted as right")
    page.wait(lambda: not page.all(pressed), "the verdict to be shown no longer")
    assert [row.get("verdict") for row in rows(site)] == ["right", None]
    assert rows(site)[1]["retracts"] == rows(site)[0]["id"]
    assert standing(site) == []
    press(page, "[data-act=right]")
    page.wait(lambda: page.all(pressed), "the verdict to be shown")
    press(page, "[data-act=wrong]")
    page.status("Noted as wrong")
    page.wait(lambda: not page.all(pressed), "the other verdict to be shown")
    assert [verdict.verdict for verdict in standing(site)] == ["right", "wrong"]
    press(page, "[data-act=wrong]")
    page.status("No longer noted as wrong")
    assert standing(site) == []


def test_verdicts_given_in_one_moment_are_all_kept_and_shown(page: Page, site: Site) -> None:
    page.script(
        # A mark that overlaps another is explained in several places.
        "const marks = new Map(Array.from(document.querySelectorAll('#marks .actions'), actions => [actions.dataset.key, actions]));"
        "for (const actions of Array.from(marks.values()).slice(0, 3)) actions.querySelector('[data-act=right]').click()"
    )
    pressed = "return new Set(Array.from(document.querySelectorAll('#marks [data-act=right][aria-pressed=true]'), "
    pressed += "button => button.closest('[data-key]').dataset.key)).size"
    page.wait(lambda: page.script(pressed) == 3, "three verdicts to be shown")
    assert len({(row["text"], row["start"], row["device"]) for row in rows(site)}) == 3


def test_a_mark_dismissed_as_mistaken_is_recorded_as_wrong_until_it_is_restored(page: Page, site: Site) -> None:
    dismiss(page, "mistaken")
    assert [(verdict.verdict, verdict.wording) for verdict in standing(site)] == [("wrong", MARKED)]
    page.press("#marks .cleared [data-act=restore]")
    page.status(f"Marked again: ‘{MARKED}’")
    page.wait(lambda: MARKED in findings(page), "the mark to be back")
    assert standing(site) == [] and len(rows(site)) == 2
    dismiss(page, "plain")
    assert standing(site) == []


def test_the_focus_goes_to_a_mark_that_is_restored_by_keyboard(page: Page) -> None:
    dismiss(page)
    page.script("document.querySelector('#marks .cleared [data-act=restore]').focus()")
    page.keys(Keys.ENTER)
    page.status(f"Marked again: ‘{MARKED}’")
    marked = "return document.activeElement.matches('.mark') && document.activeElement.querySelector('[data-text]').textContent"
    page.wait(lambda: MARKED in (page.script(marked) or ""), "the focus on the mark")


def test_who_goes_on_to_another_mark_before_the_answer_comes_stays_there(page: Page, site: Site) -> None:
    page.script(
        "const mark = arguments[0]; mark.focus(); mark.querySelector('[data-act=right]').click(); mark.focus();"
        "mark.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))",
        page.all("#marks .mark")[0],
    )
    page.wait(lambda: page.all("#marks [data-act=right][aria-pressed=true]"), "the verdict to be shown")
    page.wait(lambda: page.has_focus("#marks .mark.open"), "the focus on a mark")
    assert page.script("return Array.from(document.querySelectorAll('#marks .mark')).indexOf(document.activeElement)") == 1


def test_what_the_page_cannot_mean_is_refused_and_breaks_nothing(page: Page, site: Site) -> None:
    page.script("const button = document.querySelector('#marks [data-reason=quote]'); button.dataset.reason = 'because'; button.click()")
    assert "expected one of plain, evidence" in page.alert("is no reason to dismiss a mark")
    for change, said in (
        ("button.dataset.act = 'sing'", "something that is not done here"),
        ("button.closest('[data-key]').dataset.key = '9-99-doubt'", "'9-99-doubt' names no mark"),
    ):
        page.script(f"const button = document.querySelector('#marks [data-act=right]'); {change}; button.click()")
        assert "reload" in page.alert(said)
    dismiss(page)
    page.press("#undo")
    page.wait(lambda: MARKED in findings(page), "the mark to be back")
    assert rows(site) == []


def test_where_the_server_keeps_its_files_is_not_told(page: Page, site: Site) -> None:
    for act, file in (("right", site.feedback), ("ignore", site.house_list)):
        file.mkdir()
        try:
            page.script(f"document.querySelector('#marks [data-act={act}]').click()")
            assert str(file.parent) not in page.alert(file.name)
        finally:
            file.rmdir()


# Undoing


def test_what_was_done_far_down_is_told_and_undone_in_view(page: Page) -> None:
    page.screen("\n\n".join([*["The board decided on Thursday by nine votes to six."] * 60, BLOC]))
    dismiss(page)
    assert page.script("return scrollY") > 1000
    for place in ("#screen-status .toast", "#undo", "#sensitivity"):
        box = page.script("const r = document.querySelector(arguments[0]).getBoundingClientRect(); return [r.top, r.bottom]", place)
        assert box[0] >= 0 and box[1] <= 900, place
    assert page.all("#screen-status [role=status] .toast:not([role])")
    page.press("#screen-status .toast [data-undo]")
    page.status("Undone")
    page.wait(lambda: MARKED in findings(page), "the mark to be back")
    assert not page.all("#screen-status [data-undo]")


def test_control_and_z_undo_one_after_the_other_but_not_in_a_text_box(page: Page, site: Site) -> None:
    before = findings(page)
    dismiss(page)
    press(page, "[data-act=right]", "vultures")
    page.status("Noted as right")
    page.script("document.activeElement.blur()")
    page.find("#findings [data-filter]").send_keys("x")
    undo_keys(page)
    page.find("#findings [data-filter]").clear()
    assert len(standing(site)) == 1
    page.script("document.activeElement.blur()")
    undo_keys(page)
    page.status("Undone: the verdict on ‘vultures’ is taken back.")
    assert standing(site) == []
    undo_keys(page)
    page.status(f"Undone: ‘{MARKED}’ is marked again.")
    page.wait(lambda: findings(page) == before, "the marks to be back")


def test_restoring_by_keyboard_leads_to_the_mark(page: Page) -> None:
    dismiss(page)
    page.script("document.querySelector('#marks .cleared [data-act=restore]').focus()")
    ActionChains(page.driver).send_keys(Keys.ENTER).perform()
    page.wait(lambda: page.script("return document.activeElement.matches('#marks .mark')"), "a mark to have the focus")
    assert MARKED in str(page.script("return document.activeElement.getAttribute('aria-label')"))


# The house list


def test_the_focus_stays_on_the_page_when_the_last_term_is_taken_off_by_keyboard(page: Page, site: Site) -> None:
    site.house_list.write_text(f"{MARKED}\n", encoding="utf-8")
    page.screen(DRAFT)
    page.press("#house summary")
    page.script("document.querySelector('#house [data-act=unlist]').focus()")
    page.keys(Keys.ENTER)
    page.status("is off the house list")
    page.wait(lambda: page.has_focus("#undo"), "the button that undoes it to have the focus")


def test_the_page_says_what_the_house_list_hides_and_takes_a_term_off(page: Page, site: Site) -> None:
    before = findings(page)
    site.house_list.write_text("# agreed\nObedient Stooges  # in May\nregime\n", encoding="utf-8")
    page.screen(DRAFT)
    hidden = len(before) - len(findings(page))
    assert hidden >= 1 and MARKED not in findings(page)
    summary = page.text("#house summary")
    assert "2 terms" in summary and f"{hidden} finding" in summary
    page.press("#house summary")
    page.press("#house [data-term='Obedient Stooges']")
    page.status("‘Obedient Stooges’ is off the house list")
    page.wait(lambda: findings(page) == before, "the wording to be marked")
    assert site.house_list.read_text("utf-8") == "# agreed\nregime\n"
    # It is as open as it was.
    assert page.shown("#house [data-term=regime]")
    page.press("#undo")
    page.status("is on the house list again")
    page.wait(lambda: MARKED not in findings(page), "the wording to be left out")
    assert "Obedient Stooges" in site.house_list.read_text("utf-8")


def test_undo_leaves_a_term_that_a_colleague_had_put_on_the_list(page: Page, site: Site) -> None:
    dismiss(page, wording="vultures")
    site.house_list.write_text(f"loaded_label: {MARKED}\n", encoding="utf-8")
    press(page, "[data-act=ignore]")
    page.status("is on the house list already")
    page.press("#undo")
    page.status("Undone: ‘vultures’ is marked again.")
    assert site.house_list.read_text("utf-8") == f"loaded_label: {MARKED}\n"


def test_programs_leave_the_house_lists_wording_unmarked_unless_they_ask(site: Site) -> None:
    client = Client(site.address, verbose=False)

    def found(**asked: Any) -> set[str]:
        screening = client.predict(BLOC, **asked, api_name="/screen")
        return {finding["text"] for paragraph in screening["paragraphs"] for finding in paragraph["findings"]}

    site.house_list.write_text(f"{MARKED}\n", encoding="utf-8")
    assert MARKED not in found() and found()
    assert MARKED in found(house_list=False)
    for asked in (True, False):
        changes = client.predict(BLOC, "Nothing.", "balanced", asked, api_name="/compare")
        assert (MARKED in {finding["text"] for finding in changes["gone"]}) != asked
