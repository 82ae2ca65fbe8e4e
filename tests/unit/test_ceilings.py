"""How far annotators agree: what is counted, what is left out, and where nothing can be told."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from corpus_files import published, write

from framing.ceilings import CEILINGS, FRAME_QUESTIONS, against_others, ceilings
from framing.corpora.base import Example
from framing.corpora.narrative_framing import FRAMES, read_narrative_framing
from framing.corpora.spreadsheet import read_sheet
from framing.errors import CorpusError
from framing.taxonomy import CHANNELS, DEVICE_NAMES
from framing.text import Span

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(path: Path, sheet: str, strings: str | None = None) -> Path:
    """A workbook of the rows `sheet` and the shared strings, both as XML."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {NAMESPACE}><sheetData>{sheet}</sheetData></worksheet>")
        if strings is not None:
            archive.writestr("xl/sharedStrings.xml", f"<sst {NAMESPACE}>{strings}</sst>")
    return path


def sheet_of(*rows: tuple[str, ...]) -> str:
    cells = [
        "".join(f'<c r="{"ABC"[n]}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' for n, text in enumerate(row))
        for number, row in enumerate(rows, start=1)
    ]
    return "".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(cells, start=1))


def babe(folder: Path, sentences: dict[str, str], *judgements: tuple[str, str]) -> Path:
    header = "text;news_link;outlet;topic;type;label_bias;label_opinion;biased_words\n"
    rows = "".join(f"{text};;Port Post;;;{label};;[]\n" for text, label in sentences.items())
    write(folder / "final_labels_SG2.csv", header + rows)
    workbook(folder / "raw_labels_SG2.xlsx", sheet_of(("text", "label_bias"), *judgements))
    return folder


def test_each_annotator_is_held_against_the_majority_of_the_others_and_ties_are_left_out() -> None:
    agreement = against_others([(True, True, True, False), (True, False), (True,), (False, False, False)])
    # The first text: three times yes against yes (2 to 1), once no against yes. The pair: once each way. One alone has no others.
    assert (agreement.both, agreement.alone, agreement.others, agreement.neither) == (3, 1, 2, 3)
    assert agreement.f1 == pytest.approx(6 / 9)
    assert agreement.macro_f1 == pytest.approx(6 / 9)
    assert against_others([(True, True, False)]).judgements == 1


def test_agreement_of_nothing_is_no_figure() -> None:
    assert against_others([(True,), ()]).judgements == 0


def test_the_devices_have_a_ceiling_each_which_their_card_states() -> None:
    found = ceilings("devices", None)
    assert set(found) == set(DEVICE_NAMES)
    card = (Path(__file__).parent.parent.parent / "data" / "devices" / "CARD.md").read_text(encoding="utf-8")
    (line,) = [line for line in card.splitlines() if line.startswith("| agreement |")]
    for ceiling in found.values():
        assert f"{ceiling.figure:.3f}" in line
        assert (ceiling.source, ceiling.measure) == ("data/devices/CARD.md", "sentence F1 of two annotation passes")
    assert found == CEILINGS["devices"]


