"""What the page shows while a file of drafts is scored, and in the end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("gradio", reason="the page's extra is not installed; pip install 'framing[app]'")

from framing.app import batch_tab
from framing.batch import RejectedRow, ScoredRow, Settings
from tests.unit.screenings import mark, screening

TEXT = "The hacks met."


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload" / "drafts.csv"
    path.parent.mkdir()
    path.write_text("id,text\n" + "".join(f"a{row},{TEXT}\n" for row in range(1, 13)), encoding="utf-8")
    return path


def scored(path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path, rejected: int = 0, settings: Settings | None = None) -> list[Any]:
    def rows(_: Any, path: Path, **given: Any) -> Iterator[ScoredRow | RejectedRow]:
        assert given["window"] < 12
        for row in range(1, 13):
            if row == rejected:
                yield RejectedRow(str(path), row, row + 1, "it holds no text")
            else:
                yield ScoredRow(f"a{row}", row, str(path), "abc", screening(TEXT, mark(TEXT, "hacks")))

    monkeypatch.setattr(batch_tab, "score_file", rows)
    monkeypatch.setattr(batch_tab, "_BETWEEN", 0.0)
    room: Any = SimpleNamespace(screener=None)
    return list(batch_tab._score(room, path, folder, None, settings or Settings(), Event()))


def test_the_bar_of_a_small_file_moves_with_each_article(upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    *moving, last = scored(upload, monkeypatch, tmp_path)
    bars = [re.search(r'<progress max="(\d+)" value="(\d+)"', shown[0]) for shown in moving]
    assert [bar and (bar[1], bar[2]) for bar in bars] == [("12", str(number)) for number in range(1, 13)]
    assert "12 of 12 read" in moving[-1][0] and "Done: 12 articles scored, 0 rows could not be read." in last[0]
    assert not upload.exists() and last[-1] is None and not last[3].visible


@pytest.mark.parametrize("rejected", [0, 5])
def test_problems_have_a_column_where_there_are_any(upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rejected: int) -> None:
    table = scored(upload, monkeypatch, tmp_path, rejected)[-1][1]
    assert (">Problem<" in table, "it holds no text" in table) == (bool(rejected), bool(rejected))
    cells = {row.count("<td") for row in table.split("<tr>")[2:]}
    assert cells == {table.count("<th ")}


def test_the_downloads_are_the_files_of_the_command(upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rejects = scored(upload, monkeypatch, tmp_path, rejected=5)[-1][3]
    assert rejects.visible
    lines = [json.loads(line) for line in (tmp_path / "drafts-framing.jsonl").read_text("utf-8").splitlines()]
    assert [line["row"] for line in lines] == [1, 2, 3, 4, *range(6, 13)]
    refused = [json.loads(line) for line in (tmp_path / "drafts-framing.jsonl.rejects.jsonl").read_text("utf-8").splitlines()]
    assert refused == [{"input": "drafts.csv", "row": 5, "line": 6, "reason": "it holds no text"}]


def test_only_devices_that_were_looked_for_have_a_column(upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = scored(upload, monkeypatch, tmp_path, settings=Settings(("bloc_rhetoric",)))[-1][1]
    assert ">Bloc rhetoric<" in table and ">Loaded label<" not in table
