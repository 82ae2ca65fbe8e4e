"""Measures how fast articles are screened beside what a user would use otherwise, on the same weights and text, in one run.

    python benchmarks/throughput.py [--articles 40] [--repeats 3] [--memory] [--workers]

The others: a `transformers` pipeline called sentence by sentence, the same with batches of 32, and a whole article's paragraphs padded
to the longest and run at once, as Detoxify does. All read the same articles of ours; a paragraph counts when all of it was read. Ways take
turns within a repeat, and ratios are medians over repeats, since the machine is shared. `--memory` scores 1,000, 10,000 and 100,000 short
articles with `framing score` and prints the peak memory of each (minutes). `--workers` scores some hundred articles with one process, two
processes, and where Ray is installed with a local Ray of two workers, start and end of everything included (minutes).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer, pipeline

import framing.model  # noqa: F401 - lets transformers load the folder
from framing import Screener
from framing.backends.loading import shipped_model
from framing.corpora.originals import read_originals
from framing.encoding import encode_paragraphs
from framing.model import FramingModel
from framing.text import Document

ROOT = Path(__file__).resolve().parent.parent
SCALED_COPIES = 12
# A shard goes to one process: of fewer than there are processes, some would have nothing to do.
SHARED_OUT = ("--shard-rows", "23")
SAMPLE = ROOT / "framing/app/assets/sample.txt"
Way = Callable[[Sequence[Document]], object]


def articles(count: int) -> list[Document]:
    """The sample and whole articles of ours."""
    grouped = groupby(read_originals(ROOT / "data/originals"), key=lambda example: example.article)
    texts = [SAMPLE.read_text(encoding="utf-8")] + ["\n\n".join(example.text for example in rows) for _, rows in grouped]
    return [Document.from_text(text, f"article {place}") for place, text in enumerate(texts[:count])]


def pieces(document: Document, sentences: bool) -> list[str]:
    """The paragraphs of a document, or its sentences."""
    bounds = (s for p in document.paragraphs for s in p.sentences) if sentences else iter(document.paragraphs)
    return [document.text[piece.start : piece.end] for piece in bounds]


class Plain(FramingModel):
    """The shipped model as a pipeline calls one: ids and mask in, token logits first in what it returns."""

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: Any) -> tuple[torch.Tensor]:  # type: ignore[override]
        """Logits without the marks of quotation that our own reading adds."""
        return (super().forward(input_ids, attention_mask, torch.zeros_like(input_ids)).logits,)


def ways() -> dict[str, Way]:
    """What is compared, slowest first."""
    folder = shipped_model()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = Plain.from_pretrained(folder, dtype=torch.float32).eval()
    extract = pipeline("feature-extraction", model=model, tokenizer=tokenizer, device="cpu")

    def by_sentence(documents: Sequence[Document]) -> object:
        return [extract(sentence, truncation=True) for document in documents for sentence in pieces(document, sentences=True)]

    def by_32(documents: Sequence[Document]) -> object:
        return extract([s for document in documents for s in pieces(document, sentences=True)], batch_size=32, truncation=True)

    def padded(documents: Sequence[Document]) -> object:
        with torch.inference_mode():
            return [
                model(**tokenizer(pieces(document, sentences=False), padding=True, truncation=True, return_tensors="pt"))[0]
                for document in documents
                if document.paragraphs
            ]

    found: dict[str, Way] = {
        "pipeline, sentence by sentence": by_sentence,
        "pipeline, batches of 32 sentences": by_32,
        "an article's paragraphs padded at once": padded,
    }
    for engine, precision in (("torch", "float32"), ("auto", "auto")):
        screener = Screener.load(engine=engine, precision=precision)
        found[f"framing, {screener.engine}"] = screener.screen_many
    return found


def peak(precision: torch.dtype, size: int = 1024, seconds: float = 1.0) -> float:
    """Operations a second of large matrix products on this machine, torch's best of several runs."""
    if precision == torch.int8:
        a, b = (torch.randint(-127, 127, (size, size), dtype=torch.int8) for _ in range(2))
        multiply: Callable[[], torch.Tensor] = lambda: torch._int_mm(a, b)  # noqa: E731
    else:
        x, y = (torch.rand(size, size).to(precision) for _ in range(2))
        multiply = lambda: x @ y  # noqa: E731
    multiply()
    best, until = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        started = time.perf_counter()
        multiply()
        best = max(best, 2 * size**3 / (time.perf_counter() - started))
    return best


