"""What a user can rely on in the reference rates: whence they come, how they are counted, and that they belong to the shipped model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from framing.backends.loading import shipped_model
from framing.cli.rates import rates
from framing.corpora.base import Example
from framing.errors import CorpusError, FramingError, ModelError
from framing.leaks import TrainingManifest
from framing.rates import PARAGRAPH_CHARACTERS, SELECTIONS, after_dateline, article_texts, measure_references, reference_rates
from framing.reference import Rate, ReferenceRates, load_reference, write_references
from framing.screening import Finding, ScreenedParagraph, Screening
from framing.taxonomy import DEVICE_NAMES

SHIPPED = [load_reference("agency"), load_reference("news")]


def example(article: str, text: str, source: str = "paper") -> Example:
    return Example(f"{article}-{len(text)}", "a", source, article, text, (), frozenset())


def screened(words: int, own: int, reported: int = 0) -> dict[str, Screening]:
    text = " ".join(["rain"] * words)
    findings = tuple(
        Finding(0, 4, "rain", "loaded_label", 0.8, "own" if number < own else "reported", 0.9, None) for number in range(own + reported)
    )
    found = Screening("a", "small@1", text, (ScreenedParagraph(0, len(text), {}, (), findings),))
    none = replace(found, paragraphs=(replace(found.paragraphs[0], findings=()),))
    return {"quiet": none, "balanced": found, "thorough": found}


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Dam breaks\n\nLONDON (Reuters) - A dam broke.", "A dam broke."),
        ("SHOCK as dam breaks! SPRINGFIELD, Ill. (AP) — A dam broke.", "A dam broke."),
        ("A boat (AFP Photo/Someone)Paris (AFP) – A dam broke.", "A dam broke."),
        ("The minister told Reuters that the dam broke.", None),
        ("The dam (Reuters) broke.", None),
        ("LONDON (Reuters) -", None),
        ("rain " * 80 + "LONDON (Reuters) - A dam broke.", None),
        ("", None),
    ],
)
def test_agency_copy_is_told_by_its_dateline_and_read_from_there(text: str, passage: str | None) -> None:
    assert after_dateline(text) == passage


def test_news_reports_are_those_of_the_named_newsrooms() -> None:
    assert SELECTIONS["news"].passage("bbc", "A dam broke.") == "A dam broke."
    assert SELECTIONS["news"].passage("redstate", "A dam broke.") is None


def test_neighbouring_sentences_are_put_together_to_paragraphs_and_nothing_is_lost() -> None:
    sentences = [f"Sentence {number}\nof many." for number in range(200)]
    source, text = article_texts([example("a#1", sentence) for sentence in sentences])["a#1"]
    paragraphs = text.split("\n\n")
    assert source == "paper"
    assert max(map(len, paragraphs)) <= PARAGRAPH_CHARACTERS
    assert len(paragraphs) < 10
    assert text.split() == " ".join(sentences).split()


def test_articles_are_kept_apart() -> None:
    texts = article_texts([example("a#1", "Rain."), example("a#2", "Snow.", "bbc"), example("a#1", "Wind.")])
    assert texts == {"a#1": ("paper", "Rain. Wind."), "a#2": ("bbc", "Snow.")}


def test_rates_are_findings_per_1000_words_of_all_articles() -> None:
    found = reference_rates(SELECTIONS["agency"], [screened(300, 3, 1), screened(700, 1), screened(1000, 0)], "a command", seed=1)
    loaded = found.sensitivities["balanced"]["loaded_label"]
    assert (found.articles, found.words, found.model) == (3, 2000, "small@1")
    assert (loaded.own.findings, loaded.own.per_1000) == (4, 2.0)
    assert (loaded.reported.findings, loaded.reported.per_1000) == (1, 0.5)
    assert found.sensitivities["quiet"]["loaded_label"].own.findings == 0


def test_an_interval_is_never_narrower_than_that_of_an_exact_count() -> None:
    none = reference_rates(SELECTIONS["agency"], [screened(1000, 0)] * 4, "a command", seed=1)
    assert none.sensitivities["balanced"]["loaded_label"].own == Rate(0, 0.0, 0.0, 0.922)
    # Every article alike: resampling them has no spread, 40 findings in 4,000 words have.
    alike = reference_rates(SELECTIONS["agency"], [screened(1000, 10)] * 4, "a command", seed=1)
    own = alike.sensitivities["balanced"]["loaded_label"].own
    assert (own.low, own.high) == (7.144, 13.617)


def test_articles_that_differ_widen_the_interval_beyond_that_of_a_count() -> None:
    differing = reference_rates(SELECTIONS["agency"], [screened(1000, 40), *[screened(1000, 0)] * 3], "a command", seed=1)
    own = differing.sensitivities["balanced"]["loaded_label"].own
    assert own.low == 0.0
    assert own.high > 13.617


@pytest.mark.parametrize("reference", SHIPPED)
def test_the_shipped_rates_were_measured_with_the_shipped_model(reference: ReferenceRates) -> None:
    settings = json.loads((shipped_model() / "config.json").read_text("utf-8"))
    assert reference.model == f"{settings.get('run_name') or shipped_model().name}@{settings.get('revision') or 'unversioned'}", (
        "measure them again: framing data rates SOURCES -o framing/reference_rates.json"
    )


@pytest.mark.parametrize("reference", SHIPPED)
def test_the_shipped_figures_agree_with_one_another(reference: ReferenceRates) -> None:
    for devices in reference.sensitivities.values():
        assert list(devices) == list(DEVICE_NAMES)
        for rate in (rate for device in devices.values() for rate in (device.own, device.reported)):
            assert rate.per_1000 == pytest.approx(1000 * rate.findings / reference.words, abs=0.001)
            assert rate.low <= rate.per_1000 <= rate.high
            assert rate.high > 0


@pytest.mark.parametrize("reference", SHIPPED)
def test_a_higher_sensitivity_never_marks_less_of_a_device(reference: ReferenceRates) -> None:
    for name in DEVICE_NAMES:
        totals = [
            rates.own.findings + rates.reported.findings
            for rates in (reference.sensitivities[level][name] for level in ("quiet", "balanced", "thorough"))
        ]
        assert np.all(np.diff(totals) >= 0)


def test_what_is_written_reads_back_the_same(tmp_path: Path) -> None:
    write_references({"agency": SHIPPED[0]}, tmp_path / "rates.json")
    assert load_reference("agency", tmp_path / "rates.json") == SHIPPED[0]


def test_an_unknown_reference_is_named_beside_those_there_are() -> None:
    with pytest.raises(FramingError, match="'agencies' is unknown; nearest is 'agency'; expected one of agency, news"):
        load_reference("agencies")


@pytest.mark.parametrize("content", ["", "[]", '{"agency": {}}', '{"agency": {"name": "a", "sensitivities": {"quiet": []}}}'])
def test_a_damaged_file_is_told_with_the_remedy(tmp_path: Path, content: str) -> None:
    file = tmp_path / "rates.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(FramingError, match=r"rates\.json: not readable as reference rates.*write it again"):
        load_reference("agency", file)


def test_a_model_whose_training_is_unknown_measures_no_reference(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"training-documents\.json"):
        rates(tmp_path, tmp_path / "rates.json", model=tmp_path)


def test_a_missing_corpus_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="narrative-framing does not exist"):
        measure_references(None, TrainingManifest({}, {}), tmp_path, "a command", 1)  # type: ignore[arg-type]
