"""Evaluations as plain structures: what is measured, beside which baselines, and how labels of others are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from framing.assessment import Setting, as_devices, assess, baselines_beside, in_common, item_rows
from framing.baselines import BASELINES, tuning_split
from framing.calibration import cross_fit, fit
from framing.corpora.base import Example
from framing.decoding import Calibration, LabelCalibration, Scale
from framing.encoding import EncodedParagraph
from framing.evaluation import article_items, label_figures, quick_figures
from framing.prediction import ArticlePrediction, Calibrated, predict_examples
from framing.reports.tables import evaluation_tables
from framing.summaries import own_labels, summary_figures, technique_figures
from framing.taxonomy import CHANNELS, DEVICE_NAMES
from framing.text import Span
from framing.vocabularies import BIAS, channels_of
from tests.unit.evaluations import evaluated

WORDS = Tokenizer(models.WordLevel({"[UNK]": 0, "reckless": 1}, unk_token="[UNK]"))
WORDS.pre_tokenizer = pre_tokenizers.Whitespace()
SETTING = Setting("try@1", "made", "dev", 1, {})
CLEAN, MARKED = "The council met on Tuesday.", "The reckless council met."
TECHNIQUES = channels_of(["techniques"])


def example(number: int, *spans: Span, text: str = f"{CLEAN} {MARKED}", known: Sequence[str] = CHANNELS, **changes: Any) -> Example:
    # As long as «Tuesday»: articles of the very same paragraph would be one.
    text = text.replace("Tuesday", f"day {number // 2:03}")
    made = Example(f"p/{number}", "made", f"paper-{number % 2}", f"made#{number // 2}", text, spans, frozenset(known))
    return replace(made, **changes)


def annotated(count: int) -> list[Example]:
    """Two sentences each; the second is marked, and every fourth paragraph has no mark."""
    span, clean = Span(32, 40, "loaded_label", "own"), f"{CLEAN} {CLEAN}"
    return [example(number, text=clean) if number % 4 == 0 else example(number, span) for number in range(count)]


def predicted(examples: Sequence[Example], channels: Sequence[str] = CHANNELS) -> list[Calibrated]:
    """A model that marks the word «reckless» in every channel, with a little noise, and its cross-fitted calibration."""

    def predictor(paragraphs: Sequence[EncodedParagraph]) -> list[NDArray[np.float32]]:
        random = np.random.default_rng(1)
        return [(p.ids[:, None] * 4 - 2 + random.normal(0, 1, (len(p.ids), len(channels)))).astype(np.float32) for p in paragraphs]

    return cross_fit(predict_examples(WORDS, predictor, 4.0, examples, channels), 3, seed=1)


def test_an_evaluation_is_plain_json_with_every_part() -> None:
    examples = annotated(40)
    calibrated = predicted(examples)
    figures = label_figures(calibrated, 1, samples=0)
    baselines = baselines_beside(annotated(60), examples, figures, (), 1)
    found = assess(SETTING, calibrated, 0.5, own_labels(examples), baselines=baselines, crossed=calibrated)
    json.dumps(found)
    assert found["extent"] == {"articles": 20, "paragraphs": 40, "sentences": 80, "left_out": 0}
    assert list(found["labels"]) == list(DEVICE_NAMES)
    assert found["labels"]["loaded_label"]["sentence"]["support"] == 30
    assert set(found["curves"]) == set(found["errors"]) == set(DEVICE_NAMES)
    assert found["voice"]["support"] == 30
    assert found["own_labels"] == ["loaded_label"]
    assert found["cross_fitted"]["loaded_label"]["sentence"]["f1"] == found["labels"]["loaded_label"]["sentence"]["f1"]
    of_sensitivity = found["sensitivities"]["loaded_label"]
    assert of_sensitivity["balanced"]["recall"] == pytest.approx(found["labels"]["loaded_label"]["sentence"]["recall"])
    assert of_sensitivity["quiet"]["recall"] <= of_sensitivity["balanced"]["recall"] <= of_sensitivity["thorough"]["recall"]
    low, high = found["labels"]["loaded_label"]["sentence"]["average_precision_interval"]
    assert low < found["labels"]["loaded_label"]["sentence"]["average_precision"] < high


def test_baselines_stand_beside_every_label_that_can_be_learned() -> None:
    examples = annotated(40)
    figures = label_figures(predicted(examples), 1, samples=0)
    table = baselines_beside(annotated(60), examples, figures, (), 1)
    assert tuple(table["loaded_label"]) == BASELINES
    # The other devices are never present in what the baselines learn from, but everything can be marked.
    assert {name: tuple(given) for name, given in table.items() if name != "loaded_label"} == {
        name: ("all_positive",) for name in DEVICE_NAMES if name != "loaded_label"
    }
    assert all(len(items.gold) == 80 for items in table["loaded_label"].values())
    assert table["loaded_label"]["all_positive"].flagged.all()
    assert tuple(baselines_beside([], examples, figures, (), 1)["loaded_label"]) == ("all_positive",)


def test_what_baselines_are_tuned_on_is_a_fifth_of_the_articles_and_repeats_nothing_that_they_learn_from() -> None:
    repeated = [replace(example(2 * article), text=f"The council met on day {article // 4} and went home.") for article in range(100)]
    learn, tune = tuning_split([*annotated(200), *repeated], seed=1)
    assert len(learn) + len(tune) == 300
    assert not {e.text for e in learn} & {e.text for e in tune}
    assert len({e.article for e in tune}) == 20
    assert tuning_split(annotated(200), seed=2) != tuning_split(annotated(200), seed=1)


def test_articles_that_all_repeat_one_another_leave_nothing_to_tune_on() -> None:
    repeated = [replace(example(number), text="The council met on Tuesday and went home.") for number in range(40)]
    assert tuning_split(repeated, seed=1) == (repeated, [])


def test_words_in_spans_that_overlap_or_end_inside_a_word_count_once_in_the_word_list() -> None:
    spans = (Span(32, 40, "loaded_label", "own"), Span(28, 40, "loaded_label", "own"), Span(32, 36, "loaded_label", "own"))
    train = [example(number, *(spans if number % 3 else ()), text=f"{CLEAN} {MARKED if number % 3 else CLEAN}") for number in range(60)]
    figures = label_figures(predicted(train), 1, samples=0)
    flagged = baselines_beside(train, train, {"loaded_label": figures["loaded_label"]}, (), 1)["loaded_label"]["word_list"].flagged
    assert flagged.sum() == 40


def test_a_label_of_whole_paragraphs_has_paragraph_figures_and_baselines_of_paragraphs() -> None:
    examples = [example(n, text=f"{CLEAN} {MARKED if n % 2 else CLEAN}", known=(), labels={"one_sidedness": n % 2 == 1}) for n in range(40)]
    calibrated = predicted(examples, BIAS)
    figures = label_figures(calibrated, 1, samples=0)
    # The sentences of what is free of bias are known to be free, which of the others are biased is not: no figure of sentences.
    assert list(figures) == ["one_sidedness"]
    assert list(figures["one_sidedness"]) == ["paragraph"]
    assert (figures["one_sidedness"]["paragraph"]["items"], figures["one_sidedness"]["paragraph"]["support"]) == (40, 20)
    assert {row["level"] for row in item_rows(calibrated)} == {"paragraph"}
    (items,) = {len(items.gold) for items in baselines_beside(examples, examples, figures, (), 1)["one_sidedness"].values()}
    assert items == 40
    assert quick_figures([c.prediction for c in calibrated])["average_precision_one_sidedness"] > 0.9


def test_a_label_of_paragraphs_that_are_single_sentences_has_sentence_figures() -> None:
    examples = [example(n, text=MARKED if n % 2 else CLEAN, known=(), labels={"lexical_bias": n % 2 == 1}) for n in range(40)]
    figures = label_figures(predicted(examples, BIAS), 1, samples=0)
    assert figures["lexical_bias"]["sentence"]["support"] == 20


def test_unknown_cells_enter_neither_figures_nor_calibration() -> None:
    examples = annotated(40)
    masked = [replace(e, known=frozenset({"loaded_label"})) for e in examples]
    figures = label_figures(predicted(masked), 1, samples=0)
    assert list(figures) == ["loaded_label"]
    whole = label_figures(predicted(examples), 1, samples=0)["loaded_label"]
    assert {k: v for k, v in figures["loaded_label"]["sentence"].items() if k in ("items", "support", "average_precision")} == {
        k: whole["sentence"][k] for k in ("items", "support", "average_precision")
    }
    fitted = fit([c.prediction for c in predicted(masked)])
    assert fitted.labels["bloc_rhetoric"].sentence == Scale()
    assert fitted.labels["loaded_label"].sentence != Scale()


def test_the_calibration_has_every_label_of_the_model_and_no_devices_where_it_has_none() -> None:
    fitted = fit([c.prediction for c in predicted(annotated(12), TECHNIQUES)])
    assert tuple(fitted.labels) == TECHNIQUES
    assert Calibration.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted
    with pytest.raises(KeyError):
        _ = fitted.devices


def test_a_merged_span_counts_for_itself_and_not_for_its_parts() -> None:
    examples = [example(n, *([Span(32, 40, "distraction")] if n % 2 else []), known=TECHNIQUES) for n in range(20)]
    calibrated = predicted(examples, TECHNIQUES)
    figures, rows = label_figures(calibrated, 1, samples=0), [row for row in item_rows(calibrated) if row["level"] == "span"]
    assert figures["distraction"]["sentence"]["support"] == figures["persuasion"]["sentence"]["support"] == 10
    assert figures["whataboutism"]["sentence"] | {"items": 30, "support": 0} == figures["whataboutism"]["sentence"]
    assert figures["slogans"]["sentence"]["items"] == 40
    # «reckless» is marked for every label: where it may be whataboutism the mark is neither right nor wrong, elsewhere it is wrong.
    doubtful = {example.id for example in examples if example.spans}

    def marks(label: str) -> int:
        of_label = [row for row in rows if row["label"] == label and row["id"] in doubtful]
        return sum(start < 40 and end > 32 for row in of_label for start, end in row["predicted"])

    assert (marks("whataboutism"), marks("straw_man")) == (0, 0)
    assert marks("slogans") > 5


def test_a_label_that_is_unknown_throughout_has_no_figures() -> None:
    examples = [example(n, Span(0, 68, "distraction"), text=f"{CLEAN} {MARKED}"[:53], known=TECHNIQUES) for n in range(8)]
    figures = label_figures(predicted(examples, TECHNIQUES), 1, samples=0)
    assert "whataboutism" not in figures
    assert "distraction" in figures


def test_labels_in_common_are_those_that_the_model_gives_and_some_example_knows() -> None:
    frames = {"narrative_frames.conflict": True}
    examples = [example(1, known=["lexical_bias"]), example(2, known=[], labels={"hostility": False}, article_labels=frames)]
    assert in_common(BIAS, [], examples) == {"lexical_bias", "hostility"}
    assert in_common((), ["narrative_frames.conflict", "narrative_frames.morality"], examples) == {"narrative_frames.conflict"}
    assert in_common(CHANNELS, [], examples) == set()


def test_labels_of_others_are_read_as_the_nearest_device_and_the_rest_is_dropped() -> None:
    spans = (Span(0, 3, "flag_waving"), Span(4, 12, "loaded_language"), Span(13, 20, "slogans"))
    examples = [example(1, *spans, known=TECHNIQUES), example(2, known=[], labels={"lexical_bias": True, "hostility": True})]
    (first, second), view = as_devices(examples)
    assert [(s.start, s.end, s.label) for s in first.spans] == [(0, 3, "bloc_rhetoric"), (4, 12, "loaded_label")]
    assert first.known == {"loaded_label", "blame_attribution", "bloc_rhetoric"}
    assert second.labels == {"loaded_label": True}
    assert second.known == frozenset()
    assert view == {
        "loaded_language": "loaded_label", "name_calling": "loaded_label", "lexical_bias": "loaded_label",
        "questioning_the_reputation": "blame_attribution", "flag_waving": "bloc_rhetoric",
    }  # fmt: skip


def test_rows_of_items_agree_with_the_figures_and_hold_no_text() -> None:
    calibrated = predicted(annotated(12))
    rows = item_rows(calibrated)
    figures = label_figures(calibrated, 1, samples=0)
    for label in DEVICE_NAMES:
        for level in ("sentence", "paragraph"):
            of_label = [row for row in rows if row["label"] == label and row["level"] == level]
            assert len(of_label) == figures[label][level]["items"]
            assert sum(row["gold"] for row in of_label) == figures[label][level]["support"]
    assert "council" not in json.dumps(rows)
    assert {row["item"] for row in rows if row["level"] == "sentence"} == {0, 1}


def test_the_gallery_shows_the_surest_errors_with_the_wording_that_was_missed() -> None:
    examples = [example(n, Span(8, 15, "loaded_label", "own"), text=CLEAN) for n in range(20)] + annotated(20)
    examples = [replace(e, id=f"q/{n}", article=f"made#{n}") for n, e in enumerate(examples)]
    given = [Calibrated(c.prediction, Calibration()) for c in predicted(examples)]
    errors = assess(SETTING, given, 0.0, own_labels(examples))["errors"]["loaded_label"]
    stated = [error["probability"] for error in errors["misses"]]
    assert stated == sorted(stated) and stated
    for miss in errors["misses"]:
        assert all(0 <= start < end <= len(miss["text"]) for start, end in miss["gold"])
        assert miss["gold"] != []


def test_the_gallery_underlines_the_wording_of_its_own_label_alone() -> None:
    spans = (Span(8, 15, "loaded_label", "own"), Span(0, 3, "bloc_rhetoric", "own"))
    examples = [replace(example(n, *spans, text=CLEAN), id=f"q/{n}", article=f"made#{n}") for n in range(20)] + annotated(20)
    given = [Calibrated(c.prediction, Calibration()) for c in predicted(examples)]
    errors = assess(SETTING, given, 0.0, own_labels(examples))["errors"]
    assert {tuple(miss["gold"]) for miss in errors["loaded_label"]["misses"]} == {((8, 15),)}


def test_articles_have_figures_of_their_own() -> None:
    labels = ("narrative_frames.conflict", "narrative_frames.morality")
    random = np.random.default_rng(1)
    articles = [
        ArticlePrediction(f"a#{n}", labels, random.normal(n % 2, 1, 2).astype(np.float32), np.array([n % 2, -1], dtype=np.int8))
        for n in range(30)
    ]
    calibration = fit([], articles)
    assert set(calibration.article_labels) == set(labels)
    items = article_items(articles, calibration)
    found = assess(SETTING, [], 0.0, frozenset(), items)
    assert found["articles"]["narrative_frames.conflict"]["support"] == 15
    assert list(found["curves"]) == list(found["errors"]) == ["narrative_frames.conflict"]
    wrong = sum(map(len, found["errors"]["narrative_frames.conflict"].values()))
    rows = item_rows([], items)
    assert (len(rows), {row["level"] for row in rows}) == (30, {"article"})
    assert wrong == sum(row["gold"] != row["flagged"] for row in rows)
    assert list(found["articles"]) == ["narrative_frames.conflict"]
    assert found["labels"] == {}
    assert found["extent"]["articles"] == 30


def test_an_evaluation_without_predictions_is_empty_and_whole() -> None:
    found = assess(SETTING, [], 0.0, frozenset())
    assert found["labels"] == found["articles"] == found["summary"] == {}
    assert item_rows([]) == []


def test_baselines_of_articles_learn_from_whole_articles() -> None:
    label = "narrative_frames.conflict"
    train = [
        example(n, text=f"{CLEAN} {MARKED if n // 2 % 2 else CLEAN}", known=(), article_labels={label: n // 2 % 2 == 1}) for n in range(80)
    ]
    table = baselines_beside(train, train[:40], {}, [label], 1)[label]
    assert tuple(table) == BASELINES
    # Two paragraphs an article.
    assert all(len(items.gold) == 20 for items in table.values())
    assert (table["tfidf"].flagged == table["tfidf"].gold).all()


def test_figures_over_all_labels_are_over_those_that_the_corpus_gives_by_themselves() -> None:
    spans = (Span(0, 3, "distraction"), Span(28, 40, "loaded_language"))
    examples = [example(n, *(spans if n % 2 else ()), known=TECHNIQUES) for n in range(20)]
    # Neither the parts of the merged label, nor what every technique is merged into, is given by itself.
    assert own_labels(examples) == {"distraction", "loaded_language"}
    for level in summary_figures(predicted(examples, TECHNIQUES), own_labels(examples), 1, samples=20).values():
        assert (level["labels"], level["with_support"]) == (2, 2)


def test_baselines_have_figures_over_all_labels_at_the_level_that_these_are_first_reported_at() -> None:
    evaluation = evaluated(whole=True)
    summary, own = evaluation["summary"], evaluation["own_labels"]
    beside = summary["sentence"]["baselines"]
    # Reckoned elsewhere, from the cells.
    assert beside["all_positive"]["micro_f1"] == pytest.approx(summary["sentence"]["all_positive_micro_f1"])
    of_labels = [evaluation["baselines"][label]["tfidf"]["f1"] for label in own if evaluation["labels"][label]["sentence"]["support"]]
    assert beside["tfidf"]["macro_f1"] == pytest.approx(np.mean(of_labels))
    low, high = beside["tfidf"]["micro_f1_interval"]
    assert low <= beside["tfidf"]["micro_f1"] <= high
    assert "baselines" not in summary["paragraph"]


def test_labels_of_sentences_have_their_figures_of_paragraphs_in_the_report() -> None:
    evaluation = evaluated(whole=True)
    tables = {table.title: table for table in evaluation_tables(evaluation)}
    sentences, paragraphs = tables["Sentence level"], tables["Paragraph level"]
    assert [row[0] for row in paragraphs.rows] == [row[0] for row in sentences.rows]
    assert "Span F1" in sentences.head and "Span F1" not in paragraphs.head
    stated = evaluation["labels"]["loaded_label"]["paragraph"]
    assert paragraphs.rows[0][paragraphs.head.index("ECE")].startswith(f"{stated['ece']:.3f} [")


def test_known_spans_get_the_technique_whose_logits_are_highest_inside_them() -> None:
    text, known = "reckless men came", ("loaded_language", "slogans", "casting_doubt")
    # Word by word: the logits of the three techniques.
    logits = np.array([[3, 1, 2], [0, 2, 1], [0, 0, 5]], dtype=np.float32)
    one = example(1, Span(0, 8, "loaded_language"), Span(9, 12, "casting_doubt"), text=text, known=known)
    both = example(2, Span(0, 8, "loaded_language"), Span(0, 8, "casting_doubt"), text=text, known=known)

    def predictor(paragraphs: Sequence[EncodedParagraph]) -> list[NDArray[np.float32]]:
        return [logits for _ in paragraphs]

    predictions = predict_examples(WORDS, predictor, 4.0, [one, both], known)
    calibrated = [Calibrated(p, Calibration({label: LabelCalibration() for label in known})) for p in predictions]
    found = technique_figures(calibrated, frozenset(known), 1, samples=20)
    # Of four spans the one on "men" is taken for a slogan; where two techniques are gold, the best two are given.
    assert (found["micro_f1"], found["spans"], found["majority"]) == (0.75, 4, 0.5)
    assert technique_figures(calibrated, frozenset({"slogans"}), 1) == {}


def test_a_merged_label_leaves_the_device_unknown_that_it_may_stand_for() -> None:
    whole = Span(0, len(CLEAN), "persuasion")
    examples = [example(n, *((whole,) if n % 2 else ()), known=TECHNIQUES) for n in range(4)]
    seen, view = as_devices(examples)
    assert view["loaded_language"] == "loaded_label"
    assert ["loaded_label" in e.known for e in seen] == [True, False, True, False]
