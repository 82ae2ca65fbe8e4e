"""`framing screen` with the shipped model, through the very entry point that the shell calls."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import Run
from tests.gate.conftest import MODEL, ROOT

SAMPLE = ROOT / "data/samples/harbour-strike.md"
DOCUMENTS = ROOT / "tests/data"
PLAIN = "The council met on Tuesday. It approved the minutes of the last meeting and adjourned at noon."


def test_the_sample_has_findings_and_plain_copy_has_none(run: Run) -> None:
    assert run("screen", SAMPLE).code == 1
    clean = run("screen", "-", stdin=PLAIN.encode())
    assert clean.code == 0
    assert PLAIN.split()[0] in clean.out


def test_json_follows_the_schema_and_its_offsets_index_the_file(run: Run) -> None:
    outcome = run("screen", SAMPLE, "--format", "json")
    result = json.loads(outcome.out)
    schema = json.loads(resources.files("framing.reports").joinpath("screening.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(result)
    text = SAMPLE.read_text(encoding="utf-8")
    findings = [finding for paragraph in result["paragraphs"] for finding in paragraph["findings"]]
    assert len(findings) >= 8
    assert all(text[f["start"] : f["end"]] == f["text"] for f in findings)
    assert {f["voice"] for f in findings} == {"own", "reported"}
    assert result["source"] == str(SAMPLE)
    assert result["model"].startswith("framing-small@")


def test_filters_reach_the_result(run: Run) -> None:
    def findings(*options: str) -> list[dict]:
        result = json.loads(run("screen", SAMPLE, "--format", "json", *options).out)
        return [finding for paragraph in result["paragraphs"] for finding in paragraph["findings"]]

    assert {f["voice"] for f in findings("--only", "own")} == {"own"}
    assert {f["device"] for f in findings("--devices", "loaded_label,bloc_rhetoric")} <= {"loaded_label", "bloc_rhetoric"}
    assert len(findings("--min-score", "0.05")) > len(findings("--min-score", "0.9"))


def test_several_inputs_give_one_json_line_each_in_the_order_given(run: Run, tmp_path: Path) -> None:
    names = ["b.txt", "a.md", "c.html"]
    for name in names:
        (tmp_path / name).write_text(f"<html><p>{PLAIN}</p></html>" if name.endswith("html") else PLAIN)
    paths = [str(tmp_path / name) for name in names]
    lines = run("screen", *paths, "--format", "json").out.splitlines()
    assert [json.loads(line)["source"] for line in lines] == paths
    from_folder = run("screen", tmp_path, "--format", "json").out.splitlines()
    assert [json.loads(line)["source"] for line in from_folder] == sorted(paths)
    from_glob = run("screen", tmp_path / "*.txt", "--format", "json").out.splitlines()
    assert [json.loads(line)["source"] for line in from_glob] == paths[:1]


@pytest.mark.parametrize("name", ["article.docx", "article.pdf", "article.html"])
def test_documents_of_each_format_are_screened(run: Run, name: str) -> None:
    outcome = run("screen", DOCUMENTS / name, "--format", "json")
    assert outcome.code in (0, 1)
    assert json.loads(outcome.out)["summary"]["words"] > 10


def test_html_is_written_whole_to_a_file(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    outcome = run("screen", SAMPLE, "--format", "html", "-o", page)
    assert (outcome.code, outcome.out) == (1, "")
    content = page.read_text(encoding="utf-8")
    assert content.startswith("<!doctype html>") or content.startswith("<!DOCTYPE html>")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_link_stays_a_link_and_a_pipe_takes_what_comes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    link, pipe = tmp_path / "report.html", tmp_path / "pipe"
    link.symlink_to(tmp_path / "shared/report.html")
    assert run("screen", SAMPLE, "--format", "html", "-o", link).code == 1
    assert link.is_symlink() and (tmp_path / "shared/report.html").stat().st_size > 1000
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.read_text, encoding="utf-8")
        assert run("screen", SAMPLE, "--format", "lines", "-o", pipe).code == 1
        assert "Loaded label" in read.result(timeout=60)
    assert pipe.is_fifo()


def test_one_bad_input_is_told_and_the_others_are_screened(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    good = tmp_path / "good.txt"
    good.write_text(PLAIN)
    outcome = run("screen", tmp_path / "empty.txt", good, "--format", "json")
    assert outcome.code == 2
    assert "empty.txt' is empty" in outcome.err
    assert json.loads(outcome.out)["source"] == str(good)


BAD = {
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b" \n\n ", "no text"),
    "binary.txt": (os.urandom(64) + bytes(4000), "binary"),
    "unknown.txt": (bytes(range(128, 256)) * 20, "encoding"),
    "fake.docx": (b"not a zip", "Word"),
    "locked.pdf": ((DOCUMENTS / "locked.pdf").read_bytes(), "password"),
    "broken.pdf": (b"%PDF-1.4 nothing here", "PDF"),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(100), "image"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_2_and_a_message_that_names_file_and_reason(run: Run, tmp_path: Path, name: str) -> None:
    content, reason = BAD[name]
    (tmp_path / name).write_bytes(content)
    outcome = run("screen", tmp_path / name)
    assert outcome.code == 2
    assert outcome.out == ""
    assert name in outcome.err
    assert reason in outcome.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["screen"], "Missing argument"),
        (["screen", "nothing.txt"], "does not exist"),
        (["screen", "-", "--devices", "loaded_lable"], "nearest is 'loaded_label'"),
        (["screen", "-", "--min-score", "7"], "min-score"),
        (["screen", "-", "--format", "xml"], "format"),
        (["screen", "-", "--only", "mine"], "only"),
        (["screen", "-", "--model", "no/folder"], "does not exist"),
        (["screen", "-", "--device", "tpu9"], "tpu9"),
        (["scren"], "No such command"),
    ],
)
def test_misuse_ends_with_2_and_says_what_was_expected(run: Run, arguments: list[str], named: str) -> None:
    outcome = run(*arguments, stdin=PLAIN.encode())
    assert outcome.code == 2
    assert named in outcome.err


def test_five_megabytes_on_one_line_are_read_as_one_paragraph_of_many_windows(run: Run, tmp_path: Path) -> None:
    # White space costs no tokens: the line is long to the readers, and the model still ends within the test's patience.
    line = (PLAIN + " " * 5_000) * 1_050
    (tmp_path / "line.txt").write_text(line)
    outcome = run("screen", tmp_path / "line.txt", "--format", "json")
    assert outcome.code in (0, 1)
    assert len(line) > 5_000_000
    assert len(json.loads(outcome.out)["paragraphs"]) == 1


@pytest.mark.parametrize("damage", ["config.json", "model.safetensors", "tokenizer.json", "truncated", "tensor", "calibration", "taxonomy"])
def test_a_damaged_model_folder_ends_with_2_and_names_the_file(run: Run, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        if name != damage:
            shutil.copy(MODEL / name, folder)
    if damage == "truncated":
        weights = (folder / "model.safetensors").read_bytes()
        (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    if damage == "tensor":
        from safetensors.torch import load_file, save_file

        tensors = load_file(folder / "model.safetensors")
        del tensors["classifier.weight"]
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    if damage in ("calibration", "taxonomy"):
        settings = json.loads((folder / "config.json").read_text())
        settings[damage] = None
        (folder / "config.json").write_text(json.dumps(settings))
    outcome = run("screen", "-", "--model", folder, stdin=PLAIN.encode())
    assert outcome.code == 2
    assert str(folder) in outcome.err
    expected = {"truncated": "copy it again", "tensor": "classifier.weight", "calibration": "calibration", "taxonomy": "taxonomy"}
    assert expected.get(damage, damage) in outcome.err


def test_the_installed_command_runs_offline_without_a_cache(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_", "XDG_"))}
    environment |= {"HOME": str(tmp_path), "HF_HOME": str(tmp_path / "none"), "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "framing", "screen", str(SAMPLE), "--format", "json"]
    finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)
    assert finished.returncode == 1, finished.stderr.decode()
    # The first use on a machine says that it prepares the engine, and nothing else.
    assert [line for line in finished.stderr.splitlines() if not line.startswith(b"preparing ")] == []
    assert not (tmp_path / "none").exists()


def test_a_reader_that_closes_the_pipe_gets_no_traceback() -> None:
    command = f"{sys.executable} -m framing screen {SAMPLE} | head -n 1"
    finished = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in finished.stderr
