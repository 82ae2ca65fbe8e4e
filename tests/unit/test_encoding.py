"""Windows keep every token once; targets say what was annotated and nothing that was not."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from framing.encoding import (
    UNKNOWN,
    EncodedParagraph,
    Window,
    encode_paragraphs,
    sentence_of_token,
    token_targets,
    whole_text_tokenizer,
    windows,
)
from framing.quotation import quotation_states
from framing.segmentation import sentence_bounds
from framing.taxonomy import CHANNELS, DEVICE_NAMES, TARGET, VOICE
from framing.text import Span

ROOT = Path(__file__).parent.parent.parent
EVERYTHING = frozenset(CHANNELS)
TEXT = "Reckless ministers wrecked our harbour, he said. Nobody asked why."
#       0        9         19      27  31       40 43    49     56    62


def encode(text: str) -> EncodedParagraph:
    """Tokens between white space, each a word."""
    bounds = [match.span() for match in re.finditer(r"\S+", text)]
    starts, ends = np.array(bounds, dtype=np.int32).reshape(-1, 2).T
    order = np.arange(len(bounds), dtype=np.int32)
    return EncodedParagraph(order, starts, ends, quotation_states(text)[starts], order)


def channel(targets: np.ndarray, name: str) -> list[float]:
    return targets[:, CHANNELS.index(name)].tolist()


@st.composite
def window_settings(draw: st.DrawFn) -> tuple[int, int, int]:
    size = draw(st.integers(1, 40))
    return draw(st.integers(0, 300)), size, draw(st.integers(0, size - 1))


@given(window_settings())
def test_every_token_is_kept_from_exactly_one_window_in_order(drawn: tuple[int, int, int]) -> None:
    tokens, size, overlap = drawn
    kept = [token for w in windows(tokens, size, overlap) for token in range(w.keep_start, w.keep_end)]
    assert kept == list(range(tokens))


@given(window_settings())
def test_windows_fit_the_size_and_hold_what_is_kept(drawn: tuple[int, int, int]) -> None:
    tokens, size, overlap = drawn
    for w in windows(tokens, size, overlap):
        assert 0 <= w.start <= w.keep_start <= w.keep_end <= w.end <= tokens
        assert w.end - w.start <= size


@given(window_settings())
def test_kept_tokens_have_half_an_overlap_of_context_on_both_sides_but_for_the_ends(drawn: tuple[int, int, int]) -> None:
    tokens, size, overlap = drawn
    for w in windows(tokens, size, overlap):
        assert w.start == 0 or w.keep_start - w.start >= overlap // 2
        assert w.end == tokens or w.end - w.keep_end >= overlap // 2


def test_windows_of_a_long_paragraph_by_hand() -> None:
    assert list(windows(20, 10, 4)) == [Window(0, 10, 0, 8), Window(6, 16, 8, 14), Window(12, 20, 14, 20)]
    assert list(windows(10, 10, 4)) == [Window(0, 10, 0, 10)]


@pytest.mark.parametrize("overlap", [10, 11, -1])
def test_an_overlap_that_does_not_fit_the_window_is_refused(overlap: int) -> None:
    with pytest.raises(ValueError, match=f"overlap {overlap} does not fit a window of 10"):
        list(windows(5, 10, overlap))


def test_tokens_that_touch_a_span_are_its_own_and_the_rest_are_known_to_be_free() -> None:
    # The span ends inside «harbour,»: the token counts.
    targets = token_targets(encode(TEXT), [Span(9, 34, "blame_attribution", "own")], EVERYTHING)
    assert targets.shape == (10, len(CHANNELS))
    assert channel(targets, "blame_attribution") == [0, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert channel(targets, "loaded_label") == [0.0] * 10


def test_what_a_corpus_never_annotated_is_unknown_and_not_absent() -> None:
    spans = [Span(0, 8, "loaded_label", "own"), Span(9, 38, "blame_attribution", "reported", (9, 18))]
    targets = token_targets(encode(TEXT), spans, frozenset({"loaded_label"}))
    assert channel(targets, "loaded_label") == [1] + [0] * 9
    for name in CHANNELS:
        if name != "loaded_label":
            assert channel(targets, name) == [UNKNOWN] * 10


def test_voice_is_known_inside_spans_alone() -> None:
    spans = [Span(0, 8, "loaded_label", "own"), Span(49, 55, "unsourced_claim", "reported"), Span(56, 61, "bloc_rhetoric", None)]
    targets = token_targets(encode(TEXT), spans, EVERYTHING)
    assert channel(targets, VOICE) == [0] + [UNKNOWN] * 6 + [1] + [UNKNOWN] * 2


@pytest.mark.parametrize("order", [1, -1])
def test_where_voices_overlap_the_shorter_span_decides_whatever_their_order(order: int) -> None:
    spans = [Span(0, 38, "blame_attribution", "reported"), Span(9, 18, "loaded_label", "own")][::order]
    targets = token_targets(encode(TEXT), spans, EVERYTHING)
    assert channel(targets, VOICE) == [1, 0, 1, 1, 1] + [UNKNOWN] * 5
    assert channel(targets, "blame_attribution") == [1] * 5 + [0] * 5


def test_the_blamed_target_has_a_channel_of_its_own() -> None:
    span = Span(0, 38, "blame_attribution", "own", (9, 18))
    assert channel(token_targets(encode(TEXT), [span], EVERYTHING), TARGET) == [0, 1] + [0] * 8
    assert channel(token_targets(encode(TEXT), [span], EVERYTHING - {TARGET}), TARGET) == [UNKNOWN] * 10


@pytest.mark.parametrize("name", DEVICE_NAMES)
def test_each_device_is_marked_in_its_own_channel(name: str) -> None:
    targets = token_targets(encode(TEXT), [Span(0, 8, name, "own")], EVERYTHING)
    assert {n for n in DEVICE_NAMES if 1.0 in channel(targets, n)} == {name}


@pytest.mark.parametrize(("text", "words"), [
    ("His prote\u0301ge\u0301 fled.", ["His", "prote\u0301ge\u0301", "fled", "."]),
    ("Erdog\u0306an’s cliche\u0301-ridden line", ["Erdog\u0306an’s", "cliche\u0301-ridden", "line"]),
    ("cafe\u0301, naïve", ["cafe\u0301", ",", "naïve"]),
    ("plain words", ["plain", "words"]),
])  # fmt: skip
def test_accents_that_a_tokenizer_drops_belong_to_the_character_before(text: str, words: list[str]) -> None:
    tokenizer = whole_text_tokenizer(Tokenizer.from_file(str(ROOT / "models/framing-small/tokenizer.json")))
    (encoded,) = encode_paragraphs(tokenizer, [text])
    bounds = {}
    for word, start, end in zip(encoded.words.tolist(), encoded.starts.tolist(), encoded.ends.tolist(), strict=True):
        bounds[word] = (bounds.get(word, (start, end))[0], end)
    assert [text[start:end] for start, end in bounds.values()] == words


def test_each_token_belongs_to_the_sentence_that_it_begins_in() -> None:
    bounds = sentence_bounds(TEXT, 0, len(TEXT))
    assert bounds == [(0, 48), (49, 66)]
    assert sentence_of_token(encode(TEXT), bounds).tolist() == [0] * 7 + [1] * 3


@given(st.lists(st.sampled_from(["word", "He left.", "Why?", "“No.”", "Mr. Pell", "\n\n", "• "]), min_size=1, max_size=25))
def test_the_sentence_of_every_token_holds_its_first_character(pieces: list[str]) -> None:
    text = "word " + " ".join(pieces)
    encoded, bounds = encode(text), sentence_bounds(text, 0, len(text))
    sentences = sentence_of_token(encoded, bounds)
    assert all(bounds[s][0] <= start < bounds[s][1] for s, start in zip(sentences, encoded.starts, strict=True))


TECHNIQUE_CHANNELS = ("name_calling", "whataboutism", "straw_man", "distraction", "persuasion")


def test_a_merged_label_leaves_its_parts_unknown_where_it_stands_and_absent_elsewhere() -> None:
    targets = token_targets(encode(TEXT), [Span(9, 18, "distraction")], frozenset(TECHNIQUE_CHANNELS), TECHNIQUE_CHANNELS)
    columns = dict(zip(TECHNIQUE_CHANNELS, targets.T.tolist(), strict=True))
    elsewhere = [0.0] * 8
    assert columns["distraction"] == columns["persuasion"] == [0.0, 1.0, *elsewhere]
    assert columns["whataboutism"] == columns["straw_man"] == [0.0, UNKNOWN, *elsewhere]
    assert columns["name_calling"] == [0.0, 0.0, *elsewhere]


@pytest.mark.parametrize("order", [1, -1])
def test_a_part_that_is_named_itself_is_present_inside_a_merged_label(order: int) -> None:
    spans = [Span(0, 38, "distraction"), Span(9, 18, "straw_man")][::order]
    targets = token_targets(encode(TEXT), spans, frozenset(TECHNIQUE_CHANNELS), TECHNIQUE_CHANNELS)
    columns = dict(zip(TECHNIQUE_CHANNELS, targets.T.tolist(), strict=True))
    assert columns["straw_man"] == [UNKNOWN, 1.0, *[UNKNOWN] * 3, *[0.0] * 5]
    assert columns["whataboutism"] == [UNKNOWN] * 5 + [0.0] * 5
    assert columns["distraction"] == columns["persuasion"] == [1.0] * 5 + [0.0] * 5


def test_targets_have_the_channels_asked_for_and_no_others() -> None:
    targets = token_targets(encode(TEXT), [Span(0, 8, "loaded_label", "own")], EVERYTHING, ("lexical_bias",))
    assert targets.tolist() == [[UNKNOWN]] * 10
    assert token_targets(encode(TEXT), [], EVERYTHING, ()).shape == (10, 0)
