"""Scoring many articles: nothing is lost, nothing differs, whatever happens to the process."""

from __future__ import annotations

import csv
import json
import random
import shutil
import signal
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from framing import Document, InputError, Screener, Screening
from framing.batch import Columns, RejectedRow, ScoredRow, Settings, config_hash, score_file
from framing.house import HouseList, normalised
from tests.model.conftest import ROOT
from tests.model.forked import Forks

ARTICLES = 80
SHARD = 10
SENTENCES = [
    "The puppet regime has bled our crews dry, the minister said.",
    "The council met on Tuesday and approved the minutes.",
    "You stand with us or you stand with the enemies of the people.",
    "Experts say that most bridges were never inspected.",
    "“Он виноват”, she said – 战争 is his fault 😀.",
]
BAD = {17: "{", 18: "[]", 55: '{"text": ""}', 79: '{"title": "no text"}'}


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    forks = Forks(tmp_path_factory.mktemp("forks"))
    yield forks
    forks.close()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(5)
    file = tmp_path_factory.mktemp("source") / "news.jsonl"
    lines = []
    for number in range(ARTICLES):
        paragraphs = [" ".join(chance.choices(SENTENCES, k=chance.randint(1, 4))) for _ in range(chance.randint(1, 3))]
        article = json.dumps({"id": f"n{number}", "text": "\n\n".join(paragraphs)}, ensure_ascii=False)
        lines.append(BAD.get(number + 1, article))
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def unbroken(forks: Forks, source: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The output of a run that nothing happened to, and how long it took."""
    output = tmp_path_factory.mktemp("unbroken") / "scores.jsonl"
    ended = forks.run(*arguments(source, output, tiny_model))
    assert ended.code == 0, ended.err
    assert ended.err.startswith(f"framing: 4 rows are no article; where and why stands in {output}.rejects.jsonl")
    return output, ended.seconds


def arguments(source: object, output: Path | str, model: Path, *more: object) -> list[object]:
    return ["score", source, "-o", output, "--model", model, "--min-score", "0", "--shard-rows", SHARD, *more]


def rejects(output: Path) -> Path:
    return output.with_name(output.name + ".rejects.jsonl")


def parts(output: Path) -> Path:
    return output.with_name(output.name + ".parts")


def assert_same(output: Path, expected: Path) -> None:
    assert output.read_bytes() == expected.read_bytes()
    assert rejects(output).read_bytes() == rejects(expected).read_bytes()
    assert not parts(output).exists()


def test_every_row_is_scored_in_order_or_rejected_with_its_line(unbroken: tuple[Path, float], source: Path, screener: Screener) -> None:
    scored = [json.loads(line) for line in unbroken[0].read_text(encoding="utf-8").splitlines()]
    rejected = [json.loads(line) for line in rejects(unbroken[0]).read_text(encoding="utf-8").splitlines()]
    assert [row["row"] for row in scored] == [number for number in range(1, ARTICLES + 1) if number not in BAD]
    assert [(row["row"], row["line"], row["input"]) for row in rejected] == [(number, number, str(source)) for number in BAD]
    assert [row["id"] for row in scored] == [f"n{row['row'] - 1}" for row in scored]
    assert {row["model"] for row in scored} == {screener.model_name}
    assert len({row["config"] for row in scored}) == 1
    assert any(paragraph["findings"] for row in scored for paragraph in row["screening"]["paragraphs"])
    text = json.loads(source.read_text(encoding="utf-8").splitlines()[4])["text"]
    for paragraph in scored[4]["screening"]["paragraphs"]:
        assert all(text[f["start"] : f["end"]] == f["text"] for f in paragraph["findings"])


def test_runs_killed_at_twenty_moments_end_byte_for_byte_like_one_that_was_not(
    forks: Forks, unbroken: tuple[Path, float], source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    expected, seconds = unbroken
    chance = random.Random(20)
    kills = outputs = 0
    while kills < 20:
        output = tmp_path / f"{outputs}.jsonl"
        # On a busy machine every kill may come before the first shard is done: the sixth attempt is left alone.
        for after in [*(chance.uniform(0.0, seconds) for _ in range(5)), None]:
            command = arguments(source, output, tiny_model, *(["--resume"] if parts(output).exists() or output.exists() else []))
            ended = forks.run(*command, **({} if after is None else {"after": after}))
            assert ended.code in (0, -signal.SIGKILL), ended.err
            if ended.code == 0:
                break
            kills += 1
        assert_same(output, expected)
        outputs += 1


def test_ctrl_c_leaves_what_is_finished_and_says_how_to_go_on(
    forks: Forks, unbroken: tuple[Path, float], source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scores.jsonl"
    command = arguments(source, output, tiny_model)
    ended = forks.run(*command, once=parts(output) / "000001.finished", signal=signal.SIGINT)
    assert ended.code == 130, ended.err
    assert "Traceback" not in ended.err
    assert f"go on with: framing score {source} -o {output}" in ended.err
    assert ended.err.strip().endswith("--resume")
    assert not list(parts(output).glob("*.tmp"))
    again = forks.run(*command)
    assert again.code == 2
    assert "go on with --resume, or start anew with --overwrite" in again.err
    assert forks.run(*command, "--resume").code == 0
    assert_same(output, unbroken[0])
    finished = forks.run(*command, "--resume")
    assert finished.code == 0
    assert "there is nothing to go on with" in finished.err
    assert "is there already" in forks.run(*command).err


def test_a_full_disk_ends_with_what_is_finished_and_the_way_on(
    forks: Forks, unbroken: tuple[Path, float], source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scores.jsonl"
    # The parts fit, the file that joins them does not.
    ended = forks.run(*arguments(source, output, tiny_model), file_limit=unbroken[0].stat().st_size // 2)
    assert ended.code == 2
    assert "cannot be written (File too large); make room, then 80 rows are finished" in ended.err
    assert not output.exists()
    parted = tmp_path / "parted.jsonl"
    ended = forks.run(*arguments(source, parted, tiny_model), file_limit=4096)
    assert ended.code == 2
    assert "make room, then 0 rows are finished" in ended.err
    for each in (output, parted):
        assert forks.run(*arguments(source, each, tiny_model, "--resume")).code == 0
        assert_same(each, unbroken[0])


def test_strict_stops_at_the_first_bad_row_and_leaves_finished_shards(
    forks: Forks, unbroken: tuple[Path, float], source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scores.jsonl"
    ended = forks.run(*arguments(source, output, tiny_model, "--strict"))
    assert ended.code == 2
    assert f"{source}, line 17: not JSON" in ended.err
    assert (parts(output) / "000000.finished").exists()
    assert not (parts(output) / "000001.finished").exists()
    assert forks.run(*arguments(source, output, tiny_model, "--resume")).code == 0
    assert_same(output, unbroken[0])


def test_other_settings_or_inputs_are_refused_by_name(forks: Forks, source: Path, tiny_model: Path, tmp_path: Path) -> None:
    copy, output = tmp_path / "copy.jsonl", tmp_path / "scores.jsonl"
    shutil.copy(source, copy)
    assert forks.run(*arguments(copy, output, tiny_model, "--strict")).code == 2
    for more, told in (
        (["--only", "own"], 'settings.only was null, now "own"'),
        (["--limit", "7"], "limit was null, now 7"),
        (["--flat"], "flat was false, now true"),
        ([source], f"input '{source}' is new"),
    ):
        ended = forks.run(*arguments(copy, output, tiny_model, "--resume", *more))
        assert ended.code == 2
        assert told in ended.err
    copy.write_text(copy.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert f"input '{copy}' was changed" in forks.run(*arguments(copy, output, tiny_model, "--resume")).err
    assert forks.run(*arguments(copy, output, tiny_model, "--overwrite")).code == 0


def test_stdin_and_stdout_are_json_lines_and_a_closed_pipe_is_told(
    forks: Forks, unbroken: tuple[Path, float], source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ended = forks.run(*arguments("-", "-", tiny_model), stdin=source, stdout=out)
    assert ended.code == 0
    assert "framing: -, line 17: not JSON" in ended.err
    # Windows of articles are cut by shards of a run, so that scores may differ in their last digit.
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == [
        json.loads(line)["id"] for line in unbroken[0].read_bytes().splitlines()
    ]
    closed = forks.run(*arguments(source, "-", tiny_model), closed=True)
    assert closed.code == 2
    assert closed.err == "framing: stdout cannot be written any more (Broken pipe); 0 articles went out whole\n"


def test_a_run_from_stdin_goes_on_when_the_same_is_piped_in_and_refuses_another(
    forks: Forks, source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    whole, output, other = tmp_path / "whole.jsonl", tmp_path / "scores.jsonl", tmp_path / "other"
    assert forks.run(*arguments("-", whole, tiny_model), stdin=source).code == 0
    assert forks.run(*arguments("-", output, tiny_model, "--strict"), stdin=source).code == 2
    other.write_text('{"text": "Another."}\n' * ARTICLES)
    ended = forks.run(*arguments("-", output, tiny_model, "--resume"), stdin=other)
    assert ended.code == 2
    assert "stdin gives other records for shard 0" in ended.err
    assert forks.run(*arguments("-", output, tiny_model, "--resume"), stdin=source).code == 0
    assert_same(output, whole)


def test_parquet_and_flat_csv_hold_what_json_lines_hold(
    forks: Forks, unbroken: tuple[Path, float], source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    expected = [json.loads(line) for line in unbroken[0].read_text(encoding="utf-8").splitlines()]
    assert forks.run(*arguments(source, tmp_path / "a.parquet", tiny_model)).code == 0
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == expected
    assert forks.run(*arguments(source, tmp_path / "a.csv", tiny_model, "--flat")).code == 0
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        flat = [(row["id"], int(row["row"]), row["text"], float(row["score"])) for row in csv.DictReader(stream)]
    findings = [(row, finding) for row in expected for paragraph in row["screening"]["paragraphs"] for finding in paragraph["findings"]]
    assert flat == [(row["id"], row["row"], finding["text"], finding["score"]) for row, finding in findings]
    assert flat


def test_two_processes_give_what_one_gives(
    forks: Forks, unbroken: tuple[Path, float], source: Path, tiny_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "scores.jsonl"
    ended = forks.run(*arguments(source, output, tiny_model, "--workers", 2))
    assert ended.code == 0, ended.err
    assert_same(output, unbroken[0])


def test_a_file_is_scored_row_by_row_with_progress_and_can_be_cancelled(screener: Screener, source: Path) -> None:
    told: list[tuple[int, int | None]] = []
    rows = list(score_file(screener, source, limit=30, on_progress=lambda done, total: told.append((done, total))))
    assert told == [(number, 30) for number in range(1, 31)]
    assert [row.row for row in rows] == list(range(1, 31))
    assert [row.row for row in rows if isinstance(row, RejectedRow)] == [17, 18]
    taken: list[ScoredRow | RejectedRow] = []
    for row in score_file(screener, source, cancelled=lambda: len(taken) >= 3):
        taken.append(row)
    assert len(taken) == 3


def test_as_many_articles_of_a_file_are_read_together_as_asked(
    screener: Screener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("body\n" + "".join(f"{sentence}\n" for sentence in SENTENCES[:2]), encoding="utf-8")
    windows: list[int] = []
    stream = Screener.stream

    def recorded(self: Screener, texts: Iterable[str | Document], *, window: int, **given: Any) -> Iterator[Screening]:
        windows.append(window)
        return stream(self, texts, window=window, **given)

    monkeypatch.setattr(Screener, "stream", recorded)
    assert len(list(score_file(screener, tmp_path / "a.csv", window=1))) == 2
    assert windows == [1]


def test_settings_of_a_file_are_those_of_the_screener(screener: Screener, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'url,body\nu1,"{SENTENCES[0]}\n\n{SENTENCES[2]}"\n', encoding="utf-8")
    chosen = Settings(only="own", min_score=0.0, devices=("bloc_rhetoric",))
    (row,) = score_file(screener, tmp_path / "a.csv", id_column="url", settings=chosen)
    assert isinstance(row, ScoredRow)
    assert row.id == "u1"
    alone = screener.screen(f"{SENTENCES[0]}\n\n{SENTENCES[2]}", only="own", min_score=0.0, devices=["bloc_rhetoric"])
    assert row.screening.findings == alone.findings
    (default,) = score_file(screener, tmp_path / "a.csv")
    assert isinstance(default, ScoredRow)
    assert default.config != row.config
    everything = Settings(min_score=0.0)
    (found, *others) = screener.screen(f"{SENTENCES[0]}\n\n{SENTENCES[2]}", min_score=0.0).findings
    house = HouseList(frozenset({(normalised(found.text), None)}))
    (without,) = score_file(screener, tmp_path / "a.csv", settings=replace(everything, house=house))
    assert isinstance(without, ScoredRow)
    assert without.screening.findings == tuple(other for other in others if not house.ignores(other))
    assert without.config != config_hash(everything, Columns())
    with pytest.raises(InputError, match="no column 'lead'"):
        score_file(screener, tmp_path / "a.csv", text_column="lead")


def test_an_uploaded_zip_of_documents_and_tables_is_scored(screener: Screener, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(ROOT / "tests/data/article.docx", "word.docx")
        archive.write(ROOT / "tests/data/article.pdf", "print.pdf")
        archive.write(ROOT / "tests/data/locked.pdf", "locked.pdf")
        archive.writestr("t.csv", "text\nThe council met.\n")
    rows = list(score_file(screener, tmp_path / "a.zip"))
    assert [type(row).__name__ for row in rows] == ["ScoredRow", "ScoredRow", "RejectedRow", "ScoredRow"]
    assert all(row.screening.summary.words > 2 for row in rows if isinstance(row, ScoredRow))
