"""SemEval-2023 task 3: paragraphs, frames of articles, languages, and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_files import marked, present, published, refusal, table, write

from framing.corpora.semeval2023 import read_semeval2023
from framing.gold import ABSENT, PRESENT, UNKNOWN, paragraph_gold
from framing.vocabularies import MERGED, POLICY_FRAMES, TECHNIQUES

TITLE, FIRST, SECOND = "Harbour news", "Those wreckers doubt our port.", "Either we act or we sink."
ARTICLE = f"{TITLE}\n\n{FIRST}\n{SECOND}\n"
AT_WRECKERS = ARTICLE.index("wreckers")
SPAN_ROW = (11, "Name_Calling-Labeling", AT_WRECKERS, AT_WRECKERS + len("wreckers"))


def news_folder(folder: Path, language: str = "en", split: str = "train", spans: str = "one") -> Path:
    place = folder / "data" / language
    for subtask in (1, 2, 3):
        write(place / f"{split}-articles-subtask-{subtask}" / "article11.txt", ARTICLE)
    write(place / f"{split}-labels-subtask-1.txt", table((11, "satire")))
    write(place / f"{split}-labels-subtask-2.txt", table((11, "Security_and_defense,Policy_prescription_and_evaluation")))
    write(
        place / f"{split}-labels-subtask-3.txt",
        table((11, 1, ""), (11, 3, "Doubt,Name_Calling-Labeling"), (11, 4, "False_Dilemma-No_Choice")),
    )
    if spans == "one":
        write(place / f"{split}-labels-subtask-3-spans.txt", table(SPAN_ROW))
    if spans == "many":
        write(place / f"{split}-labels-subtask-3-spans" / "article11-labels-subtask-3.txt", table(SPAN_ROW))
    return folder


@pytest.mark.parametrize("spans", ["one", "many"])
def test_2023_paragraphs_carry_their_labels_and_spans_in_either_layout(tmp_path: Path, spans: str) -> None:
    title, first, second = read_semeval2023(news_folder(tmp_path, spans=spans))
    assert [title.text, first.text, second.text] == [TITLE, FIRST, SECOND]
    assert [ARTICLE[e.start : e.start + len(e.text)] for e in (title, first, second)] == [TITLE, FIRST, SECOND]
    assert marked(first) == [("wreckers", "name_calling")]
    assert present(title.labels) == set()
    assert present(first.labels) == {"casting_doubt", "name_calling", "persuasion"}
    assert present(second.labels) == {"false_dilemma", "persuasion"}
    assert title.known == first.known == set(title.labels)


def test_2023_frames_are_labels_of_the_article_all_14_known(tmp_path: Path) -> None:
    for example in read_semeval2023(news_folder(tmp_path)):
        assert set(example.article_labels) == {f"policy_frames.{name}" for name in POLICY_FRAMES}
        assert present(example.article_labels) == {"policy_frames.security_and_defense", "policy_frames.policy_prescription"}


@pytest.mark.parametrize("name", ["Legality,Constitutionality_and_jurisprudence", "Legality_Constitutionality_and_jurisprudence"])
def test_2023_the_frame_with_a_comma_in_its_name_is_one_frame(tmp_path: Path, name: str) -> None:
    write(news_folder(tmp_path) / "data" / "en" / "train-labels-subtask-2.txt", table((11, f"{name},Political")))
    assert present(next(read_semeval2023(tmp_path)).article_labels) == {"policy_frames.legality", "policy_frames.political"}


def test_2023_english_articles_are_those_of_ptc_and_others_are_their_own(tmp_path: Path) -> None:
    news_folder(tmp_path, "en", "dev")
    news_folder(tmp_path, "it", "train")
    seen = {(e.article, e.source, e.split) for e in read_semeval2023(tmp_path)}
    assert seen == {("ptc#11", "semeval2023/en", "dev"), ("semeval2023/it#11", "semeval2023/it", "train")}
    assert list(read_semeval2023(tmp_path)) == list(read_semeval2023(tmp_path / "data"))


def test_2023_english_has_19_known_techniques_and_other_languages_23(tmp_path: Path) -> None:
    news_folder(tmp_path, "en")
    news_folder(tmp_path, "ru")
    known = {example.source[-2:]: example.known for example in read_semeval2023(tmp_path)}
    assert len(known["en"] & set(TECHNIQUES)) == 19
    assert known["ru"] == {*TECHNIQUES, *MERGED}


def test_2023_what_no_file_tells_is_unknown(tmp_path: Path) -> None:
    place = news_folder(tmp_path, spans="none") / "data" / "en"
    (place / "train-labels-subtask-2.txt").unlink()
    write(place / "train-labels-subtask-3.txt", table((11, 3, "Doubt")))
    title, first, _ = read_semeval2023(tmp_path)
    assert (title.known, title.labels, title.article_labels) == (frozenset(), {}, {})
    assert paragraph_gold(first, ["casting_doubt", "slogans", "appeal_to_time"]).tolist() == [PRESENT, ABSENT, UNKNOWN]


def test_2023_an_article_outside_subtask_3_has_no_known_spans_and_a_copy_is_passed_over(tmp_path: Path) -> None:
    place = news_folder(tmp_path) / "data" / "en"
    write(place / "train-articles-subtask-2" / "article12.txt", "Another title")
    write(place / "train-articles-subtask-3" / "article11 (1).txt", ARTICLE)
    known = {example.article: bool(example.known) for example in read_semeval2023(tmp_path)}
    assert known == {"ptc#11": True, "ptc#12": False}


def test_2023_offsets_count_a_byte_order_mark_as_those_of_ptc_do(tmp_path: Path) -> None:
    place = news_folder(tmp_path) / "data" / "en"
    write(place / "train-articles-subtask-3" / "article11.txt", f"\ufeff{ARTICLE}")
    write(place / "train-labels-subtask-3-spans.txt", table((*SPAN_ROW[:2], AT_WRECKERS + 1, AT_WRECKERS + 1 + len("wreckers"))))
    _, first, _ = read_semeval2023(tmp_path)
    assert marked(first) == [("wreckers", "name_calling")]


@pytest.mark.parametrize(
    ("file", "row", "found"),
    [
        ("labels-subtask-2.txt", (11, "Politics"), "frame 'Politics' is unknown; nearest is 'Political'"),
        ("labels-subtask-2.txt", (12, "Political"), "there is no article 12"),
        ("labels-subtask-3.txt", (11, 2, "Doubt"), "no paragraph at line '2'"),
        ("labels-subtask-3.txt", (11, "x", "Doubt"), "no paragraph at line 'x'"),
        ("labels-subtask-3.txt", (11, 3, "Doubts"), "technique 'Doubts' is unknown"),
        ("labels-subtask-3.txt", (11, 3, "Appeal_to_Time"), "not annotated in this language"),
        ("labels-subtask-3.txt", (11,), "found 1 fields, expected 3"),
        ("labels-subtask-3-spans.txt", (11, "Doubt", 0), "found 3 fields, expected 4"),
        ("labels-subtask-3-spans.txt", (11, "Doubt", 0, 999), "span [0, 999) is not inside"),
    ],
)
def test_2023_a_malformed_row_is_refused_with_file_and_line(tmp_path: Path, file: str, row: tuple[object, ...], found: str) -> None:
    path = news_folder(tmp_path) / "data" / "en" / f"train-{file}"
    write(path, path.read_text() + "\n" + table(row))
    message = refusal(read_semeval2023, tmp_path)
    assert message.startswith(f"{path}, line {len(path.read_text().splitlines())}")
    assert found in message


def test_2023_the_published_files_are_read_where_a_user_has_them() -> None:
    examples = list(read_semeval2023(published("semeval2023-task3")))
    assert {"train", "dev"} == {example.split for example in examples}
    assert len({example.id for example in examples}) == len(examples)


def test_a_folder_of_something_else_is_refused_by_its_name(tmp_path: Path) -> None:
    assert refusal(read_semeval2023, tmp_path).startswith(f"{tmp_path}: holds no ")
