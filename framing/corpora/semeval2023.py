"""SemEval-2023 task 3: 23 persuasion techniques in paragraphs and 14 policy frames of articles, in several languages.

Format: Piskorski et al., «SemEval-2023 task 3: Detecting the category, the framing, and the persuasion techniques in online news in a
multi-lingual setup», 2023, and the readme of its data. In `<language>/`, with <split> train or dev: `<split>-articles-subtask-<N>/
article<ID>.txt`, one paragraph a line; `<split>-labels-subtask-2.txt` (article, frames joined by commas);
`<split>-labels-subtask-3.txt` (article, line from 1, techniques joined by commas, possibly none); spans (article, technique, start, end
exclusive) in `<split>-labels-subtask-3-spans.txt` or, a file an article, in `<split>-labels-subtask-3-spans/`. All separated by tabs;
offsets count code points of the article file, a byte order mark among them: the two English articles that begin with one have the
offsets of PTC. The data may not be passed on: each user fetches them from the organisers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, checked_span, cut, line_bounds, read_table, read_text
from framing.corpora.techniques import technique
from framing.errors import CorpusError, nearest
from framing.text import Span
from framing.vocabularies import ARTICLE_VOCABULARIES, MERGED, TECHNIQUES, coarser

_NOT_IN_ENGLISH: Final = {"appeal_to_values", "appeal_to_time", "consequential_oversimplification", "questioning_the_reputation"}
_ARTICLE: Final = re.compile(r"article(\d+)\.txt")
_NO_FRAME: Final = "Other"
_FRAMES: Final = {
    "Economic": "economic",
    "Capacity_and_resources": "capacity_and_resources",
    "Morality": "morality",
    "Fairness_and_equality": "fairness_and_equality",
    "Legality_Constitutionality_and_jurisprudence": "legality",
    "Policy_prescription_and_evaluation": "policy_prescription",
    "Crime_and_punishment": "crime_and_punishment",
    "Security_and_defense": "security_and_defense",
    "Health_and_safety": "health_and_safety",
    "Quality_of_life": "quality_of_life",
    "Cultural_identity": "cultural_identity",
    "Public_opinion": "public_opinion",
    "Political": "political",
    "External_regulation_and_reputation": "external_regulation",
}


@dataclass(frozen=True, slots=True)
class _Text:
    """An article as published; `persuasion` is true where it is one of subtask 3, so that its spans are all there are."""

    content: str
    persuasion: bool


def read_semeval2023(path: Path) -> Iterator[Example]:
    """One example a paragraph (line) of the train and dev articles of every language in `path`, or in the folder `data` in it.

    English articles carry the ids of PTC: its train and dev articles are the English train split here, its test articles the dev
    split, so both corpora agree on what is one article. English was annotated with 19 of the 23 techniques; the other four are
    unknown there. Spans and paragraph labels are each known only where their files are there, frames where the article has a row.
    Copies of an article («article12 (1).txt») are passed over. Raises CorpusError, with file and line, for a malformed row.
    """
    root = path / "data" if (path / "data").is_dir() else path
    found = False
    for folder in sorted(root.glob("*/")):
        for split in ("train", "dev"):
            texts = _texts(folder, split)
            found = found or bool(texts)
            yield from _read_split(folder, split, texts)
    if not found:
        raise CorpusError(f"{path}: holds no en/train-articles-subtask-3 or the like; expected the folder of SemEval-2023 task 3")


def _texts(folder: Path, split: str) -> dict[str, _Text]:
    texts: dict[str, _Text] = {}
    for subtask in (3, 2, 1):
        for file in sorted((folder / f"{split}-articles-subtask-{subtask}").glob("article*.txt")):
            name = _ARTICLE.fullmatch(file.name)
            if name is not None and name[1] not in texts:
                texts[name[1]] = _Text(read_text(file, keep_mark=True), subtask == 3)
    return texts


def _read_split(folder: Path, split: str, texts: dict[str, _Text]) -> Iterator[Example]:
    language = folder.name
    labels = _technique_names(language)
    frames = _frames(folder / f"{split}-labels-subtask-2.txt", texts)
    paragraphs = _paragraph_labels(folder / f"{split}-labels-subtask-3.txt", texts, labels)
    span_files = _span_files(folder, split)
    spans = _spans(span_files, texts, labels)
    for identifier, text in texts.items():
        for line, (start, end) in _numbered_lines(text.content).items():
            yield Example(
                id=f"semeval2023-{language}-{identifier}-{line}",
                corpus="semeval2023",
                source=f"semeval2023/{language}",
                article=f"ptc#{identifier}" if language == "en" else f"semeval2023/{language}#{identifier}",
                text=text.content[start:end],
                spans=cut(spans[identifier], start, end),
                known=frozenset(labels) if span_files and text.persuasion else frozenset(),
                labels=paragraphs.get((identifier, line), {}),
                article_labels=frames.get(identifier, {}),
                split=split,
                start=start,
            )


def _technique_names(language: str) -> tuple[str, ...]:
    return tuple(label for label in (*TECHNIQUES, *MERGED) if language != "en" or label not in _NOT_IN_ENGLISH)


def _numbered_lines(text: str) -> dict[int, tuple[int, int]]:
    return {text.count("\n", 0, start) + 1: (start, end) for start, end in line_bounds(text)}


def _rows(path: Path, widths: tuple[int, ...], columns: str, texts: dict[str, _Text]) -> Iterator[tuple[str, list[str]]]:
    """Where each row stands, and its fields; none when the file is not there, since a user may hold part of the subtasks."""
    if not path.exists():
        return
    for number, row in read_table(path):
        where = f"{path}, line {number}"
        if len(row) not in widths:
            raise CorpusError(f"{where}: found {len(row)} fields, expected {widths[-1]}: {columns}, separated by tabs")
        row[0] = row[0].strip()
        if row[0] not in texts:
            raise CorpusError(f"{where}: there is no article {row[0]} beside it; expected article{row[0]}.txt")
        yield where, row


def _frames(path: Path, texts: dict[str, _Text]) -> dict[str, dict[str, bool]]:
    labels = {}
    for where, row in _rows(path, (1, 2), "article, frames", texts):
        # The readme writes the one frame that has a comma in its name with it, the label files without.
        names = row[1].replace("Legality,Constitutionality", "Legality_Constitutionality").split(",") if len(row) == 2 else []
        present = {f"policy_frames.{_frame(name.strip(), where)}" for name in names if name.strip() not in ("", _NO_FRAME)}
        labels[row[0]] = {label: label in present for label in ARTICLE_VOCABULARIES["policy_frames"]}
    return labels


def _frame(name: str, where: str) -> str:
    if name not in _FRAMES:
        hint = nearest(name, _FRAMES)
        raise CorpusError(f"{where}: frame '{name}' is unknown{hint}; correct the row, or add the name to semeval2023.py")
    return _FRAMES[name]


def _paragraph_labels(path: Path, texts: dict[str, _Text], labels: tuple[str, ...]) -> dict[tuple[str, int], dict[str, bool]]:
    found = {}
    lines: dict[str, dict[int, tuple[int, int]]] = {}
    for where, row in _rows(path, (2, 3), "article, line, techniques", texts):
        identifier, number = row[0], row[1].strip()
        if identifier not in lines:
            lines[identifier] = _numbered_lines(texts[identifier].content)
        if not number.isdecimal() or int(number) not in lines[identifier]:
            raise CorpusError(f"{where}: article {identifier} has no paragraph at line '{number}'; correct the row")
        names = row[2].split(",") if len(row) == 3 else []
        present = {label for name in names if name.strip() for label in coarser(_annotated(name.strip(), labels, where))}
        found[identifier, int(number)] = {label: label in present for label in labels}
    return found


def _annotated(name: str, labels: tuple[str, ...], where: str) -> str:
    label = technique(name, where)
    if label not in labels:
        raise CorpusError(f"{where}: technique '{name}' was not annotated in this language; correct the row")
    return label


def _span_files(folder: Path, split: str) -> list[Path]:
    whole = folder / f"{split}-labels-subtask-3-spans.txt"
    return [whole] if whole.exists() else sorted((folder / f"{split}-labels-subtask-3-spans").glob("*.txt"))


def _spans(files: list[Path], texts: dict[str, _Text], labels: tuple[str, ...]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for file in files:
        for where, row in _rows(file, (4,), "article, technique, start, end", texts):
            span = checked_span(row[2], row[3], len(texts[row[0]].content), _annotated(row[1], labels, where), where)
            if span not in spans[row[0]]:
                spans[row[0]].append(span)
    return spans
