"""Engines on a tiny model: the same scores, built once, rebuilt when damaged, refused when they lose too much."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from framing import Screener
from framing.backends.choice import Choice, openvino_installed
from framing.backends.engine_files import MANIFEST, UNUSED_DAYS, remove_unused
from framing.backends.loading import load_model
from framing.backends.processor import multiplies_bfloat16, multiplies_int8, processor_flags
from framing.encoding import encode_paragraphs
from framing.engines import load_engine
from framing.errors import ModelError
from framing.parity import LossyPrecision, measure_parity, parity_examples
from tests.conftest import Run
from tests.model.conftest import ROOT

FLAGS = processor_flags()
TEXT = (ROOT / "data/samples/harbour-strike.md").read_text(encoding="utf-8")

needs_bfloat16 = pytest.mark.skipif(not multiplies_bfloat16(FLAGS), reason="this processor multiplies no bfloat16")
needs_int8 = pytest.mark.skipif(not multiplies_int8(FLAGS), reason="this processor has no VNNI")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("FRAMING_CACHE", str(folder))
    return folder


@pytest.fixture
def openvino() -> None:
    # Not importorskip: an import of its own would report itself.
    if not openvino_installed():
        pytest.skip("OpenVINO is not installed: pip install 'framing[fast]'")


def entries(cache: Path) -> list[Path]:
    return sorted(path for path in cache.iterdir() if not path.name.startswith("."))


@pytest.mark.usefixtures("openvino", "cache")
def test_openvino_in_float32_gives_the_logits_of_torch(tiny_model: Path) -> None:
    reference, engine = load_model(tiny_model), load_engine(tiny_model, engine="openvino", precision="float32")
    texts = ["", "A", "They wrecked our harbour, “and nobody asked why”.", "The regime and its puppets. " * 200]
    encoded = encode_paragraphs(reference.tokenizer, texts)
    for one, other in zip(reference.predict(encoded), engine.predict(encoded), strict=True):
        np.testing.assert_allclose(other, one, atol=1e-4)
    assert engine.engine == Choice("openvino", "float32")


@pytest.mark.usefixtures("openvino", "cache")
@pytest.mark.parametrize("precision", [pytest.param("bfloat16", marks=needs_bfloat16), pytest.param("int8", marks=needs_int8)])
def test_a_lower_precision_keeps_the_scores(tiny_model: Path, precision: str) -> None:
    engine = load_engine(tiny_model, engine="openvino", precision=precision)
    assert measure_parity(load_model(tiny_model), engine, parity_examples()).faults == ()
    screened = [Screener(engine).screen(TEXT).to_dict() for _ in range(2)]
    assert screened[0] == screened[1]


@pytest.mark.usefixtures("cache")
@needs_bfloat16
def test_torch_in_bfloat16_keeps_the_scores(tiny_model: Path) -> None:
    engine = load_engine(tiny_model, engine="torch", precision="bfloat16")
    assert engine.engine == Choice("torch", "bfloat16")
    assert measure_parity(load_model(tiny_model), engine, parity_examples()).faults == ()


@pytest.mark.usefixtures("openvino")
def test_an_engine_is_built_once_and_built_again_when_it_was_damaged(
    tiny_model: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = Screener.load(tiny_model, engine="openvino", precision="float32").screen(TEXT)
    (entry,) = entries(cache)
    manifest, file = entry / MANIFEST, entry / "engine.bin"
    built = manifest.stat().st_mtime_ns
    Screener.load(tiny_model, engine="openvino", precision="float32")
    assert manifest.stat().st_mtime_ns == built
    assert [record.getMessage() for record in caplog.records] == [
        f"preparing openvino float32 for this processor and checking its scores, once, for seconds; it is kept in {cache}"
    ]
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    again = Screener.load(tiny_model, engine="openvino", precision="float32").screen(TEXT)
    assert file.read_bytes() == whole
    assert entries(cache) == [entry]
    assert again.to_dict() == first.to_dict()


@pytest.mark.usefixtures("openvino")
def test_engines_that_nothing_used_for_long_go_when_another_is_built(tiny_model: Path, cache: Path) -> None:
    cache.mkdir(exist_ok=True)
    past = time.time() - (UNUSED_DAYS + 1) * 86400
    for name in ("old", "young", "other"):
        place = cache / name
        place.mkdir()
        (place / ("notes.txt" if name == "other" else MANIFEST)).write_text("{}", encoding="utf-8")
        os.utime(place, None if name == "young" else (past, past))
    Screener.load(tiny_model, engine="openvino", precision="float32")
    (built,) = {folder.name for folder in cache.iterdir() if folder.is_dir()} - {"young", "other"}
    os.utime(cache / built, (past, past))
    # What is used counts as young again.
    Screener.load(tiny_model, engine="openvino", precision="float32")
    remove_unused(cache)
    assert {folder.name for folder in cache.iterdir() if folder.is_dir()} == {"young", "other", built}


@pytest.mark.usefixtures("openvino")
def test_what_was_built_is_used_without_torch(tiny_model: Path, cache: Path) -> None:
    code = f"""
