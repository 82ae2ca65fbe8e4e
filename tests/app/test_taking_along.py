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


def test_what_was_dismissed_is_told_apart_in_the_csv(page: Page) -> None:
    before = rows(page)
    mark = page.mark_of("obedient stooges")
    page.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    page.press("#marks .mark:focus-within [data-key$=loaded_label] [data-menu]")
    page.press("#marks .menu:not([hidden]) [data-reason=plain]")
    page.wait(lambda: rows(page) == before - 1, "one finding fewer")
    listed = list(csv.DictReader(io.StringIO(taken(page, "csv"))))
    reasons = {row["text"]: row["dismissed"] for row in listed if row["dismissed"]}
    assert reasons == {"obedient stooges": "It is the plain name of the thing"}
    assert len(listed) == before


def test_what_was_left_out_and_dismissed_is_told_in_what_is_taken(page: Page) -> None:
    # The mark of the test before is still dismissed.
    page.press("#marks .legend [data-device=loaded_label]")
    page.press("#own-only input")
    page.wait(lambda: not page.all("#marks .text .u.L, #marks .text .u.reported"), "other voices and labels to be gone")
    report = taken(page, "html")
    head = report.partition("</header>")[0].rpartition("</style>")[2]
    assert "Sensitivity: balanced." in head and "Devices left out: Loaded label." in head and "The outlet’s own voice only." in head
    assert "One finding dismissed." in head and "findings left out by this choice." in head
    listed = report.partition("<h2>Dismissed</h2>")[2]
    assert "obedient stooges" in listed and "It is the plain name of the thing" in listed
    assert "What stands out" in report and "agency copy" in report
    view = json.loads(taken(page, "json"))["view"]
    assert view["only"] == "own" and "loaded_label" not in view["devices"] and view["left_out"] > 0
    assert [(entry["text"], entry["reason"]) for entry in view["dismissed"]] == [("obedient stooges", "It is the plain name of the thing")]
    (run,) = json.loads(taken(page, "sarif"))["runs"]
    suppressed = [result for result in run["results"] if result["suppressions"]]
    assert len(run["results"]) == rows(page) + 1 and len(suppressed) == 1
    assert suppressed[0]["suppressions"][0]["justification"] == "It is the plain name of the thing"
