"""Swapping sides: what is said stays, every offset still selects the wording meant, and a file of pairs that cannot be is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.corpora.base import Example
from framing.errors import ConfigError
from framing.sides import load_pairs
from framing.swapping import augment, swap, swap_example, touching
from framing.text import Span

PAIRS = load_pairs()
BY_NAME = {pair.name: pair for pair in PAIRS}
PIECES = [
    "Russia", "Ukraine", "the US", "The U.S.", "Russian", "an American", "A Ukrainian", "Moscow", "Democrats", "a Republican", "NATO",
    "the CSTO", "the rich", "Workers", "EMPLOYERS", "mosques", "prime minister", "West Bank", "the West", "left-wing", "women",
    "said", "army", "that", "led", "it", "é", "🙂", "'s", "-led", "anti-", ".", ". ", ",", " ", " ", " ", "\n", "\xa0", "“", "”",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
FILE = """
sides:
  hill: {kind: town, name: Hill, people: Hillers}
  dale: {kind: town, name: the Dale, people: [Dalers, Dalesmen]}
pairs: [[hill, dale]]
"""


def swapped(pair: str, text: str) -> str:
    result = swap(text, (), BY_NAME[pair])
    assert result is not None
    return result.text


def example(text: str, identifier: str = "a/0", spans: tuple[Span, ...] = ()) -> Example:
    return Example(identifier, "corpus", "source", "article", text, spans, frozenset({"loaded_label"}))


@pytest.mark.parametrize(
    ("pair", "text", "expected"),
    [
        ("russia-ukraine", "Russia warned Ukraine’s allies.", "Ukraine warned Russia’s allies."),
        ("russia-ukraine", "Kiev accused the Kremlin.", "Moscow accused Kyiv."),
        ("russia-ukraine", "RUSSIA STRIKES, russia", "UKRAINE STRIKES, russia"),
        ("russia-united_states", "Russia said so. Then Russia left.", "The United States said so. Then the United States left."),
        ("russia-united_states", "The US said so.", "Russia said so."),
        ("russia-united_states", "The US army left the U.S. economy.", "The Russian army left the Russian economy."),
        ("russia-united_states", "He left the U.S. The talks failed.", "He left Russia. The talks failed."),
        ("russia-united_states", "US-led, Russian-backed, anti-Russia, pro-American", "Russian-led, US-backed, anti-US, pro-Russian"),
        ("russia-united_states", "the US-China deal", "the Russia-China deal"),
        ("russia-united_states", "Russia's plan and the United States' plan", "The United States' plan and Russia's plan"),
        ("russia-united_states", "an American and a Russian", "a Russian and an American"),
        ("russia-united_states", "tell us what the Washington Post said of Moscow", "tell us what the Washington Post said of Washington"),
        ("russia-united_states", "President Putin", "President Trump"),
        ("european_union-african_union", "a European; an EU law, the EU’s", "a European; an AU law, the AU’s"),
        ("nato-csto", "A NATO ally asked the CSTO; NATO-led", "A CSTO ally asked NATO; CSTO-led"),
        ("nato-csto", "NATO is ready.", "The CSTO is ready."),
        ("west-east", "The West Bank, West Virginia and the West", "The West Bank, West Virginia and the East"),
        ("democrats-republicans", "Republican senators and a Republican", "Democratic senators and a Democrat"),
        ("democrats-republicans", "Democrats say the Democratic Party is", "Republicans say the Republican Party is"),
        ("labour-conservatives", "The Tories met Labour leaders.", "Labour met Conservative leaders."),
        ("muslims-christians", "A Muslim in a mosque", "A Christian in a church"),
        ("muslims-jews", "an imam and a rabbi", "a rabbi and an imam"),
        ("left-right", "A left-wing mayor; Leftists", "A right-wing mayor; Rightists"),
        ("president-prime_minister", "President Duarte and the prime minister", "Prime Minister Duarte and the president"),
        ("president-prime_minister", "The PRESIDENT spoke. Presidents come.", "The PRIME MINISTER spoke. Prime ministers come."),
        ("president-prime_minister", "The vice president", None),
        ("rich-poor", "The rich, an oil-rich coast and rich soil", "The poor, an oil-rich coast and rich soil"),
        ("workers-employers", "workers, Workers, WORKERS, reworkers", "employers, Employers, EMPLOYERS, reworkers"),
        ("workers-employers", "a worker's friend, an employer", "an employer's friend, a worker"),
    ],
)
def test_each_form_gets_its_counterpart_as_the_place_asks_for(pair: str, text: str, expected: str | None) -> None:
    result = swap(text, (), BY_NAME[pair])
    assert (result and result.text) == expected


def test_a_text_that_names_no_side_gives_nothing() -> None:
    assert swap("The harbour closed; Prussian ships left.", (), BY_NAME["russia-ukraine"]) is None
    assert swap_example(example("The harbour closed."), BY_NAME["russia-ukraine"]) is None


def test_both_sides_are_counted_and_a_changed_article_is_not() -> None:
    result = swap("A Russian, an American and Russia", (), BY_NAME["russia-united_states"])
    assert result is not None
    assert result.replaced == (2, 1)
    assert result.text == "An American, a Russian and the United States"


def test_spans_and_targets_select_the_same_wording_afterwards() -> None:
    text = "In May Russia bled the US navy dry."
    spans = (Span(7, 34, "blame_attribution", "own", (7, 13)), Span(23, 25, "loaded_label"), Span(14, 18, "loaded_label"))
    result = swap(text, spans, BY_NAME["russia-united_states"])
    assert result is not None
    assert result.text == "In May the United States bled the Russian navy dry."
    blame, label, verb = (result.text[span.start : span.end] for span in result.spans)
    assert (blame, label, verb) == ("the United States bled the Russian navy dry", "Russian", "bled")
    target = result.spans[0].target
    assert target is not None
    assert result.text[slice(*target)] == "the United States"
    assert result.spans[0] == replace(spans[0], start=7, end=50, target=(7, 24))


def test_a_span_that_begins_inside_a_replaced_form_covers_the_whole_replacement() -> None:
    result = swap("So the United States said.", (Span(7, 13, "loaded_label"),), BY_NAME["russia-united_states"])
    assert result is not None
    assert result.text[result.spans[0].start : result.spans[0].end] == "Russia"


@given(TEXTS, st.sampled_from(PAIRS), st.data())
def test_outside_of_the_edits_the_text_is_as_it_was_and_offsets_follow_it(text: str, pair: object, data: st.DataObject) -> None:
    pair = BY_NAME[pair.name]  # type: ignore[attr-defined]
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    spans = tuple(Span(start, end, "loaded_label") for start, end in data.draw(st.lists(bounds, max_size=4)) if start < end)
    result = swap(text, spans, pair)
    if result is None:
        return
    assert pair in touching(text, PAIRS)
    position, rebuilt = 0, ""
    for edit in result.edits:
        assert position <= edit.start < edit.end <= len(text)
        assert edit.new
        rebuilt += text[position : edit.start] + edit.new
        position = edit.end
    assert result.text == rebuilt + text[position:]
    for before, after in zip(spans, result.spans, strict=True):
        assert 0 <= after.start < after.end <= len(result.text)
        wording, position = "", before.start
        for edit in result.edits:
            if edit.start < before.end and edit.end > before.start:
                wording += text[position : max(edit.start, position)] + edit.new
                position = edit.end
        assert result.text[after.start : after.end] == wording + text[position : max(before.end, position)]


PARALLEL = st.sampled_from(["women-men", "workers-employers", "landlords-tenants", "liberals-conservatism"])


@given(st.data(), PARALLEL)
def test_swapping_twice_gives_back_text_and_spans_where_forms_are_one_to_one(data: st.DataObject, name: str) -> None:
    pair = BY_NAME[name]
    forms = [spelled for side in pair.sides for form in side.forms() for spelled in (form, form.upper(), form.capitalize())]
    pieces = st.sampled_from([*forms, "said", "reckless", "the", "42", "é", "Harbour"])
    text = " ".join(data.draw(st.lists(pieces, min_size=1, max_size=20)))
    words = data.draw(st.tuples(st.integers(0, text.count(" ")), st.integers(0, text.count(" "))).map(sorted))
    starts = [0, *(index + 1 for index, character in enumerate(text) if character == " ")]
    span = Span(starts[words[0]], ([start - 1 for start in starts[1:]] + [len(text)])[words[1]], "loaded_label")
    once = swap(text, (span,), pair)
    if once is None:
        return
    twice = swap(once.text, once.spans, pair)
    assert twice is not None
    assert twice.text == text
    assert twice.spans == (span,)
    assert twice.replaced == once.replaced[::-1]


def test_a_swapped_example_keeps_article_and_labels_and_moves_its_sentences() -> None:
    original = replace(
        example("Russia lied. Kyiv slept.", spans=(Span(7, 11, "loaded_label"),)),
        labels={"persuasion": True}, split="train", start=90, sentences=((0, 12), (13, 24)),
    )  # fmt: skip
    copy = swap_example(original, BY_NAME["russia-ukraine"])
    assert copy is not None
    assert copy == replace(
        original, id="a/0~russia-ukraine", text="Ukraine lied. Moscow slept.",
        spans=(Span(8, 12, "loaded_label"),), sentences=((0, 13), (14, 27)),
    )  # fmt: skip


def test_augmenting_adds_a_share_of_those_that_name_a_side_and_depends_on_the_seed_alone() -> None:
    named = [example(f"Russia, NATO, women and Democrats, case {number}", f"a/{number}") for number in range(40)]
    silent = [example("The harbour closed.", f"b/{number}") for number in range(40)]
    more = augment([*named, *silent], PAIRS, 0.25, 1)
    assert more[:80] == [*named, *silent]
    copies = more[80:]
    assert len(copies) == 10
    assert len({copy.id.split("~")[0] for copy in copies}) == 10
    assert len({copy.id.split("~")[1] for copy in copies}) > 2
    assert all(copy.id.startswith("a/") and copy.article == "article" for copy in copies)
    assert augment([*named, *silent], PAIRS, 0.25, 1) == more
    assert augment([*named, *silent], PAIRS, 0.25, 2) != more
    assert augment(named, PAIRS, 0.0, 1) == named
    assert len(augment(named, PAIRS, 1.0, 1)) == 80
    with pytest.raises(ValueError, match="expected a number from 0 to 1"):
        augment(named, PAIRS, 1.5, 1)


def test_the_shipped_pairs_cover_every_kind_and_each_side_gets_a_partner() -> None:
    assert len(PAIRS) >= 30
    assert {pair.kind for pair in PAIRS} >= {"country", "bloc", "party", "politics", "title", "religion", "class", "gender"}
    for pair in PAIRS:
        for one, other in (pair.sides, pair.sides[::-1]):
            slot = next(slot for slot in one.slots() if slot in other.slots())
            form = one.slots()[slot][0]
            assert swap(f"They met {form}, then left.", (), pair) is not None, (pair.name, form)


def test_pairs_of_ones_own_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.yaml"
    path.write_text(FILE)
    (pair,) = load_pairs(path)
    assert (pair.name, pair.kind, pair.keys) == ("hill-dale", "town", ("hill", "dale"))
    result = swap("Hill beat the Dale; Dalesmen wept.", (), pair)
    assert result is not None
    assert result.text == "The Dale beat Hill; Hillers wept."


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("name: Hill", "nane: Hill", "key 'sides.hill.nane' is unknown; expected one of kind, name"),
        ("pairs: [[hill, dale]]", "", "key 'pairs' is missing"),
        ("pairs: [[hill, dale]]", "pairs: []", "key 'pairs'"),
        ("kind: town, name: Hill", "name: Hill", "key 'sides.hill.kind' is missing"),
        ("name: Hill", "name: 7", "key 'sides.hill.name'"),
        ("name: Hill", "name: ' Hill'", "found the form ' Hill'"),
        ("[hill, dale]", "[hill, vale]", "names the side 'vale', expected one of hill, dale"),
        ("[hill, dale]", "[hill, dale], [hill, dale]", "hill-dale stands 2 times"),
        ("kind: town, name: Hill", "kind: port, name: Hill", "found the kinds 'port' and 'town'"),
        ("Dalesmen", "Hillers", "both sides have the form 'hillers'"),
        ("name: Hill", "name: Hill, words: [peak]", "'words' has 1 and 0 entries, expected as many; 'peak' has no counterpart"),
        ("name: Hill, people: Hillers", "capital: Hill", "no slot is filled on both sides"),
        ("sides:", "sides: [", "not readable as YAML"),
    ],
)
def test_a_file_of_pairs_that_cannot_be_is_refused_with_the_place(tmp_path: Path, old: str, new: str, found: str) -> None:
    path = tmp_path / "pairs.yaml"
    path.write_text(FILE.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_pairs(path)
    assert str(caught.value).startswith(str(path))
    assert found in str(caught.value)


def test_a_missing_file_of_pairs_is_refused_with_the_shipped_one_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file of pairs; the shipped one is"):
        load_pairs(tmp_path / "no.yaml")
