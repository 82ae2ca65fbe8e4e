"""Two versions of a draft: what is gone, kept and new, which paragraphs stand side by side, and the command that says so."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.changes import Changes, compare_screenings
from framing.cli.diff import as_json, as_text
from framing.screening import Finding, ScreenedParagraph, Screening
from framing.taxonomy import DEVICE_NAMES
from framing.text import Document

Run = Callable[..., tuple[int, str, str]]
no_deadline = settings(deadline=None)  # a machine under load is slow, not wrong
QUAY = "The reckless regime wrecked our harbour, and nobody was asked."
GULLS = "Gulls cried over the empty cranes until the evening came."
PUPPETS = "Puppets of the shipping barons signed every paper that was put before them."
BREAK = "\n\n"


def screening(text: str, *findings: Finding, source: str = "draft.txt") -> Screening:
    """A screening of `text`; each finding belongs to the paragraph in which it begins."""
    paragraphs = []
    for paragraph in Document.from_text(text).paragraphs:
        inside = sorted((f for f in findings if paragraph.start <= f.start < paragraph.end), key=lambda f: (f.start, f.end))
        paragraphs.append(ScreenedParagraph(paragraph.start, paragraph.end, {}, (), tuple(inside)))
    return Screening(source, "a model", text, tuple(paragraphs))


def marked(text: str, *marks: str) -> Screening:
    """Each mark is wording, found where it stands first, with 'U:' or 'B:' before it for another device than a loaded label."""
    devices = {"U": "unsourced_claim", "B": "blame_attribution"}
    findings = []
    for mark in marks:
        letter, _, wording = mark.rpartition(":")
        start = text.index(wording)
        device = devices.get(letter, "loaded_label")
        findings.append(Finding(start, start + len(wording), wording, device, 0.87, "own", 0.9, None))
    return screening(text, *findings)


def wordings(findings: Sequence[Finding]) -> list[str]:
    return [finding.text for finding in findings]


def told(changes: Changes) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    return wordings(changes.gone), [(before.text, after.text) for before, after in changes.kept], wordings(changes.new)


words = st.sampled_from("the a quay gull regime, reckless harbour. sank and of 港 🌊 boats".split())


@st.composite
def screenings(draw: st.DrawFn, unique: bool = False) -> Screening:
    paragraphs = draw(st.lists(st.lists(words, min_size=1, max_size=7).map(" ".join), max_size=6, unique=unique))
    text = BREAK.join(paragraphs)
    findings = []
    for paragraph in Document.from_text(text).paragraphs:
        for _ in range(draw(st.integers(0, 3))):
            start = draw(st.integers(paragraph.start, paragraph.end - 1))
            end = draw(st.integers(start + 1, paragraph.end))
            device = draw(st.sampled_from(DEVICE_NAMES[:2]))
            findings.append(Finding(start, end, text[start:end], device, draw(st.floats(0, 1)), "own", 0.9, None))
    return screening(text, *findings)


def rearranged(shown: Screening, order: Sequence[int]) -> Screening:
    """The paragraphs at these indices in this order, each with its findings."""
    text, paragraphs = "", []
    for index in order:
        old = shown.paragraphs[index]
        shift = len(text) - old.start
        moved = tuple(replace(f, start=f.start + shift, end=f.end + shift) for f in old.findings)
        paragraphs.append(ScreenedParagraph(old.start + shift, old.end + shift, {}, (), moved))
        text += shown.text[old.start : old.end] + BREAK
    return Screening(shown.source, shown.model, text, tuple(paragraphs))


# What holds of any two versions


@no_deadline
@given(screenings())
def test_a_draft_compared_with_itself_keeps_every_finding_and_paragraph(shown: Screening) -> None:
    changes = compare_screenings(shown, shown)
    assert (changes.gone, changes.new, changes.moved_paragraphs) == ((), (), ())
    assert tuple(after for _, after in changes.kept) == shown.findings
    assert changes.aligned_paragraphs == tuple((k, k) for k in range(len(shown.paragraphs)))


@no_deadline
@given(screenings(), screenings())
def test_compared_the_other_way_round_gone_and_new_change_places(before: Screening, after: Screening) -> None:
    there, back = compare_screenings(before, after), compare_screenings(after, before)
    assert (there.gone, there.new) == (back.new, back.gone)
    key = repr
    assert sorted(there.kept, key=key) == sorted(((one, other) for other, one in back.kept), key=key)
    assert sorted(there.moved_paragraphs) == sorted((i, j) for j, i in back.moved_paragraphs)
    paired = {pair for pair in there.aligned_paragraphs if None not in pair}
    assert paired == {(i, j) for j, i in back.aligned_paragraphs if i is not None and j is not None}


@no_deadline
@given(screenings(), screenings())
def test_every_finding_is_in_one_list_once_and_in_reading_order(before: Screening, after: Screening) -> None:
    changes = compare_screenings(before, after)
    kept_before, kept_after = [one for one, _ in changes.kept], [other for _, other in changes.kept]
    assert sorted(map(repr, [*changes.gone, *kept_before])) == sorted(map(repr, before.findings))
    assert sorted(map(repr, [*changes.new, *kept_after])) == sorted(map(repr, after.findings))
    assert all(one.device == other.device for one, other in changes.kept)
    for part, whole in ((changes.gone, before.findings), (changes.new, after.findings), (kept_after, after.findings)):
        assert [f.start for f in part] == sorted(f.start for f in part)
        assert set(part) <= set(whole)


@no_deadline
@given(screenings(), screenings())
def test_every_paragraph_of_both_versions_stands_in_the_rows_once_and_in_order(before: Screening, after: Screening) -> None:
    rows = compare_screenings(before, after).aligned_paragraphs
    assert [i for i, _ in rows if i is not None] == list(range(len(before.paragraphs)))
    assert [j for _, j in rows if j is not None] == list(range(len(after.paragraphs)))
    assert (None, None) not in rows


@no_deadline
@given(screenings(unique=True), st.data())
def test_a_deleted_paragraph_takes_along_its_own_findings_and_no_other(shown: Screening, data: st.DataObject) -> None:
    count = len(shown.paragraphs)
    if not count:
        return
    deleted = data.draw(st.integers(0, count - 1))
    without = rearranged(shown, [k for k in range(count) if k != deleted])
    changes = compare_screenings(shown, without)
    assert changes.gone == shown.paragraphs[deleted].findings
    assert changes.new == ()
    assert changes.aligned_paragraphs[deleted] == (deleted, None)
    added = compare_screenings(without, shown)
    assert (added.new, added.gone) == (shown.paragraphs[deleted].findings, ())


@no_deadline
@given(screenings(unique=True), st.data())
def test_paragraphs_in_another_order_keep_all_their_findings(shown: Screening, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(shown.paragraphs))))
    changes = compare_screenings(shown, rearranged(shown, order))
    assert (changes.gone, changes.new) == ((), ())
    assert all(before.text == after.text for before, after in changes.kept)


# What an editor does to a draft


def test_wording_that_was_toned_down_is_gone_and_what_stands_around_it_is_kept() -> None:
    before = marked(BREAK.join([QUAY, GULLS]), "reckless regime", "B:wrecked our harbour")
    plain = QUAY.replace("reckless regime", "government")
    after = marked(BREAK.join([plain, GULLS]), "B:government wrecked our harbour")
    changes = compare_screenings(before, after)
    assert told(changes) == (["reckless regime"], [("wrecked our harbour", "government wrecked our harbour")], [])
    assert changes.aligned_paragraphs == ((0, 0), (1, 1))


def test_wording_that_overlaps_a_finding_of_another_device_is_new() -> None:
    before, after = marked(QUAY, "reckless regime"), marked(QUAY, "B:reckless regime")
    assert told(compare_screenings(before, after)) == (["reckless regime"], [], ["reckless regime"])


def test_a_finding_is_matched_once_and_with_the_one_that_covers_it_best() -> None:
    before, after = marked(QUAY, "The reckless regime"), marked(QUAY, "The", "reckless regime wrecked")
    assert told(compare_screenings(before, after)) == ([], [("The reckless regime", "reckless regime wrecked")], ["The"])


def test_a_paragraph_that_moved_keeps_its_findings_and_stands_alone_on_both_sides() -> None:
    before = marked(BREAK.join([QUAY, GULLS, PUPPETS]), "reckless regime", "Puppets")
    after = marked(BREAK.join([PUPPETS, QUAY, GULLS]), "Puppets", "reckless regime")
    changes = compare_screenings(before, after)
    assert told(changes) == ([], [("Puppets", "Puppets"), ("reckless regime", "reckless regime")], [])
    assert changes.aligned_paragraphs == ((None, 0), (0, 1), (1, 2), (2, None))
    assert changes.moved_paragraphs == ((2, 0),)


def test_a_paragraph_that_moved_and_was_edited_keeps_its_findings() -> None:
    before = marked(BREAK.join([QUAY, GULLS, PUPPETS]), "Puppets")
    after = marked(BREAK.join(["Yesterday, in the rain: " + PUPPETS, QUAY, GULLS]), "Puppets")
    changes = compare_screenings(before, after)
    assert told(changes) == ([], [("Puppets", "Puppets")], [])
    assert changes.moved_paragraphs == ((2, 0),)


@pytest.mark.parametrize("cut_up", [True, False])
def test_a_paragraph_cut_in_two_or_put_together_keeps_its_findings(cut_up: bool) -> None:
    one = marked(" ".join([QUAY, PUPPETS]), "reckless regime", "Puppets")
    two = marked(BREAK.join([QUAY, PUPPETS]), "reckless regime", "Puppets")
    changes = compare_screenings(one, two) if cut_up else compare_screenings(two, one)
    assert told(changes) == ([], [("reckless regime", "reckless regime"), ("Puppets", "Puppets")], [])
    assert changes.aligned_paragraphs == (((None, 0), (0, 1)) if cut_up else ((0, None), (1, 0)))


def test_a_passage_written_anew_keeps_a_finding_of_the_same_wording_alone() -> None:
    before = marked(BREAK.join([GULLS, QUAY]), "reckless regime", "U:nobody was asked")
    after = marked(BREAK.join([GULLS, "Last week ministers of the reckless\nregime flew home. No vote is planned."]), "reckless\nregime")
    assert told(compare_screenings(before, after)) == (["nobody was asked"], [("reckless regime", "reckless\nregime")], [])


def test_the_same_wording_in_a_paragraph_that_was_added_is_new() -> None:
    before = marked(QUAY, "reckless regime")
    again = "Elsewhere a reckless regime sells the cranes."
    text = BREAK.join([QUAY, again])
    start = text.rindex("reckless")
    copy = replace(before.findings[0], start=start, end=start + 15)
    changes = compare_screenings(before, screening(text, before.findings[0], copy))
    assert [finding.start for finding in changes.new] == [start]
    assert changes.aligned_paragraphs == ((0, 0), (None, 1))


def test_white_space_between_words_changes_nothing() -> None:
    before = marked(QUAY, "reckless regime")
    after = marked("  " + QUAY.replace(" ", "  "), "reckless  regime")
    assert told(compare_screenings(before, after)) == ([], [("reckless regime", "reckless  regime")], [])


def test_nothing_compared_with_a_draft_is_all_new() -> None:
    after = marked(QUAY, "reckless regime")
    changes = compare_screenings(screening(" \n"), after)
    assert told(changes) == ([], [], ["reckless regime"])
    assert changes.aligned_paragraphs == ((None, 0),)


# Speed


def long_draft(seed: int, paragraphs: int, of: int) -> list[str]:
    """Words of a vocabulary in which, as in language, few are frequent and most are rare."""
    draw = random.Random(seed)
    return [" ".join(f"w{int(2 ** draw.uniform(0, 11))}" for _ in range(of)) for _ in range(paragraphs)]


def everywhere(paragraphs: Sequence[str]) -> Screening:
    text = BREAK.join(paragraphs)
    places = re.finditer("w1[0-9]+", text)
    return screening(text, *(Finding(*place.span(), place[0], "loaded_label", 0.5, "own", 0.9, None) for place in places))


DRAFT = long_draft(1, 50, 60)
EDITED = [re.sub("w[12]\\b", "gull", paragraph) for paragraph in DRAFT]
SHUFFLED = random.Random(2).sample(EDITED, len(EDITED))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DRAFT, EDITED),
        (DRAFT, SHUFFLED),
        (DRAFT, long_draft(3, 50, 60)),
        ([" ".join(DRAFT)], [" ".join(EDITED)]),
        (["a b " * 1500], ["b a " * 1500]),
        (["a"] * 3000, ["b", *["a"] * 2000]),
    ],
    ids=["edited", "shuffled", "unrelated", "one paragraph", "two words", "one-word paragraphs"],
)
def test_two_versions_of_three_thousand_words_are_compared_in_well_under_a_second(before: list[str], after: list[str]) -> None:
    one, other = everywhere(before), everywhere(after)
    took = []
    for _ in range(3):
        begin = time.process_time()
        compare_screenings(one, other)
        took.append(time.process_time() - begin)
    assert min(took) < 0.8


# The command


def test_the_text_form_counts_and_lists_what_is_gone_kept_and_new() -> None:
    before = marked(BREAK.join([QUAY, PUPPETS]), "reckless regime", "Puppets")
    after = marked(BREAK.join([QUAY.replace("reckless ", ""), PUPPETS, GULLS]), "Puppets", "U:Gulls cried")
    shown = as_text(replace(before, source="one\x1b[2J.txt"), replace(after, source="two.txt"), compare_screenings(before, after))
    assert shown.splitlines() == [
        "one␛[2J.txt -> two.txt",
        "1 gone, 1 kept, 1 new",
        "- Loaded label, own voice, likely, 0.87: reckless regime",
        "= Loaded label, own voice, likely, 0.87: Puppets",
        "+ Unsourced claim, own voice, likely, 0.87: Gulls cried",
    ]


@no_deadline
@given(screenings(), screenings())
def test_the_json_form_is_one_line_with_all_that_the_comparison_says(before: Screening, after: Screening) -> None:
    changes = compare_screenings(before, after)
    line = as_json(before, after, changes)
    assert len(line.splitlines()) == 1
    read = json.loads(line)
    assert read["before"] == {"source": "draft.txt", "model": "a model", "text_sha256": before.text_sha256}
    assert [row["text"] for row in read["gone"]] == wordings(changes.gone)
    assert [(row["before"]["start"], row["after"]["start"]) for row in read["kept"]] == [(b.start, a.start) for b, a in changes.kept]
    rows = [row for paragraph in after.to_dict()["paragraphs"] for row in paragraph["findings"]]
    assert all(row in rows for row in read["new"])
    assert len(read["new"]) == len(changes.new)
    assert [tuple(row) for row in read["aligned_paragraphs"]] == list(changes.aligned_paragraphs)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("-", "-"), "stdin can be read once"),
        (("{folder}/no.txt", "-"), "does not exist"),
        (("{folder}/one.txt", "{folder}"), "means 2 files; expected one version"),
        (("{folder}/one.txt", "-", "--house-list", "{folder}/terms.txt"), "house list"),
        (("{folder}/one.txt", "{folder}/two.txt", "--model", "{folder}/no-model"), "no-model"),
    ],
)
def test_misuse_of_the_command_ends_with_2_and_says_why(tmp_path: Path, run: Run, arguments: tuple[str, ...], found: str) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(QUAY)
    code, out, err = run("diff", *(argument.format(folder=tmp_path) for argument in arguments))
    assert (code, out) == (2, "")
    assert found in err


def test_a_house_list_that_cannot_be_read_is_refused_unless_it_is_off(tmp_path: Path, run: Run) -> None:
    (tmp_path / "one.txt").write_text(QUAY)
    (tmp_path / "terms.txt").write_text("no_device: term\n")
    arguments = ("diff", tmp_path / "one.txt", tmp_path / "one.txt", "--house-list", tmp_path / "terms.txt", "--model", tmp_path / "none")
    assert "terms.txt', line 1" in run(*arguments)[2]
    code, _, err = run(*arguments, "--no-house-list")
    assert code == 2
    assert "none" in err
    assert "terms.txt" not in err


def test_the_command_explains_itself(run: Run) -> None:
    code, out, _ = run("diff", "--help")
    assert code == 0
    assert "BEFORE" in out
    assert "framing diff draft-1.docx draft-2.docx" in " ".join(out.split())
