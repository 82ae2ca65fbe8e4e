"""A headless Chromium, and the page as a person works with it: what it shows, and what can be typed, pressed and dropped there."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.actions import interaction
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

PATIENCE = 60
"""Seconds that anything on the page may take; a busy machine needs them."""
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-domain-reliability"),
    *("--disable-extensions", "--disable-quic", "--disable-sync", "--metrics-recording-only", "--no-pings"),
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    # Whatever the page might ask of another host fails, and is seen to fail.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
)


def _program(variable: str, *names: str) -> str:
    named = os.environ.get(variable)
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, names)), None)
    if not found:
        wanted = f"${variable}={named}" if named else " or ".join(names)
        pytest.skip(f"{wanted} is not installed; install chromium with its driver (Debian: chromium chromium-driver) or set ${variable}")
    return found


def programs() -> tuple[str, str]:
    """Paths of the browser and its driver; skips the test where there is none."""
    return _program("CHROMIUM", "chromium", "chromium-browser", "google-chrome"), _program("CHROMEDRIVER", "chromedriver")


@contextmanager
def chromium(profile: Path, size: tuple[int, int] = (1280, 900)) -> Iterator[webdriver.Chrome]:
    """A browser with a new profile, its downloads beside it in `profile`/downloads; skips the test where there is none."""
    options = webdriver.ChromeOptions()
    options.binary_location, driver_program = programs()
    service = webdriver.ChromeService(driver_program)
    for flag in (*_FLAGS, f"--user-data-dir={profile / 'profile'}", f"--window-size={size[0]},{size[1]}"):
        options.add_argument(flag)
    (profile / "downloads").mkdir(parents=True)
    options.add_experimental_option(
        "prefs", {"download.default_directory": str(profile / "downloads"), "download.prompt_for_download": False}
    )
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


class Page:
    """The editors' page in a browser."""

    def __init__(self, driver: webdriver.Chrome, address: str, downloads: Path) -> None:
        self.driver = driver
        self.address = address
        self.downloads = downloads

    def open(self, dark: bool = False) -> Page:
        """Load it anew."""
        self.driver.get(f"{self.address}/?__theme={'dark' if dark else 'light'}")
        self.wait(lambda: self.all("#screen-sample"), "the page to be there")
        # Gradio answers a press once its components are mounted, of which the last one on the page is the sign.
        self.wait(lambda: self.script("return document.readyState") == "complete" and self.all("footer"), "the page to be ready")
        return self

    def size(self, width: int, height: int) -> None:
        """Make the window that large, as on a phone below 500 points."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        )

    def script(self, code: str, *given: Any) -> Any:
        return self.driver.execute_script(code, *given)

    def wait(self, condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
        """What `condition` gives once it is true; `what` names it in the failure."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                if found := condition():
                    return found
            except StaleElementReferenceException:
                pass
            time.sleep(0.05)
        shown = self.script("return document.querySelector('#screen-status')?.innerText")
        raise AssertionError(f"waited {patience} s for {what}; the page says {shown!r}")

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """What stands there, shown or not; empty where there is no such place."""
        return str(self.script("return document.querySelector(arguments[0])?.textContent ?? ''", selector))

    def texts(self, selector: str) -> list[str]:
        return list(self.script("return Array.from(document.querySelectorAll(arguments[0]), e => e.textContent)", selector))

    def shown(self, selector: str) -> bool:
        return any(element.is_displayed() for element in self.all(selector))

    def style(self, element: WebElement, name: str) -> str:
        return str(self.script("return getComputedStyle(arguments[0])[arguments[1]]", element, name))

    def press(self, selector: str) -> None:
        """Click on it, scrolled into view."""
        element = self.wait(lambda: next((one for one in self.all(selector) if one.is_displayed()), None), f"{selector} to be shown")
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        self.wait(element.is_enabled, f"{selector} to be enabled")
        element.click()

    def tab(self, name: str) -> None:
        button = next(one for one in self.all("button[role=tab]") if one.text == name)
        button.click()
        self.wait(lambda: button.get_attribute("aria-selected") == "true", f"the tab {name}")

    def paste(self, selector: str, text: str) -> None:
        """Put `text` into a text box at once, as pasting does."""
        box = self.find(selector)
        self.script("arguments[0].focus(); arguments[0].select()", box)
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})

    def drop(self, selector: str, path: Path) -> None:
        """Give a file to a place for files."""
        self.find(f"{selector} input[type=file]").send_keys(str(path))

    def attach(self, selector: str, path: Path) -> None:
        """Give a file to a place that keeps it until a button is pressed; again, where the place was not ready when it first came."""
        said = path.stem[:6]
        for _ in range(5):
            self.wait(lambda: self.all(f"{selector} input[type=file]"), "a place for the file")
            self.drop(selector, path)
            end = time.monotonic() + PATIENCE / 5
            while time.monotonic() < end:
                if said in self.text(selector):
                    return
                time.sleep(0.05)
        raise AssertionError(f"{path.name} was given to {selector} five times and is not there")

    def screen(self, text: str) -> None:
        """Begin a new draft with `text` and wait for it."""
        self.renew()
        self.paste("#draft-text textarea", text)
        self.press("#screen-go")
        self.screened()

    def screened(self) -> None:
        """Wait for a screened draft."""
        self.wait(lambda: not self.shown("#draft-text") and self.shown("#marks .text .paragraph"), "a screened draft")

    def renew(self) -> None:
        """Go to the empty desk where a draft is open."""
        if not self.shown("#draft-text"):
            self.press("#new-draft")
            self.wait(lambda: self.shown("#draft-text textarea") and self.all("#draft-file input[type=file]"), "an empty desk")

    def pointer(self) -> ActionBuilder:
        """A mouse that moves to points of the window."""
        return ActionBuilder(self.driver, mouse=PointerInput(interaction.POINTER_MOUSE, "mouse"), duration=50)

    def point_at(self, element: WebElement) -> None:
        """Move the pointer onto it, where it stands."""
        ActionChains(self.driver).move_to_element(element).perform()

    def keys(self, *typed: str) -> None:
        """Type into whatever has the focus."""
        ActionChains(self.driver).send_keys(*typed).perform()

    def has_focus(self, selector: str) -> bool:
        return bool(self.script("return document.activeElement.matches(arguments[0])", selector))

    def wording(self, words: str) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in the window of words on one line of the draft, scrolled to the middle."""
        box = self.script(
            """
            const piece = Array.from(document.querySelectorAll('#marks [data-text]')).find(e => e.textContent.includes(arguments[0]));
            piece.scrollIntoView({block: 'center'});
            const at = piece.textContent.indexOf(arguments[0]), range = document.createRange();
            range.setStart(piece.firstChild, at); range.setEnd(piece.firstChild, at + arguments[0].length);
            const box = range.getBoundingClientRect();
            return [box.left, box.top, box.right, box.bottom];
            """,
            words,
        )
        left, top, right, bottom = (round(edge) for edge in box)
        return left, top, right, bottom

    def rejoined(self) -> str:
        """The draft as its marked pieces make it up."""
        return "".join(self.texts("#marks .text [data-text]"))

    def marks(self) -> list[WebElement]:
        return self.all("#marks .mark")

    def mark_of(self, wording: str) -> WebElement:
        """The first mark whose wording holds `wording`."""
        found = self.script(
            "return Array.from(document.querySelectorAll('#marks .mark')).find(m => m.querySelector('[data-text]').textContent.includes("
            "arguments[0]))",
            wording,
        )
        assert isinstance(found, WebElement), f"no mark holds {wording!r}"
        return found

    def alert(self, said: str, place: str = "#screen-status") -> str:
        """The alert there, once it holds `said`."""
        return str(self.wait(lambda: said in (text := self.text(f"{place} [role=alert]")) and text, f"an alert with {said!r}"))

    def status(self, said: str, place: str = "#screen-status") -> str:
        return str(self.wait(lambda: said in (text := self.text(place)) and text, f"{said!r} to be said"))

    def requests(self) -> list[str]:
        """Addresses asked for since this was last called, sockets among them."""
        told = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [message["params"]["request"]["url"] for message in told if message["method"] == "Network.requestWillBeSent"]
        opened = ("Network.webSocketCreated", "Network.webTransportCreated")
        return asked + [message["params"]["url"] for message in told if message["method"] in opened]

    def downloaded(self, name: str) -> Path:
        """The file of that name, once it has come; it is moved aside, so that the next one of the name is another."""
        path = self.downloads / name
        self.wait(path.exists, f"the download {name}")
        kept = self.downloads / f"{time.monotonic_ns()}-{name}"
        return path.rename(kept)
