"""Verdicts given on the page are kept for training."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.app.browser import Page
from tests.app.drafts import BLOC, DRAFT, PLAIN
from tests.app.site import ROOT, Site


@pytest.fixture(scope="module", autouse=True)
def screened(page: Page, site: Site) -> None:
    site.feedback.unlink(missing_ok=True)
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


def test_selected_wording_is_noted_as_missed(page: Page, site: Site) -> None:
    page.script(
        """
        const piece = Array.from(document.querySelectorAll('#marks [data-text]')).find(e => e.textContent.includes(arguments[0]));
        piece.scrollIntoView({block: 'center'});
        const at = piece.textContent.indexOf(arguments[0]), range = document.createRange();
        range.setStart(piece.firstChild, at); range.setEnd(piece.firstChild, at + arguments[0].length);
        getSelection().removeAllRanges(); getSelection().addRange(range);
        """,
        "nine votes to six",
    )
    page.press("#marks .missed [data-device=unsourced_claim]")
    page.status("Noted as missed: ‘nine votes to six’")
    row = verdicts(site)[-1]
    assert (row["verdict"], row["device"], row["text"]) == ("missed", "unsourced_claim", PLAIN)
    assert row["text"][row["start"] : row["end"]] == "nine votes to six"
    assert not page.shown("#marks .missed")


def test_the_kept_verdicts_are_a_corpus_that_the_command_reads(page: Page, site: Site) -> None:
    command = [sys.executable, "-m", "framing", "data", "check", "feedback", str(site.feedback)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert checked.returncode == 0, checked.stderr
    assert {row["text"] for row in verdicts(site)} == {BLOC, PLAIN}
    assert "2" in checked.stdout
