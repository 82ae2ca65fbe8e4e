"""What a user can rely on in the reports: the text is whole, every mark is there, and a hostile draft can do nothing."""

from __future__ import annotations

import io
import json
import re
from copy import deepcopy
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.cells import cell_len
from rich.console import Console

from framing.errors import ModelError
from framing.reports import render_html, render_json, render_text
from framing.screening import SCHEMA_VERSION, Screening
from framing.taxonomy import DEVICE_NAMES, DEVICES
from framing.text import Document
from tests.unit.screenings import mark, screening
from tests.unit.screenings import screenings as any_screenings

ARTICLE = """Minister blames opposition for flood

The corrupt regime destroyed the dams, and its puppets looked away while thousands drowned, residents said.

"The opposition alone is guilty," the minister said. According to several experts, the aid has gone.

وقال الوزير إن النظام الفاسد هو المسؤول عن الكارثة. ولم يقدّم أي وثائق.
"""
LETTERS = dict(zip(DEVICE_NAMES, "LBCU", strict=True))
OPENING, CLOSING = re.compile(r"[LBCU]⟨"), re.compile(r"⟩\s*\[\s*([LBCU])\s*(own|reported)\s*\.\s*(\d)\s*(\d)\s*\]")
UNSHOWABLE = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
VOID = {"meta", "link", "img", "br", "hr", "input", "base", "source", "embed"}
no_deadline = settings(deadline=None)  # a machine under load is slow, not wrong
SCHEMA = json.loads(resources.files("framing.reports").joinpath("screening.schema.json").read_text("utf-8"))


SAMPLE = screening(
    ARTICLE,
    mark(ARTICLE, "corrupt regime"),
    mark(ARTICLE, "The corrupt regime destroyed the dams", "blame_attribution", 0.93, target=(38, 56)),
    mark(ARTICLE, "its puppets looked away", "bloc_rhetoric", 0.51),
    mark(ARTICLE, "looked away while thousands drowned, residents said", "unsourced_claim", 0.66, voice="reported"),
    mark(ARTICLE, "النظام الفاسد", score=0.77, voice="reported"),
)


@dataclass
class Page(HTMLParser):
    """The facts of a page that the tests ask about."""

    article: list[str] = field(default_factory=list)
    style: str = ""
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self.open and "data-text" in self.open[-1][1]:
            self.article.append(data)
        if self.open and self.open[-1][0] == "style":
            self.style += data

    def classes(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if name in (attrs.get("class") or "").split()]


def page(*screenings: Screening) -> Page:
    parsed = Page()
    parsed.feed(render_html(screenings))
    parsed.close()
    assert not parsed.open
    return parsed


def printed(shown: Screening, **options: Any) -> str:
    file = io.StringIO()
    render_text(shown, Console(**{"file": file, "width": 80, "color_system": None} | options))
    return file.getvalue()


def in_colour(shown: Screening) -> str:
    return printed(shown, color_system="truecolor", force_terminal=True, no_color=False)


def visible(text: str) -> str:
    return "".join(text.split())


AWKWARD = "ab c.\n\n\n\t\r\f\0\x1b\x85\x9b\u2028\u2029\ufeff\u202e\u2066\u200d\ud800\udfff<>&\"'/[]:é中ا😀"
texts = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters(exclude_characters="⟨⟩[]")), max_size=60)


def screenings(text: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Screening]:
    return any_screenings(texts, text, st.floats(0, 1))


# The text is whole


@no_deadline
@given(screenings())
def test_the_article_in_the_page_is_the_text_that_came_in(shown: Screening) -> None:
    assert "".join(page(shown).article) == UNSHOWABLE.sub("\ufffd", shown.text)


@no_deadline
@given(screenings())
def test_the_segments_of_a_screening_rejoin_to_its_text(shown: Screening) -> None:
    assert "".join(shown.text[segment.start : segment.end] for segment in shown.segments()) == shown.text


@no_deadline
@given(screenings(texts.map(lambda text: re.sub(r"[\[\]⟨⟩]", "", text))))
def test_a_pipe_gets_every_visible_character_and_the_tag_of_each_finding(shown: Screening) -> None:
    output = printed(shown)
    tags = [(letter, voice, f".{tens}{ones}") for letter, voice, tens, ones in CLOSING.findall(output)]
    expected = [(LETTERS[f.device], f.voice, f"{min(f.score, 0.99):.2f}"[1:]) for f in shown.findings]
    assert sorted(tags) == sorted(expected)
    bare = visible(OPENING.sub("", CLOSING.sub("", output)))
    for paragraph in shown.paragraphs:
        characters = shown.text[paragraph.start : paragraph.end]
        assert visible("".join(as_terminals_show(character) for character in characters)) in bare


