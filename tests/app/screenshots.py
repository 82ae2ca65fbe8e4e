"""Writes the pictures of the page in docs/img: python -m tests.app.screenshots. Every tab, light and dark, on a desk and on a phone."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from PIL import Image
from selenium.webdriver.common.by import By

from framing.taxonomy import DEVICES
from tests.app.browser import Page, chromium
from tests.app.site import ROOT, served

OUT = ROOT / "docs/img"
SIZES = {"desk": (1280, 900), "phone": (360, 740)}
COLOURS = 20
"""Of each picture, besides those of the marks: enough for text, and a third of the bytes."""
STRENGTHS = (1.0, 0.65, 0.45, 0.3, 0.15)
MOST_BYTES = 1_000_000
SAMPLE = (ROOT / "framing/app/assets/sample.txt").read_text("utf-8")
REWRITTEN = SAMPLE.replace(
    "What nobody at the board will admit is that its own bungling turned a broken valve into a four-day disaster. ",
    "The board has not explained why the repair took four days. ",
)


def main() -> None:
    """Write every picture; raises RuntimeError when together they are over the limit."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with served(place / "site") as site, chromium(place / "browser") as driver:
            page = Page(driver, site.address, place / "browser/downloads")
            for dark in (False, True):
                # One reading for both sizes: the page is laid out anew when its window changes.
                page.size(*SIZES["desk"])
                page.open(dark)
                shoot(page, "start", dark)
                page.press("#screen-sample")
                page.screened()
                page.script("document.activeElement.blur()")
                shoot(page, "screen", dark)
                explain(page)
                shoot(page, "mark", dark)
                to_top(page, "#findings")
                shoot(page, "findings", dark)
                compare(page)
                shoot(page, "compare", dark, "#compared .counts")
                batch(page, place)
                shoot(page, "batch", dark)
                page.tab("About")
                shoot(page, "about", dark)
    size = sum(path.stat().st_size for path in OUT.glob("*.png"))
    if size > MOST_BYTES:
        raise RuntimeError(f"the pictures have {size:,} bytes together, at most {MOST_BYTES:,} are meant; use fewer colours")


def shoot(page: Page, name: str, dark: bool, top: str | None = None) -> None:
    """Write the page as it stands in both sizes, with `top`, where it is given, at the top of the window."""
    for size, bounds in SIZES.items():
        page.size(*bounds)
        page.script("return new Promise(done => setTimeout(done, 400))")
        if name == "mark":
            explain(page)
        elif name == "findings":
            to_top(page, "#findings")
        elif top:
            to_top(page, top)
        else:
            page.script("window.scrollTo(0, 0)")
        page.script("return new Promise(done => setTimeout(done, 200))")
        picture = Image.open(io.BytesIO(page.driver.get_screenshot_as_png())).convert("RGB")
        file = OUT / f"{name}-{size}-{'dark' if dark else 'light'}.png"
        picture.quantize(palette=palette(picture), dither=Image.Dither.NONE).save(file, optimize=True)
    page.size(*SIZES["desk"])


def palette(picture: Image.Image) -> Image.Image:
    """The picture's colours, and those of the marks at several strengths: they fill too little of it to be among its most frequent ones."""
    found = (picture.quantize(COLOURS, dither=Image.Dither.NONE).getpalette() or [])[: 3 * COLOURS]
    paper = picture.getpixel((0, picture.height - 1))
    marks = [
        round(strength * int(device.colour[1 + 2 * band : 3 + 2 * band], 16) + (1 - strength) * paper[band])
        for device in DEVICES
        for strength in STRENGTHS
        for band in range(3)
    ]
    colours = Image.new("P", (1, 1))
    colours.putpalette(found + marks)
    return colours


def to_top(page: Page, selector: str) -> None:
    """Leave whatever has the focus, and scroll."""
    page.script("document.activeElement.blur(); document.querySelector(arguments[0]).scrollIntoView({block: 'start'})", selector)


def explain(page: Page) -> None:
    """Open the explanation of one mark."""
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].focus(); arguments[0].scrollIntoView({block: 'center'})", mark)


def compare(page: Page) -> None:
    """Fill and press the tab Compare."""
    page.tab("Compare")
    page.paste("#compare-before textarea", SAMPLE)
    page.paste("#compare-after textarea", f"{REWRITTEN}\n\nThe vultures of the capital want our wells.")
    page.press("#compare-go")
    page.wait(lambda: page.all("#compared .versions"), "the versions")


def batch(page: Page, folder: Path) -> None:
    """Fill and press the tab Batch."""
    page.tab("Batch")
    paragraphs = SAMPLE.split("\n\n")
    file = folder / "drafts.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["id", "text"], *([f"draft-{place + 1}", text] for place, text in enumerate(paragraphs))])
    page.attach("#batch-file", file)
    page.press("#batch-go")
    page.status("Done: ", "#batch-status")
    page.driver.find_element(By.TAG_NAME, "body").click()
    page.script("window.scrollTo(0, 0)")


if __name__ == "__main__":
    main()
