"""Where paragraphs and sentences begin and end: measured on hand-checked boundaries, and never losing a character."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.segmentation import LONGEST_SENTENCE, paragraph_bounds, sentence_bounds

BOUNDARIES = Path(__file__).parent.parent / "data" / "sentence_boundaries.txt"
BLANK = "\0\ufeff"
# Text that is likely to hold marks, abbreviations, quotations and odd white space, and text that is anything at all.
PIECES = ["U.S.", "Mr.", "He", "said", '"', "“", "”", "'", "(", ")", ".", "!", "?", "...", "…", "。", "•", "- ", "1.", "a.m.",
          " ", "  ", "\n", "\n\n", "\r\n", "\r", "\f", "\u2028", "\u2029", "\0", "\ufeff", "\u00a0", "\x85", "😀", "é", "क।", "[3]"]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


def read_boundaries() -> dict[str, list[list[str]]]:
    """Paragraphs of each section, every one a list of its sentences; the join mark is still on them."""
    sections: dict[str, list[list[str]]] = {}
    paragraph: list[str] = []
    name = ""
    for line in [*BOUNDARIES.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("# section: "):
            name = line.removeprefix("# section: ")
        elif line and not line.startswith("#"):
            paragraph.append(line)
        elif paragraph:
            sections.setdefault(name, []).append(paragraph)
            paragraph = []
    return sections


def joined(sentences: list[str]) -> tuple[str, set[int]]:
    """The paragraph's text and where its sentences end, but for the last, whose end is no decision."""
    text, ends = "", set()
    for sentence in sentences:
        text += sentence.removesuffix("⏎")
        ends.add(len(text))
        text += "" if sentence.endswith("⏎") else " "
    return text, ends - {max(ends)}


def boundary_scores(paragraphs: list[list[str]]) -> tuple[int, float, float]:
    """Number of hand-checked boundaries, and precision and recall of the splitter's."""
    gold_count = predicted_count = hits = 0
    for sentences in paragraphs:
        text, gold = joined(sentences)
        predicted = {end for _, end in sentence_bounds(text, 0, len(text))} - {len(text.rstrip())}
        gold_count += len(gold)
        predicted_count += len(predicted)
        hits += len(gold & predicted)
    return gold_count, hits / predicted_count, hits / gold_count


def test_at_least_200_boundaries_are_hand_checked_half_of_the_sections_held_out() -> None:
    sections = read_boundaries()
    assert set(sections) == {"development", "held out"}
    counts = {name: boundary_scores(paragraphs)[0] for name, paragraphs in sections.items()}
    assert sum(counts.values()) >= 200
    assert counts["held out"] >= 100


# The measured figures. Held out misses one of 106: «…not binding on the U.S. Congress must still vote.»
@pytest.mark.parametrize(
    ("section", "precision_floor", "recall_floor"),
    [("development", 1.0, 1.0), ("held out", 1.0, 105 / 106), ("all", 1.0, 251 / 252)],
)
def test_sentence_boundaries_keep_the_measured_precision_and_recall(
    section: str, precision_floor: float, recall_floor: float
) -> None:
    sections = read_boundaries()
    paragraphs = [p for ps in sections.values() for p in ps] if section == "all" else sections[section]
    _, precision, recall = boundary_scores(paragraphs)
    assert precision >= precision_floor
    assert recall >= recall_floor


def test_abbreviations_that_stand_before_something_end_no_sentence_at_a_sentence_start_either() -> None:
    text = "Approx. Forty people came. Cf. Harlan on the fire."
    assert [text[s:e] for s, e in sentence_bounds(text, 0, len(text))] == ["Approx. Forty people came.", "Cf. Harlan on the fire."]


def visible(text: str, start: int, end: int) -> set[int]:
    return {i for i in range(start, end) if not text[i].isspace() and text[i] not in BLANK}


