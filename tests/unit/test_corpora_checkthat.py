"""CheckThat! 2025: languages, splits, and refusals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus_files import published, refusal, write

from framing.corpora.checkthat import read_checkthat


def test_checkthat_reads_every_language_or_the_one_asked_for(tmp_path: Path) -> None:
    header = "sentence_id\tsentence\tlabel"
    write(tmp_path / "english" / "train_en.tsv", f'{header}\tsolved_conflict\na\t"A ""mad"" plan.\tSUBJ\tTrue\nb\tIt rained.\tOBJ\n')
    write(tmp_path / "english" / "dev_test_en.tsv", f"{header}\nc\tIt rained.\tOBJ\n")
    write(tmp_path / "german" / "dev_de.tsv", f"{header}\nd\tEs regnete.\tOBJ\n")
    mad, rained, again, german = read_checkthat(tmp_path)
    assert (mad.text, mad.labels, mad.sentences) == ('"A ""mad"" plan.', {"subjectivity": True}, ((0, 16),))
    assert [example.split for example in (mad, rained, again, german)] == ["train", "train", "test", "dev"]
    assert [example.source for example in (mad, again, german)] == ["checkthat/english", "checkthat/english", "checkthat/german"]
    assert rained.labels == {"subjectivity": False}
    assert rained.article == again.article != mad.article
    assert list(read_checkthat(tmp_path / "english")) == [mad, rained, again]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("b\tText.\tsubj", "label 'subj' is unknown; expected SUBJ or OBJ"),
        ("b\tText.", "found 2 fields, expected 3 to 3"),
        ("b\tText.\tOBJ\tTrue", "found 4 fields, expected 3 to 3"),
        ("b\t \tOBJ", "'sentence' is empty"),
    ],
)
def test_checkthat_refuses_a_malformed_row_with_file_and_line(tmp_path: Path, row: str, found: str) -> None:
    path = write(tmp_path / "dev_it.tsv", f"sentence_id\tsentence\tlabel\na\tTesto.\tOBJ\n{row}\n")
    message = refusal(read_checkthat, tmp_path)
    assert message.startswith(f"{path}, line 3: ")
    assert found in message


def test_checkthat_refuses_another_header_and_an_empty_folder(tmp_path: Path) -> None:
    assert "holds no train_XX.tsv" in refusal(read_checkthat, tmp_path)
    write(tmp_path / "train_en.tsv", "id\tsentence\tlabel\n")
    assert "line 1: found the fields id, sentence, label" in refusal(read_checkthat, tmp_path)


def test_checkthat_has_the_published_counts() -> None:
    examples = list(read_checkthat(published("checkthat2025-subjectivity")))
    counts = Counter((example.source.removeprefix("checkthat/"), example.split) for example in examples)
    sizes = {"english": (830, 462, 484), "german": (800, 491, 337), "italian": (1613, 667, 513), "bulgarian": (729, 314, 250)}
    assert counts == {(name, split): size for name, row in sizes.items() for split, size in zip(("train", "dev", "test"), row, strict=True)}
    subjective = Counter(e.split for e in examples if e.source == "checkthat/english" and e.labels["subjectivity"])
    assert subjective == {"train": 298, "dev": 240, "test": 122}
    assert len({example.id for example in examples}) == len(examples)
