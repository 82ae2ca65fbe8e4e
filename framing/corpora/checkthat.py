"""CheckThat! 2025 task 1, sentences of news articles judged subjective or objective.

Format: Ruggeri et al., overview of CheckThat! 2025 task 1; Antici et al., «A corpus for sentence-level subjectivity detection on English
news articles», LREC-COLING 2024. Files `<language>/{train,dev,dev_test}_<xx>.tsv`, tab-separated without quoting: quotation marks that
some files double or put around a sentence are read as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, read_table, sha256
from framing.errors import CorpusError

SPLITS: Final = {"train": "train", "dev": "dev", "dev_test": "test"}
LABEL: Final = "subjectivity"
FIELDS: Final = ("sentence_id", "sentence", "label")
OPTIONAL_FIELD: Final = "solved_conflict"
JUDGEMENTS: Final = {"SUBJ": True, "OBJ": False}


def read_checkthat(path: Path) -> Iterator[Example]:
    """The sentences of every language below `path`, or of the one language whose folder `path` is; dev_test is the test split.

    The sentences' articles are not published, so `article` is a hash of the sentence: one that stands twice is one article.

    Raises:
        CorpusError: no split is there, or a row is not as published; begins with file and line.
    """
    found = False
    for folder in (path, *sorted(place for place in path.glob("*") if place.is_dir())):
        for name, split in SPLITS.items():
            for file in sorted(folder.glob(f"{name}_??.tsv")):
                found = True
                yield from _sentences(file, split)
    if not found:
        raise CorpusError(f"{path}: holds no train_XX.tsv, dev_XX.tsv or dev_test_XX.tsv; expected a language's folder or the folder above")


def _sentences(file: Path, split: str) -> Iterator[Example]:
    language = file.resolve().parent.name
    fields = 0
    for number, row in read_table(file):
        where = f"{file}, line {number}"
        if not fields:
            fields = len(row)
            if tuple(row) not in (FIELDS, (*FIELDS, OPTIONAL_FIELD)):
                raise CorpusError(f"{where}: found the fields {', '.join(row)}, expected {', '.join(FIELDS)} and perhaps {OPTIONAL_FIELD}")
            continue
        # Where there was no conflict between annotators, the last field is left out in some files.
        if not len(FIELDS) <= len(row) <= fields:
            raise CorpusError(f"{where}: found {len(row)} fields, expected {len(FIELDS)} to {fields}, separated by tabs")
        identifier, text, label = row[: len(FIELDS)]
        if not text.strip():
            raise CorpusError(f"{where}: the field 'sentence' is empty, expected a sentence; download the file again")
        if label not in JUDGEMENTS:
            raise CorpusError(f"{where}: label '{label}' is unknown; expected SUBJ or OBJ")
        yield Example(
            id=f"checkthat-{language}-{split}-{identifier}",
            corpus="checkthat",
            source=f"checkthat/{language}",
            article=f"checkthat#{sha256(text)[:16]}",
            text=text,
            spans=(),
            known=frozenset(),
            labels={LABEL: JUDGEMENTS[label]},
            split=split,
            sentences=((0, len(text)),),
        )
