"""What an annotation says of sentences, paragraphs and articles: present, absent or unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.corpora.base import Example
from framing.encoding import UNKNOWN as UNKNOWN_TARGET
from framing.encoding import encode_paragraphs, sentence_of_token, token_targets
from framing.gold import ABSENT, PRESENT, UNKNOWN, article_gold, paragraph_gold, stretch_gold
from framing.model import segment_gold
from framing.text import Span
from framing.vocabularies import MERGED, TECHNIQUES

TEXT = "What of their own harbour then? They broke it. Nobody asked why."
BOUNDS = [(0, 31), (32, 46), (47, 64)]
ANNOTATED = frozenset({*TECHNIQUES, *MERGED})


def example(*spans: Span, known: frozenset[str] = ANNOTATED, **labels: bool) -> Example:
    return Example("p/0", "made", "paper", "made#p", TEXT, spans, known, labels=labels)


def by_sentence(given: Example, label: str) -> list[int]:
    column: list[int] = stretch_gold(given, BOUNDS, [label])[:, 0].tolist()
    return column


def test_a_merged_label_makes_its_parts_unknown_inside_and_absent_outside() -> None:
    given = example(Span(0, 12, "distraction"))
    for part in ("whataboutism", "straw_man", "red_herring"):
        assert by_sentence(given, part) == [UNKNOWN, ABSENT, ABSENT]
    assert by_sentence(given, "distraction") == [PRESENT, ABSENT, ABSENT]
    assert by_sentence(given, "persuasion") == [PRESENT, ABSENT, ABSENT]
    assert by_sentence(given, "name_calling") == [ABSENT, ABSENT, ABSENT]
    assert by_sentence(given, "bandwagon_or_association") == [ABSENT, ABSENT, ABSENT]


def test_a_part_is_present_in_every_merged_label_around_it() -> None:
    given = example(Span(32, 40, "straw_man"))
    assert by_sentence(given, "straw_man") == by_sentence(given, "distraction") == by_sentence(given, "persuasion") == [0, 1, 0]
    assert by_sentence(given, "whataboutism") == [ABSENT, ABSENT, ABSENT]


def test_a_part_beside_its_merged_label_is_present_and_not_unknown() -> None:
    given = example(Span(0, 31, "distraction"), Span(0, 4, "whataboutism"))
    assert by_sentence(given, "whataboutism") == [PRESENT, ABSENT, ABSENT]
    assert by_sentence(given, "red_herring") == [UNKNOWN, ABSENT, ABSENT]


def test_any_technique_alone_says_nothing_of_which() -> None:
    given = example(Span(47, 53, "persuasion"), known=frozenset({"persuasion"}))
    assert by_sentence(given, "persuasion") == [ABSENT, ABSENT, PRESENT]
    assert by_sentence(given, "name_calling") == [UNKNOWN, UNKNOWN, UNKNOWN]


def test_what_the_corpus_does_not_annotate_is_unknown_everywhere() -> None:
    given = example(Span(0, 12, "slogans"), known=frozenset({"slogans"}))
    assert by_sentence(given, "lexical_bias") == [UNKNOWN] * 3
    assert paragraph_gold(given, ["slogans", "lexical_bias", "name_calling"]).tolist() == [PRESENT, UNKNOWN, UNKNOWN]


def test_a_span_over_two_sentences_is_present_in_both_and_one_that_only_touches_in_none() -> None:
    assert by_sentence(example(Span(20, 36, "slogans")), "slogans") == [PRESENT, PRESENT, ABSENT]
    assert by_sentence(example(Span(31, 32, "slogans")), "slogans") == [ABSENT, ABSENT, ABSENT]


def test_a_label_that_is_absent_from_the_paragraph_is_absent_from_all_its_sentences() -> None:
    given = example(known=frozenset(), lexical_bias=False)
    assert by_sentence(given, "lexical_bias") == [ABSENT] * 3
    assert paragraph_gold(given, ["lexical_bias"]).tolist() == [ABSENT]


def test_a_label_that_is_present_in_the_paragraph_says_something_of_a_single_sentence_only() -> None:
    given = example(known=frozenset(), lexical_bias=True)
    assert by_sentence(given, "lexical_bias") == [UNKNOWN] * 3
    assert stretch_gold(given, [(0, len(TEXT))], ["lexical_bias"]).tolist() == [[PRESENT]]
    assert paragraph_gold(given, ["lexical_bias"]).tolist() == [PRESENT]


def test_a_label_given_to_the_paragraph_goes_before_its_spans() -> None:
    spans_missed_it = example(known=frozenset({"lexical_bias"}), lexical_bias=True)
    assert paragraph_gold(spans_missed_it, ["lexical_bias"]).tolist() == [PRESENT]
    assert by_sentence(spans_missed_it, "lexical_bias") == [ABSENT] * 3


def test_a_paragraph_without_sentences_or_labels_has_gold_of_that_shape() -> None:
    assert stretch_gold(example(), [], ["slogans"]).shape == (0, 1)
    assert stretch_gold(example(), BOUNDS, []).shape == (3, 0)
    assert paragraph_gold(example(), []).shape == (0,)
    assert stretch_gold(example(), BOUNDS, ["slogans"]).dtype.name == "int8"


@pytest.mark.parametrize(
    ("given", "expected"), [({}, UNKNOWN), ({"narrative_frames.conflict": True}, 1), ({"narrative_frames.conflict": False}, 0)]
)
def test_an_article_label_is_present_absent_or_unknown(given: dict[str, bool], expected: int) -> None:
    framed = replace(example(), article_labels=given)
    assert article_gold(framed, ["narrative_frames.conflict", "narrative_frames.morality"]).tolist() == [expected, UNKNOWN]


words = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
words.pre_tokenizer = pre_tokenizers.Whitespace()
LABELS = ("whataboutism", "straw_man", "distraction", "slogans", "persuasion")


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.integers(0, 12), st.integers(1, 4)), max_size=5))
def test_training_and_measuring_have_the_same_gold_of_sentences(drawn: list[tuple[str, int, int]]) -> None:
    (encoded,) = encode_paragraphs(words, [TEXT])
    last = len(encoded.ids) - 1
    spans = [Span(int(encoded.starts[min(f, last)]), int(encoded.ends[min(f + n, last)]), label) for label, f, n in drawn]
    given = example(*spans)
    targets = torch.from_numpy(token_targets(encoded, spans, given.known, LABELS))
    trained = segment_gold(targets, torch.from_numpy(sentence_of_token(encoded, BOUNDS)).long())
    trained[trained == UNKNOWN_TARGET] = UNKNOWN
    assert trained.tolist() == stretch_gold(given, BOUNDS, LABELS).tolist()
