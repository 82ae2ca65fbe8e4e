"""What visitors drop and fetch is each one's own, and is gone when it was read, when they leave, or after a while."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gradio_client import Client

from framing.app.uploads import Uploads, forget, private_place, sweep
from tests.app.browser import Page, chromium
from tests.app.drafts import BLOC, DRAFT, words
from tests.app.site import Site, kept_for, served

KEPT = 6


@pytest.fixture
def other(site: Site, tmp_path: Path) -> Iterator[Page]:
    """A second visitor, in a browser of their own."""
    with chromium(tmp_path / "other") as driver:
        yield Page(driver, site.address, tmp_path / "other/downloads").open()


def write(path: Path, text: str = DRAFT) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def upload(site: Site, name: str, content: bytes) -> list[str]:
    import httpx

    answer = httpx.post(f"{site.address}/gradio_api/upload", files={"files": (name, content)}, timeout=120)
    answer.raise_for_status()
    return [str(path) for path in answer.json()]


# Whose page asks


def test_what_pages_of_other_sites_ask_is_refused_and_what_programs_ask_is_not(site: Site) -> None:
    import httpx

    host = site.address.partition("://")[2]

    def asked(method: str, path: str, **headers: str) -> int:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.request(method, f"{site.address}{path}", headers=given).status_code

    for foreign in ("https://evil.example", f"http://{host}.evil.example", "http://localhost:1", "null"):
        assert asked("GET", "/config", origin=foreign) == 403, foreign
        for path in ("/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/predict"):
            assert asked("POST", path, origin=foreign) == asked("OPTIONS", path, origin=foreign) == 403, (foreign, path)
    assert asked("GET", "/config") == asked("GET", "/config", origin=site.address) == 200
    assert asked("GET", "/config", origin="https://desk.example", x_forwarded_host="desk.example") == 200


# A place of one's own


def test_uploads_of_one_file_at_one_time_lie_apart(site: Site) -> None:
    before = site.left_behind()
    with ThreadPoolExecutor(16) as visitors:
        told = list(visitors.map(lambda _: upload(site, "draft.txt", DRAFT.encode()), range(48)))
    places = {Path(path) for (path,) in told}
    assert len(places) == 48
    assert all(place.name == "draft.txt" and place.read_text("utf-8") == DRAFT for place in places)
    # What Gradio shared among them is not left besides.
    assert site.left_behind() - before == places
    for place in places:
        forget(place)


def test_a_long_name_comes_back_whole(site: Site) -> None:
    # An answer of more than 400 bytes is one that Gradio would compress.
    (path,) = upload(site, f"{'ü' * 90}{'x' * 60}.txt", b"A draft.")
    assert Path(path).read_bytes() == b"A draft."
    forget(Path(path))


def test_two_visitors_who_drop_one_file_while_others_are_read_both_see_it_screened(
    page: Page, other: Page, site: Site, tmp_path: Path
) -> None:
    file = write(tmp_path / "draft.txt")
    before = site.left_behind()
    page.open()
    jobs = [Client(site.address, verbose=False).submit(words(3000, number), api_name="/screen") for number in range(4)]
    for visitor in (page, other):
        visitor.drop("#draft-file", file)
    for visitor in (page, other):
        visitor.screened()
        assert visitor.rejoined() == DRAFT
    assert all(job.result()["summary"]["words"] for job in jobs)
    assert site.left_behind() == before


def test_two_visitors_who_score_one_file_each_fetch_their_results(page: Page, other: Page, site: Site, tmp_path: Path) -> None:
    file = write(tmp_path / "drafts.jsonl", f"{json.dumps({'text': BLOC})}\n" * 30)
    for visitor in (page, other):
        visitor.open().tab("Batch")
        visitor.attach("#batch-file", file)
    for visitor in (page, other):
        visitor.press("#batch-go")
    for visitor in (page, other):
        visitor.status("Done: 30 articles", "#batch-status")
    (first, second) = [path for path in site.left_behind() if path.name == "drafts-framing.jsonl"]
    assert first.read_bytes() == second.read_bytes()
    other.driver.get("about:blank")
    page.wait(lambda: first.exists() + second.exists() == 1, "the results of the one who left to be gone")
    page.press("#batch-download")
    assert len(page.downloaded("drafts-framing.jsonl").read_text("utf-8").splitlines()) == 30


# Gone when it is not needed


def test_what_was_dropped_and_never_scored_goes_with_its_visitor(page: Page, site: Site, tmp_path: Path) -> None:
    before = site.left_behind()
    page.open().tab("Batch")
    page.attach("#batch-file", write(tmp_path / "never-scored.jsonl", '{"text": "A draft."}\n'))
    page.tab("Compare")
    page.attach("#compare-after-file", write(tmp_path / "never-compared.txt"))
    page.wait(lambda: len(site.left_behind() - before) == 2, "both to be there")
    # Whose they are is told after they came; what nobody was told of stays for an hour.
    answered = "return performance.getEntriesByType('resource').filter(of => of.name.includes('/run/') && of.responseEnd).length"
    page.wait(lambda: page.script(answered) == 2, "the server to know whose they are")
    page.driver.get("about:blank")
    page.wait(lambda: site.left_behind() - before == set(), "both to be gone")


def test_what_was_dropped_and_never_scored_goes_after_a_while_and_is_then_told(visitor: Page, tmp_path: Path) -> None:
    with served(tmp_path / "site", changed=kept_for(KEPT)) as site:
        page = Page(visitor.driver, site.address, visitor.downloads).open()
        page.tab("Compare")
        page.attach("#compare-after-file", write(tmp_path / "waits.txt"))
        page.paste("#compare-before textarea", BLOC)
        page.wait(site.left_behind, "the file to be there")
        # Gradio's empty files go, too.
        page.wait(lambda: not [path for path in site.uploads.rglob("*") if path.is_file()], "all files to be gone")
        page.press("#compare-go")
        said = page.alert("'waits.txt' is no longer here", "#compare-status")
        assert "drop it again" in said and str(tmp_path) not in said
        visitor.driver.get("about:blank")
    # The folder of the server is gone with it.
    assert not list(site.uploads.glob("framing-page-*"))


def test_the_broom_takes_what_is_old_and_leaves_what_waits(tmp_path: Path) -> None:
    old, new, waiting = (private_place(tmp_path, name) for name in ("old.txt", "new.txt", "waiting.txt"))
    write(old)
    write(new)
    placeholder = write(tmp_path / "tmp1a2b3c", "")
    hour_ago = time.time() - 3700
    for path in (old, placeholder, old.parent):
        os.utime(path, (hour_ago, hour_ago))
    sweep(tmp_path, 3600)
    assert not old.exists() and not placeholder.exists()
    assert new.exists() and waiting.parent.exists()
    os.utime(old.parent, (hour_ago, hour_ago))
    sweep(tmp_path, 3600)
    assert not old.parent.exists()


def test_nobody_claims_a_file_that_is_no_upload(tmp_path: Path) -> None:
    class Request:
        session_hash = "visitor"

    (tmp_path / "uploads").mkdir()
    secret = write(tmp_path / "secret.txt")
    uploads = Uploads(tmp_path / "uploads")
    uploads.claim(str(tmp_path / "uploads/../secret.txt"), Request())  # type: ignore[arg-type]
    place = uploads.place("mine.txt", Request())  # type: ignore[arg-type]
    write(place)
    uploads.leave(Request())  # type: ignore[arg-type]
    assert secret.exists() and not place.parent.exists()


def test_a_disk_that_is_nearly_full_takes_no_upload_and_says_so(tmp_path: Path) -> None:
    changed = "import framing.app.server as server\nserver.SPARED = 1 << 60"
    with served(tmp_path / "site", changed=changed) as site, chromium(tmp_path / "browser") as driver:
        page = Page(driver, site.address, tmp_path / "browser/downloads").open()
        page.drop("#draft-file", write(tmp_path / "draft.txt"))
        page.wait(lambda: "MB of its disk free" in page.text("body"), "the refusal")
        assert site.left_behind() == set()
        page.screen(DRAFT)
        assert page.marks()