def operations(documents: Sequence[Document], screener_folder: Path) -> float:
    """Multiplications and additions that reading the documents takes at least: no padding, no windows read twice."""
    settings = json.loads((screener_folder / "config.json").read_text(encoding="utf-8"))["encoder"]
    width, inner, depth = settings["hidden_size"], settings["intermediate_size"], settings["num_hidden_layers"]
    tokenizer = Screener.load()._model.tokenizer
    lengths = [len(p.ids) + 2 for document in documents for p in encode_paragraphs(tokenizer, pieces(document, sentences=False))]
    matrices = depth * (4 * width * width + 2 * width * inner)
    return float(sum(2 * matrices * n + depth * 4 * n * n * width for n in lengths))


def first_result() -> float:
    """Seconds from starting `framing screen` to the end of the sample's report, second run."""
    command = [sys.executable, "-m", "framing", "screen", str(SAMPLE), "--format", "json"]
    for _ in range(2):
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def memory(rows: int, folder: Path) -> int:
    """Peak resident memory, in bytes, of `framing score` over that many short articles; Linux alone tells it."""
    source = folder / f"{rows}.jsonl"
    with source.open("w", encoding="utf-8") as stream:
        for number in range(rows):
            stream.write(json.dumps({"id": number, "text": f"The council met on day {number}. It said that the port stays open."}) + "\n")
    # The kernel's own mark of this very program; `getrusage` would begin with the peak of the process that started it.
    code = (
        "import sys\nfrom framing.cli import main\nsys.argv[1:]=['score',sys.argv[1],'-o',sys.argv[2],'--no-progress']\n"
        "try: main()\nexcept SystemExit: pass\nprint(*(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    command = [sys.executable, "-c", code, str(source), str(folder / f"{rows}.out.jsonl")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(ended.stdout.split()[-2]) * 1024


def scaling(documents: Sequence[Document], copies: int, repeats: int) -> dict[str, float]:
    """Median seconds of `framing score` over copies of the documents by way of running it; ways take turns."""
    options = {"one process": [], "two processes": ["--workers", "2"]}
    if find_spec("ray"):
        options["Ray, two workers"] = ["--engine-cluster", "ray", "--workers", "2"]
    seconds: dict[str, list[float]] = {name: [] for name in options}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "articles.jsonl")
        rows = [{"id": f"{copy}.{place}", "text": document.text} for copy in range(copies) for place, document in enumerate(documents)]
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        for repeat in range(repeats):
            for name, chosen in options.items():
                output = Path(folder, f"{name}.{repeat}.parquet")
                command = [sys.executable, "-m", "framing", "score", str(source), "-o", str(output), "--no-progress", *SHARED_OUT, *chosen]
                started = time.perf_counter()
                subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
                seconds[name].append(time.perf_counter() - started)
    return {name: float(np.median(taken)) for name, taken in seconds.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--workers", action="store_true")
    options = parser.parse_args()
    documents = articles(options.articles)
    count = sum(len(document.paragraphs) for document in documents)
    compared = ways()
    seconds: dict[str, list[float]] = {name: [] for name in compared}
    for way in compared.values():
        way(documents[:2])
    for _ in range(options.repeats):
        for name, way in compared.items():
            started = time.perf_counter()
            way(documents)
            seconds[name].append(time.perf_counter() - started)
    show(f"{count} paragraphs of {len(documents)} articles, {options.repeats} repeats, {torch.get_num_threads()} threads")
    show("| way | paragraphs/s | against sentence by sentence | against batches of 32 |")
    show("|---|---|---|---|")
    first, second = list(seconds)[:2]
    for name, taken in seconds.items():
        ratios = [np.median(np.array(seconds[other]) / np.array(taken)) for other in (first, second)]
        show(f"| {name} | {count / np.median(taken):,.1f} | {ratios[0]:.1f}x | {ratios[1]:.1f}x |")
    work = operations(documents, shipped_model())
    rate = work / min(list(seconds.values())[-1])
    peaks = {"float32": peak(torch.float32), "bfloat16": peak(torch.bfloat16), "int8": peak(torch.int8)}
    shares = ", ".join(f"{rate / most:.0%} of torch's {name} peak ({most / 1e9:,.0f})" for name, most in peaks.items())
    show(f"\n{rate / 1e9:,.0f} GFLOP/s: {shares}")
    show(f"framing screen of the sample, second run: {first_result():.1f} s")
    if options.workers:
        taken = scaling(documents, copies=SCALED_COPIES, repeats=options.repeats)
        first_way = next(iter(taken))
        for name, spent in taken.items():
            ratio = taken[first_way] / spent
            show(f"framing score, {SCALED_COPIES * len(documents)} articles, {name}: {spent:.1f} s, {ratio:.2f}x of {first_way}")
    if options.memory:
        with tempfile.TemporaryDirectory() as folder:
            for rows in (1_000, 10_000, 100_000):
                show(f"framing score, {rows:,} short articles: peak {memory(rows, Path(folder)) / 1e6:,.0f} MB")


def show(line: str) -> None:
    """One line of the report."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
