"""Who is speaking, as the quotation marks say it. Below each text: . outside, q quotation, s scare quotes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.quotation import INSIDE, OUTSIDE, SCARE, quotation_states

SHOWN = {OUTSIDE: ".", INSIDE: "q", SCARE: "s"}


def shown(text: str) -> str:
    return "".join(SHOWN[int(state)] for state in quotation_states(text))


def quoted(text: str) -> list[str]:
    """Stretches of one state other than outside."""
    states = quotation_states(text)
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(text)]
    return [text[a:b] for a, b in pairwise(edges) if states[a] != OUTSIDE]


@pytest.mark.parametrize(
    "text",
    [
        '"We will win this war," he said.',
        "“We will win this war,” he said.",
        "«We will win this war,» he said.",
        "„We will win this war,“ he said.",
        "‘We will win this war,’ he said.",
        "'We will win this war,' he said.",
    ],
)
def test_marks_of_every_kind_enclose_a_quotation_and_belong_to_it(text: str) -> None:
    assert shown(text) == "q" * 23 + "." * 9


def test_two_quotations_leave_the_attribution_between_them_outside() -> None:
    assert quoted('"We will win," he said. "They will lose the war."') == ['"We will win,"', '"They will lose the war."']


def test_what_is_quoted_within_a_quotation_does_not_end_it() -> None:
    text = "\"They told us 'go home now' and we went,\" she said."
    assert quoted(text) == ["\"They told us 'go home now' and we went,\""]
    text = "“They told us ‘go home now’ and we went,” she said."
    assert quoted(text) == ["“They told us ‘go home now’ and we went,”"]
    text = "'They told us \"go home now\" and we went,' she said."
    assert quoted(text) == ["'They told us \"go home now\" and we went,'"]


@pytest.mark.parametrize(
    "text",
    [
        "It's the party's plan, and they don't like it.",
        "It’s the party’s plan, and they don’t like it.",
        "The unions' pay, the bosses' cars and the workers' homes.",
        "The unions’ pay, the bosses’ cars and the workers’ homes.",
        "Back in the '90s they lost.",
    ],
)
def test_an_apostrophe_is_no_quotation_mark(text: str) -> None:
    assert quoted(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("‘We cannot wait for ever…’ he said.", "‘We cannot wait for ever…’"),
        ("‘£5 million is wasted on it,’ he said.", "‘£5 million is wasted on it,’"),
        ("‘He told me “go away from here”’ she said.", "‘He told me “go away from here”’"),
        ("‘We can’t wait any longer—’ he said. The workers’ union won.", "‘We can’t wait any longer—’"),
        ('“We must act right now," he said. Later he left.', '“We must act right now,"'),
        ('The 65" screen sold out. "We sold ten of them," he said.', '"We sold ten of them,"'),
    ],
)
def test_a_quotation_ends_where_it_ends_by_the_habits_of_newsrooms(text: str, expected: str) -> None:
    assert quoted(text) == [expected]


@pytest.mark.parametrize("apostrophe", ["The nurses' union", "Back in the '90s it", "Oil at $50 'twas. It"])
def test_an_apostrophe_does_not_hide_the_quotation_after_it(apostrophe: str) -> None:
    assert quoted(f'{apostrophe} called it "a very bad deal" again.') == ['"a very bad deal"']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The so-called "experts" were wrong.', '"experts"'),
        ("The “free and fair” vote went ahead.", "“free and fair”"),
        ("The 'reform' went ahead.", "'reform'"),
    ],
)
def test_up_to_three_words_are_scare_quotes(text: str, expected: str) -> None:
    assert quoted(text) == [expected]
    assert set(quotation_states(text).tolist()) == {OUTSIDE, SCARE}


def test_four_words_are_a_quotation() -> None:
    assert shown('a "b c d e" f') == "..qqqqqqqqq.."


@pytest.mark.parametrize("opener", ['"', "“", "«"])
def test_a_quotation_left_open_runs_to_the_end_of_the_paragraph(opener: str) -> None:
    assert shown(f"He said: {opener}I will go.") == "." * 9 + "q" * 11


@pytest.mark.parametrize("closer", ["”", "»"])
def test_a_closing_mark_alone_closes_a_quotation_of_an_earlier_paragraph(closer: str) -> None:
    assert shown(f"I will go.{closer} He sat.") == "q" * 11 + "." * 8


def test_a_second_closing_mark_alone_does_not_reach_back_over_the_first() -> None:
    assert shown("Go.” He sat.” End.") == "qqqq" + "." * 14


def test_a_straight_mark_opens_what_a_curly_one_may_close() -> None:
    assert shown('"one two three four” x') == "q" * 20 + ".."


@given(st.text(alphabet="ab .,!?\"“”«»„'‘’", max_size=60))
def test_every_character_has_one_state_and_text_without_marks_is_outside(text: str) -> None:
    states = quotation_states(text)
    assert states.shape == (len(text),)
    assert set(states.tolist()) <= {OUTSIDE, INSIDE, SCARE}
    if not set(text) & set("\"“”«»„'‘’"):
        assert not states.any()
