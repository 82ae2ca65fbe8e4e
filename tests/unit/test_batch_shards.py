"""Cutting into shards is the same on every run, and a run that was stopped refuses to go on as another one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.batch import Columns, RejectedRow, Settings, config_hash
from framing.batch.formats import Format
from framing.batch.parts import Parts
from framing.batch.rows import Article, Record
from framing.batch.running import AlreadyFinished, Request, refuse_existing
from framing.batch.settings import describe
from framing.batch.shards import Finished, Shard, shards
from framing.batch.sources import Source, sources_of
from framing.errors import InputError


def records(bodies: list[str], parsed: list[str] | None = None) -> Iterator[Record]:
    """A record for each body; an empty one is rejected."""

    def parse(index: int, body: str) -> Article | RejectedRow:
        if parsed is not None:
            parsed.append(body)
        return Article(str(index), "-", index, index, body) if body else RejectedRow("-", index, index, "empty")

    for index, body in enumerate(bodies, start=1):
        yield Record(lambda index=index, body=body: parse(index, body), body.encode())


def finished(shard: Shard, rows: list[Article | RejectedRow]) -> Finished:
    rejected = sum(isinstance(row, RejectedRow) for row in rows)
    return Finished(len(rows) - rejected, rejected, 0, shard.digest)


Taken = dict[int, tuple[list[Article | RejectedRow], Finished]]


def take(bodies: list[str], done: dict[int, Finished], size: int, parsed: list[str] | None = None) -> Taken:
    taken: Taken = {}
    for shard in shards(records(bodies, parsed), done, size):
        rows = list(shard.rows())
        taken[shard.number] = rows, finished(shard, rows)
    return taken


@given(st.lists(st.sampled_from(["", "a", "bb", "ccc"]), max_size=40), st.integers(1, 9), st.data())
def test_a_run_stopped_anywhere_gives_the_shards_that_an_unbroken_one_gives(bodies: list[str], size: int, data: st.DataObject) -> None:
    whole = take(bodies, {}, size)
    assert [row.row for number in sorted(whole) for row in whole[number][0]] == list(range(1, len(bodies) + 1))
    assert all(0 < len(rows) <= size for rows, _ in whole.values())
    done = {number: whole[number][1] for number in whole if data.draw(st.booleans())}
    parsed: list[str] = []
    rest = take(bodies, done, size, parsed)
    assert rest == {number: shard for number, shard in whole.items() if number not in done}
    assert len(parsed) == sum(len(rows) for rows, _ in rest.values())


def test_a_shard_of_long_articles_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framing.batch.shards.SHARD_CHARACTERS", 10)
    assert [len(rows) for rows, _ in take(["x" * 6] * 5, {}, 100).values()] == [2, 2, 1]


def test_other_records_on_stdin_and_fewer_of_them_are_refused() -> None:
    whole = take(["a", "b", "c"], {}, 2)
    done = {0: whole[0][1]}
    with pytest.raises(InputError, match="stdin gives other records for shard 0"):
        take(["a", "x", "c"], done, 2)
    with pytest.raises(InputError, match="end after record 1 of shard 0, which was finished with 2"):
        take(["a"], done, 2)


def parts_in(folder: Path) -> Parts:
    return Parts(folder / "out.jsonl", Format.JSON_LINES)


def test_going_on_names_everything_that_differs(tmp_path: Path) -> None:
    file, other = tmp_path / "a.txt", tmp_path / "b.txt"
    file.write_text("one")
    other.write_text("two")

    def run(sources: list[Path], model: str = "m@1", settings: Settings | None = None) -> dict[str, object]:
        identities = [Source.of(str(source)).identity() for source in sources]
        return {"model": model, "settings": describe(settings or Settings(), Columns()), "inputs": identities}

    parts = parts_in(tmp_path)
    with parts.locked():
        parts.begin(run([file, other]))
    parts.check(run([file, other]))
    for different, told in (
        (run([file, other], "m@2"), 'model was "m@1", now "m@2"'),
        (run([file, other], settings=Settings(min_score=0.5)), "settings.min_score was null, now 0.5"),
        (run([file]), f"input '{other}' is missing"),
        (run([other, file]), "the inputs come in another order"),
    ):
        with pytest.raises(InputError) as caught:
            parts.check(different)
        assert told in str(caught.value)
    os.utime(file, (1, 1))
    with pytest.raises(InputError, match=r"a\.txt' was changed"):
        parts.check(run([file, other]))


def test_a_shard_counts_as_finished_only_with_all_its_files(tmp_path: Path) -> None:
    parts = parts_in(tmp_path)
    with parts.locked():
        parts.begin({})
        for number in range(4):
            parts.scored_file(number).write_text("")
            parts.rejects_file(number).write_text("")
            parts.finished_file(number).write_text(json.dumps(Finished(1, 0, 3, "").to_dict()))
        parts.scored_file(1).unlink()
        parts.finished_file(2).write_text("{")
        leftover = parts.folder / "000009.jsonl.77.tmp"
        leftover.write_text("half a li")
        assert set(parts.finished()) == {0, 3}
        assert not leftover.exists()


def test_two_processes_do_not_write_one_output(tmp_path: Path) -> None:
    with parts_in(tmp_path).locked(), pytest.raises(InputError, match="another process is writing"), parts_in(tmp_path).locked():
        pass


def test_a_folder_that_no_run_made_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "out.jsonl.parts" / "thesis.docx"
    precious.parent.mkdir()
    precious.write_text("x")
    with pytest.raises(InputError, match=r"holds 'thesis\.docx', which no run wrote"), parts_in(tmp_path).locked():
        pass
    assert precious.read_text() == "x"


def test_the_hash_of_the_settings_tells_settings_apart_and_not_their_order() -> None:
    one = config_hash(Settings(devices=("loaded_label", "bloc_rhetoric")), Columns())
    assert one == config_hash(Settings(devices=("bloc_rhetoric", "loaded_label")), Columns())
    others = {config_hash(Settings(), Columns()), config_hash(Settings(only="own"), Columns()), config_hash(Settings(), Columns("body"))}
    assert len({one, *others}) == 4


def test_what_is_there_already_is_replaced_or_gone_on_with_only_when_that_is_said(tmp_path: Path) -> None:
    parts = parts_in(tmp_path)

    def refuse(**flags: bool) -> None:
        refuse_existing(parts, Request([Source.of("in.jsonl")], parts.output, **flags))

    refuse()
    with parts.locked():
        parts.begin({})
        with pytest.raises(InputError, match="a run that was not finished; go on with --resume, or start anew with --overwrite"):
            refuse()
        refuse(resume=True)
        refuse(overwrite=True)
        parts.output.write_text("")
        # An earlier output stands until the new one is whole: this run is not finished for it.
        refuse(resume=True)
        parts.complete()
    assert not parts.folder.exists()
    # As a kill in the last moment leaves it.
    parts.folder.mkdir()
    parts.state_file.write_text('{"complete": true}')
    parts.scored_file(3).write_text("")
    with pytest.raises(AlreadyFinished, match="there is nothing to go on with"):
        refuse(resume=True)
    assert not parts.folder.exists()
    with pytest.raises(InputError, match="is there already; name another output, or replace it with --overwrite"):
        refuse()
    with pytest.raises(InputError, match="expected one of them"):
        refuse(resume=True, overwrite=True)


def test_a_run_does_not_read_what_it_writes(tmp_path: Path) -> None:
    parts = parts_in(tmp_path)
    parts.output.write_text("{}")
    with pytest.raises(InputError, match="is read and written by the same run"):
        refuse_existing(parts, Request(sources_of([str(tmp_path)]), parts.output, overwrite=True))
