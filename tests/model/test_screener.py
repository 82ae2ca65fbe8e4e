"""Screening through the public door: offsets, batches, filters, odd text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing import InputError, Screener, Screening
from framing.corpora.originals import read_originals
from framing.taxonomy import DEVICE_NAMES
from tests.model.conftest import ROOT

VOCABULARY = "The puppet regime blamed Tornia “for” 'the' war. experts say, we or they! ? \n\n\n \t é 😀 مرحبا 战争 \0 ’"
WORDS = st.sampled_from(VOCABULARY.split(" "))
TEXTS = st.one_of(st.lists(WORDS, max_size=80).map(" ".join), st.text(max_size=200))


def check(screening: Screening, text: str) -> None:
    """Facts that hold for every screening."""
    assert screening.text == text
    assert "".join(text[s.start : s.end] for s in screening.segments()) == text
    end = 0
    for paragraph in screening.paragraphs:
        assert end <= paragraph.start < paragraph.end <= len(text)
        end = paragraph.end
        assert list(paragraph.scores) == list(DEVICE_NAMES)
        for finding in paragraph.findings:
            assert paragraph.start <= finding.start < finding.end <= paragraph.end
            assert finding.text == text[finding.start : finding.end]
            assert 0.0 <= finding.score <= 1.0
            if finding.target is not None:
                assert finding.device == "blame_attribution"
                assert finding.start <= finding.target[0] < finding.target[1] <= finding.end


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_any_text_keeps_its_characters_and_every_finding_its_slice(screener: Screener, text: str) -> None:
    check(screener.screen(text, min_score=0.0), text)


@settings(deadline=None, max_examples=20)
@given(st.lists(TEXTS, max_size=6))
def test_a_batch_scores_as_one_by_one(screener: Screener, texts: list[str]) -> None:
    together = screener.screen_many(texts)
    assert len(together) == len(texts)
    for text, screening in zip(texts, together, strict=True):
        alone = screener.screen(text)
        for one, other in zip(alone.paragraphs, screening.paragraphs, strict=True):
            assert one.scores == pytest.approx(other.scores, abs=2e-4)
            for first, second in zip(one.sentences, other.sentences, strict=True):
                assert first.scores == pytest.approx(second.scores, abs=2e-4)


def test_loading_again_gives_equal_scores(screener: Screener, tiny_model: object) -> None:
    text = (ROOT / "data/samples/harbour-strike.md").read_text(encoding="utf-8")
    assert Screener.load(str(tiny_model)).screen(text).to_dict() == screener.screen(text).to_dict()


def test_a_paragraph_of_twenty_thousand_words_is_read_to_its_end(screener: Screener) -> None:
    article = " ".join(example.text for example in read_originals(ROOT / "data/originals") if "side_a" in example.source)
    words = article.split()
    text = " ".join((words * (20_000 // len(words) + 1))[:20_000])
    screening = screener.screen(text, min_score=0.0)
    check(screening, text)
    assert len(screening.paragraphs) == 1
    assert screening.findings[-1].start > 0.9 * len(text)


def test_right_to_left_text_and_emoji_keep_their_offsets(screener: Screener) -> None:
    text = "قال الوزير إن النظام الفاسد هو المسؤول.\n\nThey 👨‍👩‍👧 blamed «the regime» 🔥.\r\n\r\nשלום עולם."
    screening = screener.screen(text, min_score=0.0)
    check(screening, text)
    assert len(screening.paragraphs) == 3


def test_lone_surrogates_and_nul_do_no_harm(screener: Screener) -> None:
    text = "Broken \ud83d text \0 here blames Tornia for the war."
    screening = screener.screen(text, min_score=0.0)
    check(screening, text)
    assert len(screening.text_sha256) == 64


@pytest.mark.parametrize("text", ["", " \n\t ", "\0\0"])
def test_text_without_a_visible_character_gives_an_empty_screening(screener: Screener, text: str) -> None:
    screening = screener.screen(text)
    assert screening.paragraphs == ()
    assert screening.summary.words == 0
    assert "".join(text[s.start : s.end] for s in screening.segments()) == text


def test_devices_voice_and_minimum_score_filter_findings_and_leave_scores(screener: Screener) -> None:
    text = (ROOT / "data/samples/harbour-strike.md").read_text(encoding="utf-8")
    everything = screener.screen(text, min_score=0.0)
    loaded = screener.screen(text, min_score=0.0, devices=["loaded_label"])
    own = screener.screen(text, min_score=0.0, only="own")
    sure = screener.screen(text, min_score=0.3)
    assert loaded.findings == tuple(f for f in everything.findings if f.device == "loaded_label")
    assert own.findings == tuple(f for f in everything.findings if f.voice == "own")
    assert sure.findings == tuple(f for f in everything.findings if f.score >= 0.3)
    assert [p.scores for p in loaded.paragraphs] == [p.scores for p in everything.paragraphs]
    assert len(everything.findings) > len(loaded.findings) > 0


def test_arguments_that_cannot_be_are_refused(screener: Screener) -> None:
    with pytest.raises(InputError, match="unknown; expected some of loaded_label"):
        screener.screen("Text.", devices=["loaded"])
    with pytest.raises(InputError, match="expected 'own' or 'reported'"):
        screener.screen("Text.", only="both")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="from 0 to 1"):
        screener.screen("Text.", min_score=50)


def test_the_summary_counts_what_the_findings_are(screener: Screener) -> None:
    text = (ROOT / "data/samples/harbour-strike.md").read_text(encoding="utf-8")
    screening = screener.screen(text, min_score=0.0)
    summary = screening.summary
    assert summary.words == len(text.split())
    assert summary.findings == len(screening.findings) == sum(d.findings for d in summary.devices.values())
    blame = [f for f in screening.findings if f.device == "blame_attribution"]
    assert summary.devices["blame_attribution"].own == sum(f.voice == "own" for f in blame)
    assert summary.devices["blame_attribution"].per_1000_words == round(1000 * len(blame) / summary.words, 2)
    best = max(range(len(screening.paragraphs)), key=lambda i: max((f.score for f in screening.paragraphs[i].findings), default=0))
    assert summary.strongest_paragraphs[0] == best
    json.dumps(screening.to_dict())


def test_levels_read_once_are_what_screening_at_each_sensitivity_gives(screener: Screener) -> None:
    text = (ROOT / "data/samples/harbour-strike.md").read_text(encoding="utf-8")
    levels = screener.screen_levels(text)
    assert list(levels) == ["quiet", "balanced", "thorough"]
    assert all(found == screener.screen(text, sensitivity=level) for level, found in levels.items())
    assert levels["balanced"] == screener.screen(text)
    quiet, balanced, thorough = ({(f.start, f.end, f.device) for f in found.findings} for found in levels.values())
    assert quiet <= balanced <= thorough
    assert quiet < thorough


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"sensitivity": "loud"}, "expected one of quiet, balanced, thorough"),
        ({"sensitivity": "quiet", "min_score": 0.5}, "give one of them"),
    ],
)
def test_a_sensitivity_that_cannot_be_is_refused(screener: Screener, settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        screener.screen("Text.", **settings)
