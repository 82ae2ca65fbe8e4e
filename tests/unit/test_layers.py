"""Imports run one way, and importing the package is cheap."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "framing"

# A module imports from its own layer or from those before it. A new module fails the test until it has its place here.
LAYERS = [
    *("version", "errors", "locking", "own_data", "taxonomy", "vocabularies", "sentence_words", "segmentation", "text", "readers"),
    *("verdicts", "corpora", "gold", "config", "sides", "naming", "swapping", "neighbours", "splits", "leaks", "sharing"),
    *("quotation", "encoding", "model", "decoding", "metrics", "agreement", "ceilings", "resampling", "measures", "evenhandedness"),
    *("screening", "poisson", "phrases", "reference", "overview", "house", "feedback", "alignment", "changes", "backends"),
    *("prediction", "span_documents", "evaluation", "known_wording", "summaries", "gallery", "parity", "engines", "calibration"),
    *("baselines", "assessment", "distillation", "runs", "comparison", "measurement", "training_data", "training_rows"),
    *("beginnings", "building", "training", "starting", "modelcard"),
    *("experiment", "folds", "sweeps", "batching", "screener", "rates", "batch", "scale", "reports", "app", "service", "cli", "__main__"),
]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in sorted(PACKAGE.rglob("*.py"))
}


def layer(module: str) -> str:
    """The part of `framing.part.module` that has a place among the layers."""
    return module.split(".")[1]


def imports(path: Path) -> Iterator[str]:
    """Modules of the package that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "framing")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}, line {node.lineno}: a relative import; name the module in full"
            if node.module is not None and node.module.split(".")[0] == "framing":
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if inner in MODULES else node.module


def test_every_module_has_its_place_among_the_layers() -> None:
    assert len(MODULES) > 20
    placed = {layer(module) for module in MODULES if module != "framing"}
    assert placed <= set(LAYERS)
    assert len(LAYERS) == len(set(LAYERS))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_from_its_own_layer_and_those_before_it(module: str) -> None:
    imported = sorted(set(imports(MODULES[module])))
    # Nothing inside imports the root, which imports nearly everything; the root imports no command line.
    assert "framing" not in imported
    highest = LAYERS.index("cli") - 1 if module == "framing" else LAYERS.index(layer(module))
    assert [name for name in imported if LAYERS.index(layer(name)) > highest] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    TopologicalSorter({module: set(imports(path)) - {module} for module, path in MODULES.items()}).prepare()


def test_a_wrong_direction_would_be_seen(tmp_path: Path) -> None:
    source = tmp_path / "text.py"
    source.write_text("def f():\n    from framing.cli import main\n    from framing import metrics\n    import framing.model\n")
    assert sorted(imports(source)) == ["framing.cli", "framing.metrics", "framing.model"]


def run(code: str) -> str:
    """What `code` prints in a fresh interpreter."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def test_importing_the_package_loads_no_heavy_library_and_prints_nothing() -> None:
    heavy = {"torch", "transformers", "openvino", "sklearn", "pydantic", "matplotlib", "trafilatura", "pypdf", "docx", "gradio", "pyarrow"}
    assert run(f"import framing, sys; print(sorted({heavy!r} & set(sys.modules)))") == "[]"
    assert run("import framing") == ""


def test_importing_the_package_leaves_the_environment_and_logging_alone() -> None:
    code = """
import logging, os
before = dict(os.environ), logging.getLogger().level, list(logging.getLogger().handlers)
import framing
print(before == (dict(os.environ), logging.getLogger().level, list(logging.getLogger().handlers)))
"""
    assert run(code) == "True"
