"""Two versions of a draft side by side."""

from __future__ import annotations

from pathlib import Path

from tests.app.browser import Page
from tests.app.drafts import BLOC, DRAFT, LATER
from tests.app.site import Site


def test_a_version_that_is_not_there_is_named(page: Page) -> None:
    page.tab("Compare")
    page.press("#compare-go")
    page.alert("earlier version", "#compare-status")


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
        "return Array.from(document.querySelectorAll('#compared .versions > p'), p => [p.textContent, p.getBoundingClientRect().left])"
    )
    place = {text[:20]: left for text, left in columns if text[:20] in (BLOC[:20], LATER.rpartition("\n")[2][:20])}
    assert len(place) == 2 and place[BLOC[:20]] < place[LATER.rpartition("\n")[2][:20]]
    assert site.left_behind() == before
    # What was dropped goes on as text, to be changed and compared again.
    assert page.script("return document.querySelector('#compare-after textarea').value") == LATER
    page.paste("#compare-after textarea", DRAFT)
    page.press("#compare-go")
    page.wait(lambda: page.texts("#compared .counts b")[:2] == ["0", "0"], "no finding gone or new")


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
