"""Files, folders and globs become the inputs that a user means."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from framing.batch.sources import sources_of, total
from framing.errors import InputError


def test_folders_and_globs_give_every_supported_file_once_and_sorted(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.jsonl.gz", "sub/d.png", ".hid/e.txt", "sub/.f.txt", "out.jsonl.parts/000000.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [Path(s.path).name for s in sources_of([str(tmp_path)])] == ["a.md", "b.txt", "c.jsonl.gz"]
    assert [Path(s.path).name for s in sources_of([str(tmp_path / "*.txt"), str(tmp_path / "b.txt")])] == ["b.txt"]
    with pytest.raises(InputError, match=r"kind that is not read; expected one of \.jsonl"):
        sources_of([str(tmp_path / "sub/d.png")])
    with pytest.raises(InputError, match="does not exist"):
        sources_of([str(tmp_path / "none.jsonl")])


def test_totals_are_told_where_that_is_cheap(tmp_path: Path) -> None:
    for name, content in {"a.jsonl": b'{"text": "x"}\n{"text": "y"}', "b.txt": b"x", "c.csv": b"text\nx\n"}.items():
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("a.txt", "x")
        archive.writestr("b.txt", "y")
    assert total(sources_of([str(tmp_path / "a.jsonl"), str(tmp_path / "b.txt"), str(tmp_path / "d.zip")])) == 5
    assert total(sources_of([str(tmp_path / "a.jsonl"), str(tmp_path / "c.csv")])) is None