def test_the_ceiling_of_devices_is_the_agreement_on_the_paragraphs_that_are_measured(tmp_path: Path) -> None:
    text = "The corrupt minister spoke. Rain fell. The corrupt aide left."
    loaded = [Span(4, 11, "loaded_label", "own"), Span(43, 50, "loaded_label", "own")]
    measured = [Example(f"p/{n}", "devices", "made", f"made#{n}", text, tuple(loaded), frozenset(CHANNELS)) for n in range(3)]
    again = [{"start": 4, "end": 11, "device": "loaded_label", "voice": "own"}]
    rows = [{"id": f"p/{n}", "spans": again} for n in (0, 1, 9)]
    write(tmp_path / "second-reading.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    found = ceilings("devices", tmp_path, measured)
    # In each of the two paragraphs that were read twice one sentence is marked by both readers, one by the first alone.
    assert found["loaded_label"].figure == pytest.approx(2 / 3)
    assert "2 of these paragraphs" in found["loaded_label"].measure
    # Of a device that neither reader found nothing can be told, nor where nothing was read twice.
    assert found["bloc_rhetoric"] == CEILINGS["devices"]["bloc_rhetoric"]
    assert ceilings("devices", tmp_path / "joined.jsonl", measured) == found
    assert ceilings("devices", tmp_path, measured[2:]) == CEILINGS["devices"]
    write(tmp_path / "second-reading.jsonl", '{"id": "p/0"}\n')
    with pytest.raises(CorpusError, match=r"second-reading\.jsonl, line 1: the field 'spans' is missing"):
        ceilings("devices", tmp_path, measured)


@pytest.mark.parametrize("name", ["babe", "narrative_framing", "ukraine_news_bias", "ptc", "originals"])
def test_without_the_annotators_judgements_there_is_no_ceiling(tmp_path: Path, name: str) -> None:
    assert ceilings(name, tmp_path) == ceilings(name, tmp_path / "absent") == ceilings(name, None) == {}


def test_babe_counts_the_judgements_of_published_sentences_that_have_a_label(tmp_path: Path) -> None:
    sentences = {"A mad plan.": "Biased", "A plan.": "Non-biased", "Plans.": "No agreement"}
    judgements = [
        *[("A mad plan.", label) for label in ("Biased", "Biased", "Non-biased", "Biased", "Biased, unfair")],
        *[("A plan.", label) for label in ("Non-biased", "Non-biased")],
        *[("Plans.", label) for label in ("Non-biased", "Biased")],
        *[("Not published.", label) for label in ("Biased", "Biased")],
    ]
    (ceiling,) = ceilings("babe", babe(tmp_path, sentences, *judgements)).values()
    # Three biased against a majority of biased and one that missed it; two unbiased against one another.
    assert ceiling.figure == pytest.approx(6 / 7)
    assert "macro-F1 0.829; 6 judgements, 4 where the others say yes" in ceiling.measure
    assert ceiling.source == "computed from raw_labels_SG2.xlsx"
    assert ceilings("babe", tmp_path / "final_labels_SG2.csv") == {"lexical_bias": ceiling}


def test_a_table_of_judgements_with_other_columns_is_refused(tmp_path: Path) -> None:
    babe(tmp_path, {"A plan.": "Biased"})
    workbook(tmp_path / "raw_labels_SG2.xlsx", sheet_of(("sentence", "label_bias"), ("A plan.", "Biased")))
    with pytest.raises(CorpusError, match=r"xlsx, row 2: found the columns sentence, label_bias, expected text and label_bias"):
        ceilings("babe", tmp_path)


def test_babe_as_published_has_an_agreement_between_the_annotators() -> None:
    ceiling = ceilings("babe", published("babe"))["lexical_bias"]
    assert ceiling.figure == pytest.approx(0.779, abs=0.001)
    assert "macro-F1 0.785; 15,206 judgements" in ceiling.measure


def test_an_annotators_frame_comes_from_the_answers_to_the_frames_questions(tmp_path: Path) -> None:
    questions = {question for asked, _ in FRAME_QUESTIONS.values() for question in asked}

    def read(**answers: list[object]) -> dict[str, object]:
        return {question: ["no", answers.get(question, ["no", "no", "no", -1])] for question in questions}

    yes_to_two, yes_to_one = {"co1": ["yes", "yes", "no", -1], "co2": ["yes", "yes", "yes", -1]}, {"co3": ["yes", "yes", "yes", -1]}
    write(tmp_path / "full_annotations.json", json.dumps({"1": read(**yes_to_two), "2": read(**yes_to_one)}))
    found = ceilings("narrative_framing", tmp_path)
    # Two of three questions make the frame, so two annotators see a conflict in the first article: their others are tied.
    assert found["narrative_frames.conflict"].figure == 0
    assert "4 judgements, 1 where the others say yes" in found["narrative_frames.conflict"].measure
    assert set(found) == set(FRAMES.values())


def test_annotations_of_another_form_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "full_annotations.json", '{"9": {"re2": ["yes"]}}')
    with pytest.raises(CorpusError) as caught:
        ceilings("narrative_framing", tmp_path)
    assert str(caught.value).startswith(f"{path}, article 9: no answers of each annotator to re2, re6")
    write(path, "[]")
    with pytest.raises(CorpusError, match="found list, expected an object of articles"):
        ceilings("narrative_framing", tmp_path)


