"""What a review tool can rely on in the SARIF: every place is in the file and holds the wording that the result speaks of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.errors import ModelError
from framing.reports.sarif import FINGERPRINT, render_sarif
from framing.screening import Screening
from framing.taxonomy import DEVICES
from framing.version import __version__
from tests.unit.screenings import mark, screening, screenings, texts

no_deadline = settings(deadline=None)  # a machine under load is slow, not wrong
ARTICLE = "Flood\r\rThe corrupt regime destroyed the dams,\r\nand its puppets looked away.\n\nThe corrupt regime fell.\n"
SAMPLE = screening(
    ARTICLE,
    mark(ARTICLE, "corrupt regime"),
    mark(ARTICLE, "The corrupt regime destroyed the dams", "blame_attribution", 0.93, target=(7, 25)),
    mark(ARTICLE, "dams,\r\nand its puppets", "bloc_rhetoric", 0.5123, voice="reported"),
    mark(ARTICLE, "corrupt regime", nth=2),
)


def run_of(*shown: Screening, root: Path | None = None) -> dict[str, Any]:
    log = json.loads(render_sarif(shown, root).encode("utf-8"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return dict(run)


def regions(run: dict[str, Any]) -> list[dict[str, Any]]:
    return [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]


def uri(source: str, root: Path | None = None) -> str:
    text = "A puppet."
    (result,) = run_of(screening(text, mark(text, "puppet"), source=source), root=root)["results"]
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def between(text: str, region: dict[str, Any]) -> str:
    """The text of a region as a viewer finds it: by lines, which end as the run says."""
    lines = re.split("(?<=\n)|(?<=\r)(?!\n)", text)
    start = sum(map(len, lines[: region["startLine"] - 1])) + region["startColumn"] - 1
    end = sum(map(len, lines[: region["endLine"] - 1])) + region["endColumn"] - 1
    return text[start:end]


@no_deadline
@given(screenings())
def test_the_text_at_every_region_is_its_snippet_by_lines_and_by_characters(shown: Screening) -> None:
    run = run_of(shown)
    assert run["columnKind"] == "unicodeCodePoints"
    assert sorted(run["newlineSequences"]) == ["\n", "\r", "\r\n"]
    for region, finding in zip(regions(run), shown.findings, strict=True):
        by_characters = shown.text[region["charOffset"] : region["charOffset"] + region["charLength"]]
        assert between(shown.text, region) == by_characters == finding.text
        # JSON reads two escaped halves that stand together as the one character that they make
        assert region["snippet"]["text"] == json.loads(json.dumps(finding.text))


@no_deadline
@given(st.lists(screenings(texts), max_size=3))
def test_every_result_has_its_rule_its_place_and_values_that_the_standard_allows(shown: list[Screening]) -> None:
    run = run_of(*shown)
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == sum(len(one.findings) for one in shown)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("warning", "note")
        assert 0 <= result["rank"] <= 100
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert run["artifacts"][place["artifactLocation"]["index"]]["location"]["uri"] == place["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:file://)?(?:[\w.~/-]|%[0-9A-F]{2})+", place["artifactLocation"]["uri"], re.ASCII)


def test_lines_and_columns_count_from_one_and_the_end_is_behind_the_last_character() -> None:
    shown = [[region[name] for name in ("startLine", "startColumn", "endLine", "endColumn")] for region in regions(run_of(SAMPLE))]
    assert shown == [[3, 1, 3, 38], [3, 5, 3, 19], [3, 34, 4, 16], [6, 5, 6, 19]]


def test_a_result_says_device_wording_probability_voice_and_who_is_blamed() -> None:
    blame, label, camp, _ = run_of(SAMPLE)["results"]
    assert blame["message"]["text"] == (
        "Blame attribution: 'The corrupt regime destroyed the dams' (very likely, 0.93; the outlet's own voice; blamed: "
        "'The corrupt regime'). Say who established the responsibility and on what evidence, or report the event without its author."
    )
    assert "blamed" not in label["message"]["text"]
    assert "'dams, and its puppets' (more likely than not, 0.51; reported speech)" in camp["message"]["text"]
    assert (blame["level"], camp["level"]) == ("warning", "note")
    assert camp["rank"] == 51.23
    assert camp["properties"] == {"score": 0.5123, "voice": "reported", "voice_score": 0.9, "start": 40, "end": 62}


def test_a_message_holds_no_link_or_placeholder_of_the_drafts_own() -> None:
    text = "See [the regime](http://example.org) and {0} there."
    message = run_of(screening(text, mark(text, "[the regime](http://example.org) and {0}")))["results"][0]["message"]["text"]
    assert "](" not in message.replace("\\](", "")
    assert "{{0}}" in message


def test_the_rules_explain_the_devices_and_name_the_version() -> None:
    driver = run_of()["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("framing", __version__)
    for rule, entry in zip(driver["rules"], DEVICES, strict=True):
        told = [rule[name]["text"] for name in ("shortDescription", "fullDescription", "help")]
        assert [rule["id"], *told] == [entry.name, entry.title, entry.definition, entry.alternative]
        assert rule["defaultConfiguration"]["level"] == "warning"


def fingerprints(shown: Screening) -> list[str]:
    return [result["partialFingerprints"][FINGERPRINT] for result in run_of(shown)["results"]]


def test_fingerprints_tell_all_findings_apart_and_stay_when_lines_above_move() -> None:
    moved = "New headline\n\nA new first paragraph.\n\n" + ARTICLE.replace("The corrupt  regime", "the corrupt regime")
    later = screening(moved, mark(moved, "corrupt regime"), mark(moved, "corrupt regime", nth=2), source="draft.txt")
    before = fingerprints(SAMPLE)
    assert len(set(before)) == 4
    assert fingerprints(later) == [before[1], before[3]]


def test_a_fingerprint_does_not_heed_case_and_wrapping() -> None:
    one, other = "The corrupt regime fell.", "The Corrupt\nRegime fell."
    assert fingerprints(screening(one, mark(one, "corrupt regime"))) == fingerprints(screening(other, mark(other, "Corrupt\nRegime")))


def test_files_below_the_root_are_named_from_there_and_others_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert uri("copy/a.md") == uri("./copy//a.md") == uri(str(tmp_path / "copy/a.md")) == "copy/a.md"
    assert uri("copy/a.md", tmp_path / "copy") == "a.md"
    assert uri("copy/../../a.md") == f"file://{tmp_path.parent.as_posix()}/a.md"
    assert uri("/elsewhere/a.md") == "file:///elsewhere/a.md"
    assert uri("-") == "stdin"


@pytest.mark.parametrize("name", ["a b#c?.md", "100%.md", "a:b.md", "é中ا😀.md"])
def test_any_character_of_a_path_is_safe_in_its_address(name: str) -> None:
    assert unquote(uri(f"copy/{name}")) == f"copy/{name}"
    assert urlsplit(uri(name)).path == uri(name)


def test_a_name_that_is_no_utf_8_on_disk_is_addressed_by_its_bytes() -> None:
    assert uri("caf\udce9.md") == "caf%E9.md"


@pytest.mark.parametrize("source", ["a.docx", "a.PDF", "a.html", "a.mhtml"])
def test_extracted_text_has_no_lines_so_the_message_and_the_properties_carry_the_wording(source: str) -> None:
    text = "One.\n\nA puppet."
    run = run_of(screening(text, mark(text, "puppet"), source=source))
    (result,) = run["results"]
    assert regions(run) == [{"startLine": 1}]
    assert "'puppet'" in result["message"]["text"]
    assert [result["properties"][name] for name in ("start", "end", "text")] == [8, 14, "puppet"]


def test_a_log_without_results_is_a_log_too() -> None:
    assert run_of()["results"] == []
    clean = run_of(screening("Nothing here."))
    assert clean["results"] == []
    assert [artifact["location"]["uri"] for artifact in clean["artifacts"]] == ["draft.txt"]


def test_two_screenings_of_one_file_name_it_once() -> None:
    assert len(run_of(SAMPLE, SAMPLE)["artifacts"]) == 1


def test_a_score_that_is_no_number_is_an_error_with_a_remedy() -> None:
    with pytest.raises(ModelError, match=r"finite number; expected 0 to 1; .* fetch"):
        render_sarif([screening("A puppet.", mark("A puppet.", "puppet", score=float("nan")))])
