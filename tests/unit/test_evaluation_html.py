"""The HTML report of an evaluation: its figures are those of the evaluation, and whatever a corpus holds shows as text."""

from __future__ import annotations

import math
import re
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

import pytest

from framing.reports.evaluation_html import evaluation_html, matrix_html
from framing.reports.evaluation_markdown import evaluation_markdown
from framing.taxonomy import DEVICE_NAMES
from framing.vocabularies import title
from tests.unit.evaluations import FRAMES, Setting, evaluated

VOID = {"meta", "br", "col", "hr"}
EVALUATION = evaluated(whole=True)
HTML = evaluation_html(EVALUATION)


class Page(HTMLParser):
    """Text, headings, table rows and attributes of a page; raises where elements are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.rows: list[list[str]] = []
        self.underlined: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        elif tag == "u":
            self.underlined.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data.replace("\u00a0", " ")
        if "u" in self.open:
            self.underlined[-1] += data


PAGE = Page(HTML)


def test_tables_hold_the_figures_that_the_markdown_holds() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in evaluation_markdown(EVALUATION).splitlines() if "|" in line]
    figures = [row for row in rows if not set("".join(row)) <= set("-: ")]
    assert len(figures) > 20
    assert [row for row in figures if [cell.replace("**", "") for cell in row] not in PAGE.rows] == []


def test_every_label_has_its_f1_in_a_chart_its_curves_and_its_worst_errors() -> None:
    text = "".join(PAGE.text)
    for label, levels in EVALUATION["labels"].items():
        assert f"{title(label)} {levels['sentence']['f1']:.2f}" in text
        assert f"{title(label)}: precision over recall." in text
        assert f"{title(label)}: reliability." in text
        for kind in ("false_alarms", "misses"):
            errors = EVALUATION["errors"][label][kind]
            assert errors or kind == "false_alarms"
            assert all(error["text"] in text and f"{error['probability']:.3f}" in text for error in errors)
    assert set(DEVICE_NAMES) <= set(EVALUATION["labels"])
    assert all(title(frame) in text for frame in FRAMES)


def test_gold_spans_are_underlined_to_the_character_and_once_where_they_overlap() -> None:
    assert {"bent"} == set(PAGE.underlined)
    evaluation = deepcopy(EVALUATION)
    error = evaluation["errors"]["loaded_label"]["misses"][0]
    evaluation["errors"] = {label: {"false_alarms": [], "misses": []} for label in evaluation["errors"]}
    evaluation["errors"]["loaded_label"]["misses"] = [error | {"text": "one two three four", "gold": [(4, 13), (8, 18), (8, 9)]}]
    assert Page(evaluation_html(evaluation)).underlined == ["two three", " four"]


def test_the_page_asks_for_nothing_from_outside_and_runs_nothing() -> None:
    assert "default-src 'none'" in HTML
    for tag, name, value in PAGE.attributes:
        assert tag not in ("script", "link", "iframe", "img", "object")
        assert name not in ("src", "href", "action") and not name.startswith("on")
        assert name != "style" or "url" not in value
    assert not re.search(r"url\(|@import", HTML)


def test_a_corpus_full_of_markup_shows_as_text() -> None:
    hostile = '<script>alert("1")</script>&amp;\u202e'
    found = evaluated(Setting(hostile, hostile, "dev", 1, {}), beside=hostile)
    page = Page(evaluation_html(found))
    assert "script" not in {tag for tag, _, _ in page.attributes}
    assert '<script>alert("1")</script>&amp;' in "".join(page.text)
    assert "<script>" not in evaluation_html(found)


def test_a_figure_that_is_not_defined_is_a_dash() -> None:
    evaluation: dict[str, Any] = deepcopy(EVALUATION)
    figures = evaluation["labels"]["bloc_rhetoric"]["sentence"]
    figures |= dict.fromkeys(("f1", "precision", "recall", "average_precision"), math.nan) | {"support": 0}
    html = evaluation_html(evaluation)
    assert not re.search(r"\bnan\b", html, re.IGNORECASE)
    assert "Bloc rhetoric –" in "".join(Page(html).text)


@pytest.mark.parametrize("name", ["labels", "articles"])
def test_the_matrix_shows_each_corpus_beside_the_others(name: str) -> None:
    other = evaluated(Setting("try@1", "other", "dev", 1, {}), whole=True)
    page = Page(matrix_html([EVALUATION, other]))
    for evaluation in (EVALUATION, other):
        row = next(row for row in page.rows if row and row[0].startswith(evaluation["corpus"]))
        assert len(row) > 4
    label = next(iter(EVALUATION[name]))
    assert any(title(label) in cell for row in page.rows for cell in row)
