"""Editors' verdicts: what is recorded is read back, by many writers at once, through crashes, and nothing bad passes silently."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.errors import CorpusError, FramingError, InputError
from framing.feedback import missed, of_finding, record, retraction
from framing.screening import Finding, ScreenedParagraph, Screening
from framing.taxonomy import DEVICE_NAMES
from framing.text import Document
from framing.verdicts import LONGEST_PARAGRAPH, LONGEST_REASON, Verdict, read

ROOT = Path(__file__).parent.parent.parent
DRAFT = "Quay closed 🌊\n\nThe reckless regime wrecked our harbour. Boats sank.\n\nNobody came."
START = DRAFT.index("reckless regime")
FINDING = Finding(START, START + 15, "reckless regime", "loaded_label", 0.87, "own", 0.9, None)


def screening(source: str = "/home/anna/drafts/quay.docx") -> Screening:
    paragraphs = tuple(
        ScreenedParagraph(p.start, p.end, {}, (), (FINDING,) if p.start <= START < p.end else ())
        for p in Document.from_text(DRAFT).paragraphs
    )
    return Screening(source, "framing-small@1a2b", DRAFT, paragraphs)


VERDICT = of_finding(screening(), FINDING, "right", "as the codebook says")


def recorded(path: Path) -> list[Verdict]:
    return [verdict for _, verdict in read(path)]


def refusal(path: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        list(read(path))
    return str(caught.value)


# What a verdict says


def test_a_verdict_on_a_finding_holds_its_paragraph_with_the_offsets_counted_from_there() -> None:
    assert VERDICT.text == "The reckless regime wrecked our harbour. Boats sank."
    assert (VERDICT.start, VERDICT.end, VERDICT.wording) == (4, 19, "reckless regime")
    assert (VERDICT.verdict, VERDICT.device, VERDICT.voice, VERDICT.score) == ("right", "loaded_label", "own", 0.87)
    assert (VERDICT.model, VERDICT.reason) == ("framing-small@1a2b", "as the codebook says")
    assert VERDICT.document == screening().text_sha256
    assert VERDICT.time.endswith("+00:00")
    assert of_finding(screening(), FINDING, "right").id != VERDICT.id


def test_the_folders_of_a_draft_are_not_recorded() -> None:
    assert VERDICT.source == "quay.docx"
    assert of_finding(screening("-"), FINDING, "wrong").source == "-"
    assert of_finding(screening("drafts/caf\udce9.txt"), FINDING, "wrong").source == "caf\\udce9.txt"


def test_missed_wording_is_found_in_its_paragraph_without_the_white_space_that_a_selection_takes_along() -> None:
    start = DRAFT.index("Nobody came.")
    verdict = missed(screening(), start - 2, len(DRAFT), "unsourced_claim", "reported", "no source")
    assert (verdict.text, verdict.start, verdict.end) == ("Nobody came.", 0, 12)
    assert (verdict.verdict, verdict.score, verdict.voice, verdict.reason) == ("missed", None, "reported", "no source")
    assert missed(screening(), start, start + 6, "bloc_rhetoric").voice is None


@settings(deadline=None)
@given(st.integers(-3, len(DRAFT) + 3), st.integers(-3, len(DRAFT) + 3))
def test_a_range_either_gives_its_own_wording_or_is_refused(start: int, end: int) -> None:
    wording = DRAFT[max(start, 0) : max(end, 0)]
    inside = 0 <= start <= end <= len(DRAFT) and wording.strip() and "\n\n" not in wording.strip()
    if inside:
        assert missed(screening(), start, end, "loaded_label").wording == wording.strip()
    else:
        with pytest.raises(InputError):
            missed(screening(), start, end, "loaded_label")


@pytest.mark.parametrize(
    ("start", "end", "device", "found"),
    [
        (5, 5, "loaded_label", "holds no wording"),
        (13, 15, "loaded_label", "holds no wording"),
        (0, 30, "loaded_label", "crosses the paragraph [0, 13)"),
        (-1, 4, "loaded_label", "not inside the text's"),
        (0, 4_000, "loaded_label", "not inside the text's"),
        (0, 4, "loaded_lable", "nearest is 'loaded_label'"),
    ],
)
def test_a_range_or_device_that_cannot_be_is_refused_with_the_reason(start: int, end: int, device: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        missed(screening(), start, end, device)
    assert found in str(caught.value)


def test_a_finding_of_another_screening_and_another_verdict_are_refused() -> None:
    with pytest.raises(InputError, match="none of the screening of"):
        of_finding(screening(), replace(FINDING, start=START + 1), "right")
    with pytest.raises(InputError, match="expected 'right' or 'wrong'"):
        of_finding(screening(), FINDING, "missed")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"text": "x" * (LONGEST_PARAGRAPH + 1)}, "'text' has 100001 characters, expected at most 100000"),
        ({"reason": "x" * (LONGEST_REASON + 1)}, "'reason' has 10001 characters"),
        ({"source": "x" * 1001}, "'source' has 1001 characters"),
        ({"text": "a\ud800" + "b" * 20}, "'text' is not valid Unicode"),
        ({"reason": None}, "'reason' holds NoneType"),
        ({"verdict": "rigth"}, "nearest is 'right'"),
        ({"voice": "mine"}, "expected one of own, reported"),
        ({"end": 99}, "[4, 99) is not inside the paragraph's 52 characters"),
        ({"start": True}, "expected two whole numbers"),
        ({"score": None}, "expected the finding's probability"),
        ({"score": float("nan")}, "expected the finding's probability"),
        ({"score": True}, "expected the finding's probability"),
        ({"verdict": "missed"}, "no finding marked what was missed"),
        ({"time": "2026-03-01T08:30:00"}, "expected UTC"),
        ({"time": "2026-03-01T08:30:00+02:00"}, "expected UTC"),
        ({"time": "yesterday"}, "expected UTC"),
        ({"id": "7"}, "expected a UUID"),
        ({"document": "quay.docx"}, "expected the SHA-256"),
        ({"version": 2}, "'version' is 2, expected 1"),
        ({"version": True}, "'version' is True"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name_before_it_is_written_and_after(
    tmp_path: Path, change: dict[str, Any], found: str
) -> None:
    with pytest.raises(InputError) as caught:
        replace(VERDICT, **change)
    assert found in str(caught.value)
    row = json.loads(VERDICT.to_line()) | change
    path = tmp_path / "feedback.jsonl"
    path.write_text(VERDICT.to_line().decode() + json.dumps(row) + "\n", encoding="utf-8")
    assert refusal(path).startswith(f"{path}, line 2: ")
    assert found in refusal(path)


# The file


verdicts = st.builds(
    lambda text, bounds, device, voice, reason, source: replace(
        VERDICT,
        text=text,
        start=min(min(bounds), len(text) - 1),
        end=max(min(max(bounds), len(text)), min(min(bounds), len(text) - 1) + 1),
        device=device,
        voice=voice,
        reason=reason,
        source=source,
    ),
    st.text(min_size=1, max_size=50),
    st.tuples(st.integers(0, 60), st.integers(0, 60)),
    st.sampled_from(DEVICE_NAMES),
    st.sampled_from(("own", "reported", None)),
    st.text(max_size=50),
    st.text(max_size=50),
)


@settings(deadline=None)
@given(st.lists(verdicts, max_size=4))
def test_what_is_recorded_is_read_back_in_order_whatever_it_says(
    tmp_path_factory: pytest.TempPathFactory, given_verdicts: list[Verdict]
) -> None:
    path = tmp_path_factory.mktemp("feedback") / "f.jsonl"
    path.touch()
    for verdict in given_verdicts:
        record(path, verdict)
    assert list(read(path)) == list(enumerate(given_verdicts, start=1))
    assert path.read_bytes().count(b"\n") == len(given_verdicts)


def test_a_verdict_that_was_taken_back_is_not_read_and_its_row_stays(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    first, second = VERDICT, replace(VERDICT, verdict="wrong", id=str(uuid4()))
    for row in (first, second, retraction(second)):
        record(path, row)
    assert recorded(path) == [first]
    assert path.read_bytes().startswith(first.to_line() + second.to_line())
    record(path, retraction(first))
    assert recorded(path) == []
    # One that somebody deleted from the file has nothing left to take back.
    path.write_bytes(retraction(first).to_line() + second.to_line())
    assert recorded(path) == [second]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"retracts": "7"}, "the field 'retracts' is '7', expected a UUID"),
        ({"retracts": None}, "'retracts' holds NoneType"),
        ({"time": "yesterday"}, "expected UTC"),
        ({"id": ""}, "expected a UUID"),
        ({"version": 2}, "'version' is 2, expected 1"),
    ],
)
def test_a_retraction_that_cannot_be_is_refused_with_file_and_line(tmp_path: Path, change: dict[str, Any], found: str) -> None:
    path = tmp_path / "f.jsonl"
    row = json.loads(retraction(VERDICT).to_line()) | change
    path.write_text(VERDICT.to_line().decode() + json.dumps(row) + "\n", encoding="utf-8")
    assert refusal(path).startswith(f"{path}, line 2: ")
    assert found in refusal(path)
    path.write_text(json.dumps({"retracts": VERDICT.id}) + "\n", encoding="utf-8")
    assert "the field 'time' is missing; expected retracts, time, id, version" in refusal(path)


def test_the_file_and_its_folders_are_made_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk" / "2026" / "feedback.jsonl"
    record(path, VERDICT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    record(path, VERDICT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert recorded(path) == [VERDICT, VERDICT]


def test_a_last_line_that_a_crash_cut_off_is_passed_over_wherever_it_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    line = replace(VERDICT, reason="naïve 🌊").to_line()
    for length in range(len(line) - 1):
        path.write_bytes(VERDICT.to_line() + line[:length])
        assert recorded(path) == [VERDICT]
    path.write_bytes(VERDICT.to_line() + line[:-1])
    assert len(recorded(path)) == 2  # all but the line end is there


def test_after_a_torn_line_a_row_begins_on_a_new_line_and_the_torn_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(VERDICT.to_line() + VERDICT.to_line()[:40])
    record(path, VERDICT)
    assert path.read_bytes().split(b"\n") == [VERDICT.to_line()[:-1], VERDICT.to_line()[:40], VERDICT.to_line()[:-1], b""]
    message = refusal(path)
    assert message.startswith(f"{path}, line 2: not a row of JSON")
    assert "delete the line" in message


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"{not json\n", "not a row of JSON"),
        (b"[1, 2]\n", "found list, expected a JSON object"),
        (b"12", "found int, expected a JSON object"),
        (b"{}\n", "the field 'verdict' is missing"),
        (b'{"verdict": "caf\xe9"}\n', "not a row of JSON"),
        (b"[" * 100_000 + b"\n", "not a row of JSON"),
        (b"9" * 10_000 + b"\n", "not a row of JSON"),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line(tmp_path: Path, line: bytes, found: str) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(VERDICT.to_line() + b"\n" + line)
    assert refusal(path).startswith(f"{path}, line 3: {found}")


def test_a_row_of_a_later_version_with_more_fields_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text(json.dumps(json.loads(VERDICT.to_line()) | {"desk": "foreign"}) + "\n")
    assert recorded(path) == [VERDICT]


def test_a_file_that_is_not_there_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.jsonl").startswith(f"{tmp_path / 'no.jsonl'}: no such file")
    assert refusal(tmp_path).startswith(f"{tmp_path}: cannot be read (Is a directory)")


# Trouble with the disk


def message_of_record(path: Path) -> str:
    with pytest.raises(FramingError) as caught:
        record(path, VERDICT)
    return str(caught.value)


def test_a_place_that_cannot_be_written_is_refused_with_the_file_and_the_remedy(tmp_path: Path) -> None:
    assert message_of_record(tmp_path).startswith(f"'{tmp_path}': the verdict was not recorded")
    (tmp_path / "file").touch()
    assert "name a file in a folder" in message_of_record(tmp_path / "file" / "f.jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_without_permission_the_remedy_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "allow this user to write there" in message_of_record(tmp_path / "f.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_is_told_as_such() -> None:
    assert "free some space" in message_of_record(Path("/dev/full"))


def test_a_row_for_which_there_is_no_place_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    record(path, VERDICT)
    before = path.read_bytes()
    # A limit on the size of files takes a part of a row and then no more, as a full disk does.
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
        message = message_of_record(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert os.strerror(errno.ENOSPC) in message
    assert path.read_bytes() == before
    record(path, VERDICT)
    assert len(recorded(path)) == 2


# Many writers at once

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from uuid import uuid4
from framing.feedback import record
from framing.verdicts import Verdict, read

path, seed, name, rows = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
(_, verdict), = read(seed)
for row in range(rows):
    record(path, replace(verdict, id=str(uuid4()), reason=f"{name} {row} " + "é" * (row * 37 % 5000)))
    print(row, flush=True)
"""


