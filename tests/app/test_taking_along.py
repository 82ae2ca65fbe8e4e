"""A screened draft as files."""

from __future__ import annotations

import csv
import io
import json
import re

import jsonschema
import pytest

from tests.app.browser import Page
from tests.app.drafts import DRAFT
from tests.app.site import ROOT


@pytest.fixture(scope="module", autouse=True)
def screened(page: Page) -> None:
    page.screen(DRAFT)


def taken(page: Page, kind: str) -> str:
    page.press(f"#take-{kind}")
    return page.downloaded(f"pasted-draft-framing.{kind}").read_text("utf-8-sig")


def rows(page: Page) -> int:
    return len(page.all("#findings tbody tr"))


def test_the_report_is_one_page_that_asks_for_nothing(page: Page) -> None:
    report = taken(page, "html")
    assert report.lstrip().lower().startswith("<!doctype html>") and "obedient stooges" in report
    assert not re.search(r"""(?:src|href)=["']?(?:https?:|//)|@import|url\((?!["']?data:)""", report)


def test_the_json_keeps_to_the_published_schema(page: Page) -> None:
    screening = json.loads(taken(page, "json"))
    schema = json.loads((ROOT / "framing/reports/screening.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(screening)
    assert sum(len(paragraph["findings"]) for paragraph in screening["paragraphs"]) == rows(page) > 0


def test_the_csv_has_a_row_for_each_finding(page: Page) -> None:
    listed = list(csv.DictReader(io.StringIO(taken(page, "csv"))))
    assert len(listed) == rows(page)
    assert any("obedient stooges" in row.values() for row in listed)


def test_the_sarif_has_a_result_for_each_finding(page: Page) -> None:
    log = json.loads(taken(page, "sarif"))
    assert log["version"] == "2.1.0"
    assert len(log["runs"][0]["results"]) == rows(page)


def test_what_was_dismissed_is_not_taken_along(page: Page) -> None:
    before = rows(page)
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-key$=loaded_label] [data-menu]")
    page.press("#marks .menu:not([hidden]) [data-reason=plain]")
    page.wait(lambda: rows(page) == before - 1, "one finding fewer")
    assert len(list(csv.DictReader(io.StringIO(taken(page, "csv"))))) == before - 1