def assert_covers(text: str, start: int, end: int, bounds: list[tuple[int, int]]) -> None:
    """Ordered, apart, inside, trimmed, and nothing visible left out."""
    position = start
    for first, last in bounds:
        assert position <= first < last <= end
        assert {first, last - 1} <= visible(text, first, last)
        position = last
    inside = {i for first, last in bounds for i in range(first, last)}
    assert visible(text, start, end) <= inside


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, data=st.data())
def test_sentences_are_ordered_trimmed_and_cover_every_visible_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert_covers(text, start, end, sentence_bounds(text, start, end))


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_paragraphs_are_ordered_trimmed_and_cover_every_visible_character(text: str) -> None:
    assert_covers(text, 0, len(text), paragraph_bounds(text))


@settings(max_examples=100, deadline=None)
@given(text=TEXTS, before=TEXTS)
def test_sentences_do_not_depend_on_what_stands_outside_the_passage(text: str, before: str) -> None:
    alone = sentence_bounds(text, 0, len(text))
    moved = sentence_bounds(before + text + "Tail.", len(before), len(before) + len(text))
    assert moved == [(s + len(before), e + len(before)) for s, e in alone]


@settings(max_examples=30, deadline=None)
@given(words=st.lists(st.sampled_from(["word", "x" * 1999, "x" * 2000, "x" * 4100, "  ", "\0", "\u2003", "wasser"]), max_size=30))
def test_no_sentence_is_longer_than_the_longest_and_none_is_lost(words: list[str]) -> None:
    text = " ".join(words)
    bounds = sentence_bounds(text, 0, len(text))
    assert_covers(text, 0, len(text), bounds)
    assert all(end - start <= LONGEST_SENTENCE for start, end in bounds)


def test_a_run_without_boundaries_is_cut_at_white_space_and_only_then_inside_a_word() -> None:
    text = "word " * 1000
    assert {len(text[s:e].split()[-1]) for s, e in sentence_bounds(text, 0, len(text))} == {4}
    assert sentence_bounds("x" * 4100, 0, 4100) == [(0, 2000), (2000, 4000), (4000, 4100)]


@pytest.mark.parametrize("unit", ["слово ", "x", "U.S. Army ", "(", '"a" '])
def test_five_megabytes_on_one_line_finish_and_are_covered(unit: str) -> None:
    text = unit * (5_000_000 // len(unit.encode()))
    assert paragraph_bounds(text) == [(0, len(text.rstrip()))]
    covered = 0
    position = 0
    for start, end in sentence_bounds(text, 0, len(text)):
        assert text[position:start].strip() == ""
        assert 0 < end - start <= LONGEST_SENTENCE
        covered, position = covered + end - start, end
    assert position == len(text.rstrip())
    assert covered > 0


WRAPPED = """The council met on Tuesday to hear what the harbour master had to say about the tolls, and it
heard him out for an hour and more, though by the end of it nobody in the room could say what
he had meant."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line.\nAnother line.", ["One line.", "Another line."]),
        ("One line.\r\nAnother.\rThird.\u2029Fourth.", ["One line.", "Another.", "Third.", "Fourth."]),
        ("# Headline\nBody.\n- first\n- second", ["# Headline", "Body.", "- first", "- second"]),
        (" \0\ufeff\n\n", []),
        (f"{WRAPPED}\n\nThen it rose.", [WRAPPED, "Then it rose."]),
    ],
)
def test_paragraphs_follow_the_lines_of_their_author_and_not_the_width_of_a_page(text: str, expected: list[str]) -> None:
    assert [text[s:e] for s, e in paragraph_bounds(text)] == expected


def test_a_blank_line_and_a_bullet_begin_a_sentence_without_any_full_stop() -> None:
    text = "No stop here\n\nNext\n• one\n• two"
    assert [text[s:e] for s, e in sentence_bounds(text, 0, len(text))] == ["No stop here", "Next", "• one", "• two"]