def as_terminals_show(character: str) -> str:
    point = ord(character)
    if character in "\n\r\f\t\u2028\u2029":
        return " "
    if point < 0x20 or point == 0x7F:
        return "\u2421" if point == 0x7F else chr(0x2400 + point)
    unshowable = 0x80 <= point < 0xA0 or 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069 or 0xD800 <= point < 0xE000
    return "\ufffd" if unshowable else character


@no_deadline
@given(screenings())
def test_json_is_one_line_of_utf_8_that_the_schema_accepts(shown: Screening) -> None:
    line = render_json(shown)
    assert len(line.splitlines()) == 1
    read = json.loads(line.encode("utf-8"))
    Draft202012Validator(SCHEMA).validate(read)
    if not re.search("[\ud800-\udbff][\udc00-\udfff]", shown.text + shown.source):  # JSON reads such a pair as one character
        assert read == shown.to_dict()


def test_wrapped_lines_of_a_paragraph_are_wrapped_anew_in_the_terminal() -> None:
    text = """The river fell by forty centimetres by the morning, the hydrological
service reported, and rescue teams from both countries worked through the
night without a pause while engineers inspected the three older dams that
had been closed since the spring and found no damage in any of them."""
    assert len(Document.from_text(text).paragraphs) == 1
    assert " ".join(text.split()) in printed(screening(text), width=400)


# Every mark is there, and says why


def test_a_mark_in_the_page_explains_itself_to_the_eye_the_keyboard_and_the_ear() -> None:
    report = render_html([SAMPLE])
    blame = next(device for device in DEVICES if device.name == "blame_attribution")
    for wanted in (blame.definition, blame.alternative, "very likely, 0.93", "Blamed: <bdi>The corrupt regime</bdi>"):
        assert wanted in report
    marks = page(SAMPLE).classes("mark")
    assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in marks)
    assert "Blame attribution, very likely, 0.93, own voice" in str(marks[0]["aria-label"])


@no_deadline
@given(screenings())
def test_every_finding_in_the_page_ends_in_its_letter(shown: Screening) -> None:
    letters = re.findall(r'<sup dir="ltr" aria-hidden="true">(\w+)</sup>', render_html([shown]))
    assert sorted("".join(letters)) == sorted(LETTERS[finding.device] for finding in shown.findings)


@no_deadline
@given(screenings())
def test_underlines_that_overlap_in_the_page_never_lie_on_each_other(shown: Screening) -> None:
    parsed = Page()
    stacked: list[list[str]] = []

    def look(data: str) -> None:
        lanes = [str(attrs["style"]) for _, attrs in parsed.open if "--lane" in (attrs.get("style") or "")]
        if lanes:
            stacked.append(lanes)

    parsed.handle_data = look  # type: ignore[method-assign]
    parsed.feed(render_html([shown]))
    assert all(len(set(lanes)) == len(lanes) for lanes in stacked)
    assert bool(stacked) == bool(shown.findings)


@no_deadline
@given(st.lists(screenings(), max_size=3))
def test_ids_are_unique_and_every_link_stays_in_the_page_and_leads_somewhere(shown: list[Screening]) -> None:
    parsed = page(*shown)
    ids = [attrs["id"] for _, attrs in parsed.elements if "id" in attrs]
    links = [str(attrs["href"]) for _, attrs in parsed.elements if "href" in attrs]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)


def test_voices_and_devices_differ_in_more_than_colour() -> None:
    styles = {str(attrs["class"]) for attrs in page(SAMPLE).classes("u")}
    assert {"u L own", "u L reported", "u B own", "u U reported"} <= styles
    assert "<sup" in render_html([SAMPLE])
    output = printed(SAMPLE)
    assert "B⟨The L⟨corrupt regime⟩ [L own .87] destroyed the dams⟩ [B own .93]" in output


def test_marks_that_cross_can_be_told_apart_in_a_pipe() -> None:
    flat = " ".join(printed(SAMPLE).split())
    assert "C⟨its puppets U⟨looked away⟩ [C own .51] while thousands drowned, residents said⟩ [U reported .66]." in flat


def test_the_page_shows_a_cell_for_every_sentence() -> None:
    cells = page(SAMPLE).classes("cell")
    assert len(cells) == SAMPLE.summary.sentences
    assert cells[0]["title"] == "Paragraph 1, sentence 1: nothing marked"
    assert cells[1]["title"] == "Paragraph 2, sentence 1: Blame attribution, own voice"
    assert cells[-1]["title"] == "Paragraph 4, sentence 2: nothing marked"


