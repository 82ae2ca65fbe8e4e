"""SemEval-2025 task 10: roles of entities and narratives in news on the war in Ukraine and on climate.

Format: Piskorski et al., «SemEval-2025 task 10: Multilingual characterization and extraction of narratives from online news», 2025.
`train/<LANGUAGE>/raw-documents/*.txt` or `dev/<LANGUAGE>/subtask-<N>-documents/*.txt`; beside them `subtask-1-annotations.txt` (document,
mention, start, end *inclusive*, role, finer roles) and `subtask-2-annotations.txt` (document, narratives joined by «;», finer ones), both
separated by tabs.
"""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, blocks, cut, line_bounds, read_table, read_text
from framing.errors import CorpusError, nearest
from framing.text import Span
from framing.vocabularies import ARTICLE_VOCABULARIES, ROLES

BLOCK_CHARACTERS: Final = 800
"""Lines are read in blocks of about this length: a line by itself often does not show how it casts an entity."""
REACH: Final = 4
"""How far a mention may lie from its published offset: 17 of the 3,506 are 1 to 4 characters off."""
_NONE: Final = "Other"
_NARRATIVES: Final = {
    "URW: Blaming the war on others rather than the invader": "blaming_the_war_on_others",
    "URW: Discrediting Ukraine": "discrediting_ukraine",
    "URW: Russia is the Victim": "russia_is_the_victim",
    "URW: Praise of Russia": "praise_of_russia",
    "URW: Overpraising the West": "overpraising_the_west",
    "URW: Speculating war outcomes": "speculating_war_outcomes",
    "URW: Discrediting the West, Diplomacy": "discrediting_the_west",
    "URW: Negative Consequences for the West": "negative_consequences_for_the_west",
    "URW: Distrust towards Media": "distrust_towards_media",
    "URW: Amplifying war-related fears": "amplifying_war_fears",
    "URW: Hidden plots by secret schemes of powerful groups": "hidden_plots_war",
    "CC: Criticism of climate policies": "criticism_of_climate_policies",
    "CC: Criticism of institutions and authorities": "criticism_of_institutions",
    "CC: Climate change is beneficial": "climate_change_is_beneficial",
    "CC: Downplaying climate change": "downplaying_climate_change",
    "CC: Questioning the measurements and science": "questioning_climate_science",
    "CC: Criticism of climate movement": "criticism_of_climate_movement",
    "CC: Controversy about green technologies": "controversy_about_green_technologies",
    "CC: Hidden plots by secret schemes of powerful groups": "hidden_plots_climate",
    "CC: Amplifying Climate Fears": "amplifying_climate_fears",
    "CC: Green policies are geopolitical instruments": "green_policies_are_geopolitical",
}


def read_semeval2025(path: Path, languages: Iterable[str] = ("EN",)) -> Iterator[Example]:
    """Blocks of lines of the train and dev documents of `languages` (of EN, BG, HI, PT, RU) that hold a role or have a narrative label.

    Annotators marked some mentions of an entity and left others: in English there are 741 more occurrences of the names behind
    the 414 mentions. A line that repeats a marked name without a marked mention is therefore read as unknown for the roles, and so
    is a document without mentions; all other lines of a document with mentions are known. Blocks hold lines of one kind only.
    Narratives are known, present or absent, in each document of subtask 2; `Other` stands for none of them. Finer roles («Foreign
    Adversary») and finer narratives are not read, nor are the dominant narratives of subtask 3: the task's own scores are on the finer
    ones, and figures on these are not to be set beside them. Raises CorpusError, with file and line, for a malformed row, a document
    that is missing and a mention that is not within `REACH` characters.
    """
    chosen = tuple(languages)
    found = False
    for split in ("train", "dev"):
        for language in chosen:
            folder = path / split / language
            if folder.is_dir():
                found = True
                yield from _read_folder(folder, split, language)
    if not found:
        raise CorpusError(f"{path}: holds no train/{chosen[0]} or the like; expected the folder of SemEval-2025 task 10")


