"""What a reader of a report taken from the page learns of what is not in it: what was left out, what was dismissed and why."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from framing.reference import load_reference
from framing.reports.findings_csv import render_csv
from framing.reports.html import render_view
from framing.reports.json_lines import render_json
from framing.reports.sarif import FINGERPRINT, render_sarif
from framing.reports.view import Dismissed, View
from framing.screening import Voice
from framing.taxonomy import DEVICE_NAMES
from tests.unit.screenings import mark, screening

SCHEMA = json.loads((Path(__file__).parents[2] / "framing/reports/screening.schema.json").read_text("utf-8"))
TEXT = "The corrupt regime fell.\n\nThe corrupt regime <b>rose</b>, and vultures came, they said."
FIRST, SECOND = mark(TEXT, "corrupt regime"), mark(TEXT, "corrupt regime", nth=2)
VULTURES = mark(TEXT, "vultures came", "bloc_rhetoric", 0.6, voice="reported")


def view(
    devices: Sequence[str] = DEVICE_NAMES, only: Voice | None = None, dismissed: Sequence[Dismissed] = (), house_list: int = 0
) -> View:
    gone = [entry.finding for entry in dismissed]
    whole = screening(TEXT, *(finding for finding in (FIRST, SECOND, VULTURES) if finding not in gone))
    shown = whole.filtered(lambda finding: finding.device in devices and only in (None, finding.voice))
    return View(shown, whole, "thorough", devices, only, dismissed, house_list, load_reference())


def plain(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page.partition("</style>")[2]).split())


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (view(), ["Sensitivity: thorough. All devices, both voices."]),
        (view(("bloc_rhetoric",)), ["Devices left out: Loaded label, Blame attribution, Unsourced claim. Two findings left out by this"]),
        (view(only="own"), ["The outlet’s own voice only. One finding left out by this choice."]),
        (view(dismissed=[Dismissed(FIRST, "It is the plain name of the thing")]), ["One finding dismissed."]),
        (view(house_list=3), ["Three findings left out by the house list."]),
    ],
)
def test_the_head_of_the_page_says_what_was_left_out(seen: View, said: list[str]) -> None:
    head = plain(render_view(seen)).partition("Hover over a mark")[0]
    assert all(sentence in head for sentence in said)
    assert ("left out" in head) == (seen.left_out > 0 or seen.house_list > 0)


def test_a_page_with_every_device_switched_off_does_not_say_that_nothing_was_marked() -> None:
    page = plain(render_view(view(())))
    assert "No wording was marked." not in page
    assert "No wording is left to show" in page and "Three findings left out by this choice." in page


def test_the_page_lists_what_was_dismissed_with_the_reason_and_what_stands_out_in_the_whole_draft() -> None:
    page = render_view(view(("bloc_rhetoric",), dismissed=[Dismissed(SECOND, "Because <i>I</i> say so")]))
    listed = page.partition("<h2>Dismissed</h2>")[2]
    assert "corrupt regime" in listed and "Because &lt;i&gt;I&lt;/i&gt; say so" in listed
    assert '<a href="#a1-p2">' in listed and 'id="a1-p2"' in page
    told = plain(page)
    assert "What stands out" in told and "agency copy" in told
    # Of all devices, whichever are shown.
    own = re.search(r"L Loaded label ([\d.]+) \(", told)
    assert own is not None and float(own[1]) > 0


def test_the_json_says_what_was_left_out_and_keeps_to_the_schema() -> None:
    seen = view(("loaded_label",), "own", [Dismissed(FIRST, "The piece gives the evidence")], 2)
    written = json.loads(render_json(seen.shown, seen))
    Draft202012Validator(SCHEMA).validate(written)
    assert [f["start"] for paragraph in written["paragraphs"] for f in paragraph["findings"]] == [SECOND.start]
    (dismissed,) = written["view"].pop("dismissed")
    assert dismissed == FIRST.to_dict() | {"reason": "The piece gives the evidence"}
    assert written["view"] == {
        "sensitivity": "thorough", "devices": ["loaded_label"], "only": "own", "left_out": 1, "left_out_by_house_list": 2
    }  # fmt: skip
    assert "view" not in json.loads(render_json(seen.shown))
    written["view"]["surprise"] = 1
    assert not Draft202012Validator(SCHEMA).is_valid(written)


def test_what_was_dismissed_is_suppressed_in_the_sarif_for_its_reason_and_stays_the_same_result() -> None:
    seen = view(dismissed=[Dismissed(FIRST, "The piece gives the evidence")], house_list=1)
    (run,) = json.loads(render_sarif([seen.shown], view=seen))["runs"]
    suppressed = {result["properties"]["start"]: result["suppressions"] for result in run["results"]}
    assert suppressed == {
        FIRST.start: [{"kind": "external", "status": "accepted", "justification": "The piece gives the evidence"}],
        SECOND.start: [],
        VULTURES.start: [],
    }
    assert run["properties"]["view"]["left_out_by_house_list"] == 1
    (before,) = json.loads(render_sarif([view().shown]))["runs"]
    assert all("suppressions" not in result for result in before["results"])
    prints = [[result["partialFingerprints"][FINGERPRINT] for result in log["results"]] for log in (run, before)]
    assert prints[0] == prints[1]


def test_the_table_has_what_was_dismissed_with_its_reason_and_nothing_of_what_was_left_out() -> None:
    seen = view(("loaded_label",), dismissed=[Dismissed(FIRST, "It is the plain name of the thing")], house_list=1)
    rows = list(csv.DictReader(io.StringIO(render_csv([seen.shown], view=seen), newline="")))
    assert [(row["text"], row["paragraph"], row["dismissed"]) for row in rows] == [
        ("corrupt regime", "1", "It is the plain name of the thing"),
        ("corrupt regime", "2", ""),
    ]
