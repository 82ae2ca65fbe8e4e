"""What a newsroom can rely on in its house list: terms stay unmarked, nothing else does, and no writer loses another's term."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.errors import ConfigError
from framing.house import HouseList, Term, add, house_list_path, normalised, remove
from framing.screening import Finding, Screening
from tests.unit.screenings import mark, screening, screenings

ROOT = Path(__file__).parent.parent.parent


def house(folder: Path, content: str) -> HouseList:
    path = folder / "terms.txt"
    path.write_text(content, encoding="utf-8")
    return HouseList.load(path)


def finding(wording: str, device: str = "loaded_label") -> Finding:
    return mark(wording, wording, device)


# What is left unmarked


@pytest.mark.parametrize(
    "wording",
    ["regime", "Regime", "the regime", "The\n regime's", "“regime”", "‘The Regime’s’", "a regime,", "**regime**", "REGIME.", "(regime)"],
)
def test_a_term_silences_its_wording_however_it_is_written(tmp_path: Path, wording: str) -> None:
    assert house(tmp_path, "regime\n").ignores(finding(wording))
    assert house(tmp_path, f"{' '.join(wording.split())}\n").ignores(finding("regime"))


@pytest.mark.parametrize(
    ("term", "wording"),
    [("the people's enemy", "The people’s enemy"), ("workers’ paradise", "workers' paradise"), ("so-called", "so\u2011called"),
     ('the "free" world', "the “free” world")],
)  # fmt: skip
def test_quotes_and_hyphens_are_the_same_straight_and_typographic(tmp_path: Path, term: str, wording: str) -> None:
    assert house(tmp_path, f"{term}\n").ignores(finding(wording))
    assert house(tmp_path, f"{wording}\n").ignores(finding(term))


def test_wording_that_begins_with_a_hashtag_can_be_listed(tmp_path: Path) -> None:
    assert add(tmp_path / "terms.txt", "#MeToo mob", "loaded_label")
    assert HouseList.load(tmp_path / "terms.txt").ignores(finding("#MeToo mob"))
    assert remove(tmp_path / "terms.txt", "#MeToo mob", "loaded_label")


@pytest.mark.parametrize(
    "wording", ["the corrupt regime", "regimes", "regime change", "The regime destroyed the dams", "no regime", "theregime"]
)
def test_a_term_does_not_silence_wording_that_only_contains_it(tmp_path: Path, wording: str) -> None:
    assert not house(tmp_path, "regime\n").ignores(finding(wording))


def test_a_term_of_one_device_is_still_marked_with_the_others(tmp_path: Path) -> None:
    listed = house(tmp_path, "bloc_rhetoric: the West\nregime\n")
    assert listed.ignores(finding("West", "bloc_rhetoric"))
    assert not listed.ignores(finding("West", "loaded_label"))
    assert listed.ignores(finding("regime", "blame_attribution"))


def test_applying_a_list_takes_out_its_findings_and_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    text = "The regime fell.\n\nThe corrupt regime fell."
    shown = screening(text, mark(text, "The regime"), mark(text, "corrupt regime"))
    applied = house(tmp_path, "regime\n").apply(shown)
    assert [f.text for f in applied.findings] == ["corrupt regime"]
    assert (applied.text, applied.source, applied.model) == (shown.text, shown.source, shown.model)
    assert [p.scores for p in applied.paragraphs] == [p.scores for p in shown.paragraphs]
    assert applied.summary.findings == 1


@settings(deadline=None)
@given(screenings())
def test_a_filter_keeps_what_it_is_told_to_keep_in_order(shown: Screening) -> None:
    assert shown.filtered(lambda _: True) == shown
    own = shown.filtered(lambda f: f.voice == "own")
    assert own.findings == tuple(f for f in shown.findings if f.voice == "own")
    assert replace(own, paragraphs=()) == replace(shown, paragraphs=())


# The file


def test_comments_blank_lines_and_a_byte_order_mark_are_no_terms(tmp_path: Path) -> None:
    content = "\ufeffregime\r\n# agreed in March\n\n   \n  # and in May\nhardliner  # since 2019\nC# minor\n"
    assert house(tmp_path, content).entries == {("regime", None), ("hardliner", None), ("c# minor", None)}


def test_a_term_with_a_colon_stands_in_quotes(tmp_path: Path) -> None:
    assert house(tmp_path, '"Exit: the reckoning"\n').ignores(finding("Exit: the reckoning"))


def test_the_terms_are_listed_once_in_the_order_of_the_file_as_they_were_written_and_each_can_be_removed(tmp_path: Path) -> None:
    content = '# agreed\nThe Regime  # in March\nloaded_label: Hardliner\n"Exit: the Reckoning"\nregime\n'
    listed = house(tmp_path, content).terms
    assert listed == (Term("The Regime", None), Term("Hardliner", "loaded_label"), Term("Exit: the Reckoning", None))
    for term in listed:
        assert remove(tmp_path / "terms.txt", term.wording, term.device)
    assert (tmp_path / "terms.txt").read_text(encoding="utf-8") == "# agreed\n"


def test_no_file_is_an_empty_list(tmp_path: Path) -> None:
    assert HouseList.load(tmp_path / "none.txt") == HouseList()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"regime\nloaded_lable: hardliner\n", r"terms.txt', line 2: device 'loaded_lable' is unknown; nearest is 'loaded_label'.*quotes"),
        (b"regime\n\nvariet\xe9\n", r"terms.txt', line 3: not UTF-8 text; save the file as UTF-8"),
        (b"\n...\n", r"terms.txt', line 2: '...' holds no term; expected"),
        (b"loaded_label:  # nothing\n", r"line 1: 'loaded_label:' holds no term"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_file_and_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "terms.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        HouseList.load(path)
    with pytest.raises(ConfigError, match=told):
        add(path, "hardliner")
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        HouseList.load(tmp_path)


def test_the_list_is_where_the_environment_says_or_in_the_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_HOUSE_LIST", "/newsroom/terms.txt")
    assert house_list_path() == Path("/newsroom/terms.txt")
    monkeypatch.setenv("FRAMING_HOUSE_LIST", "")
    assert house_list_path() == Path("house-list.txt")
    monkeypatch.delenv("FRAMING_HOUSE_LIST")
    assert house_list_path() == Path("house-list.txt")


# Writing


def test_added_terms_follow_the_lines_that_were_there(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_bytes(b"# agreed\r\nregime")
    assert add(path, " the\n West ", "bloc_rhetoric")
    assert add(path, "Exit: the reckoning")
    assert path.read_bytes() == b'# agreed\r\nregime\r\nbloc_rhetoric: the West\r\n"Exit: the reckoning"\r\n'
    listed = HouseList.load(path)
    assert listed.ignores(finding("West", "bloc_rhetoric"))
    assert listed.ignores(finding("Exit: the reckoning"))


def test_a_term_is_added_once(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    assert [add(path, "regime"), add(path, "The Regime's"), add(path, "regime", "loaded_label")] == [True, False, True]
    assert path.read_text() == "regime\nloaded_label: regime\n"


def test_a_removed_term_leaves_comments_and_other_terms(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_text("# agreed\nregime\nhardliner # yes\nThe Regime\nloaded_label: regime\n")
    assert remove(path, "regime")
    assert path.read_text() == "# agreed\nhardliner # yes\nloaded_label: regime\n"
    assert not remove(path, "regime")
    assert remove(path, "regime", "loaded_label")
    assert path.read_text() == "# agreed\nhardliner # yes\n"
    assert not remove(tmp_path / "none.txt", "regime")


@pytest.mark.parametrize(
    ("term", "device", "told"),
    [("...", None, "no term"), ("a #b", None, "comment"), ("regime", "doubt", "unknown"), ("a\ud800", None, "UTF-8")],
)
def test_what_cannot_be_a_term_is_refused(tmp_path: Path, term: str, device: str | None, told: str) -> None:
    for change in (add, remove):
        with pytest.raises(ConfigError, match=told):
            change(tmp_path / "terms.txt", term, device)
    assert not (tmp_path / "terms.txt").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        add(tmp_path / "none" / "terms.txt", "regime")


@settings(deadline=None)  # a machine under load is slow, not wrong
@given(st.text(), st.sampled_from([None, "loaded_label"]))
def test_whatever_is_added_is_ignored_from_then_on_and_can_be_removed(
    tmp_path_factory: pytest.TempPathFactory, term: str, device: str | None
) -> None:
    path = tmp_path_factory.mktemp("house") / "terms.txt"
    try:
        add(path, term, device)
    except ConfigError:
        assert "#" in term or not normalised(term) or not term.isprintable()
        return
    assert HouseList.load(path).ignores(replace(finding("x"), text=term))
    assert remove(path, term, device)
    assert path.read_bytes() == b""


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    code = f"from pathlib import Path; from framing.house import add; [add(Path({str(path)!r}), f'process term {{n}}') for n in range(15)]"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda n: add(path, f"term {n}"), range(40)))
    assert process.wait(60) == 0
    expected = {(f"term {n}", None) for n in range(40)} | {(f"process term {n}", None) for n in range(15)}
    assert HouseList.load(path).entries == expected
    assert [name for name in os.listdir(tmp_path) if name.endswith(".part")] == []


def test_a_link_to_a_shared_list_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    shared = tmp_path / "shared.txt"
    shared.write_text("regime\n")
    shared.chmod(0o664)
    link = tmp_path / "house-list.txt"
    link.symlink_to(shared)
    add(link, "hardliner")
    assert link.is_symlink()
    assert shared.read_text() == "regime\nhardliner\n"
    assert shared.stat().st_mode & 0o777 == 0o664
