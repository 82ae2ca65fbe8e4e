"""What the page shows while a file of drafts is scored, and in the end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from threading import Event
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the page's extra is not installed; pip install 'framing[app]'")

from framing import Screener
from framing.app import batch_tab
from framing.app.newsroom import Newsroom
from framing.app.uploads import Uploads
from framing.batch import Settings
from framing.reference import load_reference

TEXT = "The corrupt hacks of the puppet regime betrayed the nation again."


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


@pytest.fixture
def room(screener: Screener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.setattr(batch_tab, "_BETWEEN", 0.0)
    return Newsroom(screener, tmp_path / "house-list.txt", tmp_path / "feedback.jsonl", load_reference(), Uploads(tmp_path))


def upload(tmp_path: Path, rejected: int = 0) -> Path:
    path = tmp_path / "upload" / "drafts.csv"
    path.parent.mkdir()
    rows = (f"a{row},{'' if row == rejected else TEXT}\n" for row in range(1, 13))
    path.write_text("id,text\n" + "".join(rows), encoding="utf-8")
    return path


def scored(room: Newsroom, path: Path, settings: Settings | None = None) -> list[Any]:
    downloads = (path.parent.parent / "drafts-framing.jsonl", path.parent.parent / "drafts-framing.jsonl.rejects.jsonl")
    return list(batch_tab._score(room, path, downloads, None, settings or Settings(), Event()))


def test_the_bar_of_a_small_file_moves_with_each_article(room: Newsroom, tmp_path: Path) -> None:
    path = upload(tmp_path)
    *moving, last = scored(room, path)
    counting = [shown[0] for shown in moving if "Counting the rows" in shown[0]]
    assert ["12 so far" in shown for shown in counting] == [False] * 11 + [True]
    bars = [re.search(r'<progress max="(\d+)" value="(\d+)"', shown[0]) for shown in moving[len(counting) :]]
    assert [bar and (bar[1], bar[2]) for bar in bars] == [("12", str(number)) for number in range(1, 13)]
    assert "12 of 12 read" in moving[-1][0] and "Done: 12 articles scored, 0 rows could not be read." in last[0]
    assert not path.exists() and last[-1] is None and not last[3].visible


@pytest.mark.parametrize("rejected", [0, 5])
def test_problems_have_a_column_where_there_are_any(room: Newsroom, tmp_path: Path, rejected: int) -> None:
    table = scored(room, upload(tmp_path, rejected))[-1][1]
    assert (">Problem<" in table, "is empty; expected the text" in table) == (bool(rejected), bool(rejected))
    cells = {row.count("<td") for row in table.split("<tr role=\"row\">")[2:]}
    assert cells == {table.count("<th ")}


def test_the_downloads_are_the_files_of_the_command(room: Newsroom, tmp_path: Path) -> None:
    rejects = scored(room, upload(tmp_path, rejected=5))[-1][3]
    assert rejects.visible
    lines = [json.loads(line) for line in (tmp_path / "drafts-framing.jsonl").read_text("utf-8").splitlines()]
    assert [line["row"] for line in lines] == [1, 2, 3, 4, *range(6, 13)]
    refused = [json.loads(line) for line in (tmp_path / "drafts-framing.jsonl.rejects.jsonl").read_text("utf-8").splitlines()]
    assert refused == [{"input": "drafts.csv", "row": 5, "line": 6, "reason": "column 'text' is empty; expected the text of an article"}]


def test_only_devices_that_were_looked_for_have_a_column(room: Newsroom, tmp_path: Path) -> None:
    table = scored(room, upload(tmp_path), Settings(("bloc_rhetoric",)))[-1][1]
    assert ">Bloc rhetoric<" in table and ">Loaded label<" not in table