@no_deadline
@given(screenings())
def test_a_cell_leads_to_where_its_sentence_begins(shown: Screening) -> None:
    parsed = page(shown)
    begins = {attrs["id"]: attrs for tag, attrs in parsed.elements if "data-text" in attrs and "id" in attrs}
    sentences = [sentence for paragraph in shown.paragraphs for sentence in paragraph.sentences]
    assert [cell["href"] for cell in parsed.classes("cell")] == [f"#{place}" for place in begins]
    assert list(begins) == [f"a1-s{number}" for number in range(1, len(sentences) + 1)]


def test_the_pieces_of_a_sentence_make_it_up() -> None:
    pieces = re.findall(r'<span data-text data-s="2"[^>]*>([^<]*)</span>', render_html([SAMPLE]))
    assert len(pieces) > 3
    assert "".join(pieces) == ARTICLE.split("\n\n")[1]


def test_wording_that_is_left_out_of_a_report_marks_no_cell() -> None:
    kept = SAMPLE.filtered(lambda finding: finding.voice == "reported")
    cells = page(kept).classes("cell")
    flagged = [cell["title"] for cell in cells if "style" in cell]
    assert flagged == ["Paragraph 2, sentence 1: Unsourced claim, reported voice", "Paragraph 4, sentence 1: Loaded label, reported voice"]


def test_the_shortest_of_several_findings_is_explained_first() -> None:
    entries = re.search(r'<span class="tip"[^>]*>(.*?)</p>', render_html([SAMPLE]).partition("corrupt regime</span>")[2])
    assert entries is not None
    assert re.findall(r'<span class="entry (\w)"', entries[1])[:2] == ["L", "B"]


def test_the_terminal_shows_the_scores_of_every_paragraph_and_sentence() -> None:
    output = printed(SAMPLE)
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert lines.count("s1 L .12 B .12 C .12 U .12") == len(SAMPLE.paragraphs)
    assert "¶3 L .12 B .12 C .12 U .12" in lines
    assert "s2 L .12 B .12 C .12 U .12" in lines


def test_own_voice_is_underlined_and_reported_voice_is_italic_in_a_terminal() -> None:
    output = in_colour(screening("A b. C d.", mark("A b. C d.", "b"), mark("A b. C d.", "d", voice="reported")))
    underlined, italic = re.search(r"\x1b\[([\d;]*)mb\x1b", output), re.search(r"\x1b\[([\d;]*)md\x1b", output)
    assert underlined is not None
    assert underlined[1].split(";")[0] == "4"
    assert italic is not None
    assert italic[1].split(";")[0] == "3"


@pytest.mark.parametrize("report", [lambda shown: render_html([shown]), printed], ids=["page", "terminal"])
def test_reports_say_that_a_mark_is_no_verdict(report: Any) -> None:
    assert "look at this wording" in report(SAMPLE)


@pytest.mark.parametrize("text", ["", "\n \n", "Nothing to see."])
def test_a_text_without_findings_is_reported_too(text: str) -> None:
    assert "No wording was marked." in render_html([screening(text)])
    assert "No wording was marked." in printed(screening(text))
    Draft202012Validator(SCHEMA).validate(json.loads(render_json(screening(text))))


def test_a_page_without_articles_says_so() -> None:
    assert "No articles were screened." in render_html([])


# A hostile draft can do nothing


def test_a_script_in_a_draft_or_in_a_file_name_shows_as_text() -> None:
    hostile = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> </title></style><style>*{display:none}</style>"
    shown = screening(hostile, mark(hostile, hostile, "blame_attribution", target=(0, len(hostile))), source=hostile)
    parsed = page(replace(shown, model=hostile))
    names = [name for name, _ in parsed.elements]
    assert not {"script", "img"} & set(names)
    assert names.count("style") == 1
    assert not any(attribute.startswith("on") for _, attrs in parsed.elements for attribute in attrs)
    assert "".join(parsed.article) == hostile


