"""Many drafts are scored from one file."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.app.browser import Page
from tests.app.drafts import BLOC, PLAIN, zipped
from tests.app.site import Site

TEXTS = [PLAIN, BLOC, "The obedient stooges of the vultures want our wells."]


def as_csv(texts: list[str]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["id", "body"], *([f"a{place}", text] for place, text in enumerate(texts))])
    return stream.getvalue().encode()


def as_parquet(texts: list[str]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"id": [f"a{place}" for place in range(len(texts))], "body": texts}), stream)
    return stream.getvalue()


WRITTEN: dict[str, Callable[[list[str]], bytes]] = {
    "csv": as_csv,
    "jsonl": lambda texts: "".join(json.dumps({"id": f"a{place}", "body": text}) + "\n" for place, text in enumerate(texts)).encode(),
    "parquet": as_parquet,
    "zip": lambda texts: zipped({f"a{place}.txt": text for place, text in enumerate(texts)}),
}


@pytest.fixture(autouse=True)
def batch(page: Page) -> None:
    page.open().tab("Batch")


def give(page: Page, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    if not page.all("#batch-file input[type=file]"):
        # One that was refused is still there.
        page.open().tab("Batch")
    page.attach("#batch-file", path)


@pytest.mark.parametrize("kind", list(WRITTEN))
def test_each_kind_of_file_is_scored_row_by_row_and_taken_along(page: Page, site: Site, tmp_path: Path, kind: str) -> None:
    name = f"{kind}rows"
    give(page, tmp_path / f"{name}.{kind}", WRITTEN[kind](TEXTS))
    page.press("#batch-go")
    page.status("Done: 3 articles scored, 0 rows could not be read.", "#batch-status")
    page.wait(lambda: len(page.all("#batch-table tbody tr")) == len(TEXTS), "the table")
    assert page.texts("#batch-table th")[-1] != "Problem"
    counts = [int(text) for text in page.texts("#batch-table tbody td:nth-child(4)")]
    assert counts[0] == 0 and counts[1] > 0 and counts[2] > 0
    page.press("#batch-download")
    rows = [json.loads(line) for line in page.downloaded(f"{name}-framing.jsonl").read_text("utf-8").splitlines()]
    assert [sum(len(paragraph["findings"]) for paragraph in row["screening"]["paragraphs"]) for row in rows] == counts
    # Where the upload lay on the server is nobody's business.
    assert not [value for row in rows for value in (row["input"], row["screening"]["source"]) if not value.startswith(f"{name}.{kind}")]
    page.wait(lambda: f"{name}.{kind}" not in page.text("#batch-file"), "the file to be cleared")
    page.wait(lambda: f"{name}.{kind}" not in {path.name for path in site.left_behind()}, "the server to keep none but the download")


def test_what_is_lacking_is_said_and_the_next_try_is_not_held_up(page: Page, tmp_path: Path) -> None:
    page.open().tab("Batch")
    page.press("#batch-go")
    page.alert("there is no file yet", "#batch-status")
    give(page, tmp_path / "lacking.csv", as_csv(TEXTS))
    for box in page.all("#batch-devices input"):
        box.click()
    page.press("#batch-go")
    page.alert("no device is chosen", "#batch-status")
    page.all("#batch-devices input")[0].click()
    page.press("#batch-go")
    page.status("Done: 3 articles scored", "#batch-status")
    assert sum(int(text) for text in page.texts("#batch-table tbody td:nth-child(4)")) > 0
    page.wait(lambda: page.find("#batch-go").is_enabled() and not page.find("#batch-stop").is_enabled(), "the buttons to rest")
    page.open().tab("Batch")


def test_the_house_lists_wording_stays_unmarked(page: Page, site: Site, tmp_path: Path) -> None:
    def counts() -> list[int]:
        give(page, tmp_path / "listed.csv", as_csv(TEXTS))
        page.press("#batch-go")
        page.status("Done: 3 articles", "#batch-status")
        page.wait(lambda: len(page.all("#batch-table tbody tr")) == len(TEXTS), "the table")
        return [int(text) for text in page.texts("#batch-table tbody td:nth-child(4)")]

    site.house_list.unlink(missing_ok=True)
    before = counts()
    site.house_list.write_text("obedient stooges\n", encoding="utf-8")
    page.open().tab("Batch")
    try:
        assert counts()[1] < before[1]
        site.house_list.write_text("doubt: regime\n", encoding="utf-8")
        page.open().tab("Batch")
        give(page, tmp_path / "refused.csv", as_csv(TEXTS))
        page.press("#batch-go")
        assert str(site.house_list.parent) not in page.alert("house-list.txt', line 1", "#batch-status")
    finally:
        site.house_list.unlink()


def test_a_file_without_a_text_column_is_refused_in_words(page: Page, site: Site, tmp_path: Path) -> None:
    give(page, tmp_path / "prices.csv", b"crane,price\n1,2\n")
    page.press("#batch-go")
    said = page.alert("prices.csv", "#batch-status")
    assert "crane" in said and str(site.uploads) not in said
    # The file waits for the name of the column.
    page.paste("#batch-column input, #batch-column textarea", "crane")
    page.press("#batch-go")
    page.status("Done: 1 article scored", "#batch-status")
    page.wait(lambda: "prices.csv" not in {path.name for path in site.left_behind()}, "the file to be deleted")
    page.open().tab("Batch")


def test_a_long_batch_tells_how_far_it_is_and_stops_when_told(page: Page, tmp_path: Path) -> None:
    give(page, tmp_path / "manyrows.csv", as_csv([f"{number}. {BLOC}" for number in range(5000)]))
    page.press("#batch-go")
    page.status(" of 5,000 read …", "#batch-status")
    assert page.script("return document.querySelector('#batch-status progress').max") == 5000
    page.press("#batch-stop")
    said = page.status("Stopped: ", "#batch-status")
    scored = int(said.split()[1].replace(",", ""))
    assert 1 <= scored < 5000
    page.press("#batch-download")
    assert len(page.downloaded("manyrows-framing.jsonl").read_text("utf-8").splitlines()) == scored
    assert page.find("#batch-go").is_enabled()
    page.wait(lambda: page.shown("#batch-stop") and not page.find("#batch-stop").is_enabled(), "the buttons to rest")


def test_a_batch_stops_while_its_rows_are_counted(page: Page, site: Site, tmp_path: Path) -> None:
    # So many that counting them takes several seconds.
    rows = "".join(f"a{number},word\n" for number in range(6_000_000))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("rows.csv", f"id,body\n{rows}")
    give(page, tmp_path / "countless.zip", packed.getvalue())
    page.press("#batch-go")
    said = page.status("Counting the rows: ", "#batch-status")
    assert (so_far := re.search(r"Counting the rows: ([\d,]+) so far", said)) and 0 < int(so_far[1].replace(",", "")) < 6_000_000
    page.press("#batch-stop")
    page.wait(lambda: "Stopped before the first row was scored." in page.text("#batch-status"), "the batch to stop")
    page.wait(lambda: page.find("#batch-go").is_enabled() and not page.find("#batch-stop").is_enabled(), "the buttons to rest")
    assert not page.shown("#batch-download") and not page.all("#batch-table tbody tr")
    assert not {path.name for path in site.left_behind()} & {"countless.zip", "countless-framing.jsonl"}


def test_a_batch_that_waits_for_its_turn_is_taken_out_of_the_queue(page: Page, tmp_path: Path) -> None:
    give(page, tmp_path / "longrows.csv", as_csv([f"{number}. {BLOC}" for number in range(5000)]))
    page.press("#batch-go")
    page.status("read …", "#batch-status")
    running = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    try:
        page.open().tab("Batch")
        give(page, tmp_path / "waiting.csv", as_csv(TEXTS))
        page.press("#batch-go")
        page.press("#batch-leave")
        page.status("Stopped before its turn came", "#batch-status")
        page.wait(lambda: page.find("#batch-go").is_enabled() and page.shown("#batch-stop"), "the buttons to rest")
        assert "waiting" in page.text("#batch-file")
        waiting = page.driver.current_window_handle
        page.driver.switch_to.window(running)
        page.press("#batch-stop")
        page.status("Stopped: ", "#batch-status")
        # Its turn is free now, and nobody takes it.
        page.driver.switch_to.window(waiting)
        time.sleep(3)
        assert "Stopped before its turn came" in page.text("#batch-status") and not page.all("#batch-table tbody tr")
        page.press("#batch-go")
        page.status("Done: 3 articles scored", "#batch-status")
    finally:
        page.driver.close()
        page.driver.switch_to.window(running)


def test_a_batch_looks_for_the_devices_that_are_chosen(page: Page, tmp_path: Path) -> None:
    for place in (1, 2, 4):
        page.press(f"#batch-devices label:nth-of-type({place}) input")
    give(page, tmp_path / "blocs.csv", as_csv(TEXTS))
    page.press("#batch-go")
    page.status("Done: 3 articles scored", "#batch-status")
    heads = ["Row", "Id", "Words", "Findings", "Own voice", "Bloc rhetoric"]
    page.wait(lambda: page.texts("#batch-table th") == heads, "a column for it alone")


def test_rejected_rows_are_taken_along_with_their_reasons(page: Page, tmp_path: Path) -> None:
    give(page, tmp_path / "gaps.csv", as_csv([PLAIN, "", PLAIN]))
    page.press("#batch-go")
    page.status("Done: 2 articles scored, 1 row could not be read.", "#batch-status")
    page.wait(lambda: page.texts("#batch-table th")[-1:] == ["Problem"], "a column for the problem")
    page.press("#batch-rejects")
    refused = [json.loads(line) for line in page.downloaded("gaps-framing.jsonl.rejects.jsonl").read_text("utf-8").splitlines()]
    assert [(row["input"], row["row"], row["line"]) for row in refused] == [("gaps.csv", 2, 3)]
