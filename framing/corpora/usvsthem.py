"""UsVsThem, Reddit comments on shared news, each judged critical of a social group (or hostile to it) or not.

Format: Huguet Cabot et al., «Us vs. them: A dataset of populist attitudes, news bias and emotions», EACL 2021. Files
`UsVsThem_{train,valid,test}_public.csv`, separated by commas, with quoting; a comment may hold line ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, read_quoted_table, sha256
from framing.errors import CorpusError

SPLITS: Final = {"train": "train", "valid": "dev", "test": "test"}
LABEL: Final = "hostility"
TEXT_FIELD: Final = "body"
LABEL_FIELD: Final = "is_Disc_Crit"
OUTLET_FIELD: Final = "allsides_name"
JUDGEMENTS: Final = {"True": True, "False": False}


def read_usvsthem(path: Path) -> Iterator[Example]:
    """The comments of the published splits that lie in the folder `path`; valid is the dev split.

    `hostility` is present where the crowd found the comment critical of the group or discriminatory (mean at least midway on the scale
    from supportive to discriminatory). It is given to the comment as a whole: no spans. That scale, `usVSthem_scale`, the `group` that the
    comment speaks of and the emotions are not read. The figure that the paper gives is Pearson's r on the scale (0.545): figures on
    `hostility` are not to be set beside it. Source is the outlet of the news shared, 'reddit' where it is not given. `article` is a
    hash of the comment, so one that stands in two splits is one article.

    Raises:
        CorpusError: no split is there, or a row is not as published; begins with file and line.
    """
    found = False
    for name, split in SPLITS.items():
        file = path / f"UsVsThem_{name}_public.csv"
        if not file.exists():
            continue
        found = True
        for index, (number, row) in enumerate(_rows(file)):
            text = row[TEXT_FIELD]
            if not text.strip():
                raise CorpusError(f"{file}, line {number}: the field '{TEXT_FIELD}' is empty, expected a comment; download the file again")
            if row[LABEL_FIELD] not in JUDGEMENTS:
                raise CorpusError(f"{file}, line {number}: {LABEL_FIELD} '{row[LABEL_FIELD]}' is unknown; expected True or False")
            yield Example(
                id=f"usvsthem-{split}-{index}",
                corpus="usvsthem",
                source=row[OUTLET_FIELD].strip() or "reddit",
                article=f"usvsthem#{sha256(text)[:16]}",
                text=text,
                spans=(),
                known=frozenset(),
                labels={LABEL: JUDGEMENTS[row[LABEL_FIELD]]},
                split=split,
            )
    if not found:
        raise CorpusError(f"{path}: holds none of UsVsThem_train_public.csv, UsVsThem_valid_public.csv and UsVsThem_test_public.csv")


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    fields: list[str] = []
    for number, row in read_quoted_table(file, ","):
        if number > 1:
            yield number, dict(zip(fields, row, strict=True))
            continue
        fields = row
        lacking = {TEXT_FIELD, LABEL_FIELD, OUTLET_FIELD} - set(fields)
        if lacking:
            raise CorpusError(f"{file}, line 1: the field '{min(lacking)}' is missing; expected the published header")
