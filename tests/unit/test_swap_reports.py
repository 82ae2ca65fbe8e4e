"""The reports of a swap test: their head, and a table each by label, pair and direction."""

from __future__ import annotations

from typing import Any

from framing.evenhandedness import DirectionShift, Figure, LabelShift, PairShift, SwapReport
from framing.reports.evaluation_html import swap_html
from framing.reports.evaluation_markdown import swap_markdown
from framing.reports.swap_tables import SHOWN


def figure(value: float) -> Figure:
    return Figure(value, value - 0.01, value + 0.01)


def figures(pairs: int = 2, directions: int = 2, sources: tuple[str, ...] = (), left_out: int = 0) -> dict[str, Any]:
    report = SwapReport(
        paragraphs=1500,
        articles=40,
        swaps=2345,
        labels=(LabelShift("loaded_label", figure(0.0314), figure(-0.0123), figure(0.2), figure(0.045)),),
        pairs=tuple(PairShift(f"north{n}-south{n}", "country", 1200 - n, figure(0.04 - n / 1000), figure(0.02)) for n in range(pairs)),
        directions=tuple(
            DirectionShift(f"north{n}", f"south{n}", "bloc_rhetoric", 60 - n, figure(0.05 - n / 1000)) for n in range(directions)
        ),
    )
    what = {"model": "tiny", "corpus": "originals", "split": "dev", "sources": list(sources), "seed": 13, "left_out": left_out}
    return what | report.to_dict()


def tables(report: str) -> list[list[list[str]]]:
    """The cells of each table, its rule left out."""
    found: list[list[list[str]]] = []
    for block in report.split("\n\n"):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines() if line.startswith("|")]
        if rows:
            assert {len(row) for row in rows} == {len(rows[0])}
            assert set(rows[1]) == {"---", "---:"}
            found.append([rows[0], *rows[2:]])
    return found


def test_the_head_says_what_was_swapped_in_what() -> None:
    head = swap_markdown(figures()).split("\n\n##")[0]
    assert head.startswith("# Swap test: tiny on originals, split dev\n")
    assert "2,345 swaps in 1,500 paragraphs of 40 articles, seed 13." in head
    assert "sources" not in head
    assert "left out" not in head
    narrowed = swap_markdown(figures(sources=("coast", "inland"), left_out=3)).split("\n\n##")[0]
    assert "Of the corpus’s sources coast, inland alone." in narrowed
    assert narrowed.endswith("Paragraphs left out because the model’s training saw them: 3.")


def test_the_page_has_every_row_of_the_tables_and_names_from_outside_as_text() -> None:
    page = swap_html(figures() | {"model": "<b>tiny</b>"})
    assert "&lt;b&gt;tiny&lt;/b&gt;" in page and "<b>tiny" not in page
    for table in tables(swap_markdown(figures())):
        for row in table[1:]:
            assert row[0] in page


def test_a_label_has_its_shifts_with_sign_and_interval_and_its_flips_in_per_cent() -> None:
    _, row = tables(swap_markdown(figures()))[0]
    assert row == ["Loaded label", "0.031 [0.021, 0.041]", "0.200", "−0.012 [−0.022, −0.002]", "4.5% [3.5%, 5.5%]"]


def test_a_pair_has_its_kind_and_how_often_it_was_swapped() -> None:
    _, first, second = tables(swap_markdown(figures()))[1]
    assert first[:4] == ["north0-south0", "country", "1,200", "0.040"]
    assert second[0] == "north1-south1"


def test_a_direction_says_which_name_replaced_which_and_which_way_the_score_went() -> None:
    _, first, _ = tables(swap_markdown(figures()))[2]
    assert first == ["north0 to south0", "Bloc rhetoric", "60", "+0.050 [0.040, 0.060]"]


def test_only_the_pairs_and_directions_that_move_scores_most_are_listed() -> None:
    _, pairs, directions = tables(swap_markdown(figures(pairs=SHOWN + 5, directions=SHOWN + 5)))
    assert [row[0] for row in pairs[1:]] == [f"north{n}-south{n}" for n in range(SHOWN)]
    assert len(directions) == SHOWN + 1
