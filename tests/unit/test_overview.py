"""What a user can rely on in the overview: its figures are the screening's, and two plain sentences say no more than they do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.overview import SHORTEST_WORDS, overview, stands_out
from framing.poisson import chance_of_at_least, chance_of_at_most, poisson_interval
from framing.reference import DeviceRates, Rate, ReferenceRates
from framing.screening import Finding, ScreenedParagraph, ScreenedSentence, Screening
from framing.taxonomy import DEVICE_NAMES
from framing.text import Document

MODEL = "a model"
UNIT = Rate(20, 2.0, 1.2, 3.1)
NEVER = Rate(0, 0.0, 0.0, 0.37)
WORDS = "one two three four five six seven eight nine ten"


def reference(own: Rate = UNIT, reported: Rate = UNIT, model: str = MODEL) -> ReferenceRates:
    rates = dict.fromkeys(DEVICE_NAMES, DeviceRates(own, reported))
    levels = {"quiet": rates, "balanced": rates, "thorough": rates}
    return ReferenceRates("agency copy", "Invented.", 20, 10_000, model, "a command", levels)  # type: ignore[arg-type]


def screening(text: str, findings: list[Finding]) -> Screening:
    """A screening of `text`; each finding belongs to the paragraph in which it begins."""
    paragraphs = []
    for paragraph in Document.from_text(text).paragraphs:
        scores = {name: 0.1 * place for place, name in enumerate(DEVICE_NAMES)}
        sentences = tuple(ScreenedSentence(s.start, s.end, scores) for s in paragraph.sentences)
        inside = sorted((f for f in findings if paragraph.start <= f.start < paragraph.end), key=lambda f: (f.start, f.end))
        paragraphs.append(ScreenedParagraph(paragraph.start, paragraph.end, scores, sentences, tuple(inside)))
    return Screening("draft.txt", MODEL, text, tuple(paragraphs))


def article(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def filler(words: int) -> str:
    return " ".join([*(["water"] * (words - 1)), "rose."])


def mark(text: str, place: int, device: str = "loaded_label", voice: Any = "own", **rest: Any) -> Finding:
    """A finding on the word that stands as number `place` in the text."""
    word = list(re.finditer(r"\S+", text))[place]
    return Finding(word.start(), word.end(), word[0], device, 0.8, voice, 0.9, **{"target": None} | rest)


def marked(text: str, places: list[int], **rest: Any) -> Screening:
    return screening(text, [mark(text, place, **rest) for place in places])


vocabulary = st.sampled_from([*WORDS.split(), "Rain.", "Minister", "ended?", "وزير."])
paragraphs = st.lists(st.lists(vocabulary, min_size=1, max_size=90), max_size=6)


@st.composite
def screenings(draw: st.DrawFn, voices: tuple[str, ...] = ("own", "reported")) -> Screening:
    text = article(*(" ".join(words) for words in draw(paragraphs)))
    words = len(text.split())
    findings = []
    for _ in range(draw(st.integers(0, 40)) if words else 0):
        place, device = draw(st.integers(0, words - 1)), draw(st.sampled_from(DEVICE_NAMES))
        found = mark(text, place, device, draw(st.sampled_from(voices)))
        aimed = device == "blame_attribution" and draw(st.booleans())
        findings.append(replace(found, target=(found.start, found.end)) if aimed else found)
    return screening(text, list(dict.fromkeys(findings)))


def rate(count: int) -> Rate:
    """The rate of `count` findings in 10,000 words."""
    low, high = poisson_interval(count)
    return Rate(count, count / 10, low / 10, high / 10)


rates = st.builds(rate, st.integers(0, 60))
references = st.builds(reference, rates, rates, st.sampled_from([MODEL, MODEL, "another model"]))
NUMBER = re.compile(rf"\b(?:{WORDS.replace(' ', '|')})\b|\d[\d,]*(?:\.\d+)?")


def figures(sentence: str) -> set[str]:
    unquoted = re.sub(r"'.*'", "", sentence.replace("text's", "text"))
    return {str(WORDS.split().index(found) + 1) if found in WORDS.split() else found for found in NUMBER.findall(unquoted.lower())}


@settings(deadline=None, max_examples=100)
@given(screenings(), references)
def test_two_sentences_are_told_of_any_article(article_: Screening, against: ReferenceRates) -> None:
    told = stands_out(article_, against)
    assert len(told) == 2
    for sentence in told:
        assert sentence.endswith(".") and not sentence.endswith("..")
        assert sentence[0].isupper()
        assert "\n" not in sentence and "  " not in sentence
        assert not re.search(r"\bone (marks|words|loaded labels|unsourced claims|passages|blame attributions)\b", sentence)
        assert not re.search(r"\bone (are|name)\b", sentence)


@settings(deadline=None, max_examples=100)
@given(screenings(), references)
def test_the_figures_of_a_lead_are_its_counts_and_its_rate(article_: Screening, against: ReferenceRates) -> None:
    seen = overview(article_, against)
    first = stands_out(article_, against)[0]
    if seen.lead is None:
        return
    counted = sum((f.device, f.voice) == (seen.lead.device, seen.lead.voice) for f in article_.findings)
    assert seen.lead.findings == counted
    assert str(counted) in figures(first)
    per_1000 = 1000 * counted / article_.summary.words
    assert any(abs(float(found.replace(",", "")) - per_1000) <= 0.5 for found in figures(first))
    assert ("own voice" in first) == (seen.lead.voice == "own")


@settings(deadline=None, max_examples=100)
@given(screenings(), references)
def test_the_overview_counts_what_the_screening_holds(article_: Screening, against: ReferenceRates) -> None:
    seen = overview(article_, against)
    counts = Counter((finding.device, finding.voice) for finding in article_.findings)
    assert list(seen.devices) == list(DEVICE_NAMES)
    for name, device in seen.devices.items():
        assert (device.own.findings, device.reported.findings) == (counts[name, "own"], counts[name, "reported"])
        assert device.per_1000 == pytest.approx(article_.summary.devices[name].per_1000_words, abs=0.006)
    assert [(cell.start, cell.end) for cell in seen.strip] == [(s.start, s.end) for p in article_.paragraphs for s in p.sentences]
    for finding in article_.findings:
        assert any(cell.flagged for cell in seen.strip if cell.start < finding.end and finding.start < cell.end)


@settings(deadline=None)
@given(screenings(voices=("reported",)), references)
def test_reported_speech_alone_is_never_told_as_the_texts_own_voice(article_: Screening, against: ReferenceRates) -> None:
    assert not any(phrase in " ".join(stands_out(article_, against)) for phrase in ("text's own voice", "in its own voice"))


@settings(deadline=None)
@given(screenings(), references)
def test_rates_are_not_compared_in_a_short_text_or_with_another_models_rates(article_: Screening, against: ReferenceRates) -> None:
    seen = overview(article_, against)
    assert seen.compared == (article_.summary.words >= SHORTEST_WORDS and against.model == MODEL)
    if not seen.compared:
        assert seen.lead is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Nothing is marked in zero words."),
        ("Rain", "Nothing is marked in one word."),
        (filler(1200), "Nothing is marked in 1,200 words."),
    ],
)
def test_an_article_without_findings_is_told_what_the_reference_has(text: str, told: str) -> None:
    # 160 findings in 10,000 words are one in 62.5.
    assert stands_out(screening(text, []), reference()) == (told, "The average in agency copy is about one mark in 62 words.")


def test_a_reference_without_a_mark_is_told_as_such() -> None:
    assert stands_out(screening("Rain", []), reference(NEVER, NEVER))[1] == "Nothing is marked in agency copy either."


def test_a_device_far_over_the_reference_leads_with_its_place() -> None:
    text = article("Minister blames flood", filler(97), filler(50), filler(130), filler(120))
    found = marked(text, [5, 6, 7, 8, 9, 10, 105, 106, 107, 160])
    assert stands_out(found, reference()) == (
        "In the text's own voice, 10 loaded labels are marked, 25 per 1,000 words: more than ten times as often as in agency copy (2.0).",
        "Of these 10 marks, six are in paragraph 2.",
    )


def test_a_lead_that_the_reference_never_has_is_not_divided_by_nothing() -> None:
    text = article(filler(100), filler(100))
    told = stands_out(marked(text, [3, 60, 120, 150], device="bloc_rhetoric", voice="reported"), reference(NEVER, NEVER))
    assert told == (
        "In reported speech, four passages of bloc rhetoric are marked, 20 per 1,000 words; 10,000 words of agency copy have none.",
        "These four marks are spread over both paragraphs.",
    )


def test_own_voice_leads_before_reported_speech() -> None:
    text = filler(1000)
    reported = [mark(text, place, voice="reported") for place in range(60)]
    own = [mark(text, place, "unsourced_claim") for place in range(100, 115)]
    assert stands_out(screening(text, reported + own), reference())[0].startswith("In the text's own voice, 15 unsourced claims are marked")


@pytest.mark.parametrize(
    ("count", "often"),
    [
        (10, "about five times as often as"),
        (13, "about seven times as often as"),
        (20, "about ten times as often as"),
        (22, "more than ten times as often as"),
    ],
)
def test_how_much_more_often_is_told_in_round_numbers(count: int, often: str) -> None:
    told = stands_out(marked(filler(1000), list(range(count))), reference())[0]
    expected = f"{count} per 1,000 words: {often} in agency copy (2.0)."
    assert told.endswith(expected)


@pytest.mark.parametrize(
    ("count", "often"), [(2200, "more often than"), (3000, "about one and a half times as often as"), (4000, "about twice as often as")]
)
def test_small_ratios_are_told_where_a_large_set_and_a_long_text_bear_them(count: int, often: str) -> None:
    exact = Rate(2_000_000, 20.0, 19.9, 20.1)
    text = filler(100_000)
    words = list(re.finditer(r"\S+", text))[:count]
    findings = tuple(Finding(w.start(), w.end(), w[0], "loaded_label", 0.8, "own", 0.9, None) for w in words)
    bare = screening(text, [])
    found = replace(bare, paragraphs=(replace(bare.paragraphs[0], findings=findings),))
    assert often + " in agency copy (20)." in stands_out(found, reference(exact))[0]


def test_a_rate_within_chance_of_the_reference_does_not_stand_out() -> None:
    text = article(filler(250), filler(250))
    first, second = stands_out(marked(text, [10, 20, 400, 450]), reference())
    assert first == (
        "Most often marked are loaded labels in the text's own voice, 8.0 per 1,000 words against 2.0 in agency copy: no more than chance "
        "allows in a text of this length."
    )
    assert second == "All four marks in the text are in its own voice."


def test_of_what_is_marked_equally_often_none_is_told_to_be_marked_most() -> None:
    text = filler(250)
    told = stands_out(screening(text, [mark(text, 3, voice="reported"), mark(text, 9, "blame_attribution")]), reference())
    assert told[0] == "Nothing is marked more often than in agency copy, beyond what chance allows in a text of this length."


def test_two_marks_are_both_and_not_all_two() -> None:
    text = article(filler(100), filler(100))
    assert stands_out(marked(text, [3, 9]), reference())[1] == "Both marks in the text are in paragraph 1."
    assert stands_out(marked(filler(12), [3, 9]), reference())[1] == "Both marks in the text are in its own voice."


def test_without_marks_no_rate_of_another_model_is_told() -> None:
    assert stands_out(marked(filler(400), []), reference(model="older")) == (
        "Nothing is marked in 400 words.",
        "The rates of agency copy were measured with another model and are not compared with this text's.",
    )


def test_a_short_quotation_is_no_headline() -> None:
    text = article("“We have been bled dry.”", filler(60), filler(70), filler(80))
    assert "headline" not in stands_out(marked(text, [0, 1, 2, 70]), reference(Rate(900, 90.0, 80.0, 99.0)))[1]


def test_a_short_text_is_told_to_be_too_short() -> None:
    text = filler(12)
    found = screening(text, [mark(text, 2), mark(text, 3, voice="reported"), mark(text, 5)])
    assert stands_out(found, reference()) == (
        "The text has 12 words, too few to compare its rates with those of agency copy.",
        "Of the three marks in the text, two are in its own voice and one in reported speech.",
    )


def test_rates_of_another_model_are_told_not_to_be_compared() -> None:
    told = stands_out(marked(filler(400), list(range(50))), reference(model="older"))
    assert told[0] == "The rates of agency copy were measured with another model and are not compared with this text's."


def test_the_actor_blamed_most_often_is_counted_whatever_its_case() -> None:
    text = article("The regime failed. THE Regime lied. the regime hid. Rain fell. They fled.", filler(130))
    places = [match.span() for match in re.finditer(r"(?i)the regime|Rain|They", text)]
    blame = [Finding(s, e, text[s:e], "blame_attribution", 0.8, "reported", 0.9, (s, e)) for s, e in places]
    assert stands_out(screening(text, blame), reference())[1] == (
        "Of the four blame attributions that name a target, three name 'The regime'."
    )
    assert stands_out(screening(text, blame[:3]), reference())[1] == "All three blame attributions that name a target name 'The regime'."


def test_marks_of_a_lead_that_are_all_in_one_place_are_told_so() -> None:
    text = article(filler(100), filler(100), filler(100))
    assert stands_out(marked(text, [110, 111, 112, 113, 114, 115]), reference())[1] == "All six of these marks are in paragraph 2."


def test_two_actors_blamed_alike_are_not_ranked() -> None:
    text = article("Army and council failed. Army and council lied.", filler(200))
    places = [match.span() for match in re.finditer("(?i)army|council", text)]
    blame = [Finding(s, e, text[s:e], "blame_attribution", 0.8, "reported", 0.9, (s, e)) for s, e in places]
    assert "name" not in stands_out(screening(text, blame), reference())[1]


def test_the_headline_is_named_as_such() -> None:
    text = article("Corrupt clique ruins dam", filler(60), filler(70), filler(80))
    assert stands_out(marked(text, [0, 1, 2, 70]), reference(Rate(900, 90.0, 80.0, 99.0)))[1] == (
        "Of the four marks in the text, three are in the headline."
    )
    told = stands_out(marked(text, [0, 1, 10, 11]), reference(Rate(900, 90.0, 80.0, 99.0)))[1]
    assert told == "All four marks in the text are in the headline and paragraph 2."


def test_a_paragraph_with_most_of_the_words_is_no_place_that_marks_crowd_in() -> None:
    text = article(filler(300), filler(40), filler(40))
    assert stands_out(marked(text, [1, 2, 3, 310]), reference(Rate(900, 90.0, 80.0, 99.0)))[1] == (
        "All four marks in the text are in its own voice."
    )


def test_a_flagged_sentence_has_the_device_and_voice_of_its_surest_finding() -> None:
    text = "Rain fell. The regime lied. Boats sank."
    sure = replace(mark(text, 3, "blame_attribution", "reported"), score=0.95)
    cells = overview(screening(text, [mark(text, 3), sure]), reference()).strip
    assert [(cell.device, cell.flagged, cell.voice) for cell in cells] == [
        ("unsourced_claim", False, None),
        ("blame_attribution", True, "reported"),
        ("unsourced_claim", False, None),
    ]
    assert cells[1].score == pytest.approx(0.1)


def test_chances_of_a_count_are_poissons() -> None:
    # e^-2 (1, 2, 2, 4/3): the first terms of the distribution of mean 2.
    assert chance_of_at_most(0, 2.0) == pytest.approx(0.1353352832)
    assert chance_of_at_most(3, 2.0) == pytest.approx(0.8571234605)
    assert chance_of_at_least(4, 2.0) == pytest.approx(1 - 0.8571234605)
    assert chance_of_at_least(0, 0.0) == 1.0
    assert chance_of_at_least(1, 0.0) == 0.0


@settings(deadline=None)
@given(st.integers(0, 400), st.floats(0.0, 500.0))
def test_the_chances_of_fewer_and_of_at_least_as_many_add_up_to_one(count: int, expected: float) -> None:
    below = chance_of_at_most(count - 1, expected) if count else 0.0
    assert below + chance_of_at_least(count, expected) == pytest.approx(1.0)


@settings(deadline=None)
@given(st.integers(0, 300))
def test_an_exact_interval_leaves_a_fortieth_beyond_each_end(count: int) -> None:
    low, high = poisson_interval(count)
    assert low <= count <= high
    assert chance_of_at_most(count, high) == pytest.approx(0.025)
    if count:
        assert chance_of_at_least(count, low) == pytest.approx(0.025)
