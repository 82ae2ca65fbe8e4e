"""Scoring on Ray: the rows and values of one machine, each once, whatever is killed on the way."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing import ConfigError, InputError, Screener
from framing.batch import RejectedRow, score_file
from framing.batch.parquet import schema
from framing.batch.settings import Columns
from framing.batch.sources import Source
from framing.scale import accepted, connected, rejected, score_dataset, score_files
from framing.scale.planning import count_records, file_shards
from tests.conftest import Run
from tests.model.conftest import ROOT

ARTICLES, FIRST = 30, 12
SHARD = 5
BAD = {7: "{", 24: '{"id": "empty", "text": ""}'}
SENTENCES = [
    "The puppet regime has bled our crews dry, the minister said.",
    "The council met on Tuesday and approved the minutes.",
    "You stand with us or you stand with the enemies of the people.",
    "“Он виноват”, she said – 战争 is his fault 😀.",
]


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    with connected("local", workers=2) as ray:
        yield ray


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two files, so that a shard begins in the one and ends in the other."""
    chance = random.Random(5)
    lines = []
    for number in range(1, ARTICLES + 1):
        paragraphs = [" ".join(chance.choices(SENTENCES, k=chance.randint(1, 4))) for _ in range(chance.randint(1, 3))]
        article = json.dumps({"id": f"n{number}", "text": "\n\n".join(paragraphs)}, ensure_ascii=False)
        lines.append(BAD.get(number, article))
    folder = tmp_path_factory.mktemp("inputs")
    files = [folder / "a.jsonl", folder / "b.jsonl"]
    files[0].write_text("\n".join(lines[:FIRST]), encoding="utf-8")
    files[1].write_text("\n".join(lines[FIRST:]), encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def alone(inputs: list[Path], screener: Screener) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What one machine gives: (results, rejected rows)."""
    rows = [row for file in inputs for row in score_file(screener, file)]
    scored = [row.to_dict() for row in rows if not isinstance(row, RejectedRow)]
    return scored, [row.to_dict() for row in rows if isinstance(row, RejectedRow)]


def results(folder: Path) -> list[dict[str, Any]]:
    """All rows of a folder of shards, in the order of the shards."""
    rows: list[dict[str, Any]] = pa.concat_tables([pq.read_table(file) for file in sorted(folder.glob("*.parquet"))]).to_pylist()
    return rows


def rejects(folder: Path) -> list[dict[str, Any]]:
    file = folder.with_name(f"{folder.name}.rejects.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def workers_at_work() -> list[int]:
    """Process ids of the actors that score shards, as Ray names its processes."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and b"_ShardScorer" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_a_pool_gives_the_rows_and_values_of_one_machine_and_refuses_to_go_on_with_another_run(
    ray: Any, inputs: list[Path], alone: tuple[list[dict[str, Any]], list[dict[str, Any]]], tiny_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scores"
    told: list[int] = []
    tally = score_files(inputs, output, model=tiny_model, workers=2, shard_rows=SHARD, advance=lambda rows, words: told.append(rows))
    assert results(output) == alone[0]
    assert rejects(output) == alone[1]
    assert (tally.articles, tally.rejected, sum(told)) == (ARTICLES - len(BAD), len(BAD), ARTICLES)
    assert pq.read_table(output).schema.equals(schema(False))
    with pytest.raises(InputError, match=r"input '.*b\.jsonl' is missing; settings\.columns\.title was null, now .id."):
        score_files(inputs[:1], output, model=tiny_model, title_column="id", shard_rows=SHARD)
    with pytest.raises(InputError, match="has no column 'body'"):
        score_files([output / "000000.parquet"], tmp_path / "other", model=tiny_model, text_column="body")


def test_a_dataset_comes_back_with_every_row_scored_or_with_the_reason(
    ray: Any, inputs: list[Path], alone: tuple[list[dict[str, Any]], list[dict[str, Any]]], tiny_model: Path
) -> None:
    rows = []
    for file in inputs:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            # A line that is no JSON cannot be in a dataset; a text that is null stands for it.
            fields = json.loads(line) if line != "{" else {"id": "null", "text": None}
            rows.append({**fields, "number": number, "file": str(file), "more": 1})
    scored = score_dataset(
        ray.data.from_arrow([pa.Table.from_pylist(rows[start : start + 15]) for start in range(0, ARTICLES, 15)]),
        model=tiny_model,
        row_column="number",
        input_column="file",
        workers=(1, 2),
        num_cpus=0.5,
        batch_rows=SHARD,
    ).materialize()
    assert scored.count() == ARTICLES
    table = pa.concat_tables(ray.get(accepted(scored).to_arrow_refs()))
    assert table.schema.equals(schema(False))
    assert sorted(table.to_pylist(), key=lambda row: (row["input"], row["row"])) == alone[0]
    reasons = sorted(rejected(scored).take_all(), key=lambda row: row["row"])
    assert [(row["id"], row["row"], row["input"]) for row in reasons] == [
        ("null", 7, str(inputs[0])),
        ("empty", 12, str(inputs[1])),
    ]
    assert reasons[1]["rejected"] == "column 'text' is empty; expected the text of an article"
    with pytest.raises(InputError, match="'the dataset' has no column 'nummer'"):
        score_dataset(ray.data.from_items([{"text": "a"}]), id_column="nummer")
    with pytest.raises(ConfigError, match=r"found workers \(3, 2\)"):
        score_dataset(ray.data.from_items([{"text": "a"}]), workers=(3, 2))


def test_every_row_comes_once_though_a_worker_is_killed(
    ray: Any, inputs: list[Path], alone: tuple[list[dict[str, Any]], list[dict[str, Any]]], tiny_model: Path, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill_once(rows: int, words: int) -> None:
        if not killed:
            killed.extend(workers_at_work()[:1])
            os.kill(killed[0], signal.SIGKILL)

    # One worker and small shards: it is in the middle of them when the first is told.
    output = tmp_path / "scores"
    score_files(inputs, output, model=tiny_model, workers=1, shard_rows=2, advance=kill_once)
    assert len(killed) == 1
    assert results(output) == alone[0]
    assert rejects(output) == alone[1]
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_command_whose_process_was_killed_goes_on_without_scoring_finished_shards_again(
    ray: Any, run: Run, inputs: list[Path], alone: tuple[list[dict[str, Any]], list[dict[str, Any]]], tiny_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scores.jsonl"
    address = ray.get_runtime_context().gcs_address
    command = ["score", *inputs, "-o", output, "--model", tiny_model, "--shard-rows", 3, "--engine-cluster", "ray", "--address", address]
    with (tmp_path / "stderr").open("w") as stderr:
        driver = subprocess.Popen([sys.executable, "-m", "framing", *map(str, command)], cwd=ROOT, stderr=stderr)
    try:
        until = time.monotonic() + 60
        while not list((output / "_run").glob("*.finished")):
            assert driver.poll() is None and time.monotonic() < until, (tmp_path / "stderr").read_text()
            time.sleep(0.01)
    finally:
        driver.kill()
        driver.wait()
    kept = {file.stem: (output / f"{file.stem}.jsonl").stat().st_mtime_ns for file in (output / "_run").glob("*.finished")}
    ended = run(*command)
    assert ended.code == 0, ended.err
    assert kept.items() <= {file.stem: file.stat().st_mtime_ns for file in output.glob("*.jsonl")}.items()
    lines = "".join(file.read_text(encoding="utf-8") for file in sorted(output.glob("*.jsonl"))).splitlines()
    assert list(map(json.loads, lines)) == alone[0]
    assert rejects(output) == alone[1]
    assert f"2 rows are no article; where and why stands in {output}.rejects.jsonl" in ended.err


def test_the_command_refuses_what_no_cluster_can_read_or_write(run: Run, inputs: list[Path], tmp_path: Path) -> None:
    cluster = ["--engine-cluster", "ray"]
    assert "expected files, which every worker can read" in run("score", "-", "-o", tmp_path / "scores.jsonl", *cluster).err
    assert "expected '.parquet' or '.jsonl'" in run("score", *inputs, "-o", tmp_path / "scores.csv", "--flat", *cluster).err
    assert "found -o - with --engine-cluster" in run("score", *inputs, "-o", "-", *cluster).err


@pytest.mark.parametrize("size", [1, 7, 25, 100])
@pytest.mark.parametrize("limit", [None, 1, 20])
def test_shards_hold_the_records_of_all_inputs_in_order_each_once(inputs: list[Path], size: int, limit: int | None) -> None:
    sources = [Source.of(str(file)) for file in inputs]
    shards = file_shards(sources, [count_records(source, Columns()) for source in sources], Columns(), size, limit)
    found = [[(row.input, row.row) for row in shard.rows()] for shard in shards]
    expected = [(str(inputs[0]), n) for n in range(1, FIRST + 1)] + [(str(inputs[1]), n) for n in range(1, ARTICLES - FIRST + 1)]
    assert [each for rows in found for each in rows] == expected[:limit]
    assert all(len(rows) == size for rows in found[:-1])
    assert [shard.number for shard in shards] == list(range(len(shards)))