import sys
from framing import Screener
screener = Screener.load({str(tiny_model)!r}, engine="openvino", precision="float32")
screener.screen("They wrecked our harbour.")
print(screener.engine, "torch" in sys.modules)
"""
    said = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout for _ in range(2)]
    assert said[0].split()[:2] == ["openvino", "float32"]
    assert said[1] == "openvino float32 False\n"


def test_parquet_is_written_without_pandas(tiny_model: Path, tmp_path: Path) -> None:
    # Arrow imports it where it can, which takes as long as an article.
    Path(tmp_path, "in.jsonl").write_text('{"text": "They wrecked our harbour."}\n', encoding="utf-8")
    arguments = ["framing", "score", "in.jsonl", "-o", "out.parquet", "--model", str(tiny_model), "--engine", "torch"]
    code = f"""
import sys
from framing.cli import main
sys.argv = {arguments!r}
try:
    main()
finally:
    print("pandas" in sys.modules)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "False\n"), ended.stderr


@pytest.mark.usefixtures("openvino")
def test_openvino_is_kept_from_reporting_its_use(tiny_model: Path, cache: Path, tmp_path: Path) -> None:
    code = f"""
import sys
from framing import Screener
Screener.load({str(tiny_model)!r}, engine="openvino", precision="float32").screen("They wrecked our harbour.")
print("openvino" in sys.modules, "openvino_telemetry" in sys.modules)
"""
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "LOCALAPPDATA": str(home)}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    assert ended.stdout == "True False\n"
    # Its reporter begins by leaving an identifier of the user in the home folder.
    assert list(home.iterdir()) == []


@pytest.fixture(scope="module")
def lossy_model(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with scores far apart, and some columns of its products a thousand times as large as the rest.

    What they multiply is as much smaller. In float32 that is nothing, but in int8 the large columns take the whole scale.
    """
    folder = tmp_path_factory.mktemp("lossy") / "model"
    shutil.copytree(tiny_model, folder)
    weights = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    for name, tensor in weights.items():
        if ".layer." in name and "LayerNorm" in name:
            tensor[::8] /= 1000
        elif name.endswith(("query.weight", "key.weight", "value.weight", "intermediate.dense.weight")):
            tensor[:, ::8] *= 1000
    weights["classifier.weight"] *= 100
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    model = load_model(folder)
    logits = np.concatenate(model.predict(encode_paragraphs(model.tokenizer, [TEXT])))
    weights["classifier.bias"] -= torch.from_numpy(np.quantile(logits, 0.95, axis=0).astype(np.float32))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.usefixtures("openvino")
@needs_int8
def test_a_precision_that_loses_too_much_is_refused_with_its_figures(lossy_model: Path, cache: Path) -> None:
    with pytest.raises(LossyPrecision, match=r"openvino int8 is refused .* scores differ by 0\.\d+ on average \(at most 0.01 is allowed\)"):
        load_engine(lossy_model, engine="openvino", precision="int8")
    (entry,) = entries(cache)
    # The verdict is kept, so that it is not measured at every start; what was refused is not.
    assert [file.name for file in entry.iterdir()] == [MANIFEST]
    assert json.loads((entry / MANIFEST).read_text())["refused"]
    with pytest.raises(ModelError, match="use a higher precision, or auto"):
        load_engine(lossy_model, engine="openvino", precision="int8")
    assert load_engine(lossy_model).engine.precision != "int8"


def test_where_nothing_can_be_kept_auto_falls_back_to_torch_and_a_named_engine_says_so(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FRAMING_CACHE", str(tmp_path / "file" / "cache"))
    assert load_engine(tiny_model).engine == Choice("torch", "float32")
    if openvino_installed():
        with pytest.raises(ModelError, match=r"name another folder in \$FRAMING_CACHE"):
            load_engine(tiny_model, engine="openvino", precision="float32")


def test_a_folder_that_is_no_model_is_told_by_every_engine(tmp_path: Path) -> None:
    for engine in ("auto", "torch"):
        with pytest.raises(ModelError, match="does not exist"):
            load_engine(tmp_path / "nothing", engine=engine)


@pytest.mark.usefixtures("openvino", "cache")
def test_a_model_with_damaged_weights_is_told_as_it_was(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_model, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="cannot be loaded on 'cpu'"):
        load_engine(folder)
    with pytest.raises(ModelError, match="copy it again"):
        load_engine(folder, engine="openvino")


@pytest.mark.usefixtures("openvino", "cache")
def test_export_writes_the_engine_and_its_figures_and_prepares_its_first_use(
    run: Run, tiny_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    output = tmp_path / "exported"
    outcome = run("export", tiny_model, "-o", output, "--precision", "float32")
    assert outcome.code == 0, outcome.err
    manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    assert {file.name for file in output.iterdir()} == {"engine.xml", "engine.bin", MANIFEST}
    assert manifest["precision"] == "float32"
    assert manifest["parity"]["originals"]["mean_difference"] < 1e-4
    assert "scores differ by 0.0000 on average" in outcome.out
    again = run("export", tiny_model, "-o", output)
    assert again.code == 2
    assert "is not overwritten" in again.err
    assert Screener.load(tiny_model, engine="openvino", precision="float32").engine == "openvino float32"
    assert caplog.records == []


@pytest.mark.usefixtures("openvino", "cache")
@needs_int8
def test_export_of_a_lossy_precision_leaves_nothing(run: Run, lossy_model: Path, tmp_path: Path) -> None:
    outcome = run("export", lossy_model, "-o", tmp_path / "exported", "--precision", "int8")
    assert outcome.code == 2
    assert "scores differ by" in outcome.err
    assert not (tmp_path / "exported").exists()
    assert "export" not in " ".join(path.name for path in tmp_path.iterdir())
