"""ElecDeb60to20: contexts, snippets, splits, and refusals."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from corpus_files import marked, published, refusal

from framing.corpora.elecdeb import KNOWN as DEBATE_LABELS
from framing.corpora.elecdeb import read_elecdeb
from framing.vocabularies import PERSUASION

DEBATE_HEADER = ["Date", "Fallacy", "Label", "Subcategory", "arg_comp", "arg_rel", "Context", "bio_tags", "pos_tags"]


def debate(year: str, snippet: str, name: str, subcategory: str, context: str) -> list[str]:
    return [year, snippet, name, subcategory, "Claim", "", context, "[]", ""]


def debates(folder: Path, train: list[list[str]], test: list[list[str]]) -> Path:
    for file, rows in (("pos_train_set.csv", train), ("pos_test_set.csv", test)):
        with (folder / file).open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows([DEBATE_HEADER, *rows])
    return folder


def test_rows_of_one_debate_context_become_one_example_without_the_repeated_rows(tmp_path: Path) -> None:
    context = "My opponent, the clown, has a disaster of a plan. Experts agree with me. God bless our land."
    rows = [
        debate("1999", "the clown", "AdHominem", "Name-Calling, Labeling", context),
        debate("1999", "disaster", "AppealtoEmotion", "Loaded Language", context),
        debate("1999", "disaster", "AppealtoEmotion", "Loaded Language", context),
        debate("1999", "Experts agree with me.", "AppealtoAuthority", "Without Evidence", context),
        debate("1999", "God bless our land.", "AppealtoEmotion", "", context),
    ]
    (example,) = read_elecdeb(debates(tmp_path, rows, []))
    assert marked(example) == [
        ("the clown", "name_calling"),
        ("disaster", "loaded_language"),
        ("Experts agree with me.", "appeal_to_authority"),
        ("God bless our land.", PERSUASION),
    ]
    assert (example.article, example.split, example.natural) == ("elecdeb#1999", "train", False)
    assert example.known == DEBATE_LABELS


def test_a_snippet_is_marked_at_each_of_its_places_but_not_inside_a_word(tmp_path: Path) -> None:
    context = "A mess is a message of a mess."
    (example,) = read_elecdeb(debates(tmp_path, [debate("1999", "mess", "AppealtoEmotion", "Loaded Language", context)], []))
    assert [(span.start, span.end) for span in example.spans] == [(2, 6), (25, 29)]


def test_a_snippet_is_also_marked_in_a_neighbouring_context_that_repeats_its_sentence(tmp_path: Path) -> None:
    one, two, three = "We met at noon in town.", "They wrecked our lovely harbour.", "The tide will never come back."
    rows = [
        debate("1999", "wrecked", "AppealtoEmotion", "Loaded Language", f"{one} {two}"),
        debate("1999", three, "Slipperyslope", "Slippery slope", f"{two} {three}"),
        debate("2003", "tide", "Slogans", "", "They wrecked our lovely harbour, said the tide."),
    ]
    examples = list(read_elecdeb(debates(tmp_path, rows, [])))
    assert [marked(example) for example in examples] == [
        [("wrecked", "loaded_language")],
        [("wrecked", "loaded_language"), (three, "consequential_oversimplification")],
        [("tide", "slogans")],
    ]


def test_no_train_context_shares_a_sentence_with_a_test_context(tmp_path: Path) -> None:
    shared, other = "They wrecked our lovely harbour.", "The fleet has not sailed since then."
    train = [
        debate("1999", "lovely", "AppealtoEmotion", "Loaded Language", shared),
        debate("1999", "fleet", "Slogans", "Slogan", f"{shared} {other}"),
        debate("1999", "never", "FalseCause", "False cause", "Thank you. It was never so dark before he came."),
    ]
    test = [debate("1999", "wrecked", "AppealtoEmotion", "Flag waving", shared), debate("1999", "you", "Slogans", "", "Thank you.")]
    examples = list(read_elecdeb(debates(tmp_path, train, test)))
    assert [(example.split, marked(example)) for example in examples] == [
        ("test", [("wrecked", "flag_waving"), ("lovely", "loaded_language")]),
        ("train", [("you", "slogans"), ("never", "causal_oversimplification")]),
        ("test", [("you", "slogans")]),
    ]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (debate("1999", "x", "AdHominem", "Ad hominum", "x"), "expected a subcategory of Name-Calling, Labeling, Tu quoque"),
        (debate("1999", "x", "Pathos", "", "x"), "the fallacy 'Pathos', '' is unknown; expected AppealtoEmotion"),
        (debate("1999", "dog", "Slogans", "", "a dogma"), "the snippet 'dog' is not in its context"),
        (debate("1999", "", "Slogans", "", "a dogma"), "the snippet '' is not in its context"),
        (["1999", "x"], "found 2 fields, expected 9"),
    ],
)
def test_a_malformed_debate_row_is_refused_with_file_and_line(tmp_path: Path, row: list[str], fault: str) -> None:
    good = debate("1999", "tide", "Slogans", "", "The\ntide.")
    message = refusal(read_elecdeb, debates(tmp_path, [good], [good, row]))
    # The row before it lies over lines 2 and 3.
    assert "pos_test_set.csv, line 4: " in message
    assert fault in message


def test_a_malformed_debate_row_of_several_lines_is_named_by_its_first(tmp_path: Path) -> None:
    message = refusal(read_elecdeb, debates(tmp_path, [], [debate("1999", "ebb", "Slogans", "", "The\n\ntide.")]))
    assert "pos_test_set.csv, line 2: the snippet 'ebb'" in message


def test_a_debate_folder_without_its_tables_is_refused(tmp_path: Path) -> None:
    assert "pos_train_set.csv: no such file" in refusal(read_elecdeb, tmp_path)


def test_debates_as_published_have_the_counts_of_their_card() -> None:
    folder = published("elecdeb-fallacy")
    with (folder / "pos_train_set.csv").open(encoding="utf-8", newline="") as lines:
        assert Counter(row["Label"] for row in csv.DictReader(lines)) == {
            "AppealtoEmotion": 1073, "AppealtoAuthority": 272, "AdHominem": 243, "FalseCause": 84, "Slipperyslope": 71, "Slogans": 47,
        }  # fmt: skip
    examples = list(read_elecdeb(folder))
    assert Counter(example.split for example in examples) == {"train": 1177, "test": 191}
    assert len({example.article for example in examples}) == 13
    assert len({example.text for example in examples}) == len(examples)
    assert all(example.spans for example in examples)