def writer(path: Path, seed: Path, name: str, rows: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(seed), name, str(rows)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def told(verdicts: list[Verdict]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for verdict in verdicts:
        name, row, _ = verdict.reason.split(" ", 2)
        rows.setdefault(name, []).append(int(row))
    return rows


def test_processes_that_record_at_once_lose_and_tear_no_line(tmp_path: Path) -> None:
    path, seed = tmp_path / "made" / "f.jsonl", tmp_path / "seed.jsonl"
    record(seed, VERDICT)
    processes = [writer(path, seed, f"w{k}", 500) for k in range(4)]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert [len(output.split()) for output in outputs] == [500] * 4
    # Each writer's rows stand in its own order, none is missing, and none is twice.
    assert told(recorded(path)) == {f"w{k}": list(range(500)) for k in range(4)}


def test_a_writer_that_is_killed_loses_nothing_that_it_was_told_is_recorded_and_stops_nobody(tmp_path: Path) -> None:
    path, seed = tmp_path / "f.jsonl", tmp_path / "seed.jsonl"
    record(seed, VERDICT)
    victim, survivor = writer(path, seed, "victim", 1_000_000), writer(path, seed, "survivor", 300)
    assert victim.stdout is not None
    for _ in range(50):
        victim.stdout.readline()
    victim.kill()
    confirmed = 50 + len(victim.stdout.read().splitlines())
    victim.wait(timeout=60)
    survivor.communicate(timeout=120)
    assert survivor.returncode == 0
    record(path, VERDICT)
    lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
    whole = [line for line in lines if line.endswith(b"}")]
    # A row of several pages can be cut off by a kill; only the one that was being written, and what follows stands on a new line.
    assert len(lines) - len(whole) <= 1
    path.write_bytes(b"\n".join(whole) + b"\n")
    verdicts = recorded(path)
    assert verdicts.pop() == VERDICT
    rows = told(verdicts)
    assert rows["survivor"] == list(range(300))
    # The last row may have been written before the process could say so.
    assert rows["victim"] in (list(range(confirmed)), list(range(confirmed + 1)))


def test_threads_that_record_at_once_lose_and_tear_no_line(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"

    def write(name: int) -> None:
        for row in range(100):
            record(path, replace(VERDICT, reason=f"t{name} {row} {'x' * row}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(recorded(path)) == {f"t{name}": list(range(100)) for name in range(8)}