@no_deadline
@given(screenings())
def test_the_page_asks_for_nothing_outside_itself(shown: Screening) -> None:
    parsed = page(shown)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {name for name, _ in parsed.elements}
    assert not {"src", "srcset", "action", "background"} & {attribute for _, attrs in parsed.elements for attribute in attrs}
    assert not re.search(r"url\(|@import|//|image-set|src\(", parsed.style)
    assert "//" not in render_html([SAMPLE])
    policy = next(attrs for _, attrs in parsed.elements if attrs.get("http-equiv") == "Content-Security-Policy")
    assert str(policy["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'")


@no_deadline
@given(screenings())
def test_a_page_can_be_written_as_utf_8_and_holds_no_control_character(shown: Screening) -> None:
    assert not UNSHOWABLE.search(render_html([shown]))
    render_html([shown]).encode("utf-8")


def test_a_carriage_return_survives_a_browser() -> None:
    report = render_html([screening("a\r\nb\rc", source="\r")])
    assert report.count("&#13;") >= 2
    assert "\r" not in report


@no_deadline
@given(screenings())
def test_no_control_character_of_a_draft_reaches_the_terminal(shown: Screening) -> None:
    obeyed = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
    assert not obeyed.search(printed(shown))
    assert not obeyed.search(re.sub(r"\x1b\[[\d;]*m", "", in_colour(shown)))


def test_an_escape_in_a_draft_or_in_a_file_name_is_shown_not_obeyed() -> None:
    text = "Click \x1b]8;;file:a\x07here\x1b[2J and \u202eabc"
    shown = screening(text, mark(text, "here\x1b[2J"), source="a\x1b[31m.txt")
    output = printed(shown)
    assert "Click ␛]8;;file:a␇L⟨here␛[2J⟩ [L own .87] and \ufffdabc" in output
    assert "a␛[31m.txt" in output


def test_markup_in_a_draft_is_text_to_the_terminal() -> None:
    text = "[bold red]Loud[/bold red] [link=file:a]x[/link] :smile: [/]"
    output = printed(screening(text, source="[blink]a[/blink]"))
    assert text in output
    assert "[blink]a[/blink]" in output


# Programs can rely on the JSON


def test_the_schema_is_valid_and_describes_this_version_and_these_devices() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    assert SCHEMA["$defs"]["device"]["enum"] == list(DEVICE_NAMES)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("text_sha256",), "abc"),
        (("surprise",), 1),
        (("paragraphs", 1, "start"), -1),
        (("paragraphs", 1, "scores", "loaded_label"), 1.01),
        (("paragraphs", 1, "scores", "doubt"), 0.5),
        (("paragraphs", 1, "scores"), {"loaded_label": 0.5}),
        (("paragraphs", 1, "sentences", 0, "scores", "bloc_rhetoric"), None),
        (("paragraphs", 1, "findings", 0, "voice"), "someone"),
        (("paragraphs", 1, "findings", 0, "device"), "doubt"),
        (("paragraphs", 1, "findings", 0, "text"), ""),
        (("paragraphs", 1, "findings", 0, "target"), [1]),
        (("paragraphs", 1, "findings", 0, "target"), [1, 2, 3]),
        (("paragraphs", 1, "findings", 0, "note"), "x"),
        (("summary", "devices", "loaded_label", "own"), 0.5),
        (("summary", "words"), -1),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_the_schema_refuses_what_is_not_a_screening(path: tuple[str | int, ...], value: object) -> None:
    broken: Any = deepcopy(json.loads(render_json(SAMPLE)))
    Draft202012Validator(SCHEMA).validate(broken)
    holder = broken
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert not Draft202012Validator(SCHEMA).is_valid(broken)


@pytest.mark.parametrize("field_name", sorted(SCHEMA["required"]))
def test_the_schema_misses_any_field_that_is_left_out(field_name: str) -> None:
    broken = json.loads(render_json(SAMPLE))
    del broken[field_name]
    assert not Draft202012Validator(SCHEMA).is_valid(broken)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_an_error_with_a_remedy(score: float) -> None:
    with pytest.raises(ModelError, match=r"model 'a model' .* expected 0 to 1; .* fetch"):
        render_json(screening("Text.", score=score))


@pytest.mark.parametrize("character", "\n\r\f\v\x1c\x85\u2028\u2029")
def test_json_is_one_line_whatever_a_reader_takes_for_a_line_end(character: str) -> None:
    line = render_json(screening("Text.", source=f"a{character}b"))
    assert line.splitlines() == [line]
    assert json.loads(line)["source"] == f"a{character}b"


def test_json_keeps_scripts_readable() -> None:
    assert "النظام الفاسد" in render_json(SAMPLE)


@no_deadline
@given(screenings(), st.integers(20, 120))
def test_a_terminal_of_any_width_is_never_overrun(shown: Screening, width: int) -> None:
    assert max(map(cell_len, printed(shown, width=width).split("\n"))) <= width
