"""A report that was taken along is printed."""

from __future__ import annotations

import io
import unicodedata
from base64 import b64decode
from collections.abc import Iterator

import pytest
from pypdf import PdfReader

from tests.app.browser import Page
from tests.app.drafts import DRAFT, HEADLINE, PLAIN

A4 = (595, 842)
"""Width and height in points."""
BETWEEN_MARGINS = int((210 - 2 * 18) / 25.4 * 96)
"""Pixels of CSS between the left and the right margin of the printed page."""
UNBROKEN = f"https://example.org/{'tariff' * 60}"


@pytest.fixture(scope="module")
def report(page: Page) -> Iterator[Page]:
    """The HTML report of a screened draft, which holds a line that nothing but the edge of the page breaks, in a tab of its own."""
    page.open().screen(f"{DRAFT}\n\n{UNBROKEN}")
    page.press("#take-html")
    file = page.downloaded("pasted-draft-framing.html")
    desk = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    try:
        page.driver.get(file.as_uri())
        yield page
    finally:
        page.driver.close()
        page.driver.switch_to.window(desk)


def squeezed(text: str) -> str:
    """`text` without spaces and line ends, which a PDF does not keep, and without its ligatures."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_a_report_is_printed_on_a4_with_text_and_findings_and_without_what_only_a_screen_can_do(report: Page) -> None:
    # No paper size is passed: the one in which the report asks to be printed is A4, where the browser's own is US Letter.
    printed = report.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pages = PdfReader(io.BytesIO(b64decode(printed["data"]))).pages
    for sheet in pages:
        assert (sheet.mediabox.width, sheet.mediabox.height) == pytest.approx(A4, abs=2)
    text = squeezed("\n".join(sheet.extract_text() for sheet in pages))
    for whole in (HEADLINE, PLAIN, UNBROKEN):
        assert squeezed(whole) in text
    pieces = report.texts("article .text [data-text]")
    assert squeezed("".join(pieces)) == squeezed(f"{DRAFT}{UNBROKEN}")
    assert [piece for piece in pieces if squeezed(piece) not in text] == []
    rows = report.texts(".findings .wording")
    table = text[text.index("DeviceWordingVoiceScorePlace") :]
    assert len(rows) > 5 and [row for row in rows if squeezed(row) not in table] == []
    # Of explanations, which a pointer opens, and of the hint to them.
    for hint in ("Hover over a mark", "Instead:"):
        assert hint in report.text("body") and squeezed(hint) not in text


def test_no_line_of_a_printed_report_is_cut_off(report: Page) -> None:
    try:
        report.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        report.size(BETWEEN_MARGINS, 900)
        assert report.script("return [innerWidth, document.documentElement.scrollWidth]") == [BETWEEN_MARGINS, BETWEEN_MARGINS]
        beyond = """
        const range = document.createRange(), found = [];
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
          if (texts.currentNode.parentElement.closest('.unseen')) continue;
          range.selectNodeContents(texts.currentNode);
          for (const line of range.getClientRects()) if (line.left < 0 || line.right > innerWidth) found.push(texts.currentNode.data);
        }
        return found;
        """
        assert report.script(beyond) == []
    finally:
        report.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        report.size(1280, 900)
