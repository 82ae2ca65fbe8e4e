"""UsVsThem: comments, their splits, and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_files import published, refusal, write

from framing.corpora.usvsthem import read_usvsthem

USVSTHEM_HEADER = ",body,usVSthem_scale,is_Disc_Crit,group,allsides_name\n"


def test_usvsthem_keeps_one_comment_of_two_splits_together(tmp_path: Path) -> None:
    write(
        tmp_path / "UsVsThem_train_public.csv",
        USVSTHEM_HEADER + '0,"They, all.\n\nOut!",0.9,True,Jews,Port Post\n1,Fine.,0.1,False,Jews,\n',
    )
    write(tmp_path / "UsVsThem_valid_public.csv", USVSTHEM_HEADER + "0,Fine.,0.2,False,Jews,Port Post\n")
    first, second, third = read_usvsthem(tmp_path)
    assert (first.text, first.labels, first.source, first.split) == ("They, all.\n\nOut!", {"hostility": True}, "Port Post", "train")
    assert (second.labels, second.source, third.split) == ({"hostility": False}, "reddit", "dev")
    assert second.article == third.article != first.article
    assert len({first.id, second.id, third.id}) == 3


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("1,Text.,0.1,yes,Jews,X\n", "is_Disc_Crit 'yes' is unknown; expected True or False"),
        ("1,Text.,0.1,True,Jews\n", "found 5 fields, expected 6"),
        ("1, ,0.1,True,Jews,X\n", "'body' is empty"),
        ('1,"Text.', "not a row of CSV"),
    ],
)
def test_usvsthem_refuses_a_malformed_row_by_the_line_that_it_begins_on(tmp_path: Path, row: str, found: str) -> None:
    path = write(tmp_path / "UsVsThem_test_public.csv", USVSTHEM_HEADER + '0,"Two\nlines.",0.1,True,Jews,X\n' + row)
    message = refusal(read_usvsthem, tmp_path)
    assert message.startswith(f"{path}, line 4: ")
    assert found in message


def test_usvsthem_refuses_another_header_and_an_empty_folder(tmp_path: Path) -> None:
    assert "holds none of UsVsThem_train_public.csv" in refusal(read_usvsthem, tmp_path)
    write(tmp_path / "UsVsThem_train_public.csv", "body,is_Disc_Crit\n")
    assert "line 1: the field 'allsides_name' is missing" in refusal(read_usvsthem, tmp_path)


def test_usvsthem_has_the_published_counts() -> None:
    path = published("usvsthem")
    examples = list(read_usvsthem(path))
    counts = {"train": (3683, 1969), "dev": (920, 510), "test": (2261, 1244)}
    for split in {example.split for example in examples}:
        assert split is not None
        judged = [example.labels["hostility"] for example in examples if example.split == split]
        assert (len(judged), sum(judged)) == counts[split]
    assert {example.split for example in examples} >= {"train", "dev"}
    articles = {split: {example.article for example in examples if example.split == split} for split in counts}
    assert len(articles["train"] & articles["dev"]) == 1
