"""Small corpora in published formats, of our own writing, for the tests that train."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml

from framing.corpora import babe, narrative_framing
from framing.corpora.originals import read_originals
from framing.splits import load_splits

ROOT: Final = Path(__file__).parent.parent.parent
SPLITS: Final = ROOT / "data/splits/devices-originals.json"
LINES: Final = (
    ("The harbour board met in room {n} on Tuesday.", None, ""),
    ("A gang of {n} crooks runs the port.", "Name_Calling,Labeling", "crooks"),
    ("And what about the {n} ships that they sank?", "Whataboutism,Straw_Men,Red_Herring", "what about the"),
    ("The minutes list {n} berths and their depth.", None, ""),
    ("Either we close pier {n} or the town drowns.", "Black-and-White_Fallacy", "Either we close"),
    ("Our glorious fleet of {n} tugs will prevail.", "Flag-Waving", "Our glorious fleet"),
)

_QUARREL: Final = "insults fight sued clash rivals furious blamed vowed accused threats".split()
_REPAIR: Final = "agreed repaired plan welcomed solved built together funded restored settled".split()
_TOWN: Final = "the pier a harbour town ships council river of and in on by wall crane ferry dock north street bridge".split()


def originals(path: Path, train: int, dev: int) -> Path:
    """The paragraphs of the first events of the train and the dev split of our own articles."""
    split = load_splits(SPLITS)
    events = sorted({example.article for example in read_originals(ROOT / "data/originals")})
    chosen = {e for part, count in (("train", train), ("dev", dev)) for e in [e for e in events if split[e] == part][:count]}
    lines = (ROOT / "data/originals/originals.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if f"originals#{json.loads(line)['event']}" in chosen]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path


def ptc(folder: Path, train: int, dev: int) -> Path:
    """Articles of six lines, five of techniques in turn, one of them a merged label."""
    for split, labels, numbers in (
        ("train", "train-task2-TC.labels", range(train)),
        ("dev", "dev-task-TC.labels", range(100, 100 + dev)),
    ):
        (folder / f"{split}-articles").mkdir(parents=True)
        rows = []
        for number in numbers:
            text = ""
            for line, technique, wording in LINES:
                written = line.format(n=number + 2)
                if technique:
                    start = len(text) + written.index(wording)
                    rows.append(f"{number}\t{technique}\t{start}\t{start + len(wording)}")
                text += written + "\n"
            (folder / f"{split}-articles" / f"article{number}.txt").write_text(text, encoding="utf-8")
        (folder / labels).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def babe_rows(path: Path, articles: int) -> Path:
    """Two sentences an article, one of them biased by a word, from three outlets."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter=";")
        rows.writerow(babe.FIELDS)
        for number in range(articles):
            link, outlet = f"https://example.org/{number}", f"Outlet {number % 3}"
            biased = f"The shameless mayor of ward {number} grabbed the keys."
            rows.writerow([biased, link, outlet, "towns", "left", "Biased", "Expresses writer's opinion", "['shameless', 'grabbed']"])
            fair = f"The mayor of ward {number} took the keys at {number % 9 + 1} o'clock."
            rows.writerow([fair, link, outlet, "towns", "left", "Non-biased", "Entirely factual", "[]"])
    return path


def babe_article(number: int) -> str:
    """Article of the reader for the rows of that number."""
    return f"babe#https://example.org/{number}"


def frames(folder: Path, articles: int) -> Path:
    """Articles in the format of the narrative frames corpus: even ones a conflict, odd ones a resolution, of many strings of words."""
    folder.mkdir(parents=True)
    head = ("ID", "source", "mbfc", "date", "text", "RE", "HI", "CO", "MO", "EC")
    with (folder / narrative_framing.ARTICLES).open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter="\t")
        rows.writerow(head)
        for number in range(articles):
            random = Random(number)
            own = _QUARREL if number % 2 == 0 else _REPAIR
            sentences = [" ".join(random.choices(own, k=4) + random.choices(_TOWN, k=5)) for _ in range(12 + number % 5)]
            text = " ".join(f"{sentence.capitalize()}." for sentence in sentences)
            frames = [number % 2 == 1, False, number % 2 == 0, False, number % 3 == 0]
            rows.writerow([number, "The Paper", "left", "2020-01-01", text, *frames])
    entity = ("ID", "entity", "group", "role", "mbfc", "RE", "HI", "CO", "MO", "EC")
    (folder / narrative_framing.ENTITIES).write_text("\t".join(entity) + "\n", encoding="utf-8")
    return folder


def frames_article(number: int) -> str:
    """Article of the reader for the row of that number."""
    return f"narrative-framing#{number}"


def configuration(path: Path, output: Path, corpora: list[dict[str, str]], **changes: Any) -> Path:
    """A configuration of two random layers for one epoch over these corpora, which calibrates on all of them."""
    settings: dict[str, Any] = yaml.safe_load((ROOT / "configs/tiny.yaml").read_text(encoding="utf-8"))
    settings["encoder"] |= {"tokenizer": str(ROOT / "models/framing-small"), "hidden_size": 32, "intermediate_size": 64}
    settings["training"] |= {"epochs": 1}
    settings |= {"output": str(output), "corpora": corpora, "calibrate_on": [corpus["name"] for corpus in corpora]} | changes
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def split_file(path: Path, **parts: list[str]) -> Path:
    """A split file of these articles."""
    rows: dict[str, list[str]] = {"train": [], "dev": [], "test": []} | parts
    path.write_text(json.dumps({"seed": 1, "fractions": {}, "articles": rows}), encoding="utf-8")
    return path