def test_the_questions_of_a_frame_give_the_frame_that_was_published() -> None:
    folder = published("narrative-framing")
    answers = json.loads((folder / "full_annotations.json").read_text(encoding="utf-8"))
    framed = {e.article.partition("#")[2]: e.article_labels for e in read_narrative_framing(folder) if e.article_labels}
    assert len(framed) == 427
    for frame, (questions, needed) in FRAME_QUESTIONS.items():
        derived = {key: sum(answers[key][question][0] == "yes" for question in questions) >= needed for key in framed}
        assert derived == {key: labels[FRAMES[frame]] for key, labels in framed.items()}


def test_a_workers_yes_to_subjectivity_is_an_answer_above_rather_no(tmp_path: Path) -> None:
    answers = [[2, 3, 1.5, 1, 0], [0, 1, 1, 0, 1]]
    sentences = [{"content": "It rained.", "subjectivity": {"judgements": given}} for given in answers]
    write(tmp_path / "raw" / "article_1.json", json.dumps({"sentences": sentences}))
    (ceiling,) = ceilings("ukraine_news_bias", tmp_path).values()
    # The first sentence: the three who say yes have two of four others with them, a tie; the two who say no have three of four against.
    assert (ceiling.figure, "7 judgements, 2 where the others say yes" in ceiling.measure) == (0, True)
    assert "as in the corpus's own score: 0.750" in ceiling.measure
    assert ceilings("ukraine_news_bias", tmp_path / "raw") == {"subjectivity": ceiling}


def test_workers_answers_of_another_form_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "article_1.json", json.dumps({"sentences": [{"subjectivity": {}}]}))
    with pytest.raises(CorpusError) as caught:
        ceilings("ukraine_news_bias", tmp_path)
    assert str(caught.value).startswith(f"{path}: a sentence lacks numbers in 'subjectivity.judgements'")


def test_the_corpus_own_rule_is_that_two_workers_say_yes() -> None:
    for file in (published("ukraine-news-bias") / "raw").glob("article_*.json"):
        for sentence in json.loads(file.read_text(encoding="utf-8"))["sentences"]:
            subjectivity = sentence["subjectivity"]
            assert (sum(answer > 1 for answer in subjectivity["judgements"]) >= 2) == (subjectivity["score"]["intensified"] > 1)


def test_a_sheet_is_read_by_the_place_of_its_cells_in_whatever_way_their_text_is_stored(tmp_path: Path) -> None:
    strings = "<si><t>word</t></si><si><t>note</t></si><si><r><t>mad </t></r><r><t>plan_x000A_two</t></r><rPh><t>aid</t></rPh></si>"
    sheet = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="AC1" t="inlineStr"><is><t>count</t></is></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="AC2"><v>0.5</v></c></row>'
        '<row r="5"><c r="B5" t="str"><f>A1</f><v>computed</v></c></row>'
    )
    assert list(read_sheet(workbook(tmp_path / "x.xlsx", sheet, strings))) == [
        (2, {"word": "mad plan\ntwo", "note": "", "count": "0.5"}),
        (5, {"word": "", "note": "computed", "count": ""}),
    ]


def test_what_is_no_workbook_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such file"):
        list(read_sheet(tmp_path / "absent.xlsx"))
    text = write(tmp_path / "text.xlsx", "a,b\n")
    without_its_strings = workbook(tmp_path / "strings.xlsx", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    for path in (text, without_its_strings):
        with pytest.raises(CorpusError) as caught:
            list(read_sheet(path))
        assert str(caught.value).startswith(f"{path}: not a readable .xlsx workbook")
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(CorpusError, match="it has no worksheet"):
        list(read_sheet(tmp_path / "other.xlsx"))


def test_the_published_sheet_has_the_rows_of_its_card() -> None:
    folder = published("babe")
    rows = [row for _, row in read_sheet(folder / "raw_labels_SG2.xlsx")]
    assert len(rows) == 18_362
    with (folder / "final_labels_SG2.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert {row["text"] for row in csv.DictReader(lines, delimiter=";")} <= {row["text"] for row in rows}