def _read_folder(folder: Path, split: str, language: str) -> Iterator[Example]:
    files = {file.name: file for file in sorted(folder.glob("*documents/*.txt"))}
    narratives = _narratives(folder / "subtask-2-annotations.txt", files)
    texts = {name: read_text(file) for name, file in files.items()}
    spans = _spans(folder / "subtask-1-annotations.txt", files, texts)
    for name in sorted({*narratives, *spans}):
        text, marked = texts[name], spans.get(name, [])
        repeated = _repeated(text, marked)
        for known, run in groupby(line_bounds(text), key=partial(_roles_known, marked=marked, repeated=repeated)):
            for block in blocks(list(run), BLOCK_CHARACTERS):
                start, end = block[0][0], block[-1][1]
                yield Example(
                    id=f"semeval2025-{language}-{name.removesuffix('.txt')}-{start}",
                    corpus="semeval2025",
                    source=f"semeval2025/{language}",
                    article=f"semeval2025#{name.removesuffix('.txt')}",
                    text=text[start:end],
                    spans=cut(marked, start, end),
                    known=frozenset(ROLES) if known else frozenset(),
                    article_labels=narratives.get(name, {}),
                    split=split,
                    start=start,
                )


def _narratives(path: Path, files: dict[str, Path]) -> dict[str, dict[str, bool]]:
    labels = {}
    for number, row in read_table(path):
        where = f"{path}, line {number}"
        if len(row) != 3:
            raise CorpusError(f"{where}: found {len(row)} fields, expected 3: document, narratives, finer narratives, separated by tabs")
        _require_document(row[0], files, where)
        present = {f"narratives.{_narrative(name.strip(), where)}" for name in row[1].split(";") if name.strip() != _NONE}
        labels[row[0]] = {label: label in present for label in ARTICLE_VOCABULARIES["narratives"]}
    return labels


def _narrative(name: str, where: str) -> str:
    if name not in _NARRATIVES:
        hint = nearest(name, _NARRATIVES)
        raise CorpusError(f"{where}: narrative '{name}' is unknown{hint}; correct the row, or add the name to semeval2025.py")
    return _NARRATIVES[name]


def _spans(path: Path, files: dict[str, Path], texts: dict[str, str]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for number, row in read_table(path):
        where = f"{path}, line {number}"
        if len(row) < 6:
            raise CorpusError(f"{where}: found {len(row)} fields, expected 6 or more: document, mention, start, end, role, finer roles")
        name, mention, start, end, role = row[:5]
        _require_document(name, files, where)
        if role.lower() not in ROLES:
            raise CorpusError(f"{where}: role '{role}' is unknown; expected one of {', '.join(ROLES)}")
        try:
            first, last = int(start), int(end)
        except ValueError:
            raise CorpusError(f"{where}: found offsets '{start}' and '{end}', expected two whole numbers; correct the row") from None
        if not mention or last + 1 - first != len(mention):
            raise CorpusError(f"{where}: [{start}, {end}] is not the length of '{mention}', its end counted in; correct the row")
        # Offsets count the byte order mark that some documents begin with, and that is no part of the text.
        at = _locate(texts[name], mention, first - files[name].read_bytes().startswith(codecs.BOM_UTF8))
        if at is None:
            raise CorpusError(f"{where}: '{mention}' is not within {REACH} characters of {start} in {files[name]}; correct the row")
        span = Span(at, at + len(mention), role.lower())
        if span not in spans[name]:
            spans[name].append(span)
    return dict(spans)


def _require_document(name: str, files: dict[str, Path], where: str) -> None:
    if name not in files:
        raise CorpusError(f"{where}: there is no document {name} beside it; expected it in a folder *-documents")


def _locate(text: str, mention: str, published: int) -> int | None:
    """Where the mention begins in the text: the place nearest to the published offset, read as it stands and as one in CRLF text."""
    places = [published]
    if "\r" not in text:
        # Most Russian documents were annotated with CRLF line ends and released without.
        places.append(published - text.replace("\n", "\r\n")[: max(published, 0)].count("\r\n"))
    for distance in range(REACH + 1):
        for place in places:
            for at in (place - distance, place + distance):
                if at >= 0 and text.startswith(mention, at):
                    return at
    return None


def _repeated(text: str, spans: list[Span]) -> list[Span]:
    """Occurrences of the marked names that are not marked."""
    names = {text[span.start : span.end] for span in spans}
    found = (Span(*match.span(), "") for name in sorted(names) for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    return [span for span in found if not _holds((span.start, span.end), spans)]


def _roles_known(line: tuple[int, int], marked: list[Span], repeated: list[Span]) -> bool:
    return bool(marked) and (_holds(line, marked) or not _holds(line, repeated))


def _holds(line: tuple[int, int], spans: list[Span]) -> bool:
    return any(span.start < line[1] and span.end > line[0] for span in spans)
