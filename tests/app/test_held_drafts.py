"""A draft is held for as long as it is worked on; where it is held no longer, the page says so and its text is there to go on with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.keys import Keys

from tests.app.browser import Page, chromium
from tests.app.drafts import BLOC, DRAFT
from tests.app.site import Site, kept_for, served

HELD = 8
"""Seconds for which the server of these tests holds a draft that is not used."""


@pytest.fixture(scope="module")
def short_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("short"), changed=kept_for(HELD)) as site:
        yield site


@pytest.fixture
def desk(visitor: Page, short_lived: Site) -> Page:
    visitor.size(1280, 900)
    return Page(visitor.driver, short_lived.address, visitor.downloads).open()


def gone(page: Page) -> None:
    page.alert("This draft is no longer held here; screen it again")
    page.wait(lambda: page.shown("#draft-text textarea") and not page.shown("#marks"), "the desk")
    assert page.script("return document.querySelector('#draft-text textarea').value") == DRAFT
    page.press("#screen-go")
    page.screened()


def test_a_draft_that_is_only_looked_at_in_other_ways_is_held(desk: Page) -> None:
    desk.screen(DRAFT)
    slider = desk.find("#sensitivity input[type=range]")
    end = time.monotonic() + 2 * HELD
    for key in (Keys.ARROW_LEFT, Keys.ARROW_RIGHT) * HELD:
        slider.send_keys(key)
        # The marks come before what is said of the level.
        said = {Keys.ARROW_LEFT: "Quiet:", Keys.ARROW_RIGHT: "Balanced:"}[key]
        desk.wait(partial(lambda said: said in desk.text("#level"), said), said)
        time.sleep(1)
    assert time.monotonic() > end
    press_reason(desk)
    desk.status("Dismissed: ‘obedient stooges’")


def press_reason(page: Page) -> None:
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-key$=loaded_label] [data-menu]")
    page.press("#marks .menu:not([hidden]) [data-reason=plain]")


@pytest.mark.parametrize("use", ["slider", "mark", "undo", "download", "edit", "back"])
def test_a_draft_that_is_held_no_longer_is_told_and_its_text_goes_on(desk: Page, use: str) -> None:
    desk.screen(DRAFT)
    if use == "undo":
        press_reason(desk)
        desk.status("Dismissed")
    if use == "back":
        # A new draft was begun, and nothing written in its box.
        desk.press("#new-draft")
        desk.press("#screen-back")
        desk.screened()
    time.sleep(HELD + 3)
    if use in ("slider", "back"):
        desk.find("#sensitivity input[type=range]").send_keys(Keys.ARROW_LEFT)
    elif use == "mark":
        press_reason(desk)
    else:
        desk.press({"undo": "#undo", "download": "#take-csv", "edit": "#edit-draft"}[use])
    gone(desk)


def test_a_dropped_files_text_goes_on_after_the_server_began_anew(visitor: Page, tmp_path: Path) -> None:
    file = tmp_path / "draft.txt"
    file.write_text(DRAFT, encoding="utf-8")
    with served(tmp_path / "site") as site:
        page = Page(visitor.driver, site.address, visitor.downloads).open()
        page.drop("#draft-file", file)
        page.screened()
    with served(tmp_path / "site", urlsplit(site.address).port):
        press_reason(page)
        gone(page)


def test_what_gradio_keeps_of_a_visitor_who_has_gone_is_forgotten(tmp_path: Path) -> None:
    telling = (
        "import framing.app.server as server\n"
        "forget = server._forget_visitors\n"
        "def told(page):\n"
        "    forget(page)\n"
        "    print('kept', len(page.state_holder.session_data), flush=True)\n"
        "server._forget_visitors = told\n"
    )

    def kept() -> list[int]:
        log = (tmp_path / "site/server.log").read_text("utf-8")
        return [int(line.split()[1]) for line in log.splitlines() if line.startswith("kept ") and line.split()[1].isdecimal()]

    with served(tmp_path / "site", changed=telling + kept_for(HELD)) as site, chromium(tmp_path / "browser") as driver:
        page = Page(driver, site.address, tmp_path / "browser/downloads").open()
        page.screen(BLOC)
        page.wait(lambda: max(kept(), default=0) > 0, "the visitor to be known")
        page.wait(lambda: kept()[-1] == 0, "the visitor to be forgotten")
