"""Fifty visitors at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from gradio_client import Client

from tests.app.browser import Page
from tests.app.drafts import BLOC, words
from tests.app.site import Site

VISITORS = 50
WORDS = 600
QUEUE = 10
"""Drafts before one's own that take long enough for the page to tell of them."""


def test_fifty_visitors_at_once_all_get_their_screening_and_know_their_place(
    page: Page, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    crowded = threading.Event()

    def visit(visitor: int) -> tuple[set[int], int]:
        draft = words(WORDS, visitor)
        job = Client(site.address, verbose=False).submit(draft, api_name="/screen")
        ranks = set()
        while not job.done():
            if (rank := job.status().rank) is not None:
                ranks.add(rank)
                if rank >= QUEUE:
                    crowded.set()
            time.sleep(0.1)
        screening = job.result()
        assert screening["summary"]["words"] > 0
        return ranks, sum(len(paragraph["findings"]) for paragraph in screening["paragraphs"])

    began = time.monotonic()
    with ThreadPoolExecutor(VISITORS) as visitors:
        visits = [visitors.submit(visit, visitor) for visitor in range(VISITORS)]
        page.paste("#draft-text textarea", BLOC)
        # How long fifty clients take to come is the machine's affair; the page joins them once they queue.
        assert crowded.wait(120)
        page.press("#screen-go")
        page.wait(lambda: "queue" in page.text("#screen-status").lower(), "the place in the queue to be told")
        told = page.find("#screen-status").text
        outcomes = [visit.result() for visit in visits]
    took = time.monotonic() - began
    page.screened()
    assert all(findings for _, findings in outcomes)
    # All but those who came first, or whose turn came before they asked: a fast machine reads some drafts between two questions.
    assert sum(bool(ranks) for ranks, _ in outcomes) >= VISITORS * 3 // 4
    assert max(rank for ranks, _ in outcomes for rank in ranks) >= VISITORS // 2
    with capsys.disabled():
        print(f"\n{VISITORS} drafts of {WORDS} words at once: {took:.0f} s; the browser said {told!r}")  # noqa: T201


def test_the_first_mark_of_the_sample_is_timed(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    times = []
    for _ in range(2):
        page.open()
        began = page.script("document.querySelector('#screen-sample').click(); return performance.now()")
        page.wait(lambda: page.all("#marks .mark"), "the first mark")
        times.append(page.script("return performance.now() - arguments[0]", began) / 1000)
    assert page.marks()
    with capsys.disabled():
        print(f"\nfirst mark of the sample after {min(times):.2f} s (of {', '.join(f'{one:.2f}' for one in times)})")  # noqa: T201
